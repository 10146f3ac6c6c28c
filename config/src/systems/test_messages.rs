//! Test: messages that interrupt their readers, on the writer's CPU and on another, and bystanders
//! beside the latter.
//!
//! The ringer rings up to the moment at which the bystander's window begins, and all through that of
//! the passer-by. While the bystander works, the other CPU sleeps: QEMU's CPUs take turns, so that only
//! of one that is busy alone the time is exact.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, heartbeat_ms, message_window, ram};
use crate::address::mib;
use crate::board::Board;
use crate::system::{
    Channel, ChannelKind, Image, Partition, Port, Schedule, System, Trace, Window,
};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

/// An end of the channel at a partition; the readers' interrupts differ, for each has its own
/// controller.
const fn port(partition: &'static str, interrupt: Option<u32>) -> Port {
    Port {
        partition,
        port: "bell",
        window: message_window(mib(2)),
        interrupt,
    }
}

impl<B: Board> Definition<B> {
    const LISTENER: Partition = Partition {
        name: "far",
        image: Image::Program("listener"),
        regions: &[ram(B::FACTS.partition_memory.base, mib(2))],
        ..PLAIN
    };
    const BYSTANDER: Partition = Partition {
        name: "bystander",
        image: Image::Program("worker"),
        regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
        heartbeat: heartbeat_ms(20),
        ..PLAIN
    };

    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-messages",
        summary: "messages that interrupt their readers on two CPUs, and bystanders",
        partitions: &[
            Partition {
                name: "ringer",
                image: Image::Program("ringer"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(4)), mib(2))],
                ..PLAIN
            },
            Partition {
                name: "near",
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(6)), mib(2))],
                ..Self::LISTENER
            },
            Self::LISTENER,
            Self::BYSTANDER,
            Partition {
                name: "passer-by",
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(8)), mib(2))],
                ..Self::BYSTANDER
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[
                &[
                    Window::us("ringer", 0, 4_000),
                    Window::us("ringer", 8_000, 5_000),
                    Window::us("near", 14_000, 4_000),
                ],
                &[
                    Window::us("far", 0, 4_000),
                    Window::us("bystander", 4_000, 3_000),
                    Window::us("far", 8_000, 2_000),
                    Window::us("passer-by", 10_000, 3_000),
                ],
            ],
        },
        channels: &[Channel {
            name: "bell",
            kind: ChannelKind::Sampling {
                refresh: Duration::from_millis(60),
            },
            message_bytes: 8,
            source: port("ringer", None),
            destinations: &[port("near", Some(40)), port("far", Some(95))],
        }],
        display: None,
        trace: Trace::Windows,
    };
}
