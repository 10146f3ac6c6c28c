//! Passports and port tables say what the system declares.

#[allow(
    dead_code,
    reason = "shared with other tests, each of which uses a part"
)]
#[path = "support/base.rs"]
mod base;
#[path = "support/board.rs"]
mod board;

use std::time::Duration;

use base::{BOARD, HUD, HUD_PORT, MEDIA, NAV, NAV_PORT, ROUTE, SYSTEM};
use paratia_abi::passport::{
    FORMAT_XBGR8888, FORMAT_XRGB8888, MAGIC, PORT_DESTINATION, PORT_SOURCE, Passport,
    REGION_DEVICE, REGION_FRAME_BUFFER, REGION_RAM,
};
use paratia_config::address::{Ipa, MemoryRange, Pa};
use paratia_config::board::{BoardFacts, DisplayKind, InterruptController};
use paratia_config::messages::{self, QueuePlace};
use paratia_config::passport::{PassportPage, passports};
use paratia_config::ports::{Direction, PartitionPorts, PortPlace, port, port_table, port_to_ring};
use paratia_config::system::{Channel, ChannelKind, Port, System};

static PASSPORTS: [PassportPage; 3] = passports(&SYSTEM, &BOARD);

fn passport(index: usize) -> &'static Passport {
    &PASSPORTS[index].0
}

#[test]
fn who_and_where() {
    for (index, partition) in [NAV, HUD, MEDIA].iter().enumerate() {
        let passport = passport(index);
        assert_eq!(passport.magic, MAGIC);
        assert_eq!(passport.abi_version, paratia_abi::ABI_VERSION);
        assert_eq!(passport.partition as usize, index);
        assert_eq!(passport.name.as_str(), partition.name);
        assert_eq!(passport.system.as_str(), "base");
        assert_eq!(passport.board.as_str(), "test-board");
        assert_eq!((passport.gic_version, passport.timer_interrupt), (3, 27));
        assert_eq!(passport.gic_bases, [0x0800_0000, 0x080A_0000]);
        assert_eq!(passport.arguments(), partition.arguments);
        assert_eq!(passport.major_frame_ns, 20_000_000);
    }
    assert_eq!(passport(0).heartbeat_period_ns, 20_000_000);
    assert_eq!(passport(2).heartbeat_period_ns, 0);
}

/// What differs from board to board is read there: the interrupt controller and the pixels.
#[test]
fn another_board() {
    const BOARD: BoardFacts = BoardFacts {
        interrupt_controller: InterruptController::Bcm2836 {
            local: MemoryRange::new(Pa(0x0800_0000), 0x1000),
            devices: MemoryRange::new(Pa(0x0801_0000), 0x1000),
        },
        display: Some(DisplayKind::VideoCore {
            mailbox: Pa(0x0902_0880),
        }),
        ..base::BOARD
    };
    let passport = paratia_config::passport::passport(&SYSTEM, &BOARD, 1);
    assert_eq!(passport.gic_version, 2);
    assert_eq!(passport.gic_bases, [0x0800_0000, 0x0801_0000]);
    assert_eq!(passport.display.format, FORMAT_XBGR8888);
}

#[test]
fn arguments() {
    const TALKATIVE: System = System {
        partitions: &[paratia_config::Partition {
            arguments: "cycle=udds start=20s",
            ..NAV
        }],
        channels: &[],
        ..SYSTEM
    };
    let passport = paratia_config::passport::passport(&TALKATIVE, &BOARD, 0);
    assert_eq!(passport.arguments(), "cycle=udds start=20s");
}

#[test]
fn regions_and_devices() {
    let records = |index: usize| -> Vec<_> {
        passport(index)
            .regions()
            .iter()
            .map(|record| {
                let (kind, rights) = (record.kind, record.rights);
                (
                    record.name.as_str(),
                    record.base,
                    record.size_bytes,
                    kind,
                    rights,
                )
            })
            .collect()
    };
    assert_eq!(
        records(0),
        [("ram", 0x4000_0000, 0x10_0000, REGION_RAM, 0b111)]
    );
    assert_eq!(
        records(1),
        [
            ("ram", 0x4000_0000, 0x20_0000, REGION_RAM, 0b111),
            ("pixels", 0x8000_0000, 0x20_0000, REGION_FRAME_BUFFER, 0b011),
        ]
    );
    assert_eq!(
        records(2),
        [
            ("ram", 0x4000_0000, 0x10_0000, REGION_RAM, 0b111),
            ("rtc", 0x0901_0000, 0x1000, REGION_DEVICE, 0b011),
        ]
    );
    let (registers, model) = passport(2).device("rtc").expect("the device");
    assert_eq!((registers.base, model), (0x0901_0000, "pl031"));
    assert!(passport(2).device("ram").is_none() && passport(2).device("gpio").is_none());
}

#[test]
fn windows_and_interrupts() {
    let windows = |index: usize| -> Vec<_> {
        passport(index)
            .windows()
            .iter()
            .map(|record| (record.start_ns, record.length_ns))
            .collect()
    };
    assert_eq!(windows(0), [(0, 5_000_000)]);
    assert_eq!(windows(1), [(5_000_000, 5_000_000)]);
    assert_eq!(windows(2), [(0, 20_000_000)]);
    assert_eq!(passport(0).interrupt_count, 0);
    assert_eq!(passport(2).interrupt_count, 1);
    assert_eq!(passport(2).interrupts[0], 34);
}

#[test]
fn only_its_owner_finds_the_display() {
    let display = passport(1).display;
    assert_eq!(
        (display.base, display.format),
        (0x8000_0000, FORMAT_XRGB8888)
    );
    assert_eq!(
        (display.width, display.height, display.stride_bytes),
        (800, 480, 3200)
    );
    for index in [0, 2] {
        assert_eq!(passport(index).display.base, 0);
        assert_eq!(passport(index).display.format, 0);
    }
}

/// `nav` writes the route and reads the volume; `hud` and `media` read the route; `media` writes
/// the volume.
const TALK: System = System {
    channels: &[
        Channel {
            destinations: &[
                Port {
                    partition: "media",
                    port: "route",
                    window: Ipa(0x4008_0000),
                    interrupt: None,
                },
                HUD_PORT,
            ],
            ..ROUTE
        },
        Channel {
            name: "volume",
            message_bytes: 8,
            source: Port {
                partition: "media",
                port: "volume",
                window: Ipa(0x4008_0100),
                interrupt: None,
            },
            destinations: &[Port {
                port: "volume",
                window: Ipa(0x400F_F100),
                interrupt: Some(40),
                ..NAV_PORT
            }],
            ..ROUTE
        },
    ],
    ..SYSTEM
};

#[test]
fn ports_are_numbered_in_the_order_of_channels() {
    const TABLE: [PartitionPorts; 3] = port_table(&TALK);
    let place = |channel, direction, base, size_bytes| {
        Some(PortPlace {
            channel,
            direction,
            window: MemoryRange::new(Pa(base), size_bytes),
            refresh: Duration::from_millis(60),
            depth: 0,
            interrupt: None,
        })
    };
    let volume = place(1, Direction::Destination(0), 0x480F_F100, 8);
    let nav = [
        place(0, Direction::Source, 0x480F_F000, 64),
        volume.map(|place| PortPlace {
            interrupt: Some(40),
            ..place
        }),
        None,
    ];
    let hud = [place(0, Direction::Destination(1), 0x491F_F000, 64), None];
    let media = [
        place(0, Direction::Destination(0), 0x4B08_0000, 64),
        place(1, Direction::Source, 0x4B08_0100, 8),
        None,
    ];
    assert_eq!(TABLE[0][..3], nav);
    assert_eq!(TABLE[1][..2], hud);
    assert_eq!(TABLE[2][..3], media);
    assert!(TABLE[3..].iter().flatten().all(Option::is_none));
    assert_eq!(port(&TALK, 2, 1), media[1]);
    assert_eq!(port(&TALK, 2, 2), None);
    assert_eq!(port(&TALK, 2, 8), None);
}

#[test]
fn passports_list_ports_in_the_same_order() {
    for (index, partition) in TALK.partitions.iter().enumerate() {
        let passport = paratia_config::passport::passport(&TALK, &BOARD, index);
        for (at, record) in passport.ports().iter().enumerate() {
            let place = port(&TALK, index, at).unwrap();
            let direction = match place.direction {
                Direction::Source => PORT_SOURCE,
                Direction::Destination(_) => PORT_DESTINATION,
            };
            assert_eq!(record.direction, direction);
            let behind = partition.ram_at(Ipa(record.window), u64::from(record.message_bytes));
            assert_eq!(behind, Some(place.window.base));
            assert_eq!(u64::from(record.message_bytes), place.window.size_bytes);
            assert_eq!(u128::from(record.refresh_ns), place.refresh.as_nanos());
        }
        assert_eq!(port(&TALK, index, passport.ports().len()), None);
    }
    let nav = paratia_config::passport::passport(&TALK, &BOARD, 0);
    let names: Vec<_> = nav.ports().iter().map(|port| port.name.as_str()).collect();
    assert_eq!(names, ["route", "volume"]);
    assert_eq!(nav.port_interrupts[..3], [0, 40, 0]);
    assert_eq!(nav.port_depths, [0; 8]);
}

#[test]
fn a_passport_says_at_which_ports_events_are_and_how_often_they_come() {
    const SIGNALLED: System = System {
        channels: &[
            TALK.channels[0],
            Channel {
                kind: ChannelKind::Event { per_window: 5 },
                ..TALK.channels[1]
            },
        ],
        ..TALK
    };
    let of = |index| paratia_config::passport::passport(&SIGNALLED, &BOARD, index);
    assert_eq!(of(0).port_signals[..3], [0, 5, 0]);
    assert_eq!(of(1).port_signals, [0; 8]);
    assert_eq!(of(2).port_signals[..3], [0, 5, 0]);
    assert_eq!(of(0).port_depths, [0; 8]);
}

#[test]
fn a_passport_says_at_which_ports_messages_queue() {
    const QUEUED: System = System {
        channels: &[
            TALK.channels[0],
            Channel {
                kind: ChannelKind::Queuing { depth: 5 },
                ..TALK.channels[1]
            },
        ],
        ..TALK
    };
    let of = |index| paratia_config::passport::passport(&QUEUED, &BOARD, index);
    assert_eq!(of(0).port_depths[..3], [0, 5, 0]);
    assert_eq!(of(1).port_depths, [0; 8]);
    assert_eq!(of(2).port_depths[..3], [0, 5, 0]);
    assert_eq!(of(0).ports()[1].refresh_ns, 0);
    assert_eq!(of(0).ports()[0].refresh_ns, 60_000_000);
    let places = [0, 1].map(|channel| messages::queue(&QUEUED, channel));
    let place = QueuePlace {
        first: 0,
        depth: 5,
        slot_words: 2,
    };
    assert_eq!(places, [None, Some(place)]);
    assert_eq!(
        (
            messages::queue_count(&QUEUED),
            messages::queued_words(&QUEUED)
        ),
        (1, 10)
    );
    assert_eq!(
        (
            messages::sampling_channels(&QUEUED),
            messages::sampled_words(&QUEUED)
        ),
        (1, 8)
    );
}

#[test]
fn messages_ring_at_the_ports_that_have_interrupts() {
    assert_eq!(port_to_ring(&TALK, 0, 0), None);
    assert_eq!(port_to_ring(&TALK, 0, 1), None);
    assert_eq!(port_to_ring(&TALK, 1, 0), Some((0, 1)), "nav's second port");
}
