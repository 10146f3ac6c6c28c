//! Who runs: the error handler, who has locked preemption, or the highest priority that is ready.

use core::cmp::Reverse;

use super::Processes;

/// Who has the partition's CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// The main process, until normal mode.
    Main,
    /// A process, by its place in the table.
    Process(usize),
    /// The error handler.
    Handler,
    /// Nobody is ready.
    Nobody,
}

/// Who runs from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Dispatch {
    /// Who.
    pub who: Who,
    /// Whether the error handler begins anew, at its entry.
    pub begins: bool,
}

impl Processes {
    /// Who should run.
    #[must_use]
    pub fn choose(&self) -> Who {
        if !self.is_normal {
            return Who::Main;
        }
        if self.handler_has_work() {
            return Who::Handler;
        }
        if self.lock_level > 0 {
            return Who::Process(self.lock_holder);
        }
        let ready = self.table.iter().enumerate();
        let ready = ready.filter(|(_, process)| process.is_ready());
        let first = ready.max_by_key(|(_, process)| (process.priority, Reverse(process.order)));
        first.map_or(Who::Nobody, |(index, _)| Who::Process(index))
    }

    /// Whoever should run is the current one from now on.
    pub fn dispatch(&mut self) -> Dispatch {
        let who = self.choose();
        self.current = who;
        let begins = who == Who::Handler && self.handler_begins();
        Dispatch { who, begins }
    }

    /// Who is the current one.
    #[must_use]
    pub const fn current(&self) -> Who {
        self.current
    }
}
