//! Test: ARINC 653's processes in a partition with two windows in each of its periods.

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
        name: "test-a653-processes",
        summary: "ARINC 653: processes, their times and priorities, errors and restarts",
        partitions: &[Partition {
            name: "worker",
            image: Image::Program("a653-processes"),
            regions: &[ram(B::FACTS.partition_memory.base, mib(2))],
            health: HealthTable::restart(3, Duration::from_secs(60)),
            ..PLAIN
        }],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[&[
                Window::us("worker", 2_000, 6_000),
                Window::us("worker", 12_000, 4_000),
            ]],
        },
        channels: &[],
        display: None,
        trace: Trace::Events,
    };
}
