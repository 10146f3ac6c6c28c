//! Direct channels: messages between CPUs through memory that both ends share, and what an end can do to another.

use std::collections::BTreeMap;
use std::time::Duration;

use paratia_tests::{assert_says, finish, run};

/// What both ends of `test-direct` do.
const STREAM_UNTIL_TAKEN: u64 = 0;
const STREAM_WHATEVER_COMES: u64 = 1;
const LIVES: u64 = 2;
const LIES: u64 = 3;
const TRESPASS: u64 = 4;
const BOUNDS: u64 = 5;
const COSTS: u64 = 6;

const MESSAGES: u64 = 20_000;
const TIME: Duration = Duration::from_secs(2);

type Said = BTreeMap<String, u64>;

/// Sends so many messages from one CPU to the other; all that the writer and the reader say.
fn crossing(messages: u64, manner: u64, time: Duration) -> Said {
    let report = finish(
        &run("test-direct")
            .argument("writer", messages << 8 | manner)
            .argument("reader", manner)
            .stop_after(time),
    );
    let mut said = Said::new();
    for partition in ["writer", "reader"] {
        for line in report.console_of(partition) {
            println!("{partition}: {line}");
            let words = line.split(' ').filter_map(|word| word.split_once('='));
            for (name, number) in words {
                let prefix = if partition == "writer" { "writer_" } else { "" };
                said.insert(format!("{prefix}{name}"), number.trim().parse().unwrap());
            }
        }
    }
    said
}

/// None torn, none out of order, and no loss that the reader hadn't been told of; of sampled ones, each whole and
/// none older than the one before.
fn assert_sound(sent: u64, said: &Said) {
    assert_eq!(said["writer_sent"], sent);
    for nothing in ["torn", "disordered", "late", "sampled_torn", "sampled_back"] {
        assert_eq!(said[nothing], 0, "{nothing}");
    }
    assert_eq!(said["received"] + said["writer_refused"], sent);
    assert_eq!(said["told"], said["writer_refused"]);
    assert_eq!(said["refused"], said["writer_refused"]);
    assert!(said["sampled"] > 100, "{}", said["sampled"]);
}

#[test]
fn direct_messages_between_cpus_are_whole_in_order_and_none_is_lost_unannounced() {
    let said = crossing(MESSAGES, STREAM_UNTIL_TAKEN, TIME);
    assert_sound(MESSAGES, &said);
    assert_eq!(said["writer_refused"], 0);
    let said = crossing(MESSAGES, STREAM_WHATEVER_COMES, TIME);
    assert_sound(MESSAGES, &said);
    assert!(
        said["writer_refused"] > 0,
        "the queue was full now and then"
    );
    assert!(said["writer_refused"] < MESSAGES, "and not always");
}

/// By hand, a million either way.
#[test]
#[ignore = "takes minutes"]
fn a_million_direct_messages_between_cpus() {
    for manner in [STREAM_UNTIL_TAKEN, STREAM_WHATEVER_COMES] {
        let said = crossing(1_000_000, manner, Duration::from_secs(60));
        assert_sound(1_000_000, &said);
    }
}

/// A writer's restart scrubs what it wrote, and is told; a reader's finds nothing waiting.
#[test]
fn a_direct_channel_begins_anew_with_its_writer_and_an_end_that_restarts_finds_nothing() {
    let report = finish(
        &run("test-direct")
            .argument("writer", LIVES)
            .argument("reader", LIVES)
            .stop_after(Duration::from_millis(1_400)),
    );
    let said: Vec<String> = report.console_of("reader").map(str::to_owned).collect();
    println!("{said:#?}");
    let first: Vec<&str> = { said.iter() }
        .map(|line| line.trim())
        .take_while(|line| !line.starts_with("restarted"))
        .collect();
    let expected = [
        "newest: Err(NotAvailable)",
        "newest: Ok(1)",
        "stream: 1, broken false",
        "newest: Err(NotAvailable)",
        "newest: Ok(11)",
        "stream: 11, broken true",
        "stream: 12, broken false",
        "stream: 13, broken false",
    ];
    assert_eq!(first, expected);
    assert_says(&report, "reader", "restarted: 0 wait");
    for partition in ["writer", "reader"] {
        assert_eq!(report.statistics(partition).unwrap().restarts, 1);
    }
}

#[test]
fn whatever_a_direct_writer_writes_its_reader_goes_on_and_has_its_memory_as_it_was() {
    let report = finish(
        &run("test-direct")
            .argument("writer", 20_000 << 8 | LIES)
            .argument("reader", LIES)
            .stop_after(TIME),
    );
    assert_says(&report, "writer", "lied 20000 times");
    assert_says(&report, "reader", "alive: good=true bad=true own=true");
    assert_eq!(report.statistics("reader").unwrap().faults, 0);
}

#[test]
fn a_direct_reader_that_writes_is_stopped() {
    let report = finish(
        &run("test-direct")
            .argument("reader", TRESPASS)
            .stop_after(Duration::from_millis(100)),
    );
    assert_says(&report, "reader", "writes 0x60202000");
    assert_says(&report, "reader", "writes 0x60200000");
    let both = { report.console_of("reader") }.any(|line| line.contains("both were written"));
    assert!(!both, "the second is an abort");
    assert!(report.statistics("reader").unwrap().faults > 0);
}

#[test]
fn direct_messages_of_every_length_arrive_and_each_wrong_use_has_its_code() {
    let report = finish(
        &run("test-direct")
            .argument("writer", BOUNDS)
            .argument("reader", BOUNDS)
            .stop_after(Duration::from_millis(400)),
    );
    for line in [
        "none: InvalidParam",
        "none queued: InvalidParam",
        "too long: InvalidConfig",
        "a call: NotFound",
    ] {
        assert_says(&report, "writer", line);
    }
    for length in [1, 7, 8, 15, 31, 33, 63, 64] {
        assert_says(
            &report,
            "reader",
            &format!("queued: {length} bytes, whole true"),
        );
    }
    for line in [
        "short: InvalidParam",
        "short queued: InvalidParam",
        "largest: 65536 bytes, whole true, valid true",
        "board: 0xb0a4d in 8192 bytes, writable true",
    ] {
        assert_says(&report, "reader", line);
    }
}

/// No exit, and little more than the copy itself.
#[test]
fn a_direct_message_costs_its_copy_and_no_exit() {
    let report = finish(
        &run("test-direct")
            .argument("writer", COSTS)
            .argument("reader", COSTS)
            .stop_after(Duration::from_millis(400)),
    );
    let mut said = Said::new();
    for partition in ["writer", "reader"] {
        let line = report.console_of(partition).next().expect("it is done");
        println!("{partition}: {line}");
        let words = line.split(' ').filter_map(|word| word.split_once('='));
        said.extend(words.map(|(name, number)| (name.to_owned(), number.trim().parse().unwrap())));
    }
    for way in ["write64", "read64"] {
        assert!(said[way] <= 60, "{said:?}");
    }
    for way in ["write4096", "read4096"] {
        assert!(said[way] * 10 <= said["copy4096"] * 11, "{said:?}");
    }
}
