//! Test: timers at their extremes, and exceptions without end, beside a critical partition.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, heartbeat_ms, ram};
use crate::address::mib;
use crate::board::Board;
use crate::system::{
    Criticality, HealthTable, Image, Partition, Schedule, System, Trace, Window,
};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-extremes",
        summary: "timers set to their extremes beside a critical partition",
        partitions: &[
            Partition {
                name: "extremes",
                image: Image::Program("extremes"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(0)), mib(2))],
                ..PLAIN
            },
            Partition {
                name: "victim",
                criticality: Criticality::Critical,
                image: Image::Program("worker"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
                heartbeat: heartbeat_ms(10),
                health: HealthTable::HALT,
                ..PLAIN
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(10),
            guard: Duration::from_micros(50),
            plans: &[&[
                Window::us("extremes", 0, 2_000),
                Window::us("victim", 2_000, 6_000),
            ]],
        },
        channels: &[],
        display: None,
        trace: Trace::Windows,
    };
}
