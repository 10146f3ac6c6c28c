//! A partition's counters at the end of a run.

use super::event::Event;

/// A partition's counters at the end of a run. All times are in ticks of the system counter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Windows that started.
    pub windows: u64,
    /// Time in which the partition ran.
    pub used_ticks: u64,
    /// Time of its windows in which it waited for an interrupt.
    pub idle_ticks: u64,
    /// Latest start of a window after its scheduled tick.
    pub jitter_worst: u64,
    /// Heartbeats that were due.
    pub heartbeats_expected: u64,
    /// Heartbeats that were due and didn't come in time.
    pub heartbeats_missed: u64,
    /// Health events.
    pub faults: u64,
    /// Those of them that have no record: what a guest repeats is told within bounds.
    pub faults_untold: u64,
    /// Restarts.
    pub restarts: u64,
    /// Calls that were refused.
    pub refused_calls: u64,
    /// Calls with a constant answer and refusals of calls that don't exist, which no exit's counter has.
    pub short_calls: u64,
    /// Interrupts that came while it ran, the ends of its windows included.
    pub interrupts: u64,
}

impl Statistics {
    /// The counters in a partition's `statistics` event and the `vcpu-statistics` events of its vCPUs; one
    /// that is missing counts as 0.
    #[must_use]
    pub fn gather<'a>(partition: &Event, vcpus: impl Iterator<Item = &'a Event>) -> Self {
        let field = |key| partition.integer(key).unwrap_or(0);
        let own = Self {
            heartbeats_expected: field("heartbeats_expected"),
            heartbeats_missed: field("heartbeats_missed"),
            faults: field("faults"),
            faults_untold: field("faults_untold"),
            restarts: field("restarts"),
            ..Self::default()
        };
        vcpus.fold(own, |sum, vcpu| {
            let field = |key| vcpu.integer(key).unwrap_or(0);
            Self {
                windows: sum.windows + field("windows"),
                used_ticks: sum.used_ticks + field("used_ticks"),
                idle_ticks: sum.idle_ticks + field("idle_ticks"),
                jitter_worst: sum.jitter_worst.max(field("jitter_worst")),
                refused_calls: sum.refused_calls + field("refused_calls"),
                short_calls: sum.short_calls + field("short_calls"),
                interrupts: sum.interrupts + field("interrupts"),
                ..sum
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vcpus_are_added_but_for_the_latest_start() {
        let event = |message| Event::parse(0, message);
        let vcpus = [
            event(
                "VcpuStatistics { partition: 1, vcpu: 0, counts: Counts { windows: 3, jitter_worst: 2 } }",
            ),
            event(
                "VcpuStatistics { partition: 1, vcpu: 1, counts: Counts { windows: 4, jitter_worst: 1 } }",
            ),
        ];
        let partition = event(
            "Statistics { partition: 1, heartbeats: Some(Heartbeats { heartbeats_expected: 9, \
             heartbeats_missed: 5 }), totals: Totals { faults: 4, faults_untold: 3, restarts: 0 } }",
        );
        let expected = Statistics {
            windows: 7,
            jitter_worst: 2,
            heartbeats_expected: 9,
            heartbeats_missed: 5,
            faults: 4,
            faults_untold: 3,
            ..Statistics::default()
        };
        assert_eq!(Statistics::gather(&partition, vcpus.iter()), expected);
    }
}
