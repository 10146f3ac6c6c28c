//! Test: one small foreign system as an ELF file and as a flat binary, each with a device tree where
//! it was asked for.

use core::marker::PhantomData;
use core::time::Duration;

use super::{LINUX, RAM, ram};
use crate::address::mib;
use crate::board::Board;
use crate::system::{File, Image, Partition, Schedule, System, Trace, Window};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    /// What both have: the entry is neither the first instruction nor on a page of its own.
    const FOREIGN: Partition = Partition {
        entry: RAM.offset(0x100),
        ..LINUX
    };

    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-foreign",
        summary: "a small foreign system as an ELF file and as a flat binary",
        partitions: &[
            Partition {
                name: "elf",
                image: Image::Elf {
                    file: File::Path("target/bare/aarch64-unknown-none/release/foreign"),
                    device_tree: Some(RAM.offset(mib(2))),
                },
                regions: &[ram(B::FACTS.partition_memory.base, mib(4))],
                arguments: "name=segments",
                ..Self::FOREIGN
            },
            Partition {
                name: "raw",
                image: Image::Raw {
                    file: File::Path("target/paratia/guests/foreign.bin"),
                    load: RAM,
                    device_tree: Some(RAM.offset(mib(3))),
                },
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(4)), mib(4))],
                arguments: "name=bytes",
                ..Self::FOREIGN
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[&[
                Window::us("elf", 0, 10_000),
                Window::us("raw", 10_000, 10_000),
            ]],
        },
        channels: &[],
        display: None,
        trace: Trace::Events,
    };
}
