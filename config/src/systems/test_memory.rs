//! Test: a partition dirties its memory and dies; its next life must find it clean.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, ram};
use crate::address::mib;
use crate::board::Board;
use crate::system::{HealthTable, Image, Partition, Schedule, System, Trace, Window};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-memory",
        summary: "a partition that dirties all its memory and dies, again and again",
        partitions: &[
            Partition {
                name: "memory",
                image: Image::Program("memory"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(0)), mib(4))],
                health: HealthTable::restart(3, Duration::from_secs(10)),
                ..PLAIN
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[
                &[Window::us("memory", 0, 10_000)],
            ],
        },
        channels: &[],
        display: None,
        trace: Trace::Windows,
    };
}
