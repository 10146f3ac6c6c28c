//! Broken systems: for each rule at least one, with every finding in it to the letter.
//!
//! Each is the valid system of [`base`], changed in one place. Where one change breaks several
//! rules, all their findings are listed.

mod case;
mod channel_memory;
mod channels;
mod devices;
mod display;
mod events;
mod facts;
mod health;
mod image;
mod machine;
mod memory;
mod messages;
mod names;
mod partitions;
mod pieces;
mod schedule;
mod solo5;

#[path = "../support/base.rs"]
mod base;
#[path = "../support/board.rs"]
mod board;
#[allow(
    dead_code,
    reason = "shared with other tests, each of which uses a part"
)]
#[path = "../support/full.rs"]
mod full;

use std::collections::BTreeSet;

use board::TestBoard;
use case::{Case, VALID};
use paratia_config::Board;
use paratia_config::rules::{RULES, assert_valid, findings};
use paratia_config::system::DeviceUse;

const GROUPS: [&[Case]; 16] = [
    facts::CASES,
    names::CASES,
    partitions::CASES,
    memory::CASES,
    devices::CASES,
    machine::CASES,
    schedule::CASES,
    channels::CASES,
    channel_memory::CASES,
    events::CASES,
    messages::CASES,
    health::CASES,
    display::CASES,
    image::CASES,
    pieces::CASES,
    solo5::CASES,
];

#[test]
fn the_base_keeps_every_rule() {
    assert_eq!(VALID.difference(), None);
    const { assert_valid(&VALID.system, &VALID.board, VALID.images) };
}

#[test]
fn the_cluster_keeps_every_rule() {
    let has = |device: &DeviceUse| TestBoard::FACTS.device(device.device).is_some();
    for (name, system) in paratia_config::systems::all::<TestBoard>() {
        // Some are for boards with devices of their own.
        if !system.partitions.iter().flat_map(|it| it.devices).all(has) {
            continue;
        }
        let found: Vec<_> = findings(system, &TestBoard::FACTS, &[]).collect();
        assert!(found.is_empty(), "{name}: {found:#?}");
    }
}

/// What the broken ones are changed from.
#[test]
fn a_direct_channel_keeps_every_rule() {
    assert_eq!(channel_memory::VALID_DIRECT.difference(), None);
}

/// The same.
#[test]
fn an_event_keeps_every_rule() {
    assert_eq!(events::VALID_EVENT.difference(), None);
}

#[test]
fn every_broken_system_has_its_findings() {
    let wrong: Vec<_> = cases().filter_map(Case::difference).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_a_broken_system() {
    let rules: BTreeSet<_> = RULES.iter().map(|rule| rule.name).collect();
    assert_eq!(rules.len(), RULES.len(), "two rules have the same name");
    let broken: BTreeSet<_> = cases()
        .flat_map(|case| case.findings)
        .map(|(rule, _)| *rule)
        .collect();
    let untested: Vec<_> = rules.difference(&broken).collect();
    assert!(untested.is_empty(), "no broken system for {untested:?}");
}

/// What stops the build is the first finding, word for word.
#[test]
fn a_constant_stops_at_the_first_finding() {
    for case in cases() {
        let stop = std::panic::catch_unwind(|| {
            assert_valid(&case.system, &case.board, case.images);
        });
        let message = stop.expect_err("a broken system was taken for valid");
        assert_eq!(*message.downcast::<String>().unwrap(), case.findings[0].1);
    }
}

fn cases() -> impl Iterator<Item = &'static Case> {
    GROUPS.into_iter().flatten()
}
