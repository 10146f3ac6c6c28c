//! Test: a partition that repeats at will what leaves a record, and dies nine times; a worker beside it
//! on the same CPU.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, heartbeat_ms, ram};
use crate::address::mib;
use crate::board::Board;
use crate::system::{
    Action, Criticality, HealthTable, Image, MAX_RESTARTS_COUNTED, Partition, Schedule, System,
    Trace, Window,
};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-records",
        summary: "one that repeats whatever leaves a record, and dies; a worker beside it",
        partitions: &[
            Partition {
                name: "repeater",
                image: Image::Program("repeater"),
                regions: &[ram(B::FACTS.partition_memory.base, mib(2))],
                heartbeat: heartbeat_ms(200),
                health: HealthTable {
                    application_error: Action::Ignore,
                    ..HealthTable::restart(MAX_RESTARTS_COUNTED, Duration::from_secs(60))
                },
                ..PLAIN
            },
            Partition {
                name: "victim",
                criticality: Criticality::Critical,
                image: Image::Program("worker"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
                heartbeat: heartbeat_ms(20),
                ..PLAIN
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[&[
                Window::us("repeater", 0, 5_000),
                Window::us("victim", 5_000, 4_000),
            ]],
        },
        channels: &[],
        display: None,
        trace: Trace::Windows,
    };
}
