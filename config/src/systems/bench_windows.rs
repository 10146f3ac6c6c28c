//! Bench: a partition that looks when its windows start, and a neighbour that tries to delay them.
//!
//! The run argument of the neighbour says how it tries: 0 computes, 1 fills its console, 2 ends and
//! raises interrupts, 3 restarts itself over and over, 4 makes refused calls, 5 gives every window
//! back at once.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, ram};
use crate::address::mib;
use crate::board::Board;
use crate::system::{
    Action, HealthTable, Image, MAX_RESTARTS_COUNTED, Partition, Schedule, System, Trace, Window,
};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    /// The declaration.
    pub const SYSTEM: System = System {
        name: "bench-windows",
        summary: "windows of 1 ms, back to back, beside a neighbour that tries to delay them",
        partitions: &[
            Partition {
                name: "neighbour",
                image: Image::Program("bench"),
                regions: &[ram(B::FACTS.partition_memory.base, mib(2))],
                refused_calls_per_window: u32::MAX,
                health: HealthTable {
                    console_overflow: Action::Ignore,
                    ..HealthTable::restart(MAX_RESTARTS_COUNTED, Duration::from_millis(4))
                },
                arguments: "role=neighbour",
                ..PLAIN
            },
            Partition {
                name: "punctual",
                image: Image::Program("bench"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
                arguments: "role=punctual",
                ..PLAIN
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(2),
            guard: Duration::from_micros(50),
            plans: &[&[
                Window::us("neighbour", 0, 1_000),
                Window::us("punctual", 1_000, 1_000),
            ]],
        },
        channels: &[],
        display: None,
        trace: Trace::Events,
    };
}
