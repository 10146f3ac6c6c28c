//! A queue is what a list with a bound is, whatever the order in which its ends are used.

use std::collections::VecDeque;
use std::num::NonZeroU64;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use paratia_hypervisor::policy::queue::{
    MessageQueue, Offered, ReceiverCounts, SenderCounts, Standing, Taken,
};
use proptest::prelude::*;

/// What the ends of a queue can do.
#[derive(Clone, Debug)]
enum Step {
    Send(Vec<u64>, u64),
    Receive,
    Clear,
    Restart,
    Ask,
}

fn step(words: usize) -> impl Strategy<Value = Step> {
    let bytes = 8 * words as u64;
    prop_oneof![
        6 => (proptest::collection::vec(any::<u64>(), words), 1..=bytes)
            .prop_map(|(message, length)| Step::Send(message, length)),
        5 => Just(Step::Receive),
        1 => Just(Step::Clear),
        1 => Just(Step::Restart),
        1 => Just(Step::Ask),
    ]
}

/// A queue's depth, the words of its messages, and what is done with it.
fn case() -> impl Strategy<Value = (u64, usize, Vec<Step>)> {
    (1_u64..6, 1_usize..4).prop_flat_map(|(depth, words)| {
        let steps = proptest::collection::vec(step(words), 0..60);
        (Just(depth), Just(words), steps)
    })
}

/// The model: a list, and counts.
#[derive(Default)]
struct Model {
    waiting: VecDeque<(u64, Vec<u64>)>,
    sent: u64,
    refused: u64,
    told: u64,
    dropped: u64,
}

impl Model {
    fn waiting(&self) -> u64 {
        self.waiting.len() as u64
    }

    fn untold(&mut self) -> u64 {
        self.refused - std::mem::replace(&mut self.told, self.refused)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_answer_is_the_models((depth, words, steps) in case()) {
        let (sender, receiver) = (SenderCounts::default(), ReceiverCounts::default());
        // Another's words lie before and behind.
        let slot_words = words + 1;
        let room = usize::try_from(depth).unwrap() * slot_words;
        let all: Vec<AtomicU64> = (0..room + 2).map(|_| AtomicU64::new(7)).collect();
        let queue = MessageQueue {
            sender: &sender,
            receiver: &receiver,
            words: &all[1..=room],
            depth: NonZeroU64::new(depth).unwrap(),
            slot_words,
        };
        let mut model = Model::default();
        for step in steps {
            match step {
                Step::Send(message, length) => {
                    let offered = queue.send(length, filled_from(&message));
                    let is_sent = model.waiting() < depth;
                    if is_sent {
                        let kept = message[..usize::try_from(length).unwrap().div_ceil(8)].to_vec();
                        model.waiting.push_back((length, kept));
                        model.sent += 1;
                    } else {
                        model.refused += 1;
                    }
                    let expected = Offered { is_sent, waiting: model.waiting(), refused: model.refused };
                    prop_assert_eq!(offered, expected);
                }
                Step::Receive => {
                    let mut message = Vec::new();
                    let taken = queue.receive(taken_to(&mut message));
                    let (length, expected) = model.waiting.pop_front().unzip();
                    let refused = model.untold();
                    prop_assert_eq!(taken, Taken { length, refused, waiting: model.waiting() });
                    prop_assert_eq!(message, expected.unwrap_or_default());
                }
                Step::Clear => {
                    prop_assert_eq!(queue.clear(), model.waiting());
                    model.dropped += model.waiting();
                    model.waiting.clear();
                }
                Step::Restart => {
                    queue.restart_receiver();
                    model.dropped += model.waiting();
                    model.waiting.clear();
                    model.untold();
                }
                Step::Ask => {
                    let Model { sent, refused, dropped, .. } = model;
                    let expected = Standing { waiting: model.waiting(), refused, sent, dropped };
                    prop_assert_eq!(queue.standing(), expected);
                }
            }
        }
        let others = [&all[0], &all[room + 1]].map(|word| word.load(Ordering::Relaxed));
        prop_assert_eq!(others, [7, 7]);
    }
}

/// Stores a message's words to a slot's.
fn filled_from(message: &[u64]) -> impl FnOnce(&[AtomicU64]) {
    move |places| {
        for (place, word) in places.iter().zip(message) {
            place.store(*word, Ordering::Relaxed);
        }
    }
}

/// Takes a message's words from a slot's.
fn taken_to(message: &mut Vec<u64>) -> impl FnOnce(&[AtomicU64], u64) {
    move |words, length| {
        let count = usize::try_from(length).unwrap().div_ceil(8);
        message.extend(
            words[..count]
                .iter()
                .map(|word| word.load(Ordering::Relaxed)),
        );
    }
}

/// Beside each other, for long enough that every count passes the depth many times.
#[test]
fn messages_between_threads_are_whole_in_order_and_told_when_refused() {
    const MESSAGES: u64 = 300_000;
    for depth in [1, 2, 5] {
        let (sender, receiver) = (SenderCounts::default(), ReceiverCounts::default());
        let words: Vec<AtomicU64> = (0..depth * 4).map(|_| AtomicU64::new(0)).collect();
        let queue = MessageQueue {
            sender: &sender,
            receiver: &receiver,
            words: &words,
            depth: NonZeroU64::new(depth).unwrap(),
            slot_words: 4,
        };
        let is_over = AtomicBool::new(false);
        let seen = std::thread::scope(|scope| {
            scope.spawn(|| {
                let send = |number| queue.send(24, filled_from(&[number; 3])).is_sent;
                for number in 1..MESSAGES {
                    let _ = send(number);
                }
                while !send(MESSAGES) && !is_over.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
            let seen = receive_up_to(MESSAGES, &queue);
            is_over.store(true, Ordering::Relaxed);
            seen
        });
        assert_eq!(seen, Ok(()), "a queue of {depth}");
    }
}

/// Receives until the message with that number; what was wrong with one of them.
fn receive_up_to(end: u64, queue: &MessageQueue<'_>) -> Result<(), String> {
    let (mut last, mut lost, mut told) = (0, 0, 0);
    while last < end {
        let mut message = Vec::new();
        let taken = queue.receive(taken_to(&mut message));
        told += taken.refused;
        if taken.length.is_none() {
            continue;
        }
        let number = message[0];
        if taken.length != Some(24) || message != [number; 3] {
            return Err(format!("torn: {taken:?} {message:?}"));
        }
        if number <= last {
            return Err(format!("{number} after {last}"));
        }
        lost += number - last - 1;
        if lost > told {
            return Err(format!("{lost} lost, {told} told"));
        }
        last = number;
    }
    Ok(())
}
