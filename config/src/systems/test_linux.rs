//! Test: two Linux on one CPU, of one kernel. One, which was granted performance monitors and debug
//! registers, checks itself and switches its machine off; the other starts its machine anew whenever
//! it is up.

use core::marker::PhantomData;
use core::time::Duration;

use super::{LINUX, ram};
use crate::address::mib;
use crate::board::Board;
use crate::machine::VirtualMachine;
use crate::system::{
    File, HealthTable, Image, Initrd, Partition, Schedule, System, Trace, Window,
};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

/// Debian's kernel, with a command line that names workloads.
const fn linux(command_line: &'static str) -> Image {
    Image::Linux {
        kernel: File::LINUX_CLOUD,
        initrd: Initrd::Busybox,
        command_line,
    }
}

/// Linux looks for CPUs that get no turn after 3 s, the least that it takes, rather than 21.
const SELF_CHECK: &str = "console=ttyAMA0 cma=0 panic=-1 rcupdate.rcu_cpu_stall_timeout=3 \
                          workload=load,check,calls,poweroff";

impl<B: Board> Definition<B> {
    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-linux",
        summary: "a Linux that checks itself, and one that restarts",
        partitions: &[
            Partition {
                image: linux(SELF_CHECK),
                machine: VirtualMachine::VIRT.with_monitors(),
                regions: &[ram(B::FACTS.partition_memory.base, mib(64))],
                ..LINUX
            },
            Partition {
                name: "again",
                image: linux("console=ttyAMA0 cma=0 panic=-1 workload=reboot"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(64)), mib(64))],
                health: HealthTable::restart(1, Duration::from_secs(60)),
                ..LINUX
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[&[
                Window::us("linux", 0, 10_000),
                Window::us("again", 10_000, 10_000),
            ]],
        },
        channels: &[],
        display: None,
        trace: Trace::Events,
    };
}
