//! Bench: the same measurements as `bench-costs` with 8 partitions, which is as many as a system may have.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, ram};
use crate::address::mib;
use crate::board::Board;
use crate::system::{Image, Partition, Schedule, System, Trace, Window};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    const BENCH: Partition = Partition {
        name: "bench",
        image: Image::Program("bench"),
        regions: &[ram(B::FACTS.partition_memory.base, mib(2))],
        refused_calls_per_window: u32::MAX,
        ..PLAIN
    };

    /// The declaration.
    pub const SYSTEM: System = System {
        name: "bench-partitions-8",
        summary: "the measurements of bench-costs beside seven neighbours",
        partitions: &[
            Self::BENCH,
            Partition {
                name: "neighbour-1",
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
                arguments: "role=neighbour",
                ..Self::BENCH
            },
            Partition {
                name: "neighbour-2",
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(4)), mib(2))],
                arguments: "role=neighbour",
                ..Self::BENCH
            },
            Partition {
                name: "neighbour-3",
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(6)), mib(2))],
                arguments: "role=neighbour",
                ..Self::BENCH
            },
            Partition {
                name: "neighbour-4",
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(8)), mib(2))],
                arguments: "role=neighbour",
                ..Self::BENCH
            },
            Partition {
                name: "neighbour-5",
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(10)), mib(2))],
                arguments: "role=neighbour",
                ..Self::BENCH
            },
            Partition {
                name: "neighbour-6",
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(12)), mib(2))],
                arguments: "role=neighbour",
                ..Self::BENCH
            },
            Partition {
                name: "neighbour-7",
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(14)), mib(2))],
                arguments: "role=neighbour",
                ..Self::BENCH
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(100),
            guard: Duration::from_micros(50),
            plans: &[&[
                Window::us("bench", 0, 80_000),
                Window::us("neighbour-1", 80_000, 200),
                Window::us("neighbour-2", 80_200, 200),
                Window::us("neighbour-3", 80_400, 200),
                Window::us("neighbour-4", 80_600, 200),
                Window::us("neighbour-5", 80_800, 200),
                Window::us("neighbour-6", 81_000, 200),
                Window::us("neighbour-7", 81_200, 200),
            ]],
        },
        channels: &[],
        display: None,
        trace: Trace::Events,
    };
}
