//! Why a port isn't found: what was asked for, what is nearest to it, and which ports there are.

use core::fmt;

use paratia_abi::passport::{MAX_NAME_BYTES, PORT_SOURCE, Passport};

use crate::passport;

/// Why there is no such port, as a sentence with the ports that there are; the configuration and the
/// program disagree, so a program ends with it.
///
/// ```no_run
/// use paratia_runtime::port::SourcePort;
/// use paratia_runtime::{passport, println};
///
/// // there is no sampling source port 'sped'; did you mean 'speed'? 'vehicle' has: 'speed' (sampling
/// // source, up to 64 bytes)
/// if let Err(why) = SourcePort::find(passport::own(), "sped") {
///     println!("{why}");
/// }
/// ```
#[derive(Clone, Copy)]
pub struct NoPort<'a> {
    pub(crate) passport: &'static Passport,
    pub(crate) name: &'a str,
    pub(crate) kind: Kind,
    pub(crate) direction: u32,
    /// The size of the program's messages, if the port is there and they are what doesn't fit.
    pub(crate) too_large: Option<usize>,
}

impl fmt::Display for NoPort<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let (name, kind) = (self.name, described(self.kind, self.direction));
        if let Some(bytes) = self.too_large {
            write!(
                formatter,
                "the {kind} port '{name}' takes fewer bytes than the program's messages have, {bytes}; \
                 enlarge its channel's `message_bytes`, or take another type."
            )?;
        } else {
            write!(formatter, "there is no {kind} port '{name}'")?;
            if let Some(near) = nearest(self.passport, name) {
                write!(formatter, "; did you mean '{near}'?")?;
            } else {
                write!(formatter, ".")?;
            }
        }
        self.list(formatter)
    }
}

impl NoPort<'_> {
    /// The ports that there are.
    fn list(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let owner = self.passport.name.as_str();
        if self.passport.ports().is_empty() {
            return write!(formatter, " '{owner}' has no ports");
        }
        write!(formatter, " '{owner}' has: ")?;
        for (index, port) in (0..).zip(self.passport.ports()) {
            let separator = if index == 0 { "" } else { ", " };
            let kind = Kind::of(self.passport, index);
            let described = described(kind, port.direction);
            if kind == Kind::Event {
                write!(
                    formatter,
                    "{separator}'{}' ({described})",
                    port.name.as_str()
                )?;
                continue;
            }
            write!(
                formatter,
                "{separator}'{}' ({described}, up to {} bytes)",
                port.name.as_str(),
                port.message_bytes
            )?;
        }
        Ok(())
    }
}

/// As a sentence, too: this is what a program's `expect` prints.
impl fmt::Debug for NoPort<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl core::error::Error for NoPort<'_> {}

/// What a port is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Sampling,
    Queuing,
    Event,
}

impl Kind {
    fn of(passport: &Passport, index: u64) -> Self {
        if passport::signals(passport, index) > 0 {
            Self::Event
        } else if passport::depth(passport, index) > 0 {
            Self::Queuing
        } else {
            Self::Sampling
        }
    }
}

fn described(kind: Kind, direction: u32) -> &'static str {
    match (kind, direction == PORT_SOURCE) {
        (Kind::Sampling, true) => "sampling source",
        (Kind::Sampling, false) => "sampling destination",
        (Kind::Queuing, true) => "queuing source",
        (Kind::Queuing, false) => "queuing destination",
        (Kind::Event, true) => "event source",
        (Kind::Event, false) => "event destination",
    }
}

/// The port's name that is nearest to `name`: at most a third of its bytes differ, or one. One that is
/// called exactly so is of another kind, which the list tells.
fn nearest(passport: &'static Passport, name: &str) -> Option<&'static str> {
    let limit = (name.len() / 3).max(1);
    let names = passport.ports().iter().map(|port| port.name.as_str());
    let near = names.map(|it| (distance(name.as_bytes(), it.as_bytes()), it));
    let near = near.filter(|(distance, _)| (1..=limit).contains(distance));
    near.min_by_key(|(distance, _)| *distance).map(|(_, it)| it)
}

/// How many bytes to insert, delete or replace; far for what is longer than names may be.
fn distance(left: &[u8], right: &[u8]) -> usize {
    if left.len() > MAX_NAME_BYTES || right.len() > MAX_NAME_BYTES {
        return usize::MAX;
    }
    let mut row: [usize; MAX_NAME_BYTES + 1] = core::array::from_fn(|column| column);
    for (line, byte) in left.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, other) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(byte != other);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use std::string::ToString as _;

    use super::*;
    use crate::port::{DestinationPort, SourcePort};
    use crate::queue::QueuingDestination;
    use crate::testing::{QUEUE, SAMPLING, own_ports};
    use paratia_abi::passport::PORT_DESTINATION;

    #[test]
    fn a_misspelt_name_is_told_with_the_ports_that_there_are() {
        let passport = own_ports(&[
            ("speed", PORT_SOURCE, SAMPLING, 64),
            ("alarms", PORT_DESTINATION, QUEUE, 8),
        ]);
        let ports = "'it' has: 'speed' (sampling source, up to 64 bytes), 'alarms' (queuing \
                     destination, up to 8 bytes)";
        for (name, expected) in [
            (
                "sped",
                "there is no sampling source port 'sped'; did you mean 'speed'? ",
            ),
            ("brake", "there is no sampling source port 'brake'. "),
            ("alarms", "there is no sampling source port 'alarms'. "),
        ] {
            let why = SourcePort::find(passport, name).unwrap_err();
            assert_eq!(why.to_string(), [expected, ports].concat());
        }
        let why = QueuingDestination::find(passport, "alarm").unwrap_err();
        let expected = "there is no queuing destination port 'alarm'; did you mean 'alarms'? ";
        assert_eq!(why.to_string(), [expected, ports].concat());
    }

    #[test]
    fn without_ports_there_is_nothing_to_mean() {
        let why = DestinationPort::find(own_ports(&[]), "speed").unwrap_err();
        let expected = "there is no sampling destination port 'speed'. 'it' has no ports";
        assert_eq!(why.to_string(), expected);
    }
}
