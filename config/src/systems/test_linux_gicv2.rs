//! Test: a Linux that sees a GICv2, whatever the board has.

use core::marker::PhantomData;
use core::time::Duration;

use super::{LINUX, ram};
use crate::address::mib;
use crate::board::Board;
use crate::machine::{GicVersion, VirtualMachine};
use crate::system::{File, Image, Initrd, Partition, Schedule, System, Trace, Window};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-linux-gicv2",
        summary: "a Linux that checks itself, with a GICv2",
        partitions: &[Partition {
            image: Image::Linux {
                kernel: File::LINUX_CLOUD,
                initrd: Initrd::Busybox,
                command_line: "console=ttyAMA0 cma=0 panic=-1 workload=check",
            },
            machine: VirtualMachine::VIRT.with_gic(GicVersion::V2),
            regions: &[ram(B::FACTS.partition_memory.base, mib(64))],
            ..LINUX
        }],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[&[Window::us("linux", 0, 20_000)]],
        },
        channels: &[],
        display: None,
        trace: Trace::Events,
    };
}
