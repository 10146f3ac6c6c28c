//! Test: on each CPU a partition that tries single registers, and one that tries all that it isn't
//! given.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, ram};
use crate::address::mib;
use crate::board::Board;
use crate::machine::VirtualMachine;
use crate::system::{HealthTable, Image, Partition, Region, Schedule, System, Trace, Window};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

/// One that dies of a register in each of its lives. It starts again always: no two of them end within
/// a millisecond.
const fn traps(name: &'static str, regions: &'static [Region]) -> Partition {
    Partition {
        name,
        image: Image::Program("traps"),
        regions,
        health: HealthTable::restart(2, Duration::from_millis(20)),
        ..PLAIN
    }
}

/// One whose machine has nothing of what it tries.
const fn hidden(name: &'static str, regions: &'static [Region]) -> Partition {
    Partition {
        name,
        image: Image::Program("hidden"),
        regions,
        machine: VirtualMachine::VIRT,
        refused_calls_per_window: 16,
        ..PLAIN
    }
}

impl<B: Board> Definition<B> {
    const BASE: crate::Pa = B::FACTS.partition_memory.base;

    /// The declaration. No two CPUs are busy at a time.
    pub const SYSTEM: System = System {
        name: "test-traps",
        summary: "on each of four CPUs two partitions that try what they aren't given",
        partitions: &[
            traps("traps-0", &[ram(Self::BASE.offset(mib(0)), mib(2))]),
            traps("traps-1", &[ram(Self::BASE.offset(mib(2)), mib(2))]),
            traps("traps-2", &[ram(Self::BASE.offset(mib(4)), mib(2))]),
            traps("traps-3", &[ram(Self::BASE.offset(mib(6)), mib(2))]),
            hidden("hidden-0", &[ram(Self::BASE.offset(mib(8)), mib(2))]),
            hidden("hidden-1", &[ram(Self::BASE.offset(mib(10)), mib(2))]),
            hidden("hidden-2", &[ram(Self::BASE.offset(mib(12)), mib(2))]),
            hidden("hidden-3", &[ram(Self::BASE.offset(mib(14)), mib(2))]),
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[
                &[Window::us("traps-0", 0, 1_500), Window::us("hidden-0", 1_500, 3_000)],
                &[Window::us("traps-1", 5_000, 1_500), Window::us("hidden-1", 6_500, 3_000)],
                &[Window::us("traps-2", 10_000, 1_500), Window::us("hidden-2", 11_500, 3_000)],
                &[Window::us("traps-3", 15_000, 1_500), Window::us("hidden-3", 16_500, 3_000)],
            ],
        },
        channels: &[],
        display: None,
        trace: Trace::Windows,
    };
}
