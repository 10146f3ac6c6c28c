//! The rules that a system has to keep, one function each.
//!
//! They run twice. In a constant, [`assert_valid`] stops the build with the first finding's
//! message; on the host, [`findings`] lists every finding. Both run the same `const fn`s: what the
//! tool accepts builds, and what it doesn't, doesn't.

mod address_space;
mod board;
mod channel_memory;
mod channels;
mod context;
mod devices;
mod display;
mod ends;
mod events;
mod health;
mod image;
mod interrupts;
mod longest_path;
mod machine;
mod memory;
mod messages;
mod names;
mod nearest;
mod owned_pieces;
mod owners;
mod partitions;
mod pieces;
mod report;
mod schedule;
mod solo5;
mod table;
pub mod text;
mod usage;
mod windows;

use crate::board::BoardFacts;
use crate::image::Piece;
use crate::system::System;
use context::Context;
use report::{MOST_KEPT, Report};

pub use longest_path::{longest_hold, longest_path};
pub use names::HYPERVISOR;
pub use report::{Finding, Message};
pub use table::{RULES, Rule};
pub use windows::SHORTEST_RUN;

/// Stops the build, or panics, with the message of the first finding if there is one.
///
/// `pieces` are those of all partitions' images; an empty list leaves out what depends on them.
///
/// # Panics
/// If the system breaks a rule.
pub const fn assert_valid(system: &System, board: &BoardFacts, pieces: &[Piece]) {
    let context = Context::new(system, board, pieces);
    let mut report = Report::keeping(0, 1);
    table::apply_all(&context, &mut report);
    if let Some(finding) = report.kept(0) {
        panic!("{}", finding.message.as_str());
    }
}

/// Every finding, rule by rule in the order of [`RULES`].
///
/// `pieces` are those of all partitions' images; an empty list leaves out what depends on them.
pub fn findings<'a>(
    system: &'a System,
    board: &'a BoardFacts,
    pieces: &'a [Piece],
) -> impl Iterator<Item = Finding> + 'a {
    let context = Context::new(system, board, pieces);
    let mut report = Report::keeping(0, 0);
    (0..).map_while(move |index| {
        if index % MOST_KEPT == 0 {
            report = Report::keeping(index, MOST_KEPT);
            table::apply_all(&context, &mut report);
        }
        report.kept(index % MOST_KEPT)
    })
}
