//! The instrument cluster, and beside it Debian's Linux as a guest of Xen's: the kernel finds Xen's node in its
//! device tree, and has its console and its events by Xen's calls. It has two CPUs of its own.

use core::marker::PhantomData;
use core::time::Duration;

use super::{LINUX, cluster, ram, xen_pages};
use crate::address::mib;
use crate::board::Board;
use crate::machine::VirtualMachine;
use crate::system::{File, Image, Initrd, Partition, Schedule, System, Window};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    const CLUSTER: System = cluster::Definition::<B>::SYSTEM;

    /// The declaration.
    pub const SYSTEM: System = System {
        name: "xen-linux",
        summary: "the instrument cluster, and Debian's Linux as a guest built for Xen, on two CPUs of its own",
        partitions: &[
            Self::CLUSTER.partitions[0],
            Self::CLUSTER.partitions[1],
            Partition {
                image: Image::Linux {
                    kernel: File::LINUX_CLOUD,
                    initrd: Initrd::Busybox,
                    command_line: "console=hvc0 cma=0 panic=-1",
                },
                machine: VirtualMachine::XEN.with_vcpus(2),
                regions: &[
                    ram(B::FACTS.partition_memory.base.offset(mib(16)), mib(128)),
                    xen_pages(B::FACTS.partition_memory.base.offset(mib(144))),
                ],
                ..LINUX
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(160),
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
