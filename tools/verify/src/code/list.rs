//! Lists of what a person has judged: a line a row, empty lines and those with `#` left out.

/// The rows of a list, each as `row` reads it.
///
/// # Panics
/// If a line is garbled, which a test of this crate finds.
pub(super) fn rows<T>(list: &str, row: impl Fn(&str) -> Option<T>) -> Vec<T> {
    let lines = list
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| row(line).unwrap_or_else(|| panic!("a garbled line: {line}")))
        .collect()
}
