//! Which of the workspace's packages are built for what.

use std::fs;
use std::path::Path;

use paratia::workspace;

/// Packages that are compiled for the boards only.
pub(super) const BARE_ONLY: [&str; 5] = [
    "paratia-can-programs",
    "paratia-linux-programs",
    "paratia-partitions",
    "paratia-test-guests",
    "paratia-test-unikernels",
];

/// What guests are made of: those, and what they link, which is for the host, too.
pub(super) const GUESTS: [&str; 9] = [
    "paratia-a653",
    "paratia-can",
    "paratia-can-programs",
    "paratia-linux-programs",
    "paratia-partitions",
    "paratia-runtime",
    "paratia-tender",
    "paratia-test-guests",
    "paratia-test-unikernels",
];

/// The package of the tests of whole images.
const OF_IMAGES: &str = "paratia-tests";

/// Which packages' tests may have `name` in theirs: those of whole images alone, if no function and no module
/// of any other package is called so; else all.
pub(super) fn with_test(name: &str) -> Vec<String> {
    let name = name.rsplit("::").next().unwrap_or(name);
    let root = workspace::root();
    let images = root.join("tests");
    let guests = images.join("guests");
    let mut is_there = false;
    // Whatever can't be listed may have it.
    let Ok(sources) = workspace::sources() else {
        return host();
    };
    for file in sources {
        let is_of_images = file.starts_with(&images) && !file.starts_with(&guests);
        let text = fs::read_to_string(&file).unwrap_or_default();
        let declares = text.lines().any(|line| declares(line, name));
        if !is_of_images && (declares || is_below(&file, &root, name)) {
            return host();
        }
        is_there |= is_of_images && declares;
    }
    if is_there {
        vec!["--package".to_owned(), OF_IMAGES.to_owned()]
    } else {
        host()
    }
}

/// Whether a file's module path may have this in it.
fn is_below(file: &Path, root: &Path, name: &str) -> bool {
    let place = file.strip_prefix(root).unwrap_or(file);
    place.to_string_lossy().contains(name)
}

/// Whether a line declares a function that has this in its name.
fn declares(line: &str, name: &str) -> bool {
    let declared = line.split_once("fn ").map(|(_, behind)| behind);
    let declared = declared.and_then(|it| it.split(['(', '<']).next());
    declared.is_some_and(|it| it.contains(name))
}

/// `--workspace` without the packages that are compiled for the boards only.
pub(super) fn host() -> Vec<String> {
    let excluded = BARE_ONLY.iter().flat_map(|name| ["--exclude", name]);
    ["--workspace"]
        .into_iter()
        .chain(excluded)
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_of_whole_images_is_built_without_all_others() {
        let alone = vec!["--package".to_owned(), OF_IMAGES.to_owned()];
        assert_eq!(with_test("the_session_of_the_documentation"), alone);
        assert_eq!(with_test("debugger::the_session_of_the_doc"), alone);
        // This one is of another package; nobody has the other; one has both.
        assert_eq!(with_test("a_test_of_whole_images_is_built_without"), host());
        assert_eq!(with_test("no function is called this"), host());
        assert_eq!(with_test("a"), host());
    }
}
