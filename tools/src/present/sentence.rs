//! Events as sentences.

use paratia::catalog::Choice;
use paratia::log::Event;
use paratia_config::system::{Action, HealthEvent};
use paratia_config::{Partition, System};

use super::fault;

/// How much an event matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    /// All is as it should be.
    Normal,
    /// A partition misbehaves.
    Warning,
    /// The system doesn't work.
    Bad,
}

/// The sentence for an event; none for events that are only counted, or that another one tells.
pub(crate) fn sentence(event: &Event, choice: &Choice) -> Option<(Weight, String)> {
    let system = choice.system;
    let text = match event.name.as_str() {
        "window" | "heartbeat" | "statistics" | "vcpu-statistics" | "cpu-statistics" | "exits"
        | "queue" => {
            return None;
        }
        "fault" => fault::sentence(event, choice)?,
        "boot" => boot(event),
        "board-checked" => "the board is the one that was configured".to_owned(),
        "epoch" => "the schedule begins".to_owned(),
        "cpu-started" => format!("CPU {} started", number(event, "cpu")),
        "stopped" => "all partitions stand still".to_owned(),
        "entropy" => entropy(event),
        "refused" | "board-unchecked" => words(event),
        _ => about_partition(event, system).unwrap_or_else(|| plain(event)),
    };
    Some((weight(&event.name), text))
}

fn weight(name: &str) -> Weight {
    match name {
        "refused" | "overrun" => Weight::Bad,
        "fault" | "verdict" | "heartbeat-missed" | "halted" | "console-overflow" => Weight::Warning,
        _ => Weight::Normal,
    }
}

fn boot(event: &Event) -> String {
    let hundred_kilohertz = event.integer("frequency_hz").unwrap_or(0) / 100_000;
    let megahertz = format!("{}.{}", hundred_kilohertz / 10, hundred_kilohertz % 10);
    let cpus = match event.integer("cpus") {
        Some(1) => "1 CPU".to_owned(),
        _ => format!("{} CPUs", number(event, "cpus")),
    };
    format!("booted: {cpus} in the schedule, system counter at {megahertz} MHz")
}

/// Where random numbers come from.
fn entropy(event: &Event) -> String {
    match word(event, "source") {
        "run" => format!(
            "random numbers come from the run's seed {}",
            number(event, "seed")
        ),
        "none" => format!("no random numbers: {}", event.text()),
        source => format!("random numbers come from the board's {source}"),
    }
}

/// The sentence for an event about a partition.
fn about_partition(event: &Event, system: &System) -> Option<String> {
    let partition = event.partition()?;
    let name = system.partitions.get(partition)?.name;
    let text = match event.name.as_str() {
        "image-verified" => {
            format!(
                "image of '{name}' verified, {} bytes",
                number(event, "bytes")
            )
        }
        "started" => format!("'{name}' starts: {}", condition(event)),
        "halted" => format!("'{name}' is halted for good"),
        "heartbeat-missed" => match event.integer("count") {
            None | Some(1) => format!("'{name}' missed a heartbeat"),
            Some(count) => format!("'{name}' missed {count} heartbeats"),
        },
        "console-overflow" => {
            format!(
                "console of '{name}' overflowed, {} bytes dropped",
                number(event, "dropped")
            )
        }
        "verdict" => verdict(&system.partitions[partition], event),
        _ => return None,
    };
    Some(text)
}

/// `'radio': stray_access -> restart, the 3rd`; in the configuration's words. A halt is declared, or comes of
/// a restart that is one too many.
fn verdict(partition: &Partition, event: &Event) -> String {
    let name = partition.name;
    let (kind, action) = (word(event, "event"), word(event, "action"));
    let restarts = event.integer("restarts").unwrap_or(0);
    let declared = HealthEvent::ALL.iter().find(|it| it.name() == kind);
    let declared = declared.map(|it| partition.health.action(*it));
    let detail = match action {
        "restart" => format!(" (restarts before: {restarts})"),
        "halt" if declared == Some(Action::Restart) => {
            format!(" (restarts before: {restarts}, no more allowed)")
        }
        "halt" if restarts > 0 => format!(" (restarts before: {restarts})"),
        _ => String::new(),
    };
    format!("'{name}': {kind} -> {action}{detail}")
}

/// Why a partition starts (`paratia_abi::StartCondition`).
fn condition(event: &Event) -> String {
    let restarts = event.integer("restarts").unwrap_or(0);
    match event
        .fields
        .get("condition")
        .map(ToString::to_string)
        .as_deref()
    {
        Some("0") => "normal start".to_owned(),
        Some("1") => format!("restart {restarts}, asked for by the partition"),
        Some("2") => format!("restart {restarts}, memory scrubbed and image reloaded"),
        Some(other) => other.to_owned(),
        None => "unknown condition".to_owned(),
    }
}

/// An event's own text, or all of it.
fn words(event: &Event) -> String {
    if event.text().is_empty() {
        plain(event)
    } else {
        event.text().to_owned()
    }
}

/// An event that has no sentence of its own: `name key=value text`.
fn plain(event: &Event) -> String {
    let mut text = event.name.clone();
    for (key, value) in &event.fields {
        if key != paratia::log::event::TEXT {
            text += &format!(" {key}={value}");
        }
    }
    if !event.text().is_empty() {
        text += &format!(" {}", event.text());
    }
    text
}

fn word<'a>(event: &'a Event, key: &str) -> &'a str {
    event.word(key).unwrap_or("?")
}

fn number(event: &Event, key: &str) -> String {
    event
        .integer(key)
        .map_or_else(|| "?".to_owned(), |number| number.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(message: &str) -> String {
        let choice = paratia::catalog::choose("qemu-virt", "cluster").unwrap();
        sentence(&Event::parse(0, message), &choice).unwrap().1
    }

    #[test]
    fn verdicts_are_in_the_words_of_the_configuration() {
        assert_eq!(
            text("verdict partition=2 event=stray_access action=restart restarts=1"),
            "'infotainment': stray_access -> restart (restarts before: 1)"
        );
        assert_eq!(
            text("verdict partition=2 event=stray_access action=halt restarts=4"),
            "'infotainment': stray_access -> halt (restarts before: 4, no more allowed)"
        );
        // What is declared as a halt is none that came of too many restarts.
        assert_eq!(
            text("verdict partition=2 event=shutdown action=halt restarts=4"),
            "'infotainment': shutdown -> halt (restarts before: 4)"
        );
        assert_eq!(
            text("verdict partition=2 event=shutdown action=halt restarts=0"),
            "'infotainment': shutdown -> halt"
        );
    }

    #[test]
    fn what_is_counted_at_the_end_is_no_line() {
        let choice = paratia::catalog::choose("qemu-virt", "cluster").unwrap();
        for name in [
            "statistics partition=0",
            "vcpu-statistics partition=0",
            "cpu-statistics cpu=0",
        ] {
            assert_eq!(sentence(&Event::parse(0, name), &choice), None, "{name}");
        }
    }

    #[test]
    fn starts_say_why() {
        assert_eq!(
            text("started partition=0 condition=0 restarts=0"),
            "'vehicle' starts: normal start"
        );
        assert_eq!(
            text("started partition=2 condition=2 restarts=3"),
            "'infotainment' starts: restart 3, memory scrubbed and image reloaded"
        );
    }

    #[test]
    fn unknown_events_and_unknown_partitions_are_shown_plainly() {
        assert_eq!(text("overrun cpu=0 skipped=2"), "overrun cpu=0 skipped=2");
        assert_eq!(text("halted partition=9"), "halted partition=9");
        assert_eq!(text("note a=1 \"some words\""), "note a=1 some words");
    }
}
