//! The rules at their limits: what is just allowed, and what nobody would write.

#[allow(
    dead_code,
    reason = "shared with other tests, each of which uses a part"
)]
#[path = "support/base.rs"]
mod base;
#[path = "support/board.rs"]
mod board;
#[path = "support/full.rs"]
mod full;
#[path = "support/random.rs"]
mod random;

use std::time::Duration;

use base::{
    BOARD, DISPLAY, HEARTBEAT, HUD, HUD_PORT, IMAGES, MEDIA, MEDIA_RAM, NAV, NAV_PORT, ROUTE,
    SCHEDULE, SYSTEM,
};
use paratia_config::address::{Ipa, Pa, mib};
use paratia_config::machine::VirtualMachine;
use paratia_config::rules::{findings, longest_path};
use paratia_config::system::{
    Channel, ChannelKind, Display, HealthTable, Heartbeat, Partition, Port, Region, Schedule,
    System, Window,
};
use proptest::prelude::*;

fn assert_valid(system: &System) {
    let found: Vec<_> = findings(system, &BOARD, IMAGES).collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn as_many_partitions_as_allowed_and_one_more() {
    let many = |count: usize| {
        // Each restart takes room for its records.
        let health = HealthTable::HALT;
        let mut partitions = [NAV, HUD, MEDIA]
            .map(|it| Partition { health, ..it })
            .to_vec();
        let mut plan = vec![Window::us("media", 0, 150)];
        for index in 1..=count as u64 - 3 {
            let name: &str = format!("p{index}").leak();
            let pa = Pa(0x5000_0000 + mib(index));
            plan.push(Window::us(name, 150 * index, 150));
            partitions.push(Partition {
                name,
                regions: vec![Region { pa, ..MEDIA_RAM }].leak(),
                devices: &[],
                machine: VirtualMachine::PLAIN,
                health,
                ..MEDIA
            });
        }
        System {
            partitions: partitions.leak(),
            schedule: Schedule {
                plans: vec![SCHEDULE.plans[0], plan.leak()].leak(),
                ..SCHEDULE
            },
            ..SYSTEM
        }
    };
    assert_valid(&many(128));
    let more = many(129);
    let found: Vec<_> = findings(&more, &BOARD, IMAGES).collect();
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(
        found[0].message.as_str(),
        "system 'base': has 129 partitions, allowed are 1 to 128; split or fill it"
    );
}

#[test]
fn as_many_ports_as_allowed() {
    let found: Vec<_> = findings(&full::FULL, &BOARD, &full::PROGRAMS).collect();
    assert!(found.is_empty(), "{found:#?}");
}

/// What nobody has is said, and at once.
#[test]
fn as_many_vcpus_as_a_number_can_say() {
    let media = Partition {
        machine: VirtualMachine::PLAIN.with_vcpus(u32::MAX),
        ..MEDIA
    };
    let system = System {
        partitions: vec![NAV, HUD, media].leak(),
        ..SYSTEM
    };
    let found: Vec<_> = findings(&system, &BOARD, IMAGES).collect();
    let rules: Vec<_> = found.iter().map(|finding| finding.rule).collect();
    assert!(rules.contains(&"vcpu_count"), "{found:#?}");
    assert!(rules.len() < 8, "{found:#?}");
}

#[test]
fn a_partition_as_full_as_its_passport() {
    const PAGE_NAMES: [&str; 10] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
    let mut regions = vec![MEDIA_RAM];
    regions.extend(
        PAGE_NAMES
            .into_iter()
            .enumerate()
            .map(|(index, name)| Region {
                name,
                ipa: Ipa(0x5000_0000 + 0x1000 * index as u64),
                pa: Pa(0x5000_0000 + 0x1000 * index as u64),
                size_bytes: 0x1000,
                ..MEDIA_RAM
            }),
    );
    let windows = (0..16).map(|index| Window::us("media", 1_000 * index, 1_000));
    let media = Partition {
        name: "media",
        regions: regions.leak(),
        arguments: "a".repeat(256).leak(),
        health: HealthTable::restart(8, SCHEDULE.major_frame),
        ..MEDIA
    };
    assert_valid(&System {
        partitions: vec![NAV, HUD, media].leak(),
        schedule: Schedule {
            guard: longest_path(&SYSTEM, &BOARD),
            plans: vec![SCHEDULE.plans[0], windows.collect::<Vec<_>>().leak()].leak(),
            ..SCHEDULE
        },
        ..SYSTEM
    });
}

/// The rule on the guard knows everything that a partition can make an exit or a switch long with.
#[test]
fn whatever_is_declared_lengthens_the_longest_path() {
    const PORT: Port = Port {
        interrupt: Some(40),
        ..HUD_PORT
    };
    let base = longest_path(&SYSTEM, &BOARD);
    let longer = |system: System| {
        let most = longest_path(&system, &BOARD);
        most.checked_sub(base).map(|more| more.as_micros())
    };
    let with_media = |media: Partition| {
        longer(System {
            partitions: vec![NAV, HUD, media].leak(),
            ..SYSTEM
        })
    };
    let machine = |blocks, vcpus| {
        let mut machine = VirtualMachine::PLAIN.with_vcpus(vcpus);
        machine.gic.shared_blocks = blocks;
        Partition { machine, ..MEDIA }
    };
    assert_eq!(with_media(machine(2, 1)), Some(0), "as all have");
    assert_eq!(with_media(machine(3, 1)), Some(3));
    assert_eq!(with_media(machine(8, 1)), Some(18));
    assert_eq!(with_media(machine(u32::MAX, 1)), Some(18), "no more exist");
    assert_eq!(with_media(machine(2, 8)), Some(7));
    let channel = |destinations: Vec<Port>| {
        longer(System {
            channels: vec![Channel {
                destinations: destinations.leak(),
                ..ROUTE
            }]
            .leak(),
            ..SYSTEM
        })
    };
    let silent = channel(vec![HUD_PORT]);
    assert_eq!(channel(vec![PORT]), silent.map(|most| most + 1));
    assert_eq!(channel(vec![HUD_PORT; 3]), silent.map(|most| most + 2));
}

#[test]
fn the_last_bytes_of_memory_and_time() {
    let nav = Partition {
        name: "nav",
        passport: Ipa(0x7F_FFFF_F000),
        heartbeat: Some(Heartbeat {
            deadline: Duration::from_millis(20),
            start_within: Duration::from_millis(20),
            ..HEARTBEAT
        }),
        ..NAV
    };
    let media = Partition {
        regions: vec![Region {
            pa: Pa(0x7FF0_0000),
            ..MEDIA_RAM
        }]
        .leak(),
        ..MEDIA
    };
    assert_valid(&System {
        partitions: vec![nav, HUD, media].leak(),
        channels: vec![Channel {
            kind: ChannelKind::Sampling {
                refresh: Duration::from_millis(20),
            },
            message_bytes: 512,
            source: Port {
                window: Ipa(0x400F_FE00),
                ..NAV_PORT
            },
            destinations: vec![Port {
                window: Ipa(0x4000_9000),
                ..HUD_PORT
            }]
            .leak(),
            ..ROUTE
        }]
        .leak(),
        // 2 MiB to the byte.
        display: Some(Display {
            width: 1_024,
            height: 512,
            ..DISPLAY
        }),
        ..SYSTEM
    });
}

#[test]
fn without_sizes_of_images_nothing_is_said_of_them() {
    let system = System {
        partitions: vec![
            Partition {
                image: paratia_config::system::Image::Program("unbuilt"),
                ..NAV
            },
            HUD,
            MEDIA,
        ]
        .leak(),
        ..SYSTEM
    };
    assert_eq!(findings(&system, &BOARD, &[]).count(), 0);
    assert_eq!(findings(&system, &BOARD, IMAGES).count(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn findings_are_made_of_whatever_is_declared(
        system in random::system(),
        board in random::board(),
        bytes in random::number(),
    ) {
        let images = [base::program("nav", bytes), IMAGES[1], IMAGES[2]];
        for finding in findings(&system, &board, &images) {
            let message = finding.message.as_str();
            prop_assert!(message.contains("; "), "no remedy: {message}");
            prop_assert!(message.len() < 512, "cut off: {message}");
        }
    }
}
