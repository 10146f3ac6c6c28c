//! Numbered messages from one CPU to another, each with words that follow from its number.
//!
//! The run argument is a number of messages above a manner. `role=sender` sends until there is room, or
//! (manner 1) goes on with the next number whatever became of the last; every so often it sends to a port
//! that nobody reads. `role=reader` looks again and again, or (manner 1) sleeps until the port's interrupt,
//! and says whether every message was whole, in order, and every loss told before it could be noticed.

#![no_std]
#![no_main]

use core::sync::atomic::{AtomicU64, Ordering};

use paratia_runtime::interrupt::{self, IntId};
use paratia_runtime::queue::{QueuingDestination, QueuingSource, ReturnCode};
use paratia_runtime::time::Instant;
use paratia_runtime::{Context, call, entry, passport, println};

entry!(main, interrupts = on_interrupt);

const WORDS: usize = 8;
const BYTES: usize = 8 * WORDS;
/// The number of the last message, whose next word is how many were refused.
const END: u64 = u64::MAX;
const NEVER: Instant = Instant(u64::MAX);
/// A message to nobody for so many to the reader.
const UNREAD_EVERY: u64 = 16;

static RUNG: AtomicU64 = AtomicU64::new(0);

fn on_interrupt(_: IntId) {
    RUNG.fetch_add(1, Ordering::Relaxed);
}

fn main(context: Context) -> ! {
    let (manner, count) = (context.run_argument & 0xFF, context.run_argument >> 8);
    match passport::argument(context.passport, "role") {
        Some("sender") => send(&context, manner == 1, count),
        Some("reader") => read(&context, manner == 1),
        _ => {}
    }
    loop {
        let _ = call::wait_for_window();
    }
}

fn send(context: &Context, drops: bool, count: u64) {
    let mut stream = QueuingSource::find(context.passport, "stream").expect("a port 'stream'");
    let mut unread = QueuingSource::find(context.passport, "unread").expect("a port 'unread'");
    let (mut refused, mut unread_refused) = (0, 0);
    for number in 0..count {
        let message = bytes(message(number));
        if !drops {
            stream
                .send_by(&message, NEVER)
                .expect("there is room in time");
        } else if let Err(code) = stream.send(&message) {
            assert!(code == ReturnCode::NotAvailable, "{code:?}");
            refused += 1;
        }
        if number % UNREAD_EVERY == 0 {
            unread_refused += u64::from(unread.send(&message) == Err(ReturnCode::NotAvailable));
        }
    }
    let mut last = message(END);
    last[1] = refused;
    stream
        .send_by(&bytes(last), NEVER)
        .expect("there is room in time");
    let status = unread.status().expect("there is such a port");
    println!(
        "sent={count} refused={refused} unread_waiting={} unread_refused={unread_refused}",
        status.waiting
    );
}

/// What a reader has seen.
#[derive(Default)]
struct Seen {
    received: u64,
    lost: u64,
    told: u64,
    torn: u64,
    disordered: u64,
    late: u64,
    next: u64,
}

fn read(context: &Context, sleeps: bool) {
    let mut stream = QueuingDestination::find(context.passport, "stream").expect("a port 'stream'");
    if sleeps {
        interrupt::enable();
        let _ = stream
            .enable_interrupt()
            .expect("the port has an interrupt");
    }
    let mut seen = Seen::default();
    let mut buffer = [0; BYTES];
    loop {
        let rung = RUNG.load(Ordering::Relaxed);
        let received = if sleeps {
            stream.receive(&mut buffer)
        } else {
            stream.receive_by(&mut buffer, NEVER)
        };
        match received {
            Ok(received) => {
                seen.told += received.refused;
                let whole = received.length == BYTES;
                if let Some(refused) = seen.take(words(&buffer), whole) {
                    seen.say(refused);
                    return;
                }
            }
            Err(ReturnCode::NotAvailable) => {
                interrupt::wait_until(|| RUNG.load(Ordering::Relaxed) != rung);
            }
            Err(code) => panic!("{code:?}"),
        }
    }
}

impl Seen {
    /// Looks at a message; how many were refused, if it is the last.
    fn take(&mut self, words: [u64; WORDS], whole: bool) -> Option<u64> {
        if words[0] == END {
            return Some(words[1]);
        }
        self.received += 1;
        self.torn += u64::from(!whole || words != message(words[0]));
        self.disordered += u64::from(words[0] < self.next);
        self.lost += words[0].saturating_sub(self.next);
        // Whoever misses a number has been told of as many refusals before.
        self.late += u64::from(self.lost > self.told);
        self.next = words[0].wrapping_add(1);
        None
    }

    fn say(&self, refused: u64) {
        let Self {
            received,
            told,
            torn,
            disordered,
            late,
            ..
        } = self;
        println!(
            "received={received} refused={refused} told={told} torn={torn} disordered={disordered} \
             late={late} rung={}",
            RUNG.load(Ordering::Relaxed)
        );
    }
}

/// The message with a number.
fn message(number: u64) -> [u64; WORDS] {
    let mut words = [number; WORDS];
    for (place, word) in words.iter_mut().enumerate().skip(1) {
        // The golden ratio of 2^64, an odd number: words that differ stay different.
        *word = (number ^ place as u64)
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
            .rotate_left(17);
    }
    words
}

fn bytes(words: [u64; WORDS]) -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    for (chunk, word) in bytes.chunks_exact_mut(8).zip(words) {
        chunk.copy_from_slice(&word.to_le_bytes());
    }
    bytes
}

fn words(bytes: &[u8; BYTES]) -> [u64; WORDS] {
    let (chunks, _) = bytes.as_chunks::<8>();
    let mut words = [0; WORDS];
    for (word, chunk) in words.iter_mut().zip(chunks) {
        *word = u64::from_le_bytes(*chunk);
    }
    words
}
