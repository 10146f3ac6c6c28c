//! Test: a partition with two vCPUs on two CPUs that restarts in every way, beside a critical one.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, heartbeat_ms, ram};
use crate::address::mib;
use crate::board::Board;
use crate::machine::VirtualMachine;
use crate::system::{
    Action, Criticality, HealthTable, Heartbeat, Image, Partition, Schedule, System, Trace, Window,
};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    /// The declaration. While the first vCPU is out, nobody else is on its CPU; its first window ends
    /// just after its sibling's begins; and scrubbing takes longer than its second window. The critical
    /// partition is on CPU 0, for QEMU gives the first CPU its turn first when several have one: what makes
    /// it late there is the hypervisor's doing.
    pub const SYSTEM: System = System {
        name: "test-restart",
        summary: "two vCPUs on two CPUs that restart in every way, beside a critical partition",
        partitions: &[
            Partition {
                name: "restarted",
                image: Image::Program("lives"),
                machine: VirtualMachine::PLAIN.with_vcpus(2),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(4)), mib(64))],
                // Owed from normal mode on, which it enters in one of its ways only.
                heartbeat: Some(Heartbeat {
                    period: Duration::from_millis(20),
                    deadline: Duration::from_millis(20),
                    start_within: Duration::from_secs(60),
                }),
                health: HealthTable {
                    stray_access: Action::Halt,
                    ..HealthTable::restart(8, Duration::from_secs(60))
                },
                ..PLAIN
            },
            Partition {
                name: "victim",
                criticality: Criticality::Critical,
                image: Image::Program("worker"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(0)), mib(2))],
                heartbeat: heartbeat_ms(20),
                health: HealthTable::HALT,
                ..PLAIN
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(80),
            plans: &[
                &[
                    Window::us("restarted", 2_000, 1_500).of_vcpu(1),
                    Window::us("restarted", 4_000, 500).of_vcpu(1),
                    Window::us("victim", 5_000, 3_000),
                    Window::us("restarted", 12_000, 1_000).of_vcpu(1),
                ],
                &[
                    Window::us("restarted", 0, 2_030),
                    Window::us("restarted", 2_030, 7_970),
                ],
            ],
        },
        channels: &[],
        display: None,
        trace: Trace::Windows,
    };
}
