//! Test: partitions that were granted performance monitors and debug registers, and look for each
//! other's.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, heartbeat_ms, ram};
use crate::address::mib;
use crate::board::Board;
use crate::machine::VirtualMachine;
use crate::system::{Image, Partition, Schedule, System, Trace, Window};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

const MACHINE: VirtualMachine = VirtualMachine::PLAIN.with_monitors();

impl<B: Board> Definition<B> {
    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-monitors",
        summary: "three partitions with performance monitors and debug registers of their own, one without",
        partitions: &[
            Partition {
                name: "plant",
                image: Image::Program("plant"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(0)), mib(2))],
                machine: MACHINE,
                heartbeat: heartbeat_ms(200),
                ..PLAIN
            },
            Partition {
                name: "look",
                image: Image::Program("look"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
                machine: MACHINE,
                heartbeat: heartbeat_ms(200),
                ..PLAIN
            },
            Partition {
                name: "monitors",
                image: Image::Program("monitors"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(4)), mib(2))],
                machine: MACHINE,
                ..PLAIN
            },
            Partition {
                name: "without",
                image: Image::Program("hidden"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(6)), mib(2))],
                machine: VirtualMachine::VIRT,
                refused_calls_per_window: 16,
                ..PLAIN
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(100),
            plans: &[
                &[
                    Window::us("plant", 0, 800),
                    Window::us("look", 800, 800),
                    Window::us("monitors", 1_600, 1_400),
                    Window::us("without", 3_000, 3_000),
                    Window::us("plant", 10_000, 800),
                    Window::us("look", 10_800, 800),
                ],
            ],
        },
        channels: &[],
        display: None,
        trace: Trace::Windows,
    };
}
