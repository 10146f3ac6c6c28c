//! One partition's two vCPUs, on two CPUs at the same time, at the same ports: both signal an event, send to a queue
//! and write a sampling port as fast as they can for a part of their windows, so many windows long. What became of
//! it says the first when both are done.

#![no_std]
#![no_main]

use core::arch::{asm, naked_asm};
use core::sync::atomic::{AtomicU64, Ordering};

use paratia_abi::call::{SAMPLING_PORT_WRITE, SEND_QUEUING_MESSAGE, SIGNAL_EVENT};
use paratia_abi::status::{BUSY, SUCCESS};

#[path = "interrupts/console.rs"]
mod console;
#[path = "bench/entry.rs"]
mod entry;
#[path = "bench/panic.rs"]
mod panic;
#[allow(dead_code, reason = "its other calls are those of the costs")]
#[path = "bench/paratia.rs"]
mod paratia;
#[path = "hidden/place.rs"]
#[allow(dead_code, reason = "others begin windows")]
mod place;

use place::Place;

// What this program links finds no vectors: whoever faults stops here.
core::arch::global_asm!(
    ".pushsection .text.vectors, \"ax\"",
    ".balign 0x800",
    "exception_vectors:",
    ".rept 16",
    "b .",
    ".balign 0x80",
    ".endr",
    ".popsection",
);

const CPU_ON: u32 = 0xC400_0003;
/// Ports as the system declares them.
const BELL: u64 = 0;
const WORDS: u64 = 1;
const NEWEST: u64 = 2;
/// Windows of each vCPU, and how long each works in one.
const WINDOWS: u64 = 6;
const WORK_US: u64 = 2_500;
/// A word says its number and its writer, and again by their difference from this.
const CHECK: u64 = 0x5EC2_E700;

/// Both vCPUs' counts, each changed by an addition of its own.
struct Counts {
    signalled: AtomicU64,
    refused: AtomicU64,
    sent: AtomicU64,
    full: AtomicU64,
    wrong: AtomicU64,
    done: AtomicU64,
}

static COUNTS: [Counts; 2] = [const { Counts::new() }; 2];

impl Counts {
    const fn new() -> Self {
        Self {
            signalled: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            sent: AtomicU64::new(0),
            full: AtomicU64::new(0),
            wrong: AtomicU64::new(0),
            done: AtomicU64::new(0),
        }
    }
}

/// One more; nobody else changes it.
fn count(what: &AtomicU64) {
    what.store(what.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
}

/// What both have counted.
fn both(of: fn(&Counts) -> &AtomicU64) -> u64 {
    COUNTS.iter().map(|it| of(it).load(Ordering::Relaxed)).sum()
}

/// From the entry: stack, `.bss`; `x0` as it was at the first instruction.
extern "C" fn main(handed_over: usize, _: u64) -> ! {
    // SAFETY: the address comes from whoever started us: a passport.
    let place = unsafe { Place::find(handed_over) };
    let Place::Paratia(passport) = &place else {
        place.end()
    };
    // The only port with memory that messages come from is the same for both.
    let window = passport.ports()[1].window;
    let newest = passport.ports()[2].window;
    PLACES[0].store(window, Ordering::Relaxed);
    PLACES[1].store(newest, Ordering::Relaxed);
    let _ = paratia::call(CPU_ON, [1, second as *const () as u64, 0, 0, 0, 0]);
    work(0);
    while COUNTS[1].done.load(Ordering::Relaxed) == 0 {
        paratia::wait_for_window();
    }
    say!(
        place,
        "signalled={} refused={} sent={} full={} wrong={}",
        both(|it| &it.signalled),
        both(|it| &it.refused),
        both(|it| &it.sent),
        both(|it| &it.full),
        both(|it| &it.wrong)
    );
    loop {
        paratia::wait_for_window();
    }
}

/// The message windows of the queue and of the sampling port.
static PLACES: [AtomicU64; 2] = [AtomicU64::new(0), AtomicU64::new(0)];

/// The second vCPU, which has a stack of its own; MMU off, interrupts masked.
#[unsafe(naked)]
extern "C" fn second() -> ! {
    naked_asm!(
        ".pushsection .bss.second, \"aw\", @nobits",
        ".balign 16",
        "1: .skip 16 << 10",
        "2:",
        ".popsection",
        "adrp x4, 2b",
        "add x4, x4, :lo12:2b",
        "mov sp, x4",
        "mov x4, #(3 << 20)", // CPACR_EL1.FPEN: floating point isn't trapped
        "msr cpacr_el1, x4",
        "adrp x4, exception_vectors",
        "add x4, x4, :lo12:exception_vectors",
        "msr vbar_el1, x4",
        "isb",
        "mov x29, xzr",
        "mov x30, xzr",
        "b {works}",
        works = sym works,
    )
}

extern "C" fn works() -> ! {
    work(1);
    loop {
        paratia::wait_for_window();
    }
}

/// So many windows of signals and messages.
fn work(vcpu: usize) {
    let counts = &COUNTS[vcpu];
    let mut number = 0;
    for _ in 0..WINDOWS {
        paratia::wait_for_window();
        let (begun, long) = (counter(), frequency() / 1_000_000 * WORK_US);
        while counter() - begun < long {
            number += 1;
            once(counts, (vcpu as u64) << 24 | number);
        }
    }
    counts.done.store(1, Ordering::Relaxed);
}

/// One of each, all with the same word.
fn once(counts: &Counts, number: u64) {
    let word = number << 32 | (number ^ CHECK);
    tally(
        &counts.signalled,
        &counts.refused,
        &counts.wrong,
        paratia::call(SIGNAL_EVENT, [BELL, 0, 0, 0, 0, 0]).0,
    );
    put(0, word);
    let sent = paratia::call(SEND_QUEUING_MESSAGE, [WORDS, 8, 0, 0, 0, 0]).0;
    tally(&counts.sent, &counts.full, &counts.wrong, sent);
    put(1, word);
    if paratia::call(SAMPLING_PORT_WRITE, [NEWEST, 8, 0, 0, 0, 0]).0 != SUCCESS {
        count(&counts.wrong);
    }
}

fn tally(done: &AtomicU64, refused: &AtomicU64, wrong: &AtomicU64, status: i64) {
    count(match status {
        SUCCESS => done,
        BUSY => refused,
        _ => wrong,
    });
}

/// Stores the message, over which the sibling may have stored its own by the time of the call: a word is one or the
/// other.
fn put(place: usize, word: u64) {
    let address = PLACES[place].load(Ordering::Relaxed);
    // SAFETY: a message window, which is this partition's memory and nothing else's place.
    unsafe { asm!("str {}, [{}]", in(reg) word, in(reg) address, options(nostack)) };
}

fn counter() -> u64 {
    let ticks;
    // SAFETY: reads a counter.
    unsafe { asm!("isb", "mrs {}, cntvct_el0", out(reg) ticks, options(nostack)) };
    ticks
}

fn frequency() -> u64 {
    let hertz;
    // SAFETY: reads a constant.
    unsafe { asm!("mrs {}, cntfrq_el0", out(reg) hertz, options(nomem, nostack)) };
    hertz
}
