//! The speed by way of a gateway, with a man in the middle behind it: `vehicle` -> `gateway` -> `middle` ->
//! `speedometer`, each step a queue.
//!
//! The run argument of `middle` says what it does to the messages (`partitions/src/bin/middle.rs`).

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, cluster, heartbeat_ms, message_window, ram};
use crate::address::{Ipa, mib};
use crate::board::Board;
use crate::system::{
    Channel, ChannelKind, Criticality, HealthTable, Image, Partition, Port, Schedule, System,
    Window,
};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

/// Bytes of a speed message (`instruments::message`).
const MESSAGE_BYTES: u32 = 48;

const fn port(partition: &'static str, port: &'static str, window: Ipa) -> Port {
    Port {
        partition,
        port,
        window,
        interrupt: None,
    }
}

/// A step of the way.
const fn queue(name: &'static str, source: Port, destinations: &'static [Port]) -> Channel {
    Channel {
        name,
        kind: ChannelKind::Queuing { depth: 8 },
        message_bytes: MESSAGE_BYTES,
        source,
        destinations,
    }
}

/// The end from which a partition with 2 MiB reads.
const IN: Ipa = message_window(mib(2));
/// The end at which it sends, in the same page.
const OUT: Ipa = IN.offset(MESSAGE_BYTES as u64);

impl<B: Board> Definition<B> {
    const CLUSTER: System = cluster::Definition::<B>::SYSTEM;

    const GATEWAY: Partition = Partition {
        name: "gateway",
        criticality: Criticality::Critical,
        image: Image::Program("gateway"),
        regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
        heartbeat: heartbeat_ms(20),
        health: HealthTable::restart(3, Duration::from_secs(10)),
        ..PLAIN
    };

    /// The declaration.
    pub const SYSTEM: System = System {
        name: "gateway",
        summary: "the speed through a gateway, and a man in the middle who spoils it",
        partitions: &[
            Self::CLUSTER.partitions[0],
            Self::GATEWAY,
            Partition {
                name: "middle",
                criticality: Criticality::BestEffort,
                image: Image::Program("middle"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(16)), mib(2))],
                ..Self::GATEWAY
            },
            Self::CLUSTER.partitions[1],
        ],
        schedule: Schedule {
            plans: &[&[
                Window::us("vehicle", 0, 2_000),
                Window::us("gateway", 2_000, 1_000),
                Window::us("middle", 3_000, 1_000),
                Window::us("speedometer", 4_000, 8_000),
            ]],
            ..Self::CLUSTER.schedule
        },
        channels: &[
            queue(
                "measured",
                port("vehicle", "speed", IN),
                &[port("gateway", "inside", IN)],
            ),
            queue(
                "sent",
                port("gateway", "outside", OUT),
                &[port("middle", "gateway", IN)],
            ),
            queue(
                "received",
                port("middle", "speedometer", OUT),
                &[port("speedometer", "speed", message_window(mib(8)))],
            ),
        ],
        ..Self::CLUSTER
    };
}
