//! Test: the instrument cluster, and on its CPU two Linux that panic whenever they are up: one by the
//! key that is there for it, the other because its first program ends.

use core::marker::PhantomData;
use core::time::Duration;

use super::{LINUX, cluster, ram};
use crate::address::mib;
use crate::board::Board;
use crate::system::{
    File, HealthTable, Image, Initrd, Partition, Schedule, System, Window,
};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    const CLUSTER: System = cluster::Definition::<B>::SYSTEM;

    /// A Linux that may restart once.
    const fn linux(name: &'static str, command_line: &'static str) -> Partition {
        Partition {
            name,
            image: Image::Linux {
                kernel: File::LINUX_CLOUD,
                initrd: Initrd::Busybox,
                command_line,
            },
            health: HealthTable::restart(1, Duration::from_secs(60)),
            ..LINUX
        }
    }

    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-linux-crashes",
        summary: "the instrument cluster, and two Linux that panic",
        partitions: &[
            Self::CLUSTER.partitions[0],
            Self::CLUSTER.partitions[1],
            Partition {
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(16)), mib(64))],
                ..Self::linux("key", "console=ttyAMA0 cma=0 panic=-1 workload=crash")
            },
            Partition {
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(80)), mib(64))],
                ..Self::linux("end", "console=ttyAMA0 cma=0 panic=-1 rdinit=/bin/ls")
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[&[
                Window::us("vehicle", 0, 2_000),
                Window::us("speedometer", 2_000, 10_000),
                Window::us("key", 12_000, 4_000),
                Window::us("end", 16_000, 4_000),
            ]],
        },
        ..Self::CLUSTER
    };
}
