//! Rules and constants agree: of what the rules accept, every constant of an image can be made.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};
use std::{fs, thread};

use super::drawn_systems::{self, Chance};
use crate::board::BoardFacts;
use crate::layout::{self, Layout, MAX_CPUS, MAX_PARTITIONS};
use crate::machines;
use crate::messages;
use crate::passport::passports;
use crate::ports::port_table;
use crate::rules::{Finding, findings, longest_hold};
use crate::system::System;
use crate::tables::pool::Pool;
use crate::tables::{self, fill};

/// Systems that are drawn.
const DRAWN: u64 = 1_500;
/// What the rules may take for one of them, beside other tests.
const LONGEST: Duration = Duration::from_secs(2);
/// Room for a pool of tables on the way to its box.
const STACK_BYTES: usize = 64 << 20;

/// `exactly!(count, N of [1, 2] => f::<N>())`: for a count that is one of the list.
macro_rules! exactly {
    ($count:expr, $name:ident of [$($number:literal)+] => $body:block) => {
        match $count {
            $($number => {
                const $name: usize = $number;
                $body
            })+
            _ => {}
        }
    };
}

/// Makes every constant that an image has of a system; panics where the compiler would.
fn make_all(system: &System, board: &BoardFacts) {
    let layout = tables::layout(system, board);
    let mut pool = Box::new(Pool::<2_000>::new(layout.tables.base));
    fill(&mut pool, system, board, &layout);
    let spare = tables::table_count(system, board).checked_sub(pool.used().len());
    assert!(matches!(spare, Some(0 | 1)), "{spare:?} tables aren't used");
    let _ = tables::vttbr::<MAX_PARTITIONS>(system, board);
    let _ = machines::Union::of(system, board);
    let _ = machines::most_destinations(system);
    let _ = messages::sampled_words(system);
    let _ = messages::queue_count(system);
    let last = (0..system.channels.len())
        .filter_map(|at| messages::queue(system, at))
        .next_back();
    let end = last.map_or(0, |queue| queue.first + queue.words());
    assert_eq!(end, messages::queued_words(system));
    let _ = machines::most_windows::<MAX_PARTITIONS>(system);
    let _ = longest_hold(system, board);
    let _ = layout::emergency_stacks::<MAX_CPUS>(&layout);
    for partition in system.partitions {
        let _ = machines::shared(partition, board);
    }
    exactly!(system.partitions.len(), N of [1 2 3 4 5 8 12 16 17 18 40 128] => {
        make_of_partitions::<N>(system, board, &layout);
    });
    exactly!(system.vcpu_count(), N of [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26
        27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 64 128 135 256] => {
        let _ = machines::cpu_of::<N>(system);
        let _ = machines::affinity_of::<N>(system, board);
        let _ = machines::partition_of::<N>(system);
        let _ = machines::share_cpu::<N>(system);
    });
    exactly!(system.channels.len(), N of [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 20 32 64 68 72 160 512] => {
        let _ = machines::to_ring::<MAX_PARTITIONS, N>(system);
    });
}

fn make_of_partitions<const N: usize>(system: &System, board: &BoardFacts, layout: &Layout) {
    let _ = passports::<N>(system, board);
    let _ = port_table::<N>(system);
    let _ = machines::links::<N>(system, board);
    let _ = machines::models::<N>(system, board);
    let _ = machines::places(system, board, &[true; N]);
    let _ = machines::private::<N>(system, board);
    let _ = machines::port_interrupts::<N>(system);
    let _ = machines::have_doorbells::<N>(system);
    let _ = machines::kicks::<N>(system);
    let _ = layout::stolen_time_records::<N>(layout, system);
}

#[test]
fn of_what_the_rules_accept_every_constant_can_be_made() {
    let thread = thread::Builder::new().stack_size(STACK_BYTES);
    thread.spawn(draw_all).unwrap().join().unwrap();
}

fn draw_all() {
    let mut accepted = 0;
    let mut slowest = Duration::ZERO;
    for seed in 0..DRAWN {
        let mut chance = Chance(seed);
        let board = drawn_systems::board(&mut chance);
        let oddities = usize::try_from(seed % 4).unwrap();
        let system = drawn_systems::system(&mut chance, &board, oddities);
        let start = Instant::now();
        let looked = catch_unwind(AssertUnwindSafe(|| {
            findings(&system, &board, &[]).collect()
        }));
        let found: Vec<_> = looked.unwrap_or_else(|_| panic!("the rules panic at system {seed}"));
        slowest = slowest.max(start.elapsed());
        if found.is_empty() {
            accepted += 1;
            let made = catch_unwind(AssertUnwindSafe(|| make_all(&system, &board)));
            assert!(
                made.is_ok(),
                "of system {seed} a constant can't be made: {system:#?}"
            );
        }
        // Of the largest not all fits.
        let is_odd = |it: &&Finding| it.rule != "variables_in_reach";
        let odd: Vec<_> = found.iter().filter(is_odd).collect();
        assert!(
            oddities > 0 || odd.is_empty(),
            "system {seed} has nothing odd: {odd:#?}"
        );
        for finding in found {
            let message = finding.message.as_str();
            assert!(message.contains("; "), "no remedy: {message}");
        }
    }
    assert!(accepted > DRAWN / 4, "{accepted} of {DRAWN} are accepted");
    assert!(slowest < LONGEST, "one takes {slowest:?}");
}

/// What is made of a system in the hypervisor is made here.
#[test]
fn no_constant_of_an_image_is_left_out() {
    let own = include_str!("drawn.rs");
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../hypervisor/src");
    let mut folders = vec![root.into()];
    let mut names = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir::<std::path::PathBuf>(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = fs::read_to_string(&path).unwrap();
            for module in ["machines::", "layout::"] {
                for (place, _) in source.match_indices(module) {
                    let of_name = |it: &char| it.is_ascii_alphanumeric() || matches!(it, '_' | ':');
                    let name: String = source[place..].chars().take_while(of_name).collect();
                    let rest = name.strip_prefix(module).unwrap();
                    let is_function = rest.starts_with(char::is_lowercase);
                    assert!(
                        !is_function || own.contains(name.trim_end_matches(':')),
                        "{}: {name} isn't made",
                        path.display()
                    );
                    names += usize::from(is_function);
                }
            }
        }
    }
    assert!(names > 10, "{names} are found");
}
