//! `docs/report.md` describes `report.json`: every field that the document has.

use std::fs;

use paratia::workspace;

#[test]
fn every_field_of_the_report_is_described() {
    let root = workspace::root();
    let page = fs::read_to_string(root.join("docs/report.md")).expect("the page is there");
    let (_, table) = page
        .split_once("## `report.json`")
        .expect("its section is there");
    let mut count = 0;
    for entry in fs::read_dir(root.join("tools/src/report")).expect("the sources") {
        let path = entry.expect("it can be listed").path();
        let source = fs::read_to_string(&path).expect("it can be read");
        // Types that are written, not those that help to make them.
        for body in source.split("Serialize)]").skip(1) {
            let body = body.split("\n}").next().unwrap_or_default();
            if !body.contains("pub struct ") {
                continue;
            }
            for line in body.lines().skip(1) {
                let field = line
                    .trim()
                    .strip_prefix("pub ")
                    .and_then(|it| it.split_once(": "));
                let Some((field, _)) = field else { continue };
                let is_part =
                    table.contains(&format!("`{field}.")) || table.contains(&format!(".{field}`"));
                assert!(
                    is_part || table.contains(&format!("`{field}`")),
                    "{}: `{field}`",
                    path.display()
                );
                count += 1;
            }
        }
    }
    assert!(count > 80, "{count} are found");
    let version = format!("`version` is {}", paratia::report::VERSION);
    assert!(table.contains(&version), "{version}");
}
