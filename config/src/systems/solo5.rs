//! A unikernel for Solo5's tender `hvt` in the infotainment's place, with a block device. `cargo paratia run solo5 --unikernel FILE.hvt` takes one of your own.

use core::marker::PhantomData;
use core::time::Duration;

use super::{cluster, tender, unikernel, unikernel_memory};
use crate::address::{Ipa, mib};
use crate::board::Board;
use crate::system::{
    Backing, File, Image, Partition, Region, RegionKind, Schedule, System, UnikernelDevice, Window,
};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    const CLUSTER: System = cluster::Definition::<B>::SYSTEM;

    /// The declaration.
    pub const SYSTEM: System = System {
        name: "solo5",
        summary: "the instrument cluster, and a unikernel for Solo5's tender hvt",
        partitions: &[
            Self::CLUSTER.partitions[0],
            Self::CLUSTER.partitions[1],
            Partition {
                name: "unikernel",
                ..unikernel(
                    Image::Unikernel {
                        file: File::Unikernel("unikernel-plain"),
                        command_line: "hello",
                        devices: &[
                            UnikernelDevice {
                                name: "storage",
                                backing: Backing::Block {
                                    region: "storage",
                                    block_bytes: 512,
                                },
                            },
                        ],
                    },
                    &[
                        tender(B::FACTS.partition_memory.base.offset(mib(16))),
                        unikernel_memory(B::FACTS.partition_memory.base.offset(mib(18)), mib(32)),
                        Region {
                            name: "storage",
                            ipa: Ipa(0x5000_0000),
                            pa: B::FACTS.partition_memory.base.offset(mib(50)),
                            size_bytes: mib(4),
                            kind: RegionKind::Data,
                        },
                    ],
                )
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[&[
                Window::us("vehicle", 0, 2_000),
                Window::us("speedometer", 2_000, 10_000),
                Window::us("unikernel", 12_000, 7_000),
            ]],
        },
        ..Self::CLUSTER
    };
}
