//! Test: two vCPUs of a partition and one of another, all on one CPU.

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
        name: "test-numbers",
        summary: "vCPUs of different numbers, and of different partitions, on one CPU",
        partitions: &[
            Partition {
                name: "pair",
                image: Image::Program("numbers"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(0)), mib(2))],
                machine: VirtualMachine::PLAIN.with_vcpus(2),
                refused_calls_per_window: 16,
                ..PLAIN
            },
            Partition {
                name: "lone",
                image: Image::Program("numbers"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
                refused_calls_per_window: 16,
                ..PLAIN
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[
                &[
                    Window::us("pair", 0, 2_000),
                    Window::us("lone", 2_000, 2_000),
                    Window::us("pair", 4_000, 2_000).of_vcpu(1),
                    Window::us("lone", 6_000, 2_000),
                    Window::us("pair", 8_000, 2_000),
                    Window::us("pair", 10_000, 2_000).of_vcpu(1),
                ],
            ],
        },
        channels: &[],
        display: None,
        trace: Trace::Windows,
    };
}
