//! The instrument cluster on one CPU, and a Linux with two CPUs of its own beside it.

use core::marker::PhantomData;
use core::time::Duration;

use super::{LINUX, cluster, ram};
use crate::address::mib;
use crate::board::Board;
use crate::machine::VirtualMachine;
use crate::system::{Partition, Schedule, System, Window};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    const CLUSTER: System = cluster::Definition::<B>::SYSTEM;

    /// The declaration.
    pub const SYSTEM: System = System {
        name: "linux-own-cpus",
        summary: "the instrument cluster, and Debian's Linux with two CPUs of its own",
        partitions: &[
            Self::CLUSTER.partitions[0],
            Self::CLUSTER.partitions[1],
            Partition {
                machine: VirtualMachine::VIRT.with_vcpus(2),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(16)), mib(128))],
                ..LINUX
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(80),
            plans: &[
                &[
                    Window::us("vehicle", 0, 2_000),
                    Window::us("speedometer", 2_000, 10_000),
                ],
                &[Window::us("linux", 0, 20_000)],
                &[Window::us("linux", 0, 20_000).of_vcpu(1)],
            ],
        },
        ..Self::CLUSTER
    };
}
