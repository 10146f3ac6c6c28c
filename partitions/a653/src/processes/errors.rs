//! Errors of processes and the process that handles them (ARINC 653 P1-3, 2.4 and 3.8).
//!
//! Each error waits in a short line until the handler has asked for it. The handler preempts everybody, and
//! while it runs nothing else does. Where there is none, where the line is full, and for errors of the
//! handler itself, the error is the partition's, and goes to the hypervisor's health monitor.

use a653rs::bindings::{
    ApexByte, ErrorCode, ErrorHandlerConcurrencyControl, ErrorReturnCode, MAX_ERROR_MESSAGE_SIZE,
    ProcessorCoreId, SystemAddress,
};

use super::process::Life;
use super::{Processes, Who, stack_takes};

/// Most errors that wait for the handler.
pub const MOST_ERRORS: usize = 16;
/// The one core of a partition, and no preference.
const CORES: core::ops::RangeInclusive<ProcessorCoreId> = -1..=0;

/// The error handler.
#[derive(Clone, Copy, Debug)]
pub(super) struct Handler {
    entry: SystemAddress,
    is_running: bool,
    /// Whether it has asked for an error since it began.
    has_asked: bool,
}

/// An error of a process.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What.
    pub code: ErrorCode,
    /// Whose, by its place in the table.
    pub process: usize,
    /// Where the program was, if it is a fault.
    pub address: u64,
    /// The application's words.
    pub message: [ApexByte; MAX_ERROR_MESSAGE_SIZE],
    /// How many bytes these are.
    pub length: usize,
}

impl Failure {
    /// An error with no words.
    #[must_use]
    pub const fn new(code: ErrorCode, process: usize, address: u64) -> Self {
        Self {
            code,
            process,
            address,
            message: [0; MAX_ERROR_MESSAGE_SIZE],
            length: 0,
        }
    }
}

/// Who looks after an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Level {
    /// The partition's error handler, which runs next.
    Process,
    /// The hypervisor's health monitor.
    Partition,
}

impl Processes {
    /// `CREATE_ERROR_HANDLER`; its stack is taken.
    ///
    /// # Errors
    /// Those of the service.
    pub fn create_error_handler(
        &mut self,
        entry: SystemAddress,
        stack_size: u32,
    ) -> Result<(), ErrorReturnCode> {
        if self.handler.is_some() {
            return Err(ErrorReturnCode::NoAction);
        }
        if stack_size == 0 || stack_takes(stack_size) > self.stack_bytes {
            return Err(ErrorReturnCode::InvalidConfig);
        }
        if self.is_normal {
            return Err(ErrorReturnCode::InvalidMode);
        }
        self.stack_bytes -= stack_takes(stack_size);
        self.handler = Some(Handler {
            entry,
            is_running: false,
            has_asked: false,
        });
        Ok(())
    }

    /// `CONFIGURE_ERROR_HANDLER`. On one core the processes pause in either case.
    ///
    /// # Errors
    /// Those of the service.
    pub fn configure_error_handler(
        &self,
        _concurrency: ErrorHandlerConcurrencyControl,
        core: ProcessorCoreId,
    ) -> Result<(), ErrorReturnCode> {
        if self.handler.is_none() {
            return Err(ErrorReturnCode::InvalidConfig);
        }
        if !CORES.contains(&core) {
            return Err(ErrorReturnCode::InvalidParam);
        }
        if self.is_normal {
            return Err(ErrorReturnCode::InvalidMode);
        }
        Ok(())
    }

    /// `RAISE_APPLICATION_ERROR`: whose it is then.
    ///
    /// # Errors
    /// Those of the service.
    pub fn raise_application_error(
        &mut self,
        code: ErrorCode,
        words: &[ApexByte],
    ) -> Result<Level, ErrorReturnCode> {
        if words.len() > MAX_ERROR_MESSAGE_SIZE || code != ErrorCode::ApplicationError {
            return Err(ErrorReturnCode::InvalidParam);
        }
        let Who::Process(process) = self.current else {
            return Ok(Level::Partition);
        };
        let mut failure = Failure::new(code, process, 0);
        failure.message[..words.len()].copy_from_slice(words);
        failure.length = words.len();
        Ok(self.raise(failure))
    }

    /// A process's error: it waits for the handler, if there is one and the line has room.
    pub(super) fn raise(&mut self, failure: Failure) -> Level {
        if self.handler.is_none() || self.errors.push_back(failure).is_err() {
            return Level::Partition;
        }
        Level::Process
    }

    /// The process that runs can't go on.
    pub fn fault(&mut self, code: ErrorCode, address: u64) -> Level {
        let Who::Process(index) = self.current else {
            return Level::Partition;
        };
        let level = self.raise(Failure::new(code, index, address));
        if level == Level::Process {
            self.end(index, Life::Faulted);
        }
        level
    }

    /// `GET_ERROR_STATUS`: the error that waits longest.
    ///
    /// # Errors
    /// Those of the service.
    pub fn error_status(&mut self) -> Result<Failure, ErrorReturnCode> {
        let handler = self.handler.as_mut();
        let handler = handler.filter(|_| self.current == Who::Handler);
        handler.ok_or(ErrorReturnCode::InvalidConfig)?.has_asked = true;
        self.errors.pop_front().ok_or(ErrorReturnCode::NoAction)
    }

    /// The error handler's entry.
    #[must_use]
    pub fn handler_entry(&self) -> Option<SystemAddress> {
        self.handler.map(|handler| handler.entry)
    }

    /// Whether the error handler should run.
    pub(super) fn handler_has_work(&self) -> bool {
        let is_running = self.handler.is_some_and(|handler| handler.is_running);
        is_running || (self.handler.is_some() && !self.errors.is_empty())
    }

    /// It runs from now on; whether it begins with that.
    pub(super) fn handler_begins(&mut self) -> bool {
        let handler = self.handler.as_mut();
        handler.is_some_and(|handler| !core::mem::replace(&mut handler.is_running, true))
    }

    /// It has stopped itself. One that asked for no error has had the oldest, or it would begin for ever.
    pub(super) fn handler_ends(&mut self) {
        if let Some(handler) = &mut self.handler {
            handler.is_running = false;
            if !core::mem::take(&mut handler.has_asked) {
                self.errors.pop_front();
            }
        }
    }
}
