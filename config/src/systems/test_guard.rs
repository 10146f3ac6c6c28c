//! Test: as much as can make an exit or a switch long, in one partition, beside a critical one that
//! wants its windows at their ticks.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, heartbeat_ms, message_window, ram};
use crate::address::mib;
use crate::board::Board;
use crate::machine::{MAX_SHARED_BLOCKS, VirtualMachine};
use crate::system::{
    Channel, ChannelKind, Criticality, DeviceUse, HealthTable, Image, Partition, Port, Schedule,
    System, Trace, Window,
};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

/// An end of the channel at a partition.
const fn port(partition: &'static str, port: &'static str, interrupt: Option<u32>) -> Port {
    Port {
        partition,
        port,
        window: message_window(mib(2)),
        interrupt,
    }
}

impl<B: Board> Definition<B> {
    /// The devices with an interrupt that the board can give away, as far as they have drivers' registers
    /// alone; else the one of `test-interrupts`.
    const DEVICES: &[DeviceUse] = if B::FACTS.device("gpio").is_some() && B::FACTS.device("rtc").is_some() {
        &[
            DeviceUse {
                device: "rtc",
                ipa: crate::Ipa(0x0901_0000),
                trusted: false,
            },
            DeviceUse {
                device: "gpio",
                ipa: crate::Ipa(0x0903_0000),
                trusted: false,
            },
        ]
    } else {
        &[]
    };

    const LISTENER: Partition = Partition {
        name: "left",
        image: Image::Program("counter"),
        regions: &[ram(B::FACTS.partition_memory.base.offset(mib(4)), mib(2))],
        ..PLAIN
    };

    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-guard",
        summary: "a partition whose exits and switches are as long as it can make them",
        partitions: &[
            Partition {
                name: "crowd",
                image: Image::Program("crowd"),
                machine: {
                    let mut machine = VirtualMachine::PLAIN;
                    machine.gic.shared_blocks = MAX_SHARED_BLOCKS;
                    machine
                },
                devices: Self::DEVICES,
                regions: &[ram(B::FACTS.partition_memory.base, mib(2))],
                ..PLAIN
            },
            Partition {
                name: "victim",
                criticality: Criticality::Critical,
                image: Image::Program("worker"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
                heartbeat: heartbeat_ms(20),
                health: HealthTable {
                    missed_heartbeat: crate::system::Action::Restart,
                    ..HealthTable::HALT
                },
                ..PLAIN
            },
            Self::LISTENER,
            Partition {
                name: "right",
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(6)), mib(2))],
                ..Self::LISTENER
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(60),
            plans: &[
                &[
                    Window::us("crowd", 0, 5_000),
                    Window::us("victim", 5_000, 4_000),
                    Window::us("left", 9_000, 2_000),
                    Window::us("crowd", 11_000, 2_000),
                    Window::us("right", 13_000, 2_000),
                ],
            ],
        },
        channels: &[Channel {
            name: "post",
            kind: ChannelKind::Sampling {
                refresh: Duration::from_millis(60),
            },
            message_bytes: 512,
            source: port("crowd", "out", None),
            destinations: &[port("left", "in", Some(40)), port("right", "in", Some(41))],
        }],
        display: None,
        trace: Trace::Windows,
    };
}
