//! Bench: the same measurements as `bench-costs` with 2 partitions, to be compared with more.

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
        name: "bench-partitions-2",
        summary: "the measurements of bench-costs beside one neighbour",
        partitions: &[
            Self::BENCH,
            Partition {
                name: "neighbour-1",
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
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
            ]],
        },
        channels: &[],
        display: None,
        trace: Trace::Events,
    };
}
