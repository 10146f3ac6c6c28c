//! The documentation lists the calls that the interface has: the same numbers, names and order.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use paratia_abi::call::CALLS;

/// Where the list may stand: the first of these that there is.
const PAGES: [&str; 2] = ["docs/guest-interface.md", "ARCHITECTURE.md"];

/// The first two columns of a table of calls: `C600_0000` and a name.
fn rows(page: &str) -> Vec<(String, String)> {
    let cells = page.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| `")?.split('|');
        let (id, name) = (cells.next()?, cells.next()?);
        let id = id.trim().strip_suffix('`')?;
        let digits = id.replace('_', "");
        let is_id = id.len() == 9 && u32::from_str_radix(&digits, 16).is_ok();
        is_id.then(|| (id.to_owned(), name.trim().trim_matches('`').to_owned()))
    });
    cells.collect()
}

fn expected() -> Vec<(String, String)> {
    let shown = |id: u32| format!("{:04X}_{:04X}", id >> 16, id & 0xFFFF);
    CALLS
        .map(|call| (shown(call.id), call.name.to_owned()))
        .into()
}

#[test]
fn the_documentation_lists_the_calls_of_the_table() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let pages = PAGES
        .iter()
        .map(|page| (page, fs::read_to_string(root.join(page))));
    let mut pages = pages.filter_map(|(page, text)| Some((page, text.ok()?)));
    let (page, text) = pages.next().expect("there is a page");
    assert_eq!(
        rows(&text),
        expected(),
        "left: {page}; right: the table in hypervisor/abi/src/call.rs"
    );
}

#[test]
fn no_number_and_no_name_is_given_twice() {
    let ids: BTreeSet<_> = CALLS.iter().map(|call| call.id).collect();
    let names: BTreeSet<_> = CALLS.iter().map(|call| call.name).collect();
    assert_eq!((ids.len(), names.len()), (CALLS.len(), CALLS.len()));
}
