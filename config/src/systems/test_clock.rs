//! Test: a partition owns a device and takes its interrupt in its own window.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, heartbeat_ms, ram};
use crate::address::mib;
use crate::board::Board;
use crate::system::{DeviceUse, HealthTable, Image, Partition, Schedule, System, Trace, Window};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-clock",
        summary: "a partition that owns the real-time clock, beside one that doesn't",
        partitions: &[
            Partition {
                name: "clock",
                heartbeat: heartbeat_ms(2_000),
                image: Image::Program("rtc"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(0)), mib(2))],
                devices: &[DeviceUse {
                    device: "rtc",
                    ipa: crate::Ipa(0x0901_0000),
                    trusted: false,
                }],
                health: HealthTable::restart(1, Duration::from_secs(60)),
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
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[
                &[Window::us("clock", 0, 4_000), Window::us("neighbour", 4_000, 12_000)],
            ],
        },
        channels: &[],
        display: None,
        trace: Trace::Windows,
    };
}
