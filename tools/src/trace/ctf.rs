//! A run in the Common Trace Format 1.8 (`diamon.org/ctf`), for `babeltrace2`, Trace Compass and others: a folder
//! with the description of all types, and streams of events, one of the board and one of each CPU.
//!
//! Stamps have 64 bits, so that none is taken for a wrap, and each stream is in the order of time. An event is of
//! one class with all others of its name and the same fields.

mod metadata;
mod stream;

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use super::timeline::{Timeline, fields_of};
use crate::log::Value;
use metadata::Classes;

/// An event as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Written {
    /// The stream: 0 is the board's, others one more than their CPU.
    stream: usize,
    time_ns: u64,
    name: String,
    fields: BTreeMap<String, Value>,
}

/// What streams' files are called before their number.
const STREAM: &str = "stream-";

/// Writes a run to a folder: the file `metadata`, and `stream-N`. Another run's files of these names are taken
/// away, as a reader takes whatever is there for a part of the trace.
///
/// # Errors
/// If they can't be written.
pub fn write(timeline: &Timeline, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(STREAM) {
            fs::remove_file(entry.path())?;
        }
    }
    let mut events = events(timeline);
    events.sort_by_key(|event| event.time_ns);
    let mut classes = Classes::default();
    let streams = events.iter().map(|event| event.stream + 1).max();
    for number in 0..streams.unwrap_or(0) {
        let of_stream = events.iter().filter(|event| event.stream == number);
        let bytes = stream::bytes(number, of_stream, &mut classes);
        crate::whole::write(&folder.join(format!("{STREAM}{number}")), bytes)?;
    }
    crate::whole::write(&folder.join("metadata"), classes.metadata(timeline))
}

/// All that is written: the log's events, the beginnings and ends of windows and exits, and interrupts.
fn events(timeline: &Timeline) -> Vec<Written> {
    let number = |it: u64| Value::Integer(it.into());
    let mut events = Vec::new();
    let mut add = |stream, time_ns, name: &str, fields| {
        events.push(Written {
            stream,
            time_ns,
            name: name.to_owned(),
            fields,
        });
    };
    for moment in &timeline.moments {
        let mut fields = moment.fields.clone();
        fields.insert("time_ticks".to_owned(), number(moment.time_ticks));
        add(0, timeline.ns(moment.time_ticks), &moment.name, fields);
    }
    let whose = |partition: usize, vcpu: usize| {
        let name = timeline.system().partitions[partition].name;
        BTreeMap::from([
            ("partition".to_owned(), number(partition as u64)),
            ("partition_name".to_owned(), Value::Text(name.to_owned())),
            ("vcpu".to_owned(), number(vcpu as u64)),
        ])
    };
    for window in &timeline.windows {
        let mut fields = whose(window.partition, window.vcpu);
        add(window.cpu + 1, window.ran.1, "window-end", fields.clone());
        fields.extend(fields_of(window));
        add(window.cpu + 1, window.ran.0, "window-begin", fields);
    }
    for exit in &timeline.exits {
        let mut fields = whose(exit.partition, exit.vcpu);
        fields.insert("cause".to_owned(), Value::Text(exit.cause.name.to_owned()));
        fields.extend(exit.cause.fields.clone());
        add(exit.cpu + 1, exit.ran.0, "exit", fields);
        let fields = BTreeMap::from([("ends_window".to_owned(), Value::Boolean(exit.ends_window))]);
        add(exit.cpu + 1, exit.ran.1, "exit-end", fields);
    }
    for interrupt in &timeline.interrupts {
        let fields = BTreeMap::from([("number".to_owned(), number(interrupt.number))]);
        add(interrupt.cpu + 1, interrupt.time_ns, "interrupt", fields);
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog;

    #[test]
    fn nothing_of_another_run_stays() {
        let folder = tempfile::tempdir().unwrap();
        let stale = folder.path().join("stream-7");
        fs::write(&stale, "another run's").unwrap();
        let choice = catalog::choose("qemu-virt", "cluster").unwrap();
        let timeline = Timeline::new(&choice, Vec::new(), None);
        write(&timeline, folder.path()).unwrap();
        assert!(!stale.exists());
        assert!(folder.path().join("metadata").exists());
    }
}
