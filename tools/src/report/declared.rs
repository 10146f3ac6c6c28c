//! What was declared of a system, as plain data: for the report, and to be compared with another's.

use std::path::Path;

use serde::Serialize;

use super::exchange::{self, Channel};
use super::faults;
use super::machines::{self, Machine};
use super::origins::{self, Digest};
use super::timing::nanoseconds;
use crate::catalog::Choice;

/// What was declared, and the pieces that were built into an image of it.
#[derive(Clone, Debug, Serialize)]
pub struct Declared {
    /// Length of the cycle.
    pub major_frame_ns: u64,
    /// The last part of each window, for the switch.
    pub guard_ns: u64,
    /// Each partition's machine.
    pub partitions: Vec<Machine>,
    /// Who tells whom what.
    pub channels: Vec<Channel>,
    /// What follows from each fault.
    pub faults: Vec<faults::Table>,
    /// Which bytes the image is made of.
    pub digests: Vec<Digest>,
}

impl Declared {
    /// Of a system on a board, built into `image`.
    ///
    /// # Errors
    /// If a piece of the image can't be read.
    pub fn of(choice: &Choice, image: &Path) -> anyhow::Result<Self> {
        let (system, board) = (choice.system, choice.board);
        Ok(Self {
            major_frame_ns: nanoseconds(system.schedule.major_frame),
            guard_ns: nanoseconds(system.schedule.guard),
            partitions: machines::machines(system, board),
            channels: exchange::channels(system, board),
            faults: faults::declared(system),
            digests: origins::digests(choice, image)?,
        })
    }
}
