//! The processes of a partition: which there are, which one runs, when each has to be done.
//!
//! A table and the services of ARINC 653 on it, in ticks of the counter. Nothing here touches the CPU: a
//! service changes the table, [`Processes::dispatch`] then says who runs, and
//! [`Processes::next_event`] when to look again.

mod choice;
mod errors;
mod lives;
mod process;
mod queries;
#[cfg(test)]
mod tests;
mod time;
mod waiting;

use a653rs::bindings::{ErrorReturnCode, LockLevel, NULL_PROCESS_ID, ProcessId};
use heapless::{Deque, Vec};

use crate::clock::Clock;
pub use choice::{Dispatch, Who};
use errors::Handler;
pub use errors::{Failure, Level, MOST_ERRORS};
use process::Process;
pub use time::Missed;

/// Most processes of a partition, beside its main process and its error handler.
pub const MOST_PROCESSES: usize = 16;
/// Bytes by which stacks are given: a page, below which another is kept unmapped.
pub const STACK_UNIT: u64 = 4096;

/// A partition's processes.
#[derive(Debug)]
pub struct Processes {
    clock: Clock,
    table: Vec<Process, MOST_PROCESSES>,
    handler: Option<Handler>,
    errors: Deque<Failure, MOST_ERRORS>,
    /// Whether the partition is in normal mode, in which processes run.
    is_normal: bool,
    current: Who,
    /// How often preemption is locked.
    lock_level: LockLevel,
    /// By whom, if it is.
    lock_holder: usize,
    /// The next place in a line.
    order: u64,
    /// Bytes left for stacks.
    stack_bytes: u64,
}

impl Processes {
    /// None yet; `stack_bytes` is the memory for their stacks.
    #[must_use]
    pub fn new(clock: Clock, stack_bytes: u64) -> Self {
        Self {
            clock,
            table: Vec::new(),
            handler: None,
            errors: Deque::new(),
            is_normal: false,
            current: Who::Main,
            lock_level: 0,
            lock_holder: 0,
            order: 0,
            stack_bytes,
        }
    }

    /// The place in the table that an identifier names.
    ///
    /// # Errors
    /// [`ErrorReturnCode::InvalidParam`] if it names no process.
    pub fn index(&self, id: ProcessId) -> Result<usize, ErrorReturnCode> {
        let place = id.checked_sub(NULL_PROCESS_ID + 1);
        let index = place.and_then(|place| usize::try_from(place).ok());
        index
            .filter(|index| *index < self.table.len())
            .ok_or(ErrorReturnCode::InvalidParam)
    }

    /// As [`Self::index`], but for a service that isn't for the caller itself.
    fn other(&self, id: ProcessId) -> Result<usize, ErrorReturnCode> {
        let index = self.index(id)?;
        if self.current == Who::Process(index) {
            return Err(ErrorReturnCode::InvalidParam);
        }
        Ok(index)
    }

    /// The process that asks, if it is one that may wait: not the main process, not the error handler, and
    /// not while preemption is locked.
    ///
    /// # Errors
    /// [`ErrorReturnCode::InvalidMode`] otherwise.
    fn may_wait(&self) -> Result<usize, ErrorReturnCode> {
        match self.current {
            Who::Process(index) if self.lock_level == 0 => Ok(index),
            _ => Err(ErrorReturnCode::InvalidMode),
        }
    }

    fn take_order(&mut self) -> u64 {
        self.order += 1;
        self.order
    }
}

/// A process's identifier, by its place in the table.
#[must_use]
pub fn id(index: usize) -> ProcessId {
    ProcessId::try_from(index).map_or(NULL_PROCESS_ID, |index| NULL_PROCESS_ID + 1 + index)
}

/// Bytes that a stack takes: whole pages, and the one below that is kept unmapped.
#[must_use]
pub const fn stack_takes(stack_size: u32) -> u64 {
    (stack_size as u64).next_multiple_of(STACK_UNIT) + STACK_UNIT
}
