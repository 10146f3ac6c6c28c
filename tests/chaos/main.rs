//! Does an adversary at random change anything that isn't its own?
//!
//! Systems that chance has drawn (`config/src/systems/chaos`), in each an attacker that does what a
//! seed says (`guests/src/bin/chaos`), victims that must notice nothing, and witnesses. What must hold
//! is in `judge.rs`; a seed that breaks it is shrunk to its shortest script and worded.
//!
//! By hand, as many seeds as one likes, or one seed to look at:
//!
//! ```text
//! PARATIA_CHAOS_SEEDS=2000 cargo nextest run -p paratia-tests --test chaos --run-ignored all campaign
//! PARATIA_CHAOS_RUN=test-chaos-3:517 cargo test -p paratia-tests --test chaos -- --ignored look --nocapture
//! ```

#![allow(
    clippy::cast_possible_truncation,
    reason = "small numbers of tests that run on 64-bit machines"
)]

mod campaign;
mod experiment;
mod judge;
#[allow(dead_code, reason = "the guest does what the host only words")]
mod script;
mod shrink;

use experiment::Experiment;
use script::Script;

/// The systems, and how many seeds each gets in the suite.
const SYSTEMS: [&str; 7] = [
    "test-chaos-0",
    "test-chaos-1",
    "test-chaos-9",
    "test-chaos-36",
    "test-chaos-39",
    "test-chaos-54",
    "test-chaos-542",
];
const SEEDS: u32 = 12;

/// The seeds of the suite in one system; another test for each, so that they share the CPUs.
fn seeds_of(system: &str) {
    if !paratia_tests::is_about(paratia_tests::DEFAULT_BOARD) {
        return;
    }
    let broken = campaign::run(system, 1..=SEEDS);
    assert!(broken.is_empty(), "{}", campaign::words(&broken));
}

macro_rules! systems {
    ($($name:ident => $place:literal,)*) => {
        $(#[test]
        fn $name() {
            seeds_of(SYSTEMS[$place]);
        })*
    };
}

systems! {
    nothing_gets_out_of_system_0 => 0,
    nothing_gets_out_of_system_1 => 1,
    nothing_gets_out_of_system_9 => 2,
    nothing_gets_out_of_system_36 => 3,
    nothing_gets_out_of_system_39 => 4,
    nothing_gets_out_of_system_54 => 5,
    nothing_gets_out_of_system_542 => 6,
}

/// As many seeds as `PARATIA_CHAOS_SEEDS` says, from `PARATIA_CHAOS_FROM` on, the systems by turns or
/// `PARATIA_CHAOS_SYSTEM` alone.
#[test]
#[ignore = "as long as one likes: see the module's first lines"]
fn campaign() {
    let number = |name, otherwise| {
        let value = std::env::var(name).ok();
        value.map_or(otherwise, |text| text.parse().expect("a number"))
    };
    let (count, from) = (
        number("PARATIA_CHAOS_SEEDS", 200),
        number("PARATIA_CHAOS_FROM", 1),
    );
    let only = std::env::var("PARATIA_CHAOS_SYSTEM").ok();
    let systems = SYSTEMS.into_iter();
    let systems: Vec<_> = systems
        .filter(|name| only.as_ref().is_none_or(|only| only == name))
        .collect();
    let broken = campaign::by_turns(&systems, from..from + count);
    assert!(broken.is_empty(), "{}", campaign::words(&broken));
}

/// One run, worded: its script, what happened, what broke.
#[test]
#[ignore = "to look at one seed: see the module's first lines"]
fn look() {
    let wanted = std::env::var("PARATIA_CHAOS_RUN").expect("SYSTEM:SEED, or SYSTEM:SEED:STEPS");
    let mut parts = wanted.split(':');
    let system = parts.next().expect("a system");
    let seed = parts
        .next()
        .and_then(|text| text.parse().ok())
        .expect("a seed");
    let kept = parts.next().map_or(script::ALL, |steps| {
        let numbers = steps
            .split(',')
            .map(|step| step.parse::<u32>().expect("a number"));
        numbers.fold(0, |kept, number| kept | 1 << number)
    });
    let experiment = Experiment::new(system);
    let script = Script { seed, kept };
    let report = experiment.run(script);
    for step in script.steps(experiment.vcpus()) {
        println!("{step}");
    }
    let all = report
        .events
        .iter()
        .filter(|event| !matches!(event.name.as_str(), "heartbeat" | "exits"));
    for event in all {
        println!("{} {} {:?}", event.time_ticks, event.name, event.fields);
    }
    for (partition, line) in &report.console {
        println!("{partition}| {line}");
    }
    println!("{:?} after {:?}", report.outcome, report.wall_clock);
    println!("{:#?}", judge::broken(&experiment, &report));
}
