//! Test: a source whose two vCPUs signal and send at the same time, and a destination that restarts while an event is
//! pending.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, message_window, ram};
use crate::address::{Ipa, mib};
use crate::board::Board;
use crate::machine::VirtualMachine;
use crate::system::{
    Channel, ChannelKind, HealthTable, Image, Partition, Port, Schedule, System, Trace, Window,
};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

/// An end of a channel, with the place of its message in both partitions' windows.
const fn port(partition: &'static str, port: &'static str, place: u64) -> Port {
    Port {
        partition,
        port,
        window: message_window(mib(2)).offset(place),
        interrupt: None,
    }
}

/// An end of the event.
const fn bell(partition: &'static str, interrupt: Option<u32>) -> Port {
    Port {
        window: Ipa(0),
        interrupt,
        ..port(partition, "bell", 0)
    }
}

impl<B: Board> Definition<B> {
    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-event-lives",
        summary: "two vCPUs that signal and send at once, to a partition that restarts",
        partitions: &[
            Partition {
                name: "pair",
                image: Image::Program("pair-source"),
                machine: VirtualMachine::PLAIN.with_vcpus(2),
                regions: &[ram(B::FACTS.partition_memory.base, mib(2))],
                ..PLAIN
            },
            Partition {
                name: "taker",
                image: Image::Program("event-taker"),
                health: HealthTable::restart(1, Duration::from_secs(2)),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
                ..PLAIN
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(100),
            plans: &[
                &[Window::us("pair", 0, 5_000), Window::us("taker", 12_000, 6_000)],
                &[Window::us("pair", 1_000, 5_000).of_vcpu(1)],
            ],
        },
        channels: &[
            Channel {
                name: "bell",
                kind: ChannelKind::Event { per_window: 300 },
                message_bytes: 0,
                source: bell("pair", None),
                destinations: &[bell("taker", Some(40))],
            },
            Channel {
                name: "words",
                kind: ChannelKind::Queuing { depth: 64 },
                message_bytes: 8,
                source: port("pair", "words", 0),
                destinations: &[port("taker", "words", 0)],
            },
            Channel {
                name: "newest",
                kind: ChannelKind::Sampling {
                    refresh: Duration::from_millis(60),
                },
                message_bytes: 8,
                source: port("pair", "newest", 8),
                destinations: &[port("taker", "newest", 8)],
            },
        ],
        display: None,
        trace: Trace::Events,
    };
}
