//! Test: Debian's U-Boot, which takes its device tree from the start of RAM.

use core::marker::PhantomData;
use core::time::Duration;

use super::{LINUX, RAM, ram};
use crate::address::{Ipa, mib};
use crate::board::Board;
use crate::system::{
    File, Image, Partition, Region, RegionKind, Schedule, System, Trace, Window,
};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-uboot",
        summary: "U-Boot up to its prompt",
        partitions: &[Partition {
            name: "uboot",
            image: Image::Raw {
                file: File::U_BOOT,
                load: RAM.offset(mib(2)),
                device_tree: Some(RAM),
            },
            entry: RAM.offset(mib(2)),
            regions: &[
                ram(B::FACTS.partition_memory.base, mib(128)),
                // It reads its environment from flash, which is here on QEMU's `virt`; zeros make
                // it take its defaults.
                Region {
                    name: "flash",
                    ipa: Ipa(0x0400_0000),
                    pa: B::FACTS.partition_memory.base.offset(mib(128)),
                    size_bytes: mib(2),
                    kind: RegionKind::Ram,
                },
            ],
            ..LINUX
        }],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[&[Window::us("uboot", 0, 20_000)]],
        },
        channels: &[],
        display: None,
        trace: Trace::Events,
    };
}
