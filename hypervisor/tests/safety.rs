//! Every SAFETY comment says whose promise it is, there: it sends nobody elsewhere.

use std::fs;
use std::path::{Path, PathBuf};

/// What a comment begins with that says nothing by itself.
const POINTERS: [&str; 8] = [
    "as above", "as for", "as in", "see ", "same", "likewise", "ditto", "again",
];

/// The Rust sources below a folder, but for what is built.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let is_built = path.ends_with("target") || path.ends_with(".git");
        if path.is_dir() && !is_built {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Whether the text after `SAFETY:` sends the reader elsewhere.
fn sends_elsewhere(reason: &str) -> bool {
    let reason = reason.trim().to_lowercase();
    POINTERS.iter().any(|words| reason.starts_with(words))
}

#[test]
fn no_reason_sends_the_reader_elsewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut reasons = 0;
    for file in files {
        let text = fs::read_to_string(&file).expect("a source is text");
        for (number, line) in text.lines().enumerate() {
            let comment = line.trim_start().strip_prefix("// SAFETY:");
            reasons += usize::from(comment.is_some());
            assert!(
                !comment.is_some_and(sends_elsewhere),
                "{}:{}: {line}; say whose promise makes it sound",
                file.display(),
                number + 1
            );
        }
    }
    assert!(reasons > 200, "{reasons}");
}

#[test]
fn a_reason_that_says_nothing_is_known() {
    assert!(sends_elsewhere(" as above.") && sends_elsewhere(" See the type's doc."));
    assert!(!sends_elsewhere(" the caller promises it."));
}
