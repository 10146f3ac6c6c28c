//! The ends of events: `role=source` tries every answer of a signal (run argument 1), signals as fast as it can for
//! a while (2), or only computes (0). `role=near` and `role=far` take what interrupts them and say how often it was
//! signalled; the near one replies.

#![no_std]
#![no_main]

use core::arch::asm;
use core::hint::black_box;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use core::time::Duration;

use paratia_runtime::abi::call::{
    CLEAR_QUEUING_PORT, QUEUING_PORT_STATUS, RECEIVE_QUEUING_MESSAGE, SAMPLING_PORT_READ,
    SAMPLING_PORT_WRITE, SEND_QUEUING_MESSAGE, SIGNAL_EVENT, TAKE_EVENT,
};
use paratia_runtime::abi::status::{BUSY, EMPTY, INVALID_PARAMETERS, NOT_FOUND, SUCCESS};
use paratia_runtime::call::{Refusal, Signals};
use paratia_runtime::event::{Destination, Source};
use paratia_runtime::interrupt::{self, IntId};
use paratia_runtime::time::Instant;
use paratia_runtime::{Context, call, entry, passport, println};

entry!(main, interrupts = on_interrupt);

/// As the system declares them, in the order of its channels.
const ALARM: u64 = 0;
const REPLY: u64 = 1;
const STEP: u64 = 2;
const NONE: u64 = 3;
const MOST: u64 = u64::MAX;
const PER_WINDOW: u64 = 5_000;
/// When the flood ends, in the midst of a window, and when each end says what it has seen: since the epoch.
const FLOOD: Duration = Duration::from_millis(191);
const TALLY: Duration = Duration::from_millis(300);
/// Takings that get a line.
const LINES: u64 = 3;

/// Call, `x1` and `x2`, and the status that follows, at the source.
const REFUSALS: &[(u32, [u64; 2], i64)] = &[
    (SIGNAL_EVENT, [ALARM, 1], INVALID_PARAMETERS),
    (SIGNAL_EVENT, [ALARM, 1 << 63], INVALID_PARAMETERS),
    (SIGNAL_EVENT, [REPLY, 0], NOT_FOUND),
    (SIGNAL_EVENT, [STEP, 0], NOT_FOUND),
    (SIGNAL_EVENT, [NONE, 0], NOT_FOUND),
    (SIGNAL_EVENT, [1 << 32 | ALARM, 0], NOT_FOUND),
    (SIGNAL_EVENT, [MOST, 0], NOT_FOUND),
    (TAKE_EVENT, [REPLY, 1], INVALID_PARAMETERS),
    (TAKE_EVENT, [REPLY, 1 << 63], INVALID_PARAMETERS),
    (TAKE_EVENT, [ALARM, 0], NOT_FOUND),
    (TAKE_EVENT, [STEP, 0], NOT_FOUND),
    (TAKE_EVENT, [NONE, 0], NOT_FOUND),
    (TAKE_EVENT, [MOST, 0], NOT_FOUND),
    (SAMPLING_PORT_WRITE, [ALARM, 8], NOT_FOUND),
    (SAMPLING_PORT_READ, [REPLY, 0], NOT_FOUND),
    (SEND_QUEUING_MESSAGE, [ALARM, 8], NOT_FOUND),
    (RECEIVE_QUEUING_MESSAGE, [REPLY, 0], NOT_FOUND),
    (QUEUING_PORT_STATUS, [ALARM, 0], NOT_FOUND),
    (CLEAR_QUEUING_PORT, [REPLY, 0], NOT_FOUND),
];

/// The port's interrupt, and how often it came.
static EXPECTED: AtomicU32 = AtomicU32::new(0);
static COUNT: AtomicU64 = AtomicU64::new(0);

fn on_interrupt(interrupt: IntId) {
    let expected = IntId::try_from(EXPECTED.load(Ordering::Relaxed));
    assert_eq!(interrupt, expected.expect("a number"));
    COUNT.fetch_add(1, Ordering::Relaxed);
}

fn main(context: Context) -> ! {
    match passport::argument(context.passport, "role") {
        Some("source") => match context.run_argument {
            0 => compute(),
            1 => answers(),
            _ => flood(&context),
        },
        role => take(&context, role == Some("near")),
    }
}

fn compute() -> ! {
    loop {
        black_box(Instant::now());
    }
}

/// Every answer of both calls, at their bounds.
fn answers() -> ! {
    let mut wrong = 0;
    let mut expect = |call: u32, arguments: [u64; 2], expected: [i64; 4]| {
        let found = raw(call, arguments);
        if found != expected {
            wrong += 1;
            println!("WRONG: {call:#x} {arguments:x?}: {found:?}, not {expected:?}");
        }
    };
    let _ = call::wait_for_window();
    for (call, [x1, x2], status) in REFUSALS {
        let rest = [x1.cast_signed(), x2.cast_signed(), 0];
        expect(*call, [*x1, *x2], [*status, rest[0], rest[1], rest[2]]);
    }
    expect(TAKE_EVENT, [REPLY, 0], [EMPTY, 0, 0, 0]);
    for left in (0..PER_WINDOW.cast_signed()).rev() {
        expect(SIGNAL_EVENT, [ALARM, 0], [SUCCESS, left, 0, 0]);
    }
    expect(SIGNAL_EVENT, [ALARM, 0], [BUSY, 0, 1, 0]);
    // The near one has its turn, and replies once more than it may.
    let _ = call::wait_for_window();
    let _ = call::wait_for_window();
    expect(TAKE_EVENT, [REPLY, 0], [SUCCESS, 1, 1, 0]);
    expect(TAKE_EVENT, [REPLY, 0], [EMPTY, 0, 1, 0]);
    let left = PER_WINDOW.cast_signed() - 1;
    expect(SIGNAL_EVENT, [ALARM, 0], [SUCCESS, left, 1, 0]);
    println!("done, {wrong} with a wrong answer");
    loop {
        let _ = call::wait_for_window();
    }
}

fn flood(context: &Context) -> ! {
    let mut alarm = Source::find(context.passport, "alarm").expect("an event 'alarm'");
    assert_eq!(u64::from(alarm.per_window()), PER_WINDOW);
    let (mut signalled, mut refused) = (0_u64, 0_u64);
    while Instant::now().since_epoch() < FLOOD {
        match alarm.signal() {
            Ok(_) => signalled += 1,
            Err(Refusal::Busy) => refused += 1,
            Err(other) => panic!("{other:?}"),
        }
    }
    while Instant::now().since_epoch() < TALLY {}
    println!("signalled={signalled} refused={refused}");
    compute()
}

fn take(context: &Context, replies: bool) -> ! {
    let mut alarm = Destination::find(context.passport, "alarm").expect("an event 'alarm'");
    let mut reply = replies.then(|| Source::find(context.passport, "reply").expect("an event"));
    let expected = alarm.interrupt().expect("it has an interrupt");
    EXPECTED.store(expected.into(), Ordering::Relaxed);
    interrupt::enable();
    assert_eq!(alarm.enable_interrupt(), Some(expected));
    let (mut seen, mut takings) = (0, 0);
    let mut all = Signals {
        count: 0,
        refused: 0,
    };
    while Instant::now().since_epoch() < TALLY {
        if COUNT.load(Ordering::Relaxed) == seen {
            continue;
        }
        seen = COUNT.load(Ordering::Relaxed);
        let taken = alarm.take();
        takings += 1;
        all.count += taken.count;
        all.refused = taken.refused;
        if takings <= LINES {
            println!("count={} refused={}", taken.count, taken.refused);
        }
        if let Some(reply) = &mut reply {
            let both = [reply.signal(), reply.signal()];
            if both != [Ok(0), Err(Refusal::Busy)] {
                println!("WRONG: {both:?}");
            }
        }
    }
    println!(
        "total={} refused={} interrupts={seen} takings={takings}",
        all.count, all.refused
    );
    loop {
        black_box(Instant::now());
    }
}

/// A call as it stands in the registers: `x0` to `x3` of its answer.
fn raw(function: u32, [x1, x2]: [u64; 2]) -> [i64; 4] {
    let mut answer = [0; 4];
    // SAFETY: the hypervisor changes x0 to x17 and, of the ports that are asked for here, no memory: none has a
    // message to receive.
    unsafe {
        asm!(
            "hvc #0",
            inlateout("x0") u64::from(function) => answer[0],
            inlateout("x1") x1 => answer[1],
            inlateout("x2") x2 => answer[2],
            inlateout("x3") 0_u64 => answer[3],
            lateout("x4") _, lateout("x5") _, lateout("x6") _, lateout("x7") _,
            lateout("x8") _, lateout("x9") _, lateout("x10") _, lateout("x11") _,
            lateout("x12") _, lateout("x13") _, lateout("x14") _, lateout("x15") _,
            lateout("x16") _, lateout("x17") _,
            options(nostack),
        );
    }
    answer
}
