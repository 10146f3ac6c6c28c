//! The variables of a unit: what a test bench can tell a system, and what it sees of it.
//!
//! A system has what its declaration gives: counts for each partition; inputs where a program that takes them has a
//! region for them; what the dashboard shows where there is one. A variable's place in the list is its value
//! reference, so one list serves the description and the library.

use paratia_config::system::{Image, Partition};
use paratia_instruments::inputs::REGION;
use paratia_instruments::message::{SpeedMessage, Telltales};

use crate::catalog::Choice;

/// A variable.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name, such as `vehicle.heartbeats`.
    pub name: String,
    /// What it stands for.
    pub meaning: Meaning,
    /// What it is, in words.
    pub description: String,
}

/// What a variable stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// The importer's time in s.
    Time,
    /// The file that takes the events; set before the start.
    EventLog,
    /// The vehicle's speed in m/s; the vehicle's region is the partition's with this index, as of the next three.
    Speed(usize),
    /// Whether the vehicle is switched on.
    Ignition(usize),
    /// Whether the vehicle asks for this lamp.
    Lamp(usize, Telltales),
    /// Asks the program for an attack.
    Attack(usize),
    /// Board time in ns.
    BoardTime,
    /// How often a partition gave a sign of life, by the log.
    Heartbeats(usize),
    /// How many of its heartbeats were missed.
    Missed(usize),
    /// How many faults it had.
    Faults(usize),
    /// How often it was restarted.
    Restarts(usize),
    /// Whether it was halted.
    Halted(usize),
    /// A digest of what is in the frame buffer.
    FrameHash,
    /// What is in the frame buffer, as PNG.
    Picture,
    /// The speed in m/s that the dashboard's digits show.
    ShownSpeed,
    /// Whether they show one.
    ShownValid,
    /// The speed in m/s that the needle points at.
    Needle,
    /// Whether the lamp for a communication fault is lit.
    CommunicationLamp,
    /// Whether this lamp is lit.
    ShownLamp(Telltales),
}

/// A variable's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// FMI's `Float64`.
    Float64,
    /// FMI's `Int32`.
    Int32,
    /// FMI's `UInt64`.
    UInt64,
    /// FMI's `Boolean`.
    Boolean,
    /// FMI's `String`.
    String,
    /// FMI's `Binary`.
    Binary,
}

impl Kind {
    /// FMI's name of it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Float64 => "Float64",
            Self::Int32 => "Int32",
            Self::UInt64 => "UInt64",
            Self::Boolean => "Boolean",
            Self::String => "String",
            Self::Binary => "Binary",
        }
    }
}

/// Who sets a variable (FMI 3.0, 2.4.7.4, causality).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Causality {
    /// Time.
    Independent,
    /// The importer, before the start.
    Parameter,
    /// The importer.
    Input,
    /// The unit.
    Output,
    /// The unit, for who asks.
    Local,
}

/// How many attacks the infotainment knows (`partitions/src/bin/infotainment/attacks`).
pub const ATTACKS: i32 = 15;
/// The greatest speed in m/s that the vehicle can be told.
pub const TOP_SPEED: f64 = SpeedMessage::TOP_SPEED.0 as f64 / 1000.0;

impl Meaning {
    /// Its type.
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            Self::Time | Self::Speed(_) | Self::ShownSpeed | Self::Needle => Kind::Float64,
            Self::Attack(_) => Kind::Int32,
            Self::EventLog => Kind::String,
            Self::Picture => Kind::Binary,
            Self::Ignition(_)
            | Self::Lamp(..)
            | Self::Halted(_)
            | Self::ShownValid
            | Self::CommunicationLamp
            | Self::ShownLamp(_) => Kind::Boolean,
            Self::BoardTime
            | Self::Heartbeats(_)
            | Self::Missed(_)
            | Self::Faults(_)
            | Self::Restarts(_)
            | Self::FrameHash => Kind::UInt64,
        }
    }

    /// Who sets it.
    #[must_use]
    pub const fn causality(self) -> Causality {
        match self {
            Self::Time => Causality::Independent,
            Self::EventLog => Causality::Parameter,
            Self::Speed(_) | Self::Ignition(_) | Self::Lamp(..) | Self::Attack(_) => {
                Causality::Input
            }
            Self::Picture => Causality::Local,
            _ => Causality::Output,
        }
    }
}

/// The lamps that the vehicle can ask for, by name.
pub fn lamps() -> impl Iterator<Item = (String, Telltales)> {
    let all = Telltales::all();
    all.iter_names()
        .map(|(name, lamp)| (name.to_lowercase(), lamp))
        .collect::<Vec<_>>()
        .into_iter()
}

/// The variables of a system.
#[must_use]
pub fn variables(choice: &Choice) -> Vec<Variable> {
    let mut all = Vec::new();
    let mut add = |name: String, meaning, description: &str| {
        all.push(Variable {
            name,
            meaning,
            description: description.to_owned(),
        });
    };
    add("time".to_owned(), Meaning::Time, "the importer's time");
    let log = "file that takes all events and consoles as JSON lines; none if empty";
    add("event_log".to_owned(), Meaning::EventLog, log);
    let time = "board time since the reset, in ns";
    add("board_time_ns".to_owned(), Meaning::BoardTime, time);
    let partitions = || choice.system.partitions.iter().enumerate();
    for (index, partition) in partitions().filter(|(_, it)| has_inputs(it)) {
        let name = |what: &str| format!("{}.{what}", partition.name);
        match partition.image {
            Image::Program("vehicle") => {
                add(name("speed"), Meaning::Speed(index), "how fast it drives");
                let ignition = "off: it says nothing to anybody";
                add(name("ignition"), Meaning::Ignition(index), ignition);
                for (lamp, bit) in lamps() {
                    let asks = "it asks for this lamp";
                    add(name(&lamp), Meaning::Lamp(index, bit), asks);
                }
            }
            Image::Program("infotainment") => {
                let asks = "a change to n above 0 asks once for attack n; 0 asks for nothing";
                add(name("attack"), Meaning::Attack(index), asks);
            }
            _ => {}
        }
    }
    for (index, partition) in partitions() {
        let name = |what: &str| format!("{}.{what}", partition.name);
        let told = "signs of life that the log tells";
        add(name("heartbeats"), Meaning::Heartbeats(index), told);
        let missed = "signs of life that didn't come in time";
        add(name("heartbeats_missed"), Meaning::Missed(index), missed);
        let faults = "faults that the log tells";
        add(name("faults"), Meaning::Faults(index), faults);
        add(
            name("restarts"),
            Meaning::Restarts(index),
            "restarts so far",
        );
        add(name("halted"), Meaning::Halted(index), "stopped for good");
    }
    if choice.system.display.is_some() {
        let hash = "XXH3 of the pixels, 64 bits";
        add("display.hash".to_owned(), Meaning::FrameHash, hash);
        let picture = "what is on the display, for who asks";
        add("display.picture".to_owned(), Meaning::Picture, picture);
    }
    if is_dashboard(choice) {
        let name = |what: &str| format!("dashboard.{what}");
        let speed = "the speed of the digits, read from the pixels; 0 if they show none";
        add(name("speed"), Meaning::ShownSpeed, speed);
        let valid = "whether the digits show a speed";
        add(name("speed_valid"), Meaning::ShownValid, valid);
        let needle = "where the needle points, read from the pixels; 0 if there is none";
        add(name("needle"), Meaning::Needle, needle);
        let lost = "the lamp for a communication fault is lit";
        add(
            name("communication_fault"),
            Meaning::CommunicationLamp,
            lost,
        );
        for (lamp, bit) in lamps() {
            add(name(&lamp), Meaning::ShownLamp(bit), "this lamp is lit");
        }
    }
    all
}

/// Whether a bench can tell it something.
fn has_inputs(partition: &Partition) -> bool {
    partition.regions.iter().any(|region| region.name == REGION)
}

/// Whether what is displayed is the instruments' dashboard.
fn is_dashboard(choice: &Choice) -> bool {
    let Some(display) = &choice.system.display else {
        return false;
    };
    let mut partitions = choice.system.partitions.iter();
    partitions
        .any(|it| it.name == display.partition && matches!(it.image, Image::Program("speedometer")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(system: &str) -> Vec<String> {
        let choice = crate::catalog::choose("qemu-virt", system).unwrap();
        variables(&choice).into_iter().map(|it| it.name).collect()
    }

    #[test]
    fn a_system_has_the_variables_that_it_is_declared_with() {
        let bench = names("cluster-bench");
        for name in ["vehicle.speed", "vehicle.turn_left", "infotainment.attack"] {
            assert!(bench.iter().any(|it| it == name), "{name}");
        }
        let cluster = names("cluster");
        assert!(!cluster.iter().any(|it| it == "vehicle.speed"));
        assert!(cluster.iter().any(|it| it == "dashboard.needle"));
        let hello = names("hello");
        assert!(!hello.iter().any(|it| it.starts_with("display")));
        assert!(hello.iter().any(|it| it.ends_with(".faults")), "{hello:?}");
    }
}
