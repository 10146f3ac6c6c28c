//! Test: a partition that is to be halted while more has gone wrong than one thing, or turns itself off.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, heartbeat_ms, ram};
use crate::address::mib;
use crate::board::Board;
use crate::system::{
    Action, Criticality, HealthTable, Image, Partition, Schedule, System, Trace, Window,
};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-halt",
        summary: "a partition that is to be halted, or turns itself off",
        partitions: &[
            Partition {
                name: "halted",
                image: Image::Program("halt"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
                heartbeat: heartbeat_ms(20),
                health: HealthTable {
                    stray_access: Action::Halt,
                    console_overflow: Action::Restart,
                    missed_heartbeat: Action::Restart,
                    ..HealthTable::restart(8, Duration::from_secs(60))
                },
                ..PLAIN
            },
            Partition {
                name: "neighbour",
                criticality: Criticality::Critical,
                image: Image::Program("worker"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(0)), mib(2))],
                heartbeat: heartbeat_ms(20),
                health: HealthTable::HALT,
                ..PLAIN
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[&[Window::us("halted", 0, 5_000), Window::us("neighbour", 5_000, 4_000)]],
        },
        channels: &[],
        display: None,
        trace: Trace::Windows,
    };
}
