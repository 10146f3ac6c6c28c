//! Test: partitions that ask for random numbers in any way, one that isn't given any, and a neighbour.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, heartbeat_ms, ram};
use crate::address::mib;
use crate::board::Board;
use crate::machine::VirtualMachine;
use crate::system::{HealthTable, Image, Partition, Schedule, System, Trace, Window};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    const ASKER: Partition = Partition {
        name: "one",
        image: Image::Program("entropy"),
        regions: &[ram(B::FACTS.partition_memory.base, mib(2))],
        machine: VirtualMachine {
            entropy: true,
            ..VirtualMachine::PLAIN
        },
        health: HealthTable::restart(3, Duration::from_secs(60)),
        refused_calls_per_window: u32::MAX,
        ..PLAIN
    };

    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-entropy",
        summary: "random numbers by call, and neighbours without",
        partitions: &[
            Self::ASKER,
            Partition {
                name: "other",
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
                ..Self::ASKER
            },
            Partition {
                name: "without",
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(4)), mib(2))],
                machine: VirtualMachine::PLAIN,
                ..Self::ASKER
            },
            Partition {
                name: "neighbour",
                image: Image::Program("worker"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(6)), mib(2))],
                heartbeat: heartbeat_ms(20),
                ..PLAIN
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[&[
                Window::us("one", 0, 6_000),
                Window::us("other", 6_000, 6_000),
                Window::us("without", 12_000, 3_000),
                Window::us("neighbour", 15_000, 3_000),
            ]],
        },
        channels: &[],
        display: None,
        trace: Trace::Windows,
    };
}
