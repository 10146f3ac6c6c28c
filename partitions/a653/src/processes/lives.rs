//! Processes begin, end, are suspended, and change their priority (ARINC 653 P1-3, 3.3.2).

use a653rs::bindings::{
    ApexProcessAttribute, ApexSystemTime, ErrorReturnCode, LockLevel, MAX_LOCK_LEVEL,
    MAX_PRIORITY_VALUE, MIN_PRIORITY_VALUE, Priority, ProcessId,
};

use super::process::{Life, Process, Suspension, Wait};
use super::{Processes, Who, id, stack_takes};
use crate::clock::Span;

impl Processes {
    /// `CREATE_PROCESS`: its stack is taken.
    ///
    /// # Errors
    /// Those of the service. A period of zero is none: an aperiodic process has an infinite one.
    pub fn create(
        &mut self,
        attributes: &ApexProcessAttribute,
    ) -> Result<ProcessId, ErrorReturnCode> {
        if self.table.is_full() {
            return Err(ErrorReturnCode::InvalidConfig);
        }
        let mut all = self.table.iter();
        if all.any(|it| it.attributes.name == attributes.name) {
            return Err(ErrorReturnCode::NoAction);
        }
        let priorities = MIN_PRIORITY_VALUE..=MAX_PRIORITY_VALUE;
        if attributes.stack_size == 0 || !priorities.contains(&attributes.base_priority) {
            return Err(ErrorReturnCode::InvalidParam);
        }
        let (period, capacity) = self.times(attributes)?;
        if self.is_normal {
            return Err(ErrorReturnCode::InvalidMode);
        }
        let stack = stack_takes(attributes.stack_size);
        if stack > self.stack_bytes {
            return Err(ErrorReturnCode::InvalidConfig);
        }
        let process = Process::new(attributes.clone(), period, capacity);
        if self.table.push(process).is_err() {
            return Err(ErrorReturnCode::InvalidConfig);
        }
        self.stack_bytes -= stack;
        Ok(id(self.table.len() - 1))
    }

    /// A process's period and time capacity in ticks.
    fn times(
        &self,
        attributes: &ApexProcessAttribute,
    ) -> Result<(Option<u64>, Option<u64>), ErrorReturnCode> {
        let capacity = match Span::from(attributes.time_capacity) {
            Span::Nanoseconds(0) => return Err(ErrorReturnCode::InvalidParam),
            capacity => capacity,
        };
        let period = match Span::from(attributes.period) {
            Span::Nanoseconds(0) => return Err(ErrorReturnCode::InvalidParam),
            period => period,
        };
        if let Span::Nanoseconds(period) = period {
            if matches!(capacity, Span::Nanoseconds(capacity) if capacity > period) {
                return Err(ErrorReturnCode::InvalidParam);
            }
            if !self.clock.is_in_step(period) {
                return Err(ErrorReturnCode::InvalidConfig);
            }
        }
        let ticks = |span| match span {
            Span::Infinite => None,
            Span::Nanoseconds(nanoseconds) => Some(self.clock.in_step(nanoseconds)),
        };
        Ok((ticks(period), ticks(capacity)))
    }

    /// `START`.
    ///
    /// # Errors
    /// Those of the service.
    pub fn start(&mut self, now: u64, id: ProcessId) -> Result<usize, ErrorReturnCode> {
        self.delayed_start(now, id, 0)
    }

    /// `DELAYED_START`; the place of the process, which begins at its entry.
    ///
    /// # Errors
    /// Those of the service.
    pub fn delayed_start(
        &mut self,
        now: u64,
        id: ProcessId,
        delay: ApexSystemTime,
    ) -> Result<usize, ErrorReturnCode> {
        let index = self.index(id)?;
        let Span::Nanoseconds(delay) = Span::from(delay) else {
            return Err(ErrorReturnCode::InvalidParam);
        };
        let period = Span::from(self.table[index].attributes.period);
        if matches!(period, Span::Nanoseconds(period) if delay >= period) {
            return Err(ErrorReturnCode::InvalidParam);
        }
        if self.table[index].life != Life::Dormant {
            return Err(ErrorReturnCode::NoAction);
        }
        let delay = self.clock.at_least(delay);
        let order = self.take_order();
        self.table[index].begin(Some(Wait::Normal(delay)), order);
        if self.is_normal {
            self.release_first(now, index);
        }
        Ok(index)
    }

    /// `SET_PARTITION_MODE` to normal: processes that were started run from now on.
    ///
    /// # Errors
    /// [`ErrorReturnCode::NoAction`] if that is so already.
    pub fn enter_normal(&mut self, now: u64) -> Result<(), ErrorReturnCode> {
        if self.is_normal {
            return Err(ErrorReturnCode::NoAction);
        }
        self.is_normal = true;
        for index in 0..self.table.len() {
            self.release_first(now, index);
        }
        Ok(())
    }

    /// A process that waits for normal mode waits for its first release: a periodic one for the partition's
    /// next period, any for its delay.
    fn release_first(&mut self, now: u64, index: usize) {
        let next_period = self.clock.next_period(now);
        let process = &mut self.table[index];
        if let Some(Wait::Normal(delay)) = process.wait {
            let from = process.period.map_or(now, |_| next_period);
            process.wait = Some(Wait::Release(from.saturating_add(delay)));
            self.advance_one(now, index);
        }
    }

    /// `STOP`.
    ///
    /// # Errors
    /// Those of the service.
    pub fn stop(&mut self, id: ProcessId) -> Result<(), ErrorReturnCode> {
        let index = self.other(id)?;
        if self.table[index].life == Life::Dormant {
            return Err(ErrorReturnCode::NoAction);
        }
        self.end(index, Life::Dormant);
        Ok(())
    }

    /// `STOP_SELF`: of a process or of the error handler.
    pub fn stop_self(&mut self) {
        match self.current {
            Who::Process(index) => self.end(index, Life::Dormant),
            Who::Handler => self.handler_ends(),
            Who::Main | Who::Nobody => {}
        }
    }

    /// A process takes part no more, and holds nothing.
    pub(super) fn end(&mut self, index: usize, life: Life) {
        self.table[index].end(life);
        if self.lock_holder == index {
            self.lock_level = 0;
        }
    }

    /// `SUSPEND_SELF`, until it is resumed or the time is over.
    ///
    /// # Errors
    /// Those of the service.
    pub fn suspend_self(
        &mut self,
        now: u64,
        time_out: ApexSystemTime,
    ) -> Result<(), ErrorReturnCode> {
        let index = self.may_wait()?;
        let until = self.clock.after(now, time_out)?;
        let process = &mut self.table[index];
        if process.period.is_some() {
            return Err(ErrorReturnCode::InvalidMode);
        }
        process.timed_out = false;
        if until.is_none_or(|until| until > now) {
            process.suspended = Some(Suspension { until });
        }
        Ok(())
    }

    /// `SUSPEND`.
    ///
    /// # Errors
    /// Those of the service.
    pub fn suspend(&mut self, id: ProcessId) -> Result<(), ErrorReturnCode> {
        let index = self.other(id)?;
        let is_locked = self.lock_level > 0 && self.lock_holder == index;
        let process = &mut self.table[index];
        if process.life != Life::Started || process.period.is_some() || is_locked {
            return Err(ErrorReturnCode::InvalidMode);
        }
        if process.suspended.is_some() {
            return Err(ErrorReturnCode::NoAction);
        }
        process.suspended = Some(Suspension { until: None });
        Ok(())
    }

    /// `RESUME`.
    ///
    /// # Errors
    /// Those of the service.
    pub fn resume(&mut self, id: ProcessId) -> Result<(), ErrorReturnCode> {
        let index = self.other(id)?;
        let order = self.take_order();
        let process = &mut self.table[index];
        if process.life != Life::Started || process.period.is_some() {
            return Err(ErrorReturnCode::InvalidMode);
        }
        if process.suspended.take().is_none() {
            return Err(ErrorReturnCode::NoAction);
        }
        process.order = order;
        Ok(())
    }

    /// `SET_PRIORITY`: the process goes to the end of its new priority's line.
    ///
    /// # Errors
    /// Those of the service.
    pub fn set_priority(
        &mut self,
        id: ProcessId,
        priority: Priority,
    ) -> Result<(), ErrorReturnCode> {
        let index = self.index(id)?;
        if !(MIN_PRIORITY_VALUE..=MAX_PRIORITY_VALUE).contains(&priority) {
            return Err(ErrorReturnCode::InvalidParam);
        }
        let order = self.take_order();
        let process = &mut self.table[index];
        if process.life == Life::Dormant {
            return Err(ErrorReturnCode::InvalidMode);
        }
        process.priority = priority;
        process.order = order;
        Ok(())
    }

    /// `LOCK_PREEMPTION`: the level then.
    ///
    /// # Errors
    /// Those of the service.
    pub fn lock_preemption(&mut self) -> Result<LockLevel, ErrorReturnCode> {
        let Who::Process(index) = self.current else {
            return Err(ErrorReturnCode::NoAction);
        };
        if self.lock_level >= MAX_LOCK_LEVEL {
            return Err(ErrorReturnCode::InvalidConfig);
        }
        self.lock_holder = index;
        self.lock_level += 1;
        Ok(self.lock_level)
    }

    /// `UNLOCK_PREEMPTION`: the level then.
    ///
    /// # Errors
    /// Those of the service.
    pub fn unlock_preemption(&mut self) -> Result<LockLevel, ErrorReturnCode> {
        if !matches!(self.current, Who::Process(_)) || self.lock_level == 0 {
            return Err(ErrorReturnCode::NoAction);
        }
        self.lock_level -= 1;
        Ok(self.lock_level)
    }
}
