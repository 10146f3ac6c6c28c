//! Test: a partition that sees a GICv2 whatever the board has, beside one that sees the board's.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, heartbeat_ms, ram};
use crate::address::mib;
use crate::board::Board;
use crate::machine::{Forbidden, GicVersion, VirtualMachine};
use crate::system::{Image, Partition, Schedule, System, Trace, Window};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-gicv2-only",
        summary: "a partition that looks for the registers of another interrupt controller",
        partitions: &[
            Partition {
                name: "seeker",
                image: Image::Program("gicv2-only"),
                machine: VirtualMachine {
                    forbidden: Forbidden::Undefined,
                    ..VirtualMachine::PLAIN.with_gic(GicVersion::V2)
                },
                regions: &[ram(B::FACTS.partition_memory.base, mib(2))],
                ..PLAIN
            },
            Partition {
                name: "neighbour",
                image: Image::Program("counter"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
                heartbeat: heartbeat_ms(20),
                ..PLAIN
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[&[Window::us("seeker", 0, 8_000), Window::us("neighbour", 8_000, 8_000)]],
        },
        channels: &[],
        display: None,
        trace: Trace::Events,
    };
}
