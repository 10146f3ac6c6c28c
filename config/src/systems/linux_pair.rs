//! Two Linux systems side by side on four CPUs, two each.

use core::marker::PhantomData;
use core::time::Duration;

use super::{LINUX, ram};
use crate::address::mib;
use crate::board::Board;
use crate::machine::VirtualMachine;
use crate::system::{File, Image, Initrd, Partition, Schedule, System, Trace, Window};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    const ONE: Partition = Partition {
        image: Image::Linux {
            kernel: File::LINUX_CLOUD,
            initrd: Initrd::Busybox,
            command_line: "console=ttyAMA0 cma=0 panic=-1 workload=check",
        },
        machine: VirtualMachine::VIRT.with_vcpus(2),
        ..LINUX
    };

    /// The declaration.
    pub const SYSTEM: System = System {
        name: "linux-pair",
        summary: "two Linux systems that check themselves, side by side on four CPUs",
        partitions: &[
            Partition {
                name: "left",
                regions: &[ram(B::FACTS.partition_memory.base, mib(96))],
                ..Self::ONE
            },
            Partition {
                name: "right",
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(96)), mib(96))],
                ..Self::ONE
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(80),
            plans: &[
                &[Window::us("left", 0, 19_000)],
                &[Window::us("left", 0, 19_000).of_vcpu(1)],
                &[Window::us("right", 0, 19_000)],
                &[Window::us("right", 0, 19_000).of_vcpu(1)],
            ],
        },
        channels: &[],
        display: None,
        trace: Trace::Events,
    };
}
