//! Test: a partition's interrupt controller, case by case, with a device's interrupt among others.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, heartbeat_ms, ram};
use crate::address::mib;
use crate::board::Board;
use crate::system::{DeviceUse, Image, Partition, Schedule, System, Trace, Window};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    /// The device whose interrupt the guest can raise: a UART that nobody uses, else the clock.
    const DEVICE: &str = if B::FACTS.device("uart1").is_some() {
        "uart1"
    } else if B::FACTS.device("aux").is_some() {
        "aux"
    } else {
        "rtc"
    };

    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-interrupts",
        summary: "a partition's interrupt controller, beside a partition that counts on",
        partitions: &[
            Partition {
                name: "interrupts",
                image: Image::Program("interrupts"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(0)), mib(2))],
                devices: &[DeviceUse {
                    device: Self::DEVICE,
                    ipa: crate::Ipa(0x0901_0000),
                    trusted: false,
                }],
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
                &[Window::us("interrupts", 0, 12_000), Window::us("neighbour", 12_000, 6_000)],
            ],
        },
        channels: &[],
        display: None,
        trace: Trace::Windows,
    };
}
