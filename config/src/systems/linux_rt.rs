//! One Linux with the real-time patches, which has a CPU of its own and checks itself.

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
        name: "linux-rt",
        summary: "Debian's real-time Linux on a CPU of its own",
        partitions: &[Partition {
            image: Image::Linux {
                kernel: File::LINUX_RT,
                initrd: Initrd::Busybox,
                command_line: "console=ttyAMA0 cma=0 panic=-1 workload=check",
            },
            regions: &[ram(B::FACTS.partition_memory.base, mib(128))],
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
