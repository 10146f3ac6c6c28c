//! The instrument cluster with a Linux in place of the infotainment: the same vehicle, the same
//! speedometer, and on the same CPU Debian's kernel, which knows nothing of any of this.

use core::marker::PhantomData;
use core::time::Duration;

use super::{LINUX, cluster, ram};
use crate::address::mib;
use crate::board::Board;
use crate::system::{Partition, Schedule, System, Window};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    const CLUSTER: System = cluster::Definition::<B>::SYSTEM;

    /// The declaration.
    pub const SYSTEM: System = System {
        name: "linux",
        summary: "the instrument cluster, and Debian's Linux with a shell on the same CPU",
        partitions: &[
            Self::CLUSTER.partitions[0],
            Self::CLUSTER.partitions[1],
            Partition {
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(16)), mib(128))],
                ..LINUX
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[&[
                Window::us("vehicle", 0, 2_000),
                Window::us("speedometer", 2_000, 10_000),
                Window::us("linux", 12_000, 5_000),
            ]],
        },
        ..Self::CLUSTER
    };
}
