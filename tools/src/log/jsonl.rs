//! Events as JSON, one object a line.

use std::collections::BTreeMap;

use serde::Serialize;

use super::event::Event;
use super::value::Value;

/// An event as it is written.
#[derive(Serialize)]
struct Line<'a> {
    time_ticks: u64,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    partition_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    planned_end: Option<u64>,
    #[serde(flatten)]
    fields: &'a BTreeMap<String, Value>,
}

/// The line for an event, without its end; `names` are the system's partitions in order, `planned_end` is when
/// a window ends, in ticks.
#[must_use]
pub fn line(event: &Event, names: &[&str], planned_end: Option<u64>) -> String {
    let partition_name = event
        .partition()
        .and_then(|index| names.get(index).copied());
    let line = Line {
        time_ticks: event.time_ticks,
        name: &event.name,
        partition_name,
        planned_end,
        fields: &event.fields,
    };
    serde_json::to_string(&line).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_get_their_names() {
        let event = Event::parse(5, r#"fault partition=1 far=0x10 "no region""#);
        assert_eq!(
            line(&event, &["vehicle", "speedometer"], None),
            r#"{"time_ticks":5,"name":"fault","partition_name":"speedometer","far":16,"partition":1,"text":"no region"}"#
        );
    }
}
