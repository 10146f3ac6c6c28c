//! The health monitor's decision: which verdict follows from an event, under the partition's table.

use paratia_config::system::{Action, HealthEvent, HealthTable, MAX_RESTARTS_COUNTED};

use crate::base::time::Ticks;

const HISTORY: usize = MAX_RESTARTS_COUNTED as usize;

/// What is to be done; one place turns it into effects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(target_os = "none", derive(defmt::Format))]
#[must_use]
pub enum Verdict {
    /// Counted; the partition goes on.
    Ignore,
    /// Scrub, reload and start again.
    Restart,
    /// Never run again.
    Halt,
    /// Stop the whole system in its safe state.
    StopSystem,
}

/// When a partition was last restarted, to keep its limit.
#[derive(Debug, Default)]
pub struct RestartHistory {
    /// The limit's period in ticks.
    pub period: u64,
    /// The latest, in no order.
    recent: [Option<Ticks>; HISTORY],
    /// Where the oldest of them is, modulo their number.
    oldest: usize,
}

impl RestartHistory {
    /// No restart yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            period: 0,
            recent: [None; HISTORY],
            oldest: 0,
        }
    }

    /// The verdict on `event` at time `now`; a restart is remembered, and one beyond the table's
    /// limit becomes a halt.
    pub fn judge(&mut self, table: &HealthTable, event: HealthEvent, now: Ticks) -> Verdict {
        match table.action(event) {
            Action::Ignore if event.can_be_ignored() => Verdict::Ignore,
            // The rules refuse such a table; an instruction that faults for ever must not run on.
            Action::Ignore | Action::Halt => Verdict::Halt,
            Action::StopSystem => Verdict::StopSystem,
            Action::Restart => {
                if self.within_period(now) >= table.restart_limit.count as usize {
                    return Verdict::Halt;
                }
                self.recent[self.oldest % HISTORY] = Some(now);
                self.oldest = self.oldest.wrapping_add(1);
                Verdict::Restart
            }
        }
    }

    fn within_period(&self, now: Ticks) -> usize {
        let recent = self.recent.iter().flatten();
        let is_within = |then: &&Ticks| now.since(**then) < self.period;
        recent.filter(is_within).count()
    }
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::*;

    fn history(period: u64) -> RestartHistory {
        RestartHistory {
            period,
            ..RestartHistory::new()
        }
    }

    const TABLE: HealthTable = HealthTable::restart(3, Duration::from_secs(1));

    #[test]
    fn the_restart_after_the_limit_is_a_halt() {
        let mut history = history(100);
        for now in [0, 10, 20] {
            assert_eq!(
                history.judge(&TABLE, HealthEvent::StrayAccess, Ticks(now)),
                Verdict::Restart
            );
        }
        assert_eq!(
            history.judge(&TABLE, HealthEvent::StrayAccess, Ticks(99)),
            Verdict::Halt
        );
    }

    #[test]
    fn restarts_outside_the_period_are_forgotten() {
        let mut history = history(150);
        for now in (0..100).map(|n| n * 50) {
            assert_eq!(
                history.judge(&TABLE, HealthEvent::StrayAccess, Ticks(now)),
                Verdict::Restart
            );
        }
    }

    #[test]
    fn a_limit_of_none_halts_at_once() {
        let table = HealthTable::restart(0, Duration::from_secs(1));
        let verdict = history(100).judge(&table, HealthEvent::StrayFetch, Ticks(0));
        assert_eq!(verdict, Verdict::Halt);
    }

    #[test]
    fn what_would_fault_again_is_never_ignored() {
        let mut table = TABLE;
        table.stray_access = Action::Ignore;
        table.refused_calls = Action::Ignore;
        let mut history = history(1);
        assert_eq!(
            history.judge(&table, HealthEvent::StrayAccess, Ticks(0)),
            Verdict::Halt
        );
        assert_eq!(
            history.judge(&table, HealthEvent::RefusedCalls, Ticks(0)),
            Verdict::Ignore
        );
    }

    #[test]
    fn every_event_has_its_own_row() {
        for event in HealthEvent::ALL {
            let mut history = history(1);
            let expected = match TABLE.action(event) {
                Action::Ignore => Verdict::Ignore,
                Action::Restart => Verdict::Restart,
                Action::Halt => Verdict::Halt,
                Action::StopSystem => Verdict::StopSystem,
            };
            assert_eq!(
                history.judge(&TABLE, event, Ticks(0)),
                expected,
                "{}",
                event.name()
            );
        }
    }
}
