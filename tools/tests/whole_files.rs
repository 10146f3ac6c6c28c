//! No file of the tool is written in place: half of one would be taken for a whole one.

use std::fs;
use std::path::Path;

/// Files in which a place is written to by hand, and why that is no fault.
const ALLOWED: [(&str, &str); 4] = [
    ("src/whole.rs", "writes beside, then renames"),
    (
        "src/run/lines.rs",
        "a record that outlives whatever ends the run",
    ),
    ("src/run/execute.rs", "in a folder that lasts for one run"),
    (
        "src/build/mod.rs",
        "the lock, which is empty for who doesn't wait",
    ),
];

#[test]
fn files_are_written_beside_and_renamed() {
    let root = Path::new("src");
    assert!(root.is_dir(), "tests run in their package's folder");
    let mut wrong = Vec::new();
    look(root, &mut wrong);
    assert!(
        wrong.is_empty(),
        "use `whole::write`:\n{}",
        wrong.join("\n")
    );
}

fn look(path: &Path, wrong: &mut Vec<String>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).expect("it can be read") {
            look(&entry.expect("it can be read").path(), wrong);
        }
        return;
    }
    let name = path.to_str().expect("a path is text");
    let is_allowed = ALLOWED.iter().any(|(allowed, _)| *allowed == name);
    if is_allowed || !name.ends_with(".rs") || name.ends_with("tests.rs") {
        return;
    }
    let text = fs::read_to_string(path).expect("it can be read");
    // Unit tests are at the end.
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or("");
    for (number, line) in code.lines().enumerate() {
        if ["fs::write(", "File::create("]
            .iter()
            .any(|way| line.contains(way))
        {
            wrong.push(format!("{name}:{}: {}", number + 1, line.trim()));
        }
    }
}
