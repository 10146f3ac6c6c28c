//! What the log tells of each partition, counted.

use paratia::log::Event;
use paratia::unit::Meaning;

/// A partition's counts.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    heartbeats: u64,
    missed: u64,
    faults: u64,
    restarts: u64,
    is_halted: bool,
}

/// The counts of all partitions, by their index.
#[derive(Debug, Default)]
pub struct Counts(Vec<Count>);

impl Counts {
    /// None yet, of so many partitions.
    pub fn new(partitions: usize) -> Self {
        Self(vec![Count::default(); partitions])
    }

    /// Takes an event.
    pub fn take(&mut self, event: &Event) {
        let Some(count) = event.partition().and_then(|it| self.0.get_mut(it)) else {
            return;
        };
        match event.name.as_str() {
            "heartbeat" => count.heartbeats += 1,
            "heartbeat-missed" => count.missed += event.integer("count").unwrap_or(1),
            "fault" => count.faults += 1,
            "started" => count.restarts = event.integer("restarts").unwrap_or(count.restarts),
            "halted" => count.is_halted = true,
            _ => {}
        }
    }

    /// A count, and a yes or no as 1 or 0; nothing if the variable is none of these.
    pub fn value(&self, meaning: Meaning) -> Option<u64> {
        let of = |index: usize, value: fn(&Count) -> u64| self.0.get(index).map(value);
        match meaning {
            Meaning::Heartbeats(index) => of(index, |it| it.heartbeats),
            Meaning::Missed(index) => of(index, |it| it.missed),
            Meaning::Faults(index) => of(index, |it| it.faults),
            Meaning::Restarts(index) => of(index, |it| it.restarts),
            Meaning::Halted(index) => of(index, |it| it.is_halted.into()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_counted_for_their_partition() {
        let mut counts = Counts::new(2);
        for message in [
            "Heartbeat { partition: 1, sequence: 7, counted: true }",
            "HeartbeatMissed { partition: 1, count: 3 }",
            "fault partition=1 event=stray_access",
            "Started { partition: 1, condition: 2, restarts: 4 }",
            "halted partition=0",
            "fault partition=9 event=stray_access",
        ] {
            counts.take(&Event::parse(0, message));
        }
        let one = [
            Meaning::Heartbeats,
            Meaning::Missed,
            Meaning::Faults,
            Meaning::Restarts,
        ]
        .map(|meaning| counts.value(meaning(1)).unwrap());
        assert_eq!(one, [1, 3, 1, 4]);
        assert_eq!(counts.value(Meaning::Halted(0)), Some(1));
        assert_eq!(counts.value(Meaning::Halted(1)), Some(0));
        assert_eq!(counts.value(Meaning::FrameHash), None);
    }
}
