//! Test: two partitions on two CPUs that make calls of every number, and neighbours that work while the other
//! CPU sleeps, so that their time is exact.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, heartbeat_ms, message_window, ram};
use crate::address::{Ipa, mib};
use crate::board::Board;
use crate::system::{
    Action, Channel, ChannelKind, HealthTable, Image, Partition, Port, Schedule, System, Trace,
    Window,
};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

const MESSAGE_BYTES: u32 = 64;

/// An end of a channel: the first in a partition is its port 0.
const fn port(partition: &'static str, port: &'static str, index: u64) -> Port {
    Port {
        partition,
        port,
        window: message_window(mib(2)).offset(index * MESSAGE_BYTES as u64),
        interrupt: None,
    }
}

/// An end of an event.
const fn event(partition: &'static str, port: &'static str, interrupt: Option<u32>) -> Port {
    Port {
        partition,
        port,
        window: Ipa(0),
        interrupt,
    }
}

const fn channel(
    name: &'static str,
    kind: ChannelKind,
    source: Port,
    destinations: &'static [Port],
) -> Channel {
    Channel {
        name,
        kind,
        message_bytes: if kind.is_event() { 0 } else { MESSAGE_BYTES },
        source,
        destinations,
    }
}

const SAMPLED: ChannelKind = ChannelKind::Sampling {
    refresh: Duration::from_millis(60),
};
const QUEUED: ChannelKind = ChannelKind::Queuing { depth: 4 };
const EVENT: ChannelKind = ChannelKind::Event { per_window: 16 };

impl<B: Board> Definition<B> {
    const CALLER: Partition = Partition {
        name: "one",
        image: Image::Program("every-call"),
        regions: &[ram(B::FACTS.partition_memory.base, mib(2))],
        health: HealthTable {
            application_error: Action::Ignore,
            ..HealthTable::HALT
        },
        refused_calls_per_window: u32::MAX,
        ..PLAIN
    };
    const NEIGHBOUR: Partition = Partition {
        name: "neighbour",
        image: Image::Program("worker"),
        regions: &[ram(B::FACTS.partition_memory.base.offset(mib(4)), mib(2))],
        heartbeat: heartbeat_ms(20),
        ..PLAIN
    };

    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-every-call",
        summary: "calls of every number from two CPUs, and neighbours",
        partitions: &[
            Self::CALLER,
            Partition {
                name: "other",
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
                ..Self::CALLER
            },
            Self::NEIGHBOUR,
            Partition {
                name: "passer-by",
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(6)), mib(2))],
                ..Self::NEIGHBOUR
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[
                &[
                    Window::us("one", 0, 12_000),
                    Window::us("neighbour", 12_000, 3_000),
                ],
                &[
                    Window::us("other", 0, 12_000),
                    Window::us("passer-by", 16_000, 3_000),
                ],
            ],
        },
        // A port's index is its place in this order: each partition has SAMPLED_OUT, SAMPLED_IN, QUEUED_OUT,
        // QUEUED_IN, and both of the events, of its program.
        channels: &[
            channel("s-one", SAMPLED, port("one", "s-out", 0), &[port("other", "s-in", 1)]),
            channel("s-other", SAMPLED, port("other", "s-out", 0), &[port("one", "s-in", 1)]),
            channel("q-one", QUEUED, port("one", "q-out", 2), &[port("other", "q-in", 3)]),
            channel("q-other", QUEUED, port("other", "q-out", 2), &[port("one", "q-in", 3)]),
            channel("e-one", EVENT, event("one", "e-out", None), &[event("other", "e-in", Some(40))]),
            channel("e-other", EVENT, event("other", "e-out", None), &[event("one", "e-in", Some(40))]),
        ],
        display: None,
        trace: Trace::Windows,
    };
}
