//! Test: two vCPUs of a partition on two CPUs, never at the same time.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, ram};
use crate::address::mib;
use crate::board::Board;
use crate::machine::VirtualMachine;
use crate::system::{Image, Partition, Schedule, System, Trace, Window};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-kicks",
        summary: "two vCPUs on two CPUs, each of which is out while the other runs",
        partitions: &[Partition {
            name: "pair",
            image: Image::Program("kicks"),
            machine: VirtualMachine::PLAIN.with_vcpus(2),
            regions: &[ram(B::FACTS.partition_memory.base.offset(mib(0)), mib(2))],
            ..PLAIN
        }],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(80),
            plans: &[
                &[Window::us("pair", 0, 4_000)],
                &[Window::us("pair", 8_000, 4_000).of_vcpu(1)],
            ],
        },
        channels: &[],
        display: None,
        trace: Trace::Windows,
    };
}
