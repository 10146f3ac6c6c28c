//! What was heard so far in a run.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use paratia_board_support::words;
use paratia_config::console::UNFINISHED;
use paratia_config::rules::HYPERVISOR;

use super::execute::LastLook;
use super::{Outcome, RunReport, Sight};
use crate::catalog::Choice;
use crate::log::event::TEXT;
use crate::log::{Decoder, Event, Piece, Value};

/// How many lines a message about a failed run repeats.
const LAST_LINES: usize = 12;
/// How the line begins that the runtime prints of a panic: file, line and column follow, and the words.
const PANICKED: &str = "panicked at ";

/// What was heard so far in a run.
pub struct Record {
    choice: Choice,
    decoder: Decoder,
    events: Vec<Event>,
    console: Vec<(String, String)>,
    /// Which line of each partition's goes on, by its place in the console.
    unfinished: HashMap<String, usize>,
    hypervisor: Vec<String>,
    last_lines: VecDeque<String>,
    damaged_frames: usize,
    frequency_hz: Option<u64>,
    outcome: Option<Outcome>,
}

impl Record {
    /// Nothing yet, of a run of this choice, whose image the decoder knows.
    #[must_use]
    pub fn new(choice: Choice, decoder: Decoder) -> Self {
        Self {
            choice,
            decoder,
            events: Vec::new(),
            console: Vec::new(),
            unfinished: HashMap::new(),
            hypervisor: Vec::new(),
            last_lines: VecDeque::new(),
            damaged_frames: 0,
            frequency_hz: None,
            outcome: None,
        }
    }

    /// How the run ended, if it has.
    #[must_use]
    pub fn outcome(&self) -> Option<&Outcome> {
        self.outcome.as_ref()
    }

    /// Takes the next piece and shows it to the observer.
    pub fn take(&mut self, piece: Piece, observer: &mut dyn FnMut(Sight<'_>)) {
        match piece {
            Piece::Line(line) => self.take_line(&line, observer),
            Piece::Frame(frame) => match self.decoder.decode(&frame) {
                Some(event) => self.take_event(event, observer),
                None => {
                    self.damaged_frames += 1;
                    observer(Sight::DamagedFrame);
                }
            },
        }
    }

    /// Keeps no event any longer: who runs on for hours has seen them.
    pub fn forget_events(&mut self) {
        self.events.clear();
    }

    fn take_line(&mut self, line: &str, observer: &mut dyn FnMut(Sight<'_>)) {
        self.last_lines.push_back(line.to_owned());
        if self.last_lines.len() > LAST_LINES {
            self.last_lines.pop_front();
        }
        let is_partition = |name: &str| self.choice.system.partition_index(name).is_some();
        match speaker(line) {
            // First, so that no partition's name can hide what the hypervisor says.
            Some((HYPERVISOR, text)) => self.take_own_line(text, observer),
            Some((name, text)) if is_partition(name) => {
                let whole = text.strip_suffix(UNFINISHED);
                let (text, goes_on) = (whole.unwrap_or(text), whole.is_some());
                add(&mut self.console, &mut self.unfinished, name, text, goes_on);
                observer(Sight::Console {
                    partition: name,
                    line: text,
                    goes_on,
                });
            }
            _ => self.take_own_line(line, observer),
        }
    }

    /// A line of the hypervisor itself. Its last words come as text, since nothing of the log may
    /// work any more.
    fn take_own_line(&mut self, text: &str, observer: &mut dyn FnMut(Sight<'_>)) {
        if self.outcome.is_none() && text.starts_with("crash ") {
            self.outcome = Some(Outcome::Crashed(text.to_owned()));
        }
        if text.starts_with("refused ") {
            let event = worded(Event::parse(0, text), &self.choice);
            return self.take_event(event, observer);
        }
        self.hypervisor.push(text.to_owned());
        observer(Sight::Hypervisor(text));
    }

    fn take_event(&mut self, mut event: Event, observer: &mut dyn FnMut(Sight<'_>)) {
        if let Some(line) = panic_words(&event, &self.choice, &self.console) {
            event.fields.insert(TEXT.to_owned(), Value::Text(line));
        }
        if let Some(frequency_hz) = event.integer("frequency_hz") {
            self.frequency_hz = Some(frequency_hz);
        }
        if self.outcome.is_none() {
            self.outcome = ending(&event);
        }
        observer(Sight::Event(&event));
        self.events.push(event);
    }

    pub(super) fn report(
        self,
        outcome: Outcome,
        last_look: LastLook,
        wall_clock: Duration,
    ) -> RunReport {
        RunReport {
            board: self.choice.board,
            system: self.choice.system,
            image: self.choice.image(),
            events: self.events,
            console: self.console,
            hypervisor: self.hypervisor,
            last_lines: self.last_lines.into(),
            damaged_frames: self.damaged_frames,
            outcome,
            screenshot: last_look.screenshot,
            words: last_look.words,
            memory: last_look.memory,
            frequency_hz: self.frequency_hz,
            wall_clock,
        }
    }
}

/// Adds a line to the console, or another part of one.
fn add(
    console: &mut Vec<(String, String)>,
    unfinished: &mut HashMap<String, usize>,
    name: &str,
    text: &str,
    goes_on: bool,
) {
    let place = match unfinished.remove(name) {
        Some(place) => {
            console[place].1.push_str(text);
            place
        }
        None => {
            console.push((name.to_owned(), text.to_owned()));
            console.len() - 1
        }
    };
    if goes_on {
        unfinished.insert(name.to_owned(), place);
    }
}

/// The name and the text of a line `name| text`.
fn speaker(line: &str) -> Option<(&str, &str)> {
    let (name, text) = line.split_once('|')?;
    Some((name, text.strip_prefix(' ').unwrap_or(text)))
}

/// A refusal with its sentence: the hypervisor sends a reason and numbers.
fn worded(mut event: Event, choice: &Choice) -> Event {
    let values = ["a", "b", "c"].map(|key| event.integer(key).unwrap_or_default());
    let reason = event.word("reason").unwrap_or_default();
    if let Some(text) = words::of(reason, values, choice.board, choice.system) {
        event.fields.insert(TEXT.to_owned(), Value::Text(text));
    }
    event
}

/// The outcome that an event stands for.
fn ending(event: &Event) -> Option<Outcome> {
    match event.name.as_str() {
        "stopped" => {
            let time_ticks = event.integer("time").unwrap_or(event.time_ticks);
            Some(Outcome::Stopped { time_ticks })
        }
        "refused" => Some(Outcome::Refused(event.text().to_owned())),
        _ => None,
    }
}

/// What a partition's program said of the panic that it reports: it prints that first, and reports the line's
/// number.
fn panic_words(event: &Event, choice: &Choice, console: &[(String, String)]) -> Option<String> {
    if event.word("event") != Some("application_error") || event.name != "fault" {
        return None;
    }
    let name = choice.system.partitions.get(event.partition()?)?.name;
    let (_, said) = console.iter().rev().find(|(it, _)| it == name)?;
    let number = said.strip_prefix(PANICKED)?.split(':').nth(1)?;
    (number.parse().ok() == event.integer("esr")).then(|| said.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_a_speaker_or_not() {
        assert_eq!(speaker("vehicle| on | off"), Some(("vehicle", "on | off")));
        assert_eq!(speaker("vehicle|"), Some(("vehicle", "")));
        assert_eq!(speaker("no speaker"), None);
    }

    #[test]
    fn parts_of_a_line_come_together() {
        let mut seen = Vec::new();
        let mut console = Vec::new();
        let mut unfinished = HashMap::new();
        for (name, text, goes_on) in [
            ("vehicle", "a", true),
            ("speedometer", "x", false),
            ("vehicle", "b", true),
            ("vehicle", "c", false),
            ("vehicle", "d", false),
        ] {
            add(&mut console, &mut unfinished, name, text, goes_on);
            seen.push(console.len());
        }
        assert_eq!(seen, [1, 2, 2, 2, 3]);
        let line = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        let expected = [
            line("vehicle", "abc"),
            line("speedometer", "x"),
            line("vehicle", "d"),
        ];
        assert_eq!(console, expected);
    }

    /// A panic's words stand at its fault: if they are the last line, and its number is the one reported.
    #[test]
    fn a_panic_has_its_words() {
        let choice = crate::catalog::choose("qemu-virt", "cluster").unwrap();
        let fault = |event, esr| {
            let message = format!("fault partition=0 event={event} esr={esr} elr=0");
            Event::parse(0, &message)
        };
        let line = "panicked at src/bin/vehicle.rs:42:5: the tank is empty";
        for (said, fault, expected) in [
            (line, fault("application_error", 42), Some(line)),
            (line, fault("application_error", 43), None),
            (line, fault("stray_access", 42), None),
            ("panicked at", fault("application_error", 42), None),
            ("all is well: 42", fault("application_error", 42), None),
        ] {
            let line = |name: &str, text: &str| (name.to_owned(), text.to_owned());
            let console = [line("vehicle", said), line("speedometer", "something else")];
            let words = panic_words(&fault, &choice, &console);
            assert_eq!(words.as_deref(), expected, "{said}");
        }
    }

    #[test]
    fn a_refusal_is_worded() {
        let choice = crate::catalog::choose("qemu-virt", "cluster").unwrap();
        let sent = "refused reason=LessRam a=0 b=0x8000000 c=0";
        assert_eq!(
            worded(Event::parse(0, sent), &choice).text(),
            "board 'qemu-virt' is configured with 1024 MiB of RAM at 0x4000_0000 but its device \
             tree describes 128 MiB; start the machine with 1024 MiB or configure less"
        );
    }

    #[test]
    fn only_two_events_end_a_run() {
        assert_eq!(
            ending(&Event::parse(9, "stopped time=8")),
            Some(Outcome::Stopped { time_ticks: 8 })
        );
        assert_eq!(
            ending(&Event::parse(0, "refused \"128 MiB of RAM, not 256\"")),
            Some(Outcome::Refused("128 MiB of RAM, not 256".to_owned()))
        );
        assert_eq!(ending(&Event::parse(1, "halted partition=2")), None);
    }
}
