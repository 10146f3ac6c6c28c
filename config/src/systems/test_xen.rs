//! Test: a guest of Xen's that makes every call, or attacks by them from two CPUs, and neighbours that work while
//! the other CPU sleeps, so that their time is exact.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, heartbeat_ms, ram, xen_pages};
use crate::address::mib;
use crate::board::Board;
use crate::machine::VirtualMachine;
use crate::system::{HealthTable, Image, Partition, Schedule, System, Trace, Window};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    const NEIGHBOUR: Partition = Partition {
        name: "neighbour",
        image: Image::Program("worker"),
        regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
        heartbeat: heartbeat_ms(20),
        ..PLAIN
    };

    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-xen",
        summary: "a guest of Xen's that makes every call, or attacks by them, and neighbours",
        partitions: &[
            Partition {
                name: "guest",
                image: Image::Program("xen"),
                regions: &[
                    ram(B::FACTS.partition_memory.base, mib(2)),
                    xen_pages(B::FACTS.partition_memory.base.offset(mib(6))),
                ],
                machine: VirtualMachine::PLAIN.with_vcpus(2),
                health: HealthTable::restart(3, Duration::from_secs(60)),
                refused_calls_per_window: u32::MAX,
                ..PLAIN
            },
            Self::NEIGHBOUR,
            Partition {
                name: "passer-by",
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(4)), mib(2))],
                ..Self::NEIGHBOUR
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(160),
            plans: &[
                &[
                    Window::us("guest", 0, 12_000),
                    Window::us("neighbour", 12_000, 3_000),
                ],
                &[
                    Window::us("guest", 0, 12_000).of_vcpu(1),
                    Window::us("passer-by", 16_000, 3_000),
                ],
            ],
        },
        channels: &[],
        display: None,
        trace: Trace::Windows,
    };
}
