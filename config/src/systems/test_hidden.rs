//! Test: partitions that try what they aren't given, on standard machines of their own.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, heartbeat_ms, ram};
use crate::address::mib;
use crate::board::Board;
use crate::machine::VirtualMachine;
use crate::system::{Image, Partition, Schedule, System, Trace, Window};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-hidden",
        summary: "two partitions that try what they aren't given, beside one that counts on",
        partitions: &[
            Partition {
                name: "hidden",
                image: Image::Program("hidden"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(0)), mib(2))],
                machine: VirtualMachine::VIRT,
                refused_calls_per_window: 16,
                ..PLAIN
            },
            Partition {
                name: "other",
                image: Image::Program("hidden"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(4)), mib(2))],
                machine: VirtualMachine::VIRT,
                refused_calls_per_window: 16,
                ..PLAIN
            },
            Partition {
                name: "neighbour",
                image: Image::Program("counter"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
                heartbeat: heartbeat_ms(20),
                ..PLAIN
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(5),
            guard: Duration::from_micros(50),
            plans: &[
                &[
                    Window::us("hidden", 0, 3_000),
                    Window::us("other", 3_000, 500),
                    Window::us("neighbour", 3_500, 500),
                ],
            ],
        },
        channels: &[],
        display: None,
        trace: Trace::Events,
    };
}
