//! Random numbers: seeds in device trees that are constants, numbers by call, and where they come from.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use paratia::run::{Run, RunReport};
use paratia::{build, catalog, pieces, sources};
use paratia_config::address::PAGE_BYTES;
use paratia_config::image::PieceKind;
use paratia_tests::{DEFAULT_BOARD, board, finish, is_about, moments, run, with_finest_ticks};

/// The partitions of `test-foreign`, whose guest leaves its tree as it was.
const FOREIGN: [&str; 2] = ["elf", "raw"];
/// What the tool puts into a tree until a start writes something else there.
const NO_KASLR: &[u8; 8] = b"no seed!";
const NO_RANDOM: &[u8; 32] = b"no secret: new ones at any start";
/// What the format of trees has where nothing is meant to be.
const NOTHING: [u8; 4] = 4_u32.to_be_bytes();
/// Words of a property before its value.
const HEADER_BYTES: usize = 12;

/// The two seeds in a tree of `test-foreign` as the guest found it, with the headers before them.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Seeds {
    kaslr: Vec<u8>,
    random: Vec<u8>,
}

/// Each partition's seeds in a run, of whose tree nothing else was changed.
fn seeds(run: Run) -> (RunReport, [Seeds; 2]) {
    let choice = catalog::choose(&board(), "test-foreign").expect("it exists");
    let pieces = pieces::of(&choice, None).expect("they are there");
    let trees = FOREIGN.map(|partition| {
        let is_tree =
            |it: &&pieces::Piece| it.partition == partition && it.kind == PieceKind::DeviceTree;
        let piece = pieces.iter().find(is_tree).expect("it has a tree");
        let index = choice.partition(partition).expect("it exists");
        let region = &choice.system.partitions[index].regions[0];
        let at = region.pa.0 + (piece.at.0 - region.ipa.0);
        (at, fs::read(&piece.file).expect("it is there"))
    });
    let run = trees
        .iter()
        .fold(run, |run, (at, _)| run.dump(*at, PAGE_BYTES));
    let report = finish(&run.stop_after(Duration::from_millis(100)));
    let found = trees.iter().zip(&report.memory).map(|((_, tree), memory)| {
        let place = |value: &[u8]| {
            let at = tree.windows(value.len()).position(|it| it == value);
            at.expect("the tree has it") - HEADER_BYTES
        };
        let mut memory = memory[..tree.len()].to_vec();
        let mut taken = |value: &[u8]| {
            let (at, end) = (place(value), place(value) + HEADER_BYTES + value.len());
            let taken = memory[at..end].to_vec();
            memory[at..end].copy_from_slice(&tree[at..end]);
            taken
        };
        let (kaslr, random) = (taken(NO_KASLR), taken(NO_RANDOM));
        assert!(memory == *tree, "nothing else was changed");
        Seeds { kaslr, random }
    });
    let found: Vec<Seeds> = found.collect();
    (report, found.try_into().expect("two"))
}

/// The event that says where random numbers come from.
fn source(report: &RunReport) -> (String, Option<u64>) {
    let event = report.named("entropy").next().expect("it is said");
    let word = event.word("source").expect("it has a source").to_owned();
    (word, event.integer("seed"))
}

#[test]
fn seeds_differ_by_partition_and_by_run_and_repeat_with_the_run_s() {
    let foreign = || run("test-foreign");
    let (report, first) = seeds(foreign());
    assert_eq!(source(&report), ("run".to_owned(), Some(0)));
    assert_eq!(first, seeds(foreign()).1, "a run repeats");
    let (report, second) = seeds(foreign().seed(Some(u64::MAX)));
    assert_eq!(source(&report), ("run".to_owned(), Some(u64::MAX)));
    let (report, of_firmware) = seeds(foreign().seed(None));
    assert_eq!(source(&report).0, "firmware");
    let (report, of_cpu) = seeds(foreign().seed(None).cpu("max"));
    assert_eq!(source(&report).0, "cpu");
    let all: BTreeSet<Seeds> = [first, second, of_firmware, of_cpu]
        .into_iter()
        .flatten()
        .collect();
    let values = |value: fn(&Seeds) -> &Vec<u8>| -> BTreeSet<Vec<u8>> {
        all.iter()
            .map(|it| value(it)[HEADER_BYTES..].to_vec())
            .collect()
    };
    let (kaslr, random) = (values(|it| &it.kaslr), values(|it| &it.random));
    assert_eq!((kaslr.len(), random.len()), (8, 8), "{all:x?}");
    assert!(!kaslr.contains(&NO_KASLR[..]) && !random.contains(&NO_RANDOM[..]));
}

/// A seed that anybody knows would be taken for a secret.
#[test]
fn without_entropy_there_is_no_seed() {
    let machine = run("test-foreign")
        .seed(None)
        .qemu_argument("-machine")
        .qemu_argument("dtb-randomness=off");
    let (report, found) = seeds(machine);
    assert_eq!(source(&report).0, "none");
    for seeds in found {
        for value in [seeds.kaslr, seeds.random] {
            assert!(value.chunks(4).all(|word| word == NOTHING), "{value:x?}");
        }
    }
}

/// What asked for random numbers says in a run.
fn asked(seed: u64, argument: u64) -> RunReport {
    let run = with_finest_ticks(run("test-entropy"))
        .seed(Some(seed))
        .argument("one", argument)
        .argument("other", argument)
        .argument("without", argument);
    finish(&run.stop_after(Duration::from_millis(700)))
}

/// The numbers that a partition was given first in each of its lives.
fn numbers(report: &RunReport, partition: &str) -> Vec<String> {
    let lines = report.console_of(partition);
    lines
        .filter_map(|line| line.strip_prefix("numbers="))
        .map(str::to_owned)
        .collect()
}

#[test]
fn numbers_by_call_are_as_arm_s_document_has_them_and_nobody_s_twice() {
    let report = asked(0, 5);
    for partition in ["one", "other", "without"] {
        let lines: Vec<&str> = report.console_of(partition).collect();
        assert!(!lines.iter().any(|it| it.contains("WRONG")), "{lines:?}");
        let ends: Vec<&&str> = lines.iter().filter(|it| it.starts_with("calls=")).collect();
        assert_eq!(ends.len(), 3, "{partition}: {lines:?}");
        for end in ends {
            let value = |name| {
                let rest = end.split_once(name).expect("it is said").1;
                let digits = rest.split(' ').next().expect("a number");
                digits.parse::<u64>().expect("a number")
            };
            assert_eq!((value("calls="), value("wrong=")), (4_000, 0), "{end}");
            let (bits, ones) = (value("bits="), value("ones="));
            let is_given = partition != "without";
            assert_eq!(bits > 50_000, is_given, "{end}");
            // Six times what chance has it off by, so many bits of which each is one by half.
            let off = (2 * ones).abs_diff(bits);
            assert!(off * off <= 36 * bits, "{end}");
        }
    }
    let all = ["one", "other"].map(|partition| numbers(&report, partition));
    let distinct: BTreeSet<&String> = all.iter().flatten().collect();
    assert_eq!(distinct.len(), 6, "{all:?}");
    let again = asked(0, 5);
    assert_eq!(
        all,
        ["one", "other"].map(|it| numbers(&again, it)),
        "a run repeats"
    );
    let another = asked(1, 5);
    for partition in ["one", "other"] {
        for number in numbers(&another, partition) {
            assert!(!distinct.contains(&number), "{number}");
        }
    }
    assert_eq!(
        moments(&report, "neighbour"),
        moments(&asked(0, 0), "neighbour")
    );
}

/// What random numbers need isn't in an image in which nobody is given any.
#[test]
fn a_system_in_which_nobody_is_given_any_has_nothing_of_it() {
    if !is_about(DEFAULT_BOARD) {
        return;
    }
    let named = |system: &str| {
        let image = build::image(DEFAULT_BOARD, system).expect("it can be built");
        let image = fs::read(image).expect("it was built");
        let functions = sources::functions(&image).expect("it has symbols");
        let names = functions.into_iter().map(|(_, name)| name);
        let is_of_it = |name: &String| {
            ["entropy", "trng", "random", "seed"]
                .iter()
                .any(|part| name.contains(part))
        };
        names.filter(is_of_it).collect::<Vec<_>>()
    };
    assert!(named("test-entropy").len() > 3);
    for system in ["cluster", "test-queues"] {
        assert_eq!(named(system), [""; 0], "{system}");
    }
}
