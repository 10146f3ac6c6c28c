//! Test: a partition that may be restarted twice; its third fault halts it.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, heartbeat_ms, ram};
use crate::address::mib;
use crate::board::Board;
use crate::system::{HealthTable, Image, Partition, Schedule, System, Trace, Window};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-limits",
        summary: "an infotainment that may be restarted twice in ten seconds, and a quiet neighbour",
        partitions: &[
            Partition {
                name: "infotainment",
                image: Image::Program("infotainment"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(0)), mib(4))],
                heartbeat: heartbeat_ms(200),
                health: HealthTable::restart(2, Duration::from_secs(10)),
                refused_calls_per_window: 16,
                ..PLAIN
            },
            Partition {
                name: "neighbour",
                image: Image::Program("counter"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(4)), mib(2))],
                heartbeat: heartbeat_ms(20),
                ..PLAIN
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[
                &[Window::us("infotainment", 0, 10_000), Window::us("neighbour", 10_000, 4_000)],
            ],
        },
        channels: &[],
        display: None,
        trace: Trace::Windows,
    };
}
