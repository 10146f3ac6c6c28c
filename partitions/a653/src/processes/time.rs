//! Processes and time: waiting for a moment or a release, and deadlines (ARINC 653 P1-3, 3.4).

use a653rs::bindings::{ApexSystemTime, ErrorCode, ErrorReturnCode};

use super::process::{Life, Wait};
use super::{Failure, Level, MOST_PROCESSES, Processes, Who};
use crate::clock::Span;

/// The processes whose missed deadlines the hypervisor's health monitor has to be told: a bit each.
pub type Missed = u16;

const _: () = assert!(MOST_PROCESSES <= Missed::BITS as usize);

impl Processes {
    /// `TIMED_WAIT`. A wait of zero lets others of the same priority run first.
    ///
    /// # Errors
    /// Those of the service.
    pub fn timed_wait(&mut self, now: u64, delay: ApexSystemTime) -> Result<(), ErrorReturnCode> {
        let index = self.may_wait()?;
        let until = self.clock.after(now, delay)?;
        let until = until.ok_or(ErrorReturnCode::InvalidParam)?;
        self.table[index].wait = Some(Wait::Until(until));
        self.advance_one(now, index);
        Ok(())
    }

    /// `PERIODIC_WAIT`: until the next release, which isn't in the past. Releases that a process has
    /// overrun are left out.
    ///
    /// # Errors
    /// Those of the service.
    pub fn periodic_wait(&mut self, now: u64) -> Result<(), ErrorReturnCode> {
        let index = self.may_wait()?;
        let process = &mut self.table[index];
        let period = process.period.ok_or(ErrorReturnCode::InvalidMode)?;
        let since = now.saturating_sub(process.release);
        let periods = since.div_ceil(period.max(1)).max(1);
        let next = periods
            .checked_mul(period)
            .and_then(|ticks| process.release.checked_add(ticks))
            .ok_or(ErrorReturnCode::InvalidConfig)?;
        let deadline = process.capacity.map(|ticks| next.checked_add(ticks));
        process.deadline = deadline
            .map(|at| at.ok_or(ErrorReturnCode::InvalidConfig))
            .transpose()?;
        process.wait = Some(Wait::Release(next));
        self.advance_one(now, index);
        Ok(())
    }

    /// `REPLENISH`: a new deadline, from now on. Without end is no budget: it would end the supervision.
    ///
    /// # Errors
    /// Those of the service.
    pub fn replenish(&mut self, now: u64, budget: ApexSystemTime) -> Result<(), ErrorReturnCode> {
        let Who::Process(index) = self.current else {
            return Err(ErrorReturnCode::NoAction);
        };
        let deadline = self.clock.after(now, budget)?;
        let deadline = deadline.ok_or(ErrorReturnCode::InvalidParam)?;
        let process = &mut self.table[index];
        if let Some(period) = process.period
            && deadline > process.release.saturating_add(period)
        {
            return Err(ErrorReturnCode::InvalidMode);
        }
        if process.capacity.is_some() {
            process.deadline = Some(deadline);
        }
        Ok(())
    }

    /// What time has brought: releases, ends of waits, and missed deadlines, each of which is told once. Says
    /// which of these no error handler looks after.
    #[must_use]
    pub fn advance(&mut self, now: u64) -> Missed {
        let mut missed = 0;
        if !self.is_normal {
            return missed;
        }
        for index in 0..self.table.len() {
            self.advance_one(now, index);
            let process = &mut self.table[index];
            if process.deadline.is_some_and(|deadline| deadline <= now) {
                process.deadline = None;
                let failure = Failure::new(ErrorCode::DeadlineMissed, index, 0);
                if self.raise(failure) == Level::Partition {
                    missed |= 1 << index;
                }
            }
        }
        missed
    }

    /// Ends what is over of a process's waits.
    pub(super) fn advance_one(&mut self, now: u64, index: usize) {
        let order = self.take_order();
        let process = &mut self.table[index];
        match process.wait {
            Some(Wait::Release(at)) if at <= now => {
                process.release = at;
                process.deadline = process.capacity.and_then(|ticks| at.checked_add(ticks));
                process.wait = None;
                process.order = order;
            }
            Some(Wait::Until(at)) if at <= now => {
                process.wait = None;
                process.order = order;
            }
            Some(Wait::Port {
                until: Some(at), ..
            }) if at <= now => {
                process.wait = None;
                process.timed_out = true;
                process.order = order;
            }
            _ => {}
        }
        let suspension = process.suspended.and_then(|it| it.until);
        if suspension.is_some_and(|at| at <= now) {
            process.suspended = None;
            process.timed_out = true;
            process.order = order;
        }
    }

    /// The next moment at which [`Self::advance`] has something to do, unless a service comes before.
    #[must_use]
    pub fn next_event(&self) -> Option<u64> {
        let started = self.table.iter();
        let started = started.filter(|process| self.is_normal && process.life == Life::Started);
        started.filter_map(super::Process::next_event).min()
    }

    /// Whether the wait of the process that runs was ended by time.
    #[must_use]
    pub fn timed_out(&self) -> bool {
        matches!(self.current, Who::Process(index) if self.table[index].timed_out)
    }

    /// The moment at which a time-out is over that begins now; nothing for one without end.
    ///
    /// # Errors
    /// [`ErrorReturnCode::InvalidParam`] if it is beyond what the counter counts to;
    /// [`ErrorReturnCode::InvalidMode`] if it isn't zero, and whoever asks may not wait.
    pub fn time_out(
        &self,
        now: u64,
        time_out: ApexSystemTime,
    ) -> Result<Option<u64>, ErrorReturnCode> {
        let until = self.clock.after(now, time_out)?;
        if Span::from(time_out) != Span::Nanoseconds(0) {
            self.may_wait()?;
        }
        Ok(until)
    }
}
