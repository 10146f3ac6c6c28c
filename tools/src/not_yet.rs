//! What isn't there yet, as an error that is told from others.

use std::fmt;

/// Something that a build makes or fetches isn't there, which is nobody's fault.
#[derive(Debug)]
pub(crate) struct NotYet(pub(crate) String);

impl fmt::Display for NotYet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for NotYet {}
