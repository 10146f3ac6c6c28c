//! Random systems and boards: the base with strange values in it. Few are valid.

use std::time::Duration;

use paratia_config::address::{Ipa, MemoryRange, Pa, mib};
use paratia_config::board::{BoardFacts, Device};
use paratia_config::system::{
    Channel, ChannelKind, ChannelMemory, DeviceUse, Display, Heartbeat, Partition, Place, Port,
    Region, Schedule, System, Window,
};
use proptest::prelude::*;

use super::base::{
    BOARD, DISPLAY, HEARTBEAT, HUD, HUD_PORT, HUD_RAM, MEDIA, NAV, NAV_PORT, PIXELS, ROUTE, RTC,
    SCHEDULE, SYSTEM,
};

/// Numbers at which arithmetic breaks, and ordinary ones.
pub fn number() -> impl Strategy<Value = u64> {
    prop_oneof![
        Just(0),
        Just(1),
        Just(u64::MAX),
        Just(u64::MAX - 0xFFF),
        Just(1 << 39),
        Just((1 << 39) - 0x1000),
        Just(0x4000_0000),
        Just(0x4800_0000),
        any::<u64>(),
    ]
}

fn duration() -> impl Strategy<Value = Duration> {
    prop_oneof![
        Just(Duration::ZERO),
        Just(Duration::MAX),
        Just(Duration::from_nanos(1)),
        Just(Duration::from_millis(20)),
        any::<Duration>(),
    ]
}

/// The base with some values of one kind replaced.
pub fn system() -> impl Strategy<Value = System> {
    let numbers = prop::collection::vec(number(), 8);
    let durations = prop::collection::vec(duration(), 8);
    let words = prop::collection::vec(any::<u32>(), 4);
    (numbers, durations, words, 0usize..23).prop_map(|(numbers, durations, words, place)| {
        // One value is strange at a time, so that many systems are broken in one place, or none.
        let number = |index: usize, valid| {
            if index == place {
                numbers[index % 8]
            } else {
                valid
            }
        };
        let time = |index: usize, valid| {
            if index == place {
                durations[index % 8]
            } else {
                valid
            }
        };
        let nav = Partition {
            regions: vec![Region {
                ipa: Ipa(number(0, NAV.regions[0].ipa.0)),
                pa: Pa(number(1, NAV.regions[0].pa.0)),
                size_bytes: number(2, mib(1)),
                ..NAV.regions[0]
            }]
            .leak(),
            entry: Ipa(number(3, NAV.entry.0)),
            passport: Ipa(number(4, NAV.passport.0)),
            heartbeat: Some(Heartbeat {
                period: time(9, HEARTBEAT.period),
                deadline: time(10, HEARTBEAT.deadline),
                start_within: time(11, HEARTBEAT.start_within),
            }),
            ..NAV
        };
        let hud = Partition {
            regions: &[HUD_RAM, PIXELS],
            ..HUD
        };
        let media = Partition {
            devices: vec![DeviceUse {
                ipa: Ipa(number(8, RTC.ipa.0)),
                ..RTC
            }]
            .leak(),
            ..MEDIA
        };
        let plan = vec![
            Window {
                partition: "nav",
                vcpu: 0,
                start: time(12, Duration::ZERO),
                length: time(13, Duration::from_millis(5)),
            },
            SCHEDULE.plans[0][1],
        ];
        let channel = Channel {
            kind: match place {
                21 => ChannelKind::Queuing { depth: words[0] },
                22 => ChannelKind::DirectQueuing {
                    depth: words[0],
                    memory: ChannelMemory {
                        place: Place::At(Pa(u64::from(words[2]) << 12)),
                        is_cached: words[1] % 2 == 0,
                    },
                },
                _ => ChannelKind::Sampling {
                    refresh: time(14, Duration::from_millis(60)),
                },
            },
            message_bytes: if place == 17 { words[0] } else { 64 },
            source: Port {
                window: Ipa(number(7, NAV_PORT.window.0)),
                ..NAV_PORT
            },
            destinations: vec![Port {
                interrupt: (place == 20).then_some(words[3]),
                ..HUD_PORT
            }]
            .leak(),
            ..ROUTE
        };
        System {
            partitions: vec![nav, hud, media].leak(),
            schedule: Schedule {
                major_frame: time(15, SCHEDULE.major_frame),
                guard: time(16, SCHEDULE.guard),
                plans: vec![&*plan.leak(), SCHEDULE.plans[1]].leak(),
            },
            channels: vec![channel].leak(),
            display: Some(Display {
                width: if place == 18 { words[1] } else { 800 },
                height: if place == 19 { words[2] } else { 480 },
                ..DISPLAY
            }),
            ..SYSTEM
        }
    })
}

/// The board with some facts replaced.
pub fn board() -> impl Strategy<Value = BoardFacts> {
    (prop::collection::vec(number(), 6), 0usize..12, any::<u32>()).prop_map(
        |(numbers, place, interrupt_count)| {
            let number = |index: usize, valid| {
                if index == place {
                    numbers[index]
                } else {
                    valid
                }
            };
            let range = |index: usize, valid: MemoryRange| {
                MemoryRange::new(
                    Pa(number(index, valid.base.0)),
                    number((index + 3) % 6, valid.size_bytes),
                )
            };
            BoardFacts {
                ram: vec![range(0, BOARD.ram[0])].leak(),
                hypervisor_memory: range(1, BOARD.hypervisor_memory),
                image_base: Pa(number(2, BOARD.image_base.0)),
                uart: range(3, BOARD.uart),
                device_tree: Some(range(4, BOARD.device_tree.unwrap())),
                devices: vec![Device {
                    registers: range(5, BOARD.devices[0].registers),
                    ..BOARD.devices[0]
                }]
                .leak(),
                interrupt_count: if place == 6 { interrupt_count } else { 288 },
                ..BOARD
            }
        },
    )
}
