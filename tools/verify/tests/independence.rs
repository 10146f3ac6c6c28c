//! The checker shares no code with what built the image.

use std::fs;
use std::path::Path;

/// What this crate's own manifest and sources name of the workspace: nothing.
#[test]
fn no_crate_of_the_workspace_is_used() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = fs::read_to_string(here.join("Cargo.toml")).expect("a crate has a manifest");
    let dependencies: Vec<&str> = manifest
        .lines()
        .skip_while(|line| !line.starts_with("[dependencies]"))
        .filter(|line| !line.starts_with('['))
        .collect();
    assert!(dependencies.len() > 1, "{manifest}");
    for line in dependencies {
        let is_ours = line.contains("paratia") || line.contains("path =");
        assert!(
            !is_ours,
            "the checker depends on a crate of the workspace: {line}"
        );
    }
}

/// Neither is a source file of the workspace taken in by another way.
#[test]
fn no_file_of_another_crate_is_included() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![here.join("src")];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of sources") {
            let path = entry.expect("an entry of a folder").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let text = fs::read_to_string(&path).expect("a source is text");
            // Names of functions begin with their crate's, too; what takes something in has more around it.
            for way in ["#[path", "include!", "use paratia_", "extern crate"] {
                assert!(!text.contains(way), "{} has {way}", path.display());
            }
        }
    }
    assert!(files > 1);
}
