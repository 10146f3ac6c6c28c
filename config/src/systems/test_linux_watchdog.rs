//! Test: two Linux with a watchdog, of one kernel. One feeds it for good, and says what its clock shows; in the other
//! whoever feeds it stands still before long.

use core::marker::PhantomData;
use core::time::Duration;

use super::{LINUX, ram};
use crate::address::mib;
use crate::board::Board;
use crate::machine::VirtualMachine;
use crate::system::{
    File, HealthTable, Heartbeat, Image, Initrd, Partition, Schedule, System, Trace, Window,
};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    const WATCHED: Partition = Partition {
        machine: VirtualMachine::VIRT.with_watchdog(),
        heartbeat: Some(Heartbeat {
            period: Duration::from_secs(1),
            deadline: Duration::from_secs(1),
            // The kernel and its first program.
            start_within: Duration::from_secs(8),
        }),
        ..LINUX
    };

    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-linux-watchdog",
        summary: "two Linux that feed a watchdog, one of them not for long",
        partitions: &[
            Partition {
                name: "feeds",
                image: Image::Linux {
                    kernel: File::LINUX_CLOUD,
                    initrd: Initrd::Busybox,
                    command_line: "console=ttyAMA0 cma=0 panic=-1 workload=watchdog,clock",
                },
                regions: &[ram(B::FACTS.partition_memory.base, mib(64))],
                ..Self::WATCHED
            },
            Partition {
                name: "hangs",
                image: Image::Linux {
                    kernel: File::LINUX_CLOUD,
                    initrd: Initrd::Busybox,
                    command_line: "console=ttyAMA0 cma=0 panic=-1 workload=watchdog,starve",
                },
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(64)), mib(64))],
                health: HealthTable::restart(1, Duration::from_secs(60)),
                ..Self::WATCHED
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[&[
                Window::us("feeds", 0, 10_000),
                Window::us("hangs", 10_000, 10_000),
            ]],
        },
        channels: &[],
        display: None,
        trace: Trace::Windows,
    };
}
