//! What the calls of a port need, one record each, found by the partition's own index of the port: no call
//! decides what the image could have decided.

use paratia_abi::passport::MAX_PORTS;
use paratia_config::each;
use paratia_config::messages;
use paratia_config::ports::Direction;

use crate::built::chosen::{PARTITION_COUNT, PORTS, SYSTEM};
use crate::policy::doorbell::Doorbell;
use crate::state::channels::{self, Bell, Destination, Link, MOST_DESTINATIONS};
use crate::state::events::{self, EventDestination, EventSource};
use crate::state::queues::{self, Queue};
use crate::state::shared::DOORBELLS;

/// A port, as its calls need it. It fills a cache line. At most one of its four ways is there.
#[repr(C, align(64))]
pub struct PortCalls {
    /// Its message window as EL2 sees it.
    pub window: u64,
    /// The largest message in bytes.
    pub most: u64,
    /// Where a sampled message is written first; others are its channel's ([`Beyond::Destinations`]).
    pub write: Option<&'static Link>,
    /// Where one is read.
    pub read: Option<&'static Link>,
    /// The queue to which it sends.
    pub send: Option<&'static Queue>,
    /// The queue from which it receives.
    pub receive: Option<&'static Queue>,
    /// What else hangs on it.
    pub beyond: Beyond,
}

/// What a call has to see to beside the message.
#[repr(u64)]
pub enum Beyond {
    /// Nothing: one reader, which isn't interrupted, or a port without an interrupt.
    Nothing,
    /// A message interrupts its one reader.
    Bell(&'static Bell),
    /// A sampled message has several destinations, of which it may interrupt some.
    Destinations(&'static [Option<Destination>; MOST_DESTINATIONS]),
    /// The port has an interrupt, which its reader silences.
    Doorbell(&'static Doorbell),
    /// It signals an event.
    Signals(&'static EventSource),
    /// It takes an event.
    Takes(&'static EventDestination),
}

/// Most ports of a partition.
pub const MOST_PORTS: usize = {
    let mut most = 0;
    each! { partition below PARTITION_COUNT => {
        each! { index from most, below MAX_PORTS => {
            if PORTS[partition][index].is_some() {
                most = index + 1;
            }
        }}
    }}
    most
};

/// A partition's ports by their index.
pub type Ports = [PortCalls; MOST_PORTS];

/// The ports of a partition that has none.
pub static NONE: Ports = [const { PortCalls::NONE }; MOST_PORTS];

/// Every partition's ports.
pub static CALLED: [Ports; PARTITION_COUNT] = {
    let mut all = [const { [const { PortCalls::NONE }; MOST_PORTS] }; PARTITION_COUNT];
    each! { partition below PARTITION_COUNT => {
        each! { index below MOST_PORTS => {
            all[partition][index] = PortCalls::of(partition, index);
        }}
    }}
    all
};

impl PortCalls {
    const NONE: Self = Self {
        window: 0,
        most: 0,
        write: None,
        read: None,
        send: None,
        receive: None,
        beyond: Beyond::Nothing,
    };

    const fn of(partition: usize, index: usize) -> Self {
        let Some(port) = &PORTS[partition][index] else {
            return Self::NONE;
        };
        let channel = port.channel;
        let queues = messages::queue(SYSTEM, channel).is_some();
        let mut calls = Self {
            window: port.window.base.0,
            most: port.window.size_bytes,
            ..Self::NONE
        };
        if let Some(beyond) = Beyond::event(channel, port.direction) {
            calls.beyond = beyond;
            return calls;
        }
        match port.direction {
            Direction::Source if queues => {
                calls.send = queues::queue(channel);
                calls.beyond = Beyond::queued(calls.send);
            }
            Direction::Source => {
                calls.write = channels::link(channel, 0);
                calls.beyond = Beyond::sampled(channel);
            }
            Direction::Destination(_) if queues => calls.receive = queues::queue(channel),
            Direction::Destination(end) => calls.read = channels::link(channel, end),
        }
        if matches!(port.direction, Direction::Destination(_)) && port.interrupt.is_some() {
            calls.beyond = Beyond::Doorbell(&DOORBELLS[partition]);
        }
        calls
    }
}

impl Beyond {
    const fn event(channel: usize, direction: Direction) -> Option<Self> {
        match direction {
            Direction::Source => match events::source(channel) {
                Some(source) => Some(Self::Signals(source)),
                None => None,
            },
            Direction::Destination(end) => match events::destination(channel, end) {
                Some(destination) => Some(Self::Takes(destination)),
                None => None,
            },
        }
    }

    const fn sampled(channel: usize) -> Self {
        let ends = channels::destinations(channel);
        if SYSTEM.channels[channel].destinations.len() > 1 {
            return Self::Destinations(ends);
        }
        match ends.as_slice() {
            [
                Some(Destination {
                    bell: Some(bell), ..
                }),
                ..,
            ] => Self::Bell(bell),
            _ => Self::Nothing,
        }
    }

    const fn queued(queue: Option<&'static Queue>) -> Self {
        match queue {
            Some(Queue {
                bell: Some(bell), ..
            }) => Self::Bell(bell),
            _ => Self::Nothing,
        }
    }
}
