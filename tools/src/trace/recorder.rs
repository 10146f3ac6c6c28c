//! What is heard in a run, in the order of time.

use std::collections::BTreeMap;

use crate::catalog::Choice;
use crate::log::{Event, Value};
use crate::run::Sight;

/// Something that was heard: an event of the log, or a line of a console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// When: ticks of the system counter since the schedule's epoch; 0 before it. A line of text has the time of
    /// the latest event before it, as it has none of its own.
    pub time_ticks: u64,
    /// The event's name; `console` for a partition's line, `hypervisor` for one of its own.
    pub name: String,
    /// The partition that it is about, by its place in the system.
    pub partition: Option<usize>,
    /// The event's fields, the partition among them; `text` and `goes_on` of a line.
    pub fields: BTreeMap<String, Value>,
}

/// Hears a run.
#[derive(Debug)]
pub struct Recorder {
    choice: Choice,
    moments: Vec<Moment>,
    latest_ticks: u64,
}

impl Recorder {
    /// Nothing was heard yet of a run of this system.
    #[must_use]
    pub fn new(choice: &Choice) -> Self {
        Self {
            choice: *choice,
            moments: Vec::new(),
            latest_ticks: 0,
        }
    }

    /// Hears what is seen.
    pub fn take(&mut self, sight: Sight<'_>) {
        match sight {
            Sight::Event(event) => self.event(event),
            Sight::Console {
                partition,
                line,
                goes_on,
            } => {
                let index = self.choice.system.partition_index(partition);
                self.line("console", index, line, goes_on);
            }
            Sight::Hypervisor(line) => self.line("hypervisor", None, line, false),
            Sight::DamagedFrame => self.line("damaged-frame", None, "", false),
        }
    }

    fn event(&mut self, event: &Event) {
        self.latest_ticks = self.latest_ticks.max(event.time_ticks);
        self.moments.push(Moment {
            time_ticks: event.time_ticks,
            name: event.name.clone(),
            partition: event.partition(),
            fields: event.fields.clone(),
        });
    }

    fn line(&mut self, name: &str, partition: Option<usize>, text: &str, goes_on: bool) {
        let mut fields = BTreeMap::new();
        fields.insert("text".to_owned(), Value::Text(text.to_owned()));
        if let Some(index) = partition {
            fields.insert("goes_on".to_owned(), Value::Boolean(goes_on));
            let index = Value::Integer(index as i128);
            fields.insert("partition".to_owned(), index);
        }
        self.moments.push(Moment {
            time_ticks: self.latest_ticks,
            name: name.to_owned(),
            partition,
            fields,
        });
    }

    /// All of it in the order of time; what has the same time in the order in which it was heard.
    #[must_use]
    pub fn moments(mut self) -> Vec<Moment> {
        self.moments.sort_by_key(|moment| moment.time_ticks);
        self.moments
    }
}
