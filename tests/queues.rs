//! Queuing ports: every answer, what waits when an end restarts, and messages between CPUs.

use std::collections::BTreeMap;
use std::time::Duration;

use paratia_tests::{assert_says, finish, run};

/// What the sender of `test-queue-cpus` does, and how its reader waits.
const UNTIL_TAKEN: u64 = 0;
const WHATEVER_COMES: u64 = 1;
const LOOKING: u64 = 0;
const ASLEEP: u64 = 1;
/// Messages that a test sends, and board time that is enough for them.
const MESSAGES: u64 = 10_000;
const TIME: Duration = Duration::from_secs(1);

#[test]
fn every_call_of_a_queuing_port_at_its_bounds_has_its_answer_and_restarts_leave_what_is_said() {
    let report = finish(&run("test-queues").stop_after(Duration::from_millis(1_500)));
    for partition in ["caller", "peer"] {
        let wrong = report
            .console_of(partition)
            .find(|line| line.contains("WRONG"));
        assert_eq!(wrong, None, "{partition}");
        for life in 0..2 {
            let done = format!("life {life} done, 0 with a wrong answer");
            assert_says(&report, partition, &done);
        }
        assert_eq!(report.statistics(partition).unwrap().restarts, 1);
    }
    // Of the requests 3 were dropped by the reader's own call, and 2 waited when it restarted; 4 wait still.
    let requests = report.named("queue").next().expect("a queue's statistics");
    let counts = ["channel", "sent", "refused", "dropped", "waiting"];
    let counts = counts.map(|it| requests.integer(it));
    assert_eq!(counts, [0, 16, 3, 5, 4].map(Some), "{requests:?}");
    assert_says(&report, "peer", "a restarted reader finds an empty queue");
    assert_says(
        &report,
        "peer",
        "what a restarted sender had sent was waiting",
    );
}

/// What a partition of `test-queue-cpus` says at its end: numbers by their names.
type Said = BTreeMap<String, u64>;

/// Sends so many messages from one CPU to the other; what the sender and the reader say.
fn crossing(messages: u64, sender: u64, reader: u64, time: Duration) -> [Said; 2] {
    let report = finish(
        &run("test-queue-cpus")
            .argument("sender", messages << 8 | sender)
            .argument("reader", reader)
            .stop_after(time),
    );
    let said = |partition| {
        let line = report.console_of(partition).next();
        let line = line.unwrap_or_else(|| panic!("{partition} isn't done in {time:?}"));
        println!("{partition}: {line}");
        let words = line.split(' ').filter_map(|word| word.split_once('='));
        words
            .map(|(name, number)| (name.to_owned(), number.parse().expect("a number")))
            .collect()
    };
    [said("sender"), said("reader")]
}

/// None torn, none out of order, and no loss that the reader hadn't been told of.
fn assert_sound(sent: u64, [sender, reader]: &[Said; 2]) {
    assert_eq!(sender["sent"], sent);
    for nothing in ["torn", "disordered", "late"] {
        assert_eq!(reader[nothing], 0, "{nothing}");
    }
    assert_eq!(reader["received"] + sender["refused"], sent);
    assert_eq!(
        (reader["told"], reader["refused"]),
        (sender["refused"], sender["refused"])
    );
    // Who never reads has what its queue holds, and nobody waited for it.
    assert_eq!(sender["unread_waiting"], 3);
    assert_eq!(sender["unread_refused"], sent.div_ceil(16) - 3);
}

#[test]
fn messages_between_cpus_are_whole_in_order_and_none_is_lost_while_the_sender_waits() {
    for reader in [LOOKING, ASLEEP] {
        let said = crossing(MESSAGES, UNTIL_TAKEN, reader, TIME);
        assert_sound(MESSAGES, &said);
        assert_eq!(said[0]["refused"], 0);
        assert_eq!(said[1]["rung"] > 0, reader == ASLEEP);
    }
}

#[test]
fn what_finds_a_queue_full_is_told_to_both_ends() {
    for reader in [LOOKING, ASLEEP] {
        let said = crossing(MESSAGES, WHATEVER_COMES, reader, TIME);
        assert_sound(MESSAGES, &said);
        let [sender, _] = &said;
        assert!(sender["refused"] > 0, "the queue was full now and then");
        assert!(sender["refused"] < MESSAGES, "and not always");
    }
}

/// By hand, a million either way: 56 s together. While the sender waits for room all arrive; while it
/// doesn't, what finds the queue full is told to the last.
#[test]
#[ignore = "takes a minute"]
fn a_million_messages_between_cpus() {
    for sender in [UNTIL_TAKEN, WHATEVER_COMES] {
        let said = crossing(1_000_000, sender, LOOKING, Duration::from_secs(60));
        assert_sound(1_000_000, &said);
    }
}
