//! A system, usually broken, and what the rules find in it.

use paratia_config::board::BoardFacts;
use paratia_config::image::Piece;
use paratia_config::rules::findings;
use paratia_config::system::System;

use crate::base::{BOARD, IMAGES, SYSTEM};

/// A system on a board, and every finding that the rules make in it.
pub struct Case {
    pub system: System,
    pub board: BoardFacts,
    pub images: &'static [Piece],
    /// Rule and message of each finding, in order.
    pub findings: &'static [(&'static str, &'static str)],
}

/// The base, in which they find nothing: a start to change in one place.
pub const VALID: Case = Case {
    system: SYSTEM,
    board: BOARD,
    images: IMAGES,
    findings: &[],
};

impl Case {
    /// What is found, if it isn't what should be.
    pub fn difference(&self) -> Option<String> {
        let found: Vec<_> = findings(&self.system, &self.board, self.images).collect();
        let found: Vec<_> = found
            .iter()
            .map(|finding| (finding.rule, finding.message.as_str()))
            .collect();
        (found != self.findings).then(|| format!("expected {:#?}\nfound {found:#?}", self.findings))
    }
}
