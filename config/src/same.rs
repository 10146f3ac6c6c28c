//! Whether two names are the same, as constants can ask it.

/// Whether two strings are equal, in constants too.
#[must_use]
pub const fn same_text(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let mut at = left.len();
    if at != right.len() {
        return false;
    }
    // From the last byte on, for names that are alike mostly differ at their ends.
    while at > 0 {
        at -= 1;
        if left[at] != right[at] {
            return false;
        }
    }
    true
}
