//! One process: its attributes, and what it waits for.

use a653rs::bindings::{ApexProcessAttribute, Priority, ProcessState};

/// A process of the table.
#[derive(Clone, Debug)]
pub(super) struct Process {
    /// As it was created.
    pub(super) attributes: ApexProcessAttribute,
    /// Ticks from release to release; nothing for an aperiodic process.
    pub(super) period: Option<u64>,
    /// Ticks from release to deadline; nothing if it has none.
    pub(super) capacity: Option<u64>,
    pub(super) priority: Priority,
    pub(super) life: Life,
    /// What it waits for, if it does.
    pub(super) wait: Option<Wait>,
    /// Whether it is suspended, which it can be beside a wait.
    pub(super) suspended: Option<Suspension>,
    /// The end of its time capacity; nothing if there is none, or it was missed.
    pub(super) deadline: Option<u64>,
    /// A periodic process's last release.
    pub(super) release: u64,
    /// Its place among those of the same priority: who became ready first.
    pub(super) order: u64,
    /// Whether its last wait was ended by time.
    pub(super) timed_out: bool,
}

/// Whether a process takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    /// Not started, or stopped.
    Dormant,
    Started,
    /// Ended by a fault of its own; it can be stopped, and then started.
    Faulted,
}

/// What a process waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// Normal mode, and then for so many ticks.
    Normal(u64),
    /// Its release at a moment, from which its deadline counts.
    Release(u64),
    /// A moment.
    Until(u64),
    /// A port, until a moment if there is one; `since` is its place among those that wait there.
    Port {
        port: usize,
        until: Option<u64>,
        since: u64,
    },
}

/// How long a process is suspended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Suspension {
    /// When it ends by itself; never if nothing.
    pub(super) until: Option<u64>,
}

impl Process {
    /// A process that wasn't started yet.
    pub(super) fn new(
        attributes: ApexProcessAttribute,
        period: Option<u64>,
        capacity: Option<u64>,
    ) -> Self {
        Self {
            priority: attributes.base_priority,
            attributes,
            period,
            capacity,
            life: Life::Dormant,
            wait: None,
            suspended: None,
            deadline: None,
            release: 0,
            order: 0,
            timed_out: false,
        }
    }

    /// Forgets the life before; it waits as said.
    pub(super) fn begin(&mut self, wait: Option<Wait>, order: u64) {
        self.priority = self.attributes.base_priority;
        self.life = Life::Started;
        self.wait = wait;
        self.suspended = None;
        self.deadline = None;
        self.timed_out = false;
        self.order = order;
    }

    /// Takes part no more.
    pub(super) fn end(&mut self, life: Life) {
        self.life = life;
        self.wait = None;
        self.suspended = None;
        self.deadline = None;
    }

    /// Whether it can run.
    pub(super) fn is_ready(&self) -> bool {
        self.life == Life::Started && self.wait.is_none() && self.suspended.is_none()
    }

    /// Its state by ARINC 653's names, unless it is running.
    pub(super) fn state(&self) -> ProcessState {
        match self.life {
            Life::Dormant => ProcessState::Dormant,
            Life::Faulted => ProcessState::Faulted,
            Life::Started if self.is_ready() => ProcessState::Ready,
            Life::Started => ProcessState::Waiting,
        }
    }

    /// The next moment at which something about it changes by itself.
    pub(super) fn next_event(&self) -> Option<u64> {
        let wait = match self.wait {
            Some(Wait::Release(at) | Wait::Until(at)) => Some(at),
            Some(Wait::Port { until, .. }) => until,
            Some(Wait::Normal(_)) | None => None,
        };
        let suspension = self.suspended.and_then(|it| it.until);
        [wait, suspension, self.deadline]
            .into_iter()
            .flatten()
            .min()
    }
}
