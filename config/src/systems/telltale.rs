//! A partition that owns the board's GPIO blinks a telltale; another one is beside it.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, heartbeat_ms, ram};
use crate::address::{Ipa, mib};
use crate::board::Board;
use crate::system::{
    Criticality, DeviceUse, HealthTable, Image, Partition, Schedule, System, Trace, Window,
};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    /// The declaration.
    pub const SYSTEM: System = System {
        name: "telltale",
        summary: "a partition that blinks a lamp on the board's GPIO",
        partitions: &[
            Partition {
                name: "telltale",
                criticality: Criticality::Critical,
                image: Image::Program("telltale"),
                regions: &[ram(B::FACTS.partition_memory.base, mib(2))],
                devices: &[DeviceUse {
                    device: "gpio",
                    ipa: Ipa(0x0903_0000),
                    // On a Raspberry Pi its pages have the pins of the debug UART, too.
                    trusted: true,
                }],
                heartbeat: heartbeat_ms(20),
                health: HealthTable::restart(3, Duration::from_secs(10)),
                // Pin 29 of a Raspberry Pi's header.
                arguments: "line=5 half-period-ms=500",
                ..PLAIN
            },
            Partition {
                name: "hello",
                image: Image::Program("hello"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
                heartbeat: heartbeat_ms(20),
                ..PLAIN
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[&[
                Window::us("telltale", 0, 4_000),
                Window::us("hello", 4_000, 4_000),
            ]],
        },
        channels: &[],
        display: None,
        trace: Trace::Windows,
    };
}
