//! The instrument cluster: a vehicle model, a speedometer and a misbehaving infotainment share one
//! CPU.

use core::marker::PhantomData;
use core::time::Duration;

use crate::address::{Ipa, mib};
use crate::board::Board;
use crate::system::{
    Channel, ChannelKind, Criticality, Display, HealthTable, Heartbeat, Image, Partition, Port,
    Region, RegionKind, Schedule, System, Trace, Window,
};

/// The instrument cluster on the board `B`.
pub struct Definition<B>(PhantomData<B>);

/// Where every partition of this system sees its memory: the same on every board.
const RAM: Ipa = Ipa(0x4000_0000);
/// The message windows: the last page of a partition's RAM.
const MESSAGES: Ipa = Ipa(0x401F_F000);
/// The frame buffer, as the speedometer sees it.
const FRAME_BUFFER: Ipa = Ipa(0x8000_0000);
/// Every partition's passport.
const PASSPORT: Ipa = Ipa(0x7000_0000);

impl<B: Board> Definition<B> {
    /// The declaration.
    pub const SYSTEM: System = System {
        name: "cluster",
        summary: "vehicle model, speedometer and a misbehaving infotainment on one CPU",
        partitions: &[
            Partition {
                name: "vehicle",
                criticality: Criticality::Critical,
                image: Image::Program("vehicle"),
                entry: RAM,
                regions: &[Region {
                    name: "ram",
                    ipa: RAM,
                    pa: B::FACTS.partition_memory.base,
                    size_bytes: mib(2),
                    kind: RegionKind::Ram,
                }],
                passport: PASSPORT,
                devices: &[],
                heartbeat: Some(Heartbeat {
                    period: Duration::from_millis(20),
                    deadline: Duration::from_millis(20),
                    start_within: Duration::from_secs(1),
                }),
                health: HealthTable::restart(3, Duration::from_secs(10)),
                refused_calls_per_window: 0,
                // UDDS stands still for its first 20 s; start where the needle moves.
                arguments: "cycle=udds start=20s",
            },
            Partition {
                name: "speedometer",
                criticality: Criticality::Critical,
                image: Image::Program("speedometer"),
                entry: RAM,
                regions: &[
                    Region {
                        name: "ram",
                        ipa: RAM,
                        pa: B::FACTS.partition_memory.base.offset(mib(8)),
                        size_bytes: mib(8),
                        kind: RegionKind::Ram,
                    },
                    Region {
                        name: "frame-buffer",
                        ipa: FRAME_BUFFER,
                        pa: B::FACTS.partition_memory.base.offset(mib(4)),
                        size_bytes: mib(2),
                        kind: RegionKind::FrameBuffer,
                    },
                ],
                passport: PASSPORT,
                devices: &[],
                heartbeat: Some(Heartbeat {
                    period: Duration::from_millis(20),
                    deadline: Duration::from_millis(12),
                    start_within: Duration::from_secs(2),
                }),
                health: HealthTable::restart(3, Duration::from_secs(10)),
                refused_calls_per_window: 0,
                arguments: "",
            },
            Partition {
                name: "infotainment",
                criticality: Criticality::BestEffort,
                image: Image::Program("infotainment"),
                entry: RAM,
                regions: &[Region {
                    name: "ram",
                    ipa: RAM,
                    pa: B::FACTS.partition_memory.base.offset(mib(16)),
                    size_bytes: mib(4),
                    kind: RegionKind::Ram,
                }],
                passport: PASSPORT,
                devices: &[],
                heartbeat: Some(Heartbeat {
                    period: Duration::from_millis(200),
                    deadline: Duration::from_millis(200),
                    start_within: Duration::from_secs(1),
                }),
                health: HealthTable {
                    missed_heartbeat: crate::system::Action::Restart,
                    ..HealthTable::restart(4, Duration::from_secs(2))
                },
                refused_calls_per_window: 16,
                arguments: "attacks=all",
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[&[
                Window::us("vehicle", 0, 2_000),
                Window::us("speedometer", 2_000, 10_000),
                Window::us("infotainment", 12_000, 7_000),
            ]],
        },
        channels: &[Channel {
            name: "speed",
            kind: ChannelKind::Sampling { refresh: Duration::from_millis(60) },
            message_bytes: 64,
            source: Port { partition: "vehicle", port: "speed", window: MESSAGES },
            destinations: &[Port { partition: "speedometer", port: "speed", window: Ipa(0x407F_F000) }],
        }],
        display: Some(Display { width: 800, height: 480, partition: "speedometer" }),
        trace: Trace::Windows,
    };
}
