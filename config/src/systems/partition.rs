//! One partition, `partition`: a start to edit from.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, heartbeat_ms, ram};
use crate::address::mib;
use crate::board::Board;
use crate::system::{Criticality, HealthTable, Image, Partition, Schedule, System, Trace, Window};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    /// The declaration.
    pub const SYSTEM: System = System {
        name: "partition",
        summary: "one partition, partition",
        partitions: &[Partition {
            name: "partition",
            criticality: Criticality::Critical,
            image: Image::Program("partition"),
            regions: &[ram(B::FACTS.partition_memory.base, mib(2))],
            heartbeat: heartbeat_ms(20),
            health: HealthTable::restart(3, Duration::from_secs(10)),
            ..PLAIN
        }],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[&[Window::us("partition", 0, 10_000)]],
        },
        channels: &[],
        display: None,
        trace: Trace::Windows,
    };
}
