//! Test: unikernels for Solo5's tender `hvt` that do what its ABI has, and some that attack; and a neighbour whose
//! windows have to be exact beside them.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, heartbeat_ms, ram, unikernel};
use crate::address::{Ipa, mib};
use crate::board::Board;
use crate::system::{
    Backing, Channel, ChannelKind, ChannelMemory, File, HealthTable, Image, Partition, Port, Region,
    RegionKind, Schedule, System, Trace, UnikernelDevice, Window,
};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

const fn port(partition: &'static str, port: &'static str, place: u64) -> Port {
    Port {
        partition,
        port,
        window: Ipa(0x6000_0000 + place * mib(2)),
        interrupt: None,
    }
}

const fn net(mac: u8, out: &'static str, into: &'static str) -> UnikernelDevice {
    UnikernelDevice {
        name: "service",
        backing: Backing::Net {
            mac: [2, 0, 0, 0, 0, mac],
            mtu: 1500,
            out,
            into,
        },
    }
}

const fn wire(name: &'static str, source: Port, destinations: &'static [Port]) -> Channel {
    Channel {
        name,
        kind: ChannelKind::DirectQueuing {
            depth: 8,
            memory: ChannelMemory::CACHED,
        },
        message_bytes: 1520,
        source,
        destinations,
    }
}

impl<B: Board> Definition<B> {
    /// A unikernel without devices, the `place`th, that does what `command_line` says.
    const fn plain(
        name: &'static str,
        command_line: &'static str,
        regions: &'static [Region],
    ) -> Partition {
        Partition {
            name,
            health: HealthTable::HALT,
            ..unikernel(
                Image::Unikernel {
                    file: File::Unikernel("unikernel-plain"),
                    command_line,
                    devices: &[],
                },
                regions,
            )
        }
    }

    const fn tender(place: u64) -> Region {
        super::tender(B::FACTS.partition_memory.base.offset(mib(4 * place)))
    }

    const fn memory(place: u64) -> Region {
        super::unikernel_memory(B::FACTS.partition_memory.base.offset(mib(4 * place + 2)), mib(2))
    }

    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-solo5",
        summary: "unikernels for Solo5's tender hvt, good ones and bad ones, and a neighbour",
        partitions: &[
            Partition {
                name: "neighbour",
                image: Image::Program("worker"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(40)), mib(2))],
                heartbeat: heartbeat_ms(20),
                ..PLAIN
            },
            Self::plain("hello", "hello", &[Self::tender(0), Self::memory(0)]),
            Self::plain("pointer", "pointer 1073741824", &[Self::tender(1), Self::memory(1)]),
            Self::plain("text", "text", &[Self::tender(2), Self::memory(2)]),
            Self::plain("constant", "constant", &[Self::tender(3), Self::memory(3)]),
            Self::plain("execute", "execute", &[Self::tender(4), Self::memory(4)]),
            Self::plain("flood", "flood", &[Self::tender(5), Self::memory(5)]),
            Partition {
                name: "block",
                ..unikernel(
                    Image::Unikernel {
                        file: File::Unikernel("unikernel-block"),
                        command_line: "",
                        devices: &[UnikernelDevice {
                            name: "storage",
                            backing: Backing::Block {
                                region: "storage",
                                block_bytes: 512,
                            },
                        }],
                    },
                    &[
                        Self::tender(6),
                        Self::memory(6),
                        Region {
                            name: "storage",
                            ipa: Ipa(0x5000_0000),
                            pa: B::FACTS.partition_memory.base.offset(mib(42)),
                            size_bytes: mib(1),
                            kind: RegionKind::Data,
                        },
                    ],
                )
            },
            Partition {
                name: "ping",
                ..unikernel(
                    Image::Unikernel {
                        file: File::Unikernel("unikernel-net"),
                        command_line: "ping",
                        devices: &[net(1, "there", "back")],
                    },
                    &[Self::tender(7), Self::memory(7)],
                )
            },
            Partition {
                name: "echo",
                ..unikernel(
                    Image::Unikernel {
                        file: File::Unikernel("unikernel-net"),
                        command_line: "echo",
                        devices: &[net(2, "back", "there")],
                    },
                    &[Self::tender(8), Self::memory(8)],
                )
            },
            Self::plain("exit", "exit 42", &[Self::tender(9), Self::memory(9)]),
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(160),
            plans: &[&[
                Window::us("hello", 0, 1_500),
                Window::us("pointer", 1_500, 1_000),
                Window::us("text", 2_500, 1_000),
                Window::us("constant", 3_500, 1_000),
                Window::us("execute", 4_500, 1_000),
                Window::us("flood", 5_500, 1_500),
                Window::us("neighbour", 7_000, 3_000),
                Window::us("block", 10_000, 3_000),
                Window::us("ping", 13_000, 2_000),
                Window::us("echo", 15_000, 2_000),
                Window::us("exit", 17_000, 2_000),
            ]],
        },
        channels: &[
            wire("there", port("ping", "there", 0), &[port("echo", "there", 0)]),
            wire("back", port("echo", "back", 1), &[port("ping", "back", 1)]),
        ],
        display: None,
        trace: Trace::Windows,
    };
}
