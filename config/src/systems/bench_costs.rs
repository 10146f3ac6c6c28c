//! Bench: one partition that measures calls, registers and interrupts.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, ram};
use crate::address::mib;
use crate::board::Board;
use crate::system::{Image, Partition, Schedule, System, Trace, Window};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    /// The declaration.
    pub const SYSTEM: System = System {
        name: "bench-costs",
        summary: "a partition that measures what calls, registers and interrupts cost",
        partitions: &[Partition {
            name: "bench",
            image: Image::Program("bench"),
            regions: &[ram(B::FACTS.partition_memory.base, mib(2))],
            // Refused calls are among what it measures.
            refused_calls_per_window: u32::MAX,
            ..PLAIN
        }],
        schedule: Schedule {
            // All thousand samples of a figure lie in one window.
            major_frame: Duration::from_millis(100),
            guard: Duration::from_micros(50),
            plans: &[&[Window::us("bench", 0, 100_000)]],
        },
        channels: &[],
        display: None,
        trace: Trace::Events,
    };
}
