//! Test: partitions that live several lives and look for what is left of the one before.

use core::marker::PhantomData;
use core::time::Duration;

use super::{FRAME_BUFFER, PLAIN, message_window, ram};
use crate::address::mib;
use crate::board::Board;
use crate::machine::{GicVersion, VirtualMachine};
use crate::system::{
    Action, Channel, ChannelKind, DeviceUse, Display, HealthTable, Image, Partition, Port, Region,
    RegionKind, Schedule, System, Trace, Window,
};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    const HEALTH: HealthTable = HealthTable {
        application_error: Action::Ignore,
        ..HealthTable::restart(8, Duration::from_secs(60))
    };
    /// The device whose interrupt the guest can raise: a UART that nobody uses, else the clock.
    const DEVICE: &str = if B::FACTS.device("uart1").is_some() {
        "uart1"
    } else if B::FACTS.device("aux").is_some() {
        "aux"
    } else {
        "rtc"
    };

    /// The declaration: one partition has all that a machine can have, the other an interrupt controller
    /// whose CPU interface may be emulated.
    pub const SYSTEM: System = System {
        name: "test-again",
        summary: "partitions that look for what is left of their life before",
        partitions: &[
            Partition {
                name: "all",
                image: Image::Program("again"),
                regions: &[
                    ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2)),
                    Region {
                        name: "frame-buffer",
                        ipa: FRAME_BUFFER,
                        pa: B::FACTS.frame_buffer.base,
                        size_bytes: mib(2),
                        kind: RegionKind::FrameBuffer,
                    },
                ],
                machine: VirtualMachine {
                    clock: None,
                    ..VirtualMachine::VIRT.with_monitors()
                },
                devices: &[DeviceUse {
                    device: Self::DEVICE,
                    ipa: crate::Ipa(0x0901_0000),
                    trusted: false,
                }],
                health: Self::HEALTH,
                ..PLAIN
            },
            Partition {
                name: "old",
                image: Image::Program("again"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(8)), mib(2))],
                machine: VirtualMachine {
                    stray: crate::machine::Stray::ExternalAbort,
                    ..VirtualMachine::PLAIN
                }
                .with_gic(GicVersion::V2),
                health: Self::HEALTH,
                ..PLAIN
            },
            Partition {
                name: "once",
                image: Image::Program("once"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(0)), mib(2))],
                ..PLAIN
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(100),
            plans: &[&[
                Window::us("once", 0, 1_000),
                Window::us("all", 1_000, 11_000),
                Window::us("old", 12_000, 7_000),
            ]],
        },
        channels: &[Channel {
            name: "bell",
            kind: ChannelKind::Sampling {
                refresh: Duration::from_millis(100),
            },
            message_bytes: 8,
            source: Port {
                partition: "once",
                port: "bell",
                window: message_window(mib(2)),
                interrupt: None,
            },
            destinations: &[Port {
                partition: "all",
                port: "bell",
                window: message_window(mib(2)),
                interrupt: Some(60),
            }],
        }],
        display: Some(Display {
            width: 640,
            height: 480,
            partition: "all",
        }),
        trace: Trace::Events,
    };
}
