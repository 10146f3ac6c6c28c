//! What is wrong with an image's code, at its place.

use core::fmt;

use serde::Serialize;

use super::places::Places;
use super::text::Text;

/// A finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// The function, with its source and line and what it is linked in, where there is debug information.
    pub place: String,
    /// The instruction's address; 0 if it isn't about one.
    pub address: u64,
    /// What is wrong, and what to do.
    pub text: String,
}

impl Finding {
    /// One about an instruction.
    #[must_use]
    pub fn at(text: &Text, places: &Places, address: u64, what: String) -> Self {
        let place = places.of_instruction(text, address);
        let linked = match place.line {
            Some(_) => format!(", linked in {}", text.name_at(address)),
            None => String::new(),
        };
        Self {
            place: format!("{place}{linked}"),
            address,
            text: what,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.text)
    }
}
