//! Which of the workspace's packages are built for what.

/// Packages that are compiled for the boards only.
pub(super) const BARE_ONLY: [&str; 3] = [
    "paratia-partitions",
    "paratia-runtime",
    "paratia-test-guests",
];

/// `--workspace` without the packages that are compiled for the boards only.
pub(super) fn host() -> Vec<String> {
    let excluded = BARE_ONLY.iter().flat_map(|name| ["--exclude", name]);
    ["--workspace"]
        .into_iter()
        .chain(excluded)
        .map(str::to_owned)
        .collect()
}
