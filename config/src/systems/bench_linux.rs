//! Bench: one Linux, alone on its CPU, up to user space.

use core::marker::PhantomData;
use core::time::Duration;

use super::{LINUX, ram};
use crate::address::mib;
use crate::board::Board;
use crate::system::{File, Image, Initrd, Partition, Schedule, System, Trace, Window};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    /// The declaration.
    pub const SYSTEM: System = System {
        name: "bench-linux",
        summary: "Debian's Linux with a CPU of its own, for what its boot costs",
        partitions: &[Partition {
            image: Image::Linux {
                kernel: File::LINUX_CLOUD,
                initrd: Initrd::Busybox,
                command_line: "console=ttyAMA0 cma=0 panic=-1 workload=poweroff",
            },
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
