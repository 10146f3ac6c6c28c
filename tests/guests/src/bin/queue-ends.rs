//! Both ends of queuing ports on one CPU: every answer of their calls, and what waits when either end
//! restarts. `role=caller` says by a sampling port which step it is at, and `role=peer` does its part in the
//! window that follows. Each says which answers aren't as the interface promises.

#![allow(
    clippy::cast_possible_truncation,
    reason = "addresses and small numbers, on a 64-bit machine"
)]
#![no_std]
#![no_main]

use core::arch::asm;

use paratia_runtime::abi::call::{
    CLEAR_QUEUING_PORT, QUEUING_PORT_STATUS, RECEIVE_QUEUING_MESSAGE, SAMPLING_PORT_READ,
    SAMPLING_PORT_WRITE, SEND_QUEUING_MESSAGE,
};
use paratia_runtime::abi::status::{BUSY, EMPTY, INVALID_PARAMETERS, NOT_FOUND, SUCCESS};
use paratia_runtime::port::{DestinationPort, SourcePort};
use paratia_runtime::queue::{QueuingDestination, QueuingSource, ReturnCode};
use paratia_runtime::time::{Instant, Ticks};
use paratia_runtime::{Context, call, entry, passport, println};

entry!(main);

/// As the system declares them, in the order of its channels.
const DEPTH: u64 = 4;
const BYTES: u64 = 16;
const REQUESTS: u64 = 0;
const ANSWERS: u64 = 1;
const STEP: u64 = 2;
const NONE: u64 = 3;
const MOST: u64 = u64::MAX;
const HIGH: u64 = 1 << 32;
/// Windows that a restart may take, and some.
const RESTART_WINDOWS: u64 = 8;

/// Call, `x1` to `x3`, and the status that follows: at the caller, which sends requests.
const CALLER_REFUSALS: &[(u32, [u64; 3], i64)] = &[
    (SEND_QUEUING_MESSAGE, [REQUESTS, 0, 0], INVALID_PARAMETERS),
    (
        SEND_QUEUING_MESSAGE,
        [REQUESTS, BYTES + 1, 0],
        INVALID_PARAMETERS,
    ),
    (
        SEND_QUEUING_MESSAGE,
        [REQUESTS, HIGH | 8, 0],
        INVALID_PARAMETERS,
    ),
    (
        SEND_QUEUING_MESSAGE,
        [REQUESTS, MOST, 0],
        INVALID_PARAMETERS,
    ),
    (SEND_QUEUING_MESSAGE, [REQUESTS, 8, 1], INVALID_PARAMETERS),
    (
        SEND_QUEUING_MESSAGE,
        [REQUESTS, 8, 1 << 63],
        INVALID_PARAMETERS,
    ),
    (SEND_QUEUING_MESSAGE, [ANSWERS, 8, 0], NOT_FOUND),
    (SEND_QUEUING_MESSAGE, [STEP, 8, 0], NOT_FOUND),
    (SEND_QUEUING_MESSAGE, [NONE, 8, 0], NOT_FOUND),
    (SEND_QUEUING_MESSAGE, [8, 8, 0], NOT_FOUND),
    (SEND_QUEUING_MESSAGE, [HIGH | REQUESTS, 8, 0], NOT_FOUND),
    (SEND_QUEUING_MESSAGE, [MOST, 8, 0], NOT_FOUND),
    (RECEIVE_QUEUING_MESSAGE, [ANSWERS, 1, 0], INVALID_PARAMETERS),
    (
        RECEIVE_QUEUING_MESSAGE,
        [ANSWERS, MOST, 0],
        INVALID_PARAMETERS,
    ),
    (RECEIVE_QUEUING_MESSAGE, [REQUESTS, 0, 0], NOT_FOUND),
    (RECEIVE_QUEUING_MESSAGE, [STEP, 0, 0], NOT_FOUND),
    (RECEIVE_QUEUING_MESSAGE, [NONE, 0, 0], NOT_FOUND),
    (RECEIVE_QUEUING_MESSAGE, [HIGH | ANSWERS, 0, 0], NOT_FOUND),
    (RECEIVE_QUEUING_MESSAGE, [MOST, 0, 0], NOT_FOUND),
    (QUEUING_PORT_STATUS, [REQUESTS, 1, 0], INVALID_PARAMETERS),
    (QUEUING_PORT_STATUS, [STEP, 0, 0], NOT_FOUND),
    (QUEUING_PORT_STATUS, [NONE, 0, 0], NOT_FOUND),
    (QUEUING_PORT_STATUS, [MOST, 0, 0], NOT_FOUND),
    (CLEAR_QUEUING_PORT, [ANSWERS, 1, 0], INVALID_PARAMETERS),
    (CLEAR_QUEUING_PORT, [REQUESTS, 0, 0], NOT_FOUND),
    (CLEAR_QUEUING_PORT, [STEP, 0, 0], NOT_FOUND),
    (CLEAR_QUEUING_PORT, [NONE, 0, 0], NOT_FOUND),
    (CLEAR_QUEUING_PORT, [MOST, 0, 0], NOT_FOUND),
    // A queuing port takes no calls of sampling ports.
    (SAMPLING_PORT_WRITE, [REQUESTS, 8, 0], NOT_FOUND),
    (SAMPLING_PORT_READ, [ANSWERS, 0, 0], NOT_FOUND),
];

fn main(context: Context) -> ! {
    let mut check = Check(0);
    match passport::argument(context.passport, "role") {
        Some("caller") => caller(&context, &mut check),
        _ => peer(&context, &mut check),
    }
    println!(
        "life {} done, {} with a wrong answer",
        context.restarts, check.0
    );
    loop {
        let _ = call::wait_for_window();
    }
}

/// Steps from one window of the caller to the next; the peer's comes after it.
fn caller(context: &Context, check: &mut Check) {
    let mut step = SourcePort::find(context.passport, "step").expect("a port 'step'");
    let mut tell = |number: u64| {
        step.write(&number.to_le_bytes())
            .expect("it takes a number");
    };
    let next = || {
        let _ = call::wait_for_window();
    };
    if context.restarts == 1 {
        // What it had sent before goes on waiting, and counts.
        check.same(
            QUEUING_PORT_STATUS,
            raw(QUEUING_PORT_STATUS, [REQUESTS, 0, 0]),
            [SUCCESS, 3, 2, 12],
        );
        // The peer takes that, and nothing more from step 5 on.
        (0..2 * RESTART_WINDOWS).for_each(|_| next());
        tell(5);
        next();
        full(context, check);
        return;
    }
    tell(0);
    for (function, [x1, x2, x3], status) in CALLER_REFUSALS {
        let [x0, ..] = raw(*function, [*x1, *x2, *x3]);
        check.same(*function, [x0, 0, 0, 0], [*status, 0, 0, 0]);
    }
    check.same(
        RECEIVE_QUEUING_MESSAGE,
        raw(RECEIVE_QUEUING_MESSAGE, [ANSWERS, 0, 0]),
        [EMPTY, 0, 0, 0],
    );
    // Up to the brim, and beyond it.
    for waiting in 1..=4 {
        let lengths = [1, 8, BYTES - 1, BYTES];
        let length = lengths[waiting - 1];
        check.same(
            SEND_QUEUING_MESSAGE,
            send(waiting as u64, length),
            [SUCCESS, waiting as i64, 0, 0],
        );
    }
    for refused in 1..=2 {
        check.same(
            SEND_QUEUING_MESSAGE,
            send(9, 8),
            [BUSY, DEPTH as i64, refused, 0],
        );
    }
    check.same(
        QUEUING_PORT_STATUS,
        raw(QUEUING_PORT_STATUS, [REQUESTS, 0, 0]),
        [SUCCESS, 4, 2, 4],
    );
    runtime_codes(context, check);
    next();
    // The peer has taken all and answered once.
    check.same(
        RECEIVE_QUEUING_MESSAGE,
        raw(RECEIVE_QUEUING_MESSAGE, [ANSWERS, 0, 0]),
        [SUCCESS, 8, 0, 0],
    );
    check.word(window(context, ANSWERS), 77);
    tell(1);
    for number in 1..=3 {
        check.same(
            SEND_QUEUING_MESSAGE,
            send(10 + number, 8),
            [SUCCESS, number as i64, 2, 0],
        );
    }
    next();
    tell(2);
    for number in 1..=2 {
        check.same(
            SEND_QUEUING_MESSAGE,
            send(20 + number, 8),
            [SUCCESS, number as i64, 2, 0],
        );
    }
    next();
    tell(3);
    // The peer restarts meanwhile.
    (0..RESTART_WINDOWS).for_each(|_| next());
    check.same(
        QUEUING_PORT_STATUS,
        raw(QUEUING_PORT_STATUS, [REQUESTS, 0, 0]),
        [SUCCESS, 0, 2, 9],
    );
    tell(4);
    for number in 1..=3 {
        check.same(
            SEND_QUEUING_MESSAGE,
            send(30 + number, 8),
            [SUCCESS, number as i64, 2, 0],
        );
    }
    println!("life 0 done, {} with a wrong answer", check.0);
    call::restart()
}

/// The return codes of the runtime's services, by ARINC 653; the queue is full, and no answer waits.
fn runtime_codes(context: &Context, check: &mut Check) {
    let mut requests = QueuingSource::find(context.passport, "requests").expect("a port");
    let mut answers = QueuingDestination::find(context.passport, "answers").expect("a port");
    let soon = || Instant::now().plus(Ticks(2_000));
    let mut buffer = [0; 16];
    let codes = [
        (requests.send(&[]).err(), ReturnCode::InvalidParam),
        (requests.send(&[0; 17]).err(), ReturnCode::InvalidConfig),
        (
            answers.receive(&mut buffer[..7]).err(),
            ReturnCode::InvalidParam,
        ),
        (answers.receive(&mut buffer).err(), ReturnCode::NotAvailable),
        (
            answers.receive_by(&mut buffer, soon()).err(),
            ReturnCode::TimedOut,
        ),
    ];
    check.codes(&codes);
    let none = QueuingSource::find(context.passport, "answers").is_ok()
        || QueuingDestination::find(context.passport, "step").is_ok()
        || SourcePort::find(context.passport, "requests").is_ok()
        || DestinationPort::find(context.passport, "answers").is_ok();
    check.0 += u32::from(none);
}

/// What a sender is told that nobody reads from.
fn full(context: &Context, check: &mut Check) {
    let mut requests = QueuingSource::find(context.passport, "requests").expect("a port");
    for waiting in 1..=DEPTH {
        check.0 += u32::from(requests.send(b"unread") != Ok(waiting));
    }
    let soon = Instant::now().plus(Ticks(2_000));
    check.codes(&[
        (requests.send(b"unread").err(), ReturnCode::NotAvailable),
        (
            requests.send_by(b"unread", soon).err(),
            ReturnCode::TimedOut,
        ),
    ]);
    let status = requests.status().expect("there is such a port");
    check.0 += u32::from(status.waiting != DEPTH || status.sent != 16 || status.refused != 3);
}

/// Does what belongs to the step that the caller is at, once each.
fn peer(context: &Context, check: &mut Check) {
    let mut step = DestinationPort::find(context.passport, "step").expect("a port 'step'");
    let mut done = if context.restarts == 0 { None } else { Some(3) };
    if context.restarts == 1 {
        // Its port is as it is created, whatever waited: no message, and no refusal to be told.
        check.same(RECEIVE_QUEUING_MESSAGE, receive(), [EMPTY, 0, 0, 0]);
        check.same(
            QUEUING_PORT_STATUS,
            raw(QUEUING_PORT_STATUS, [REQUESTS, 0, 0]),
            [SUCCESS, 0, 2, 9],
        );
        println!("a restarted reader finds an empty queue");
    }
    loop {
        let mut message = [0; 8];
        let number = step.read(&mut message).map(|_| u64::from_le_bytes(message));
        if number != done {
            done = number;
            if perform(context, check, number.unwrap_or(0)) {
                return;
            }
        }
        let _ = call::wait_for_window();
    }
}

/// A step; whether it was the last.
fn perform(context: &Context, check: &mut Check, step: u64) -> bool {
    match step {
        0 => {
            let lengths = [1, 8, BYTES - 1, BYTES];
            for number in 1..=4_u64 {
                // Refusals are told with the first message, and once.
                let refused = if number == 1 { 2 } else { 0 };
                let length = lengths[number as usize - 1] as i64;
                check.same(
                    RECEIVE_QUEUING_MESSAGE,
                    receive(),
                    [SUCCESS, length, refused, 4 - number as i64],
                );
                check.word(window(context, REQUESTS), number);
            }
            check.same(RECEIVE_QUEUING_MESSAGE, receive(), [EMPTY, 0, 0, 0]);
            put(window(context, ANSWERS), 77);
            check.same(
                SEND_QUEUING_MESSAGE,
                raw(SEND_QUEUING_MESSAGE, [ANSWERS, 8, 0]),
                [SUCCESS, 1, 0, 0],
            );
        }
        1 => {
            check.same(
                CLEAR_QUEUING_PORT,
                raw(CLEAR_QUEUING_PORT, [REQUESTS, 0, 0]),
                [SUCCESS, 3, 0, 0],
            );
            check.same(RECEIVE_QUEUING_MESSAGE, receive(), [EMPTY, 0, 0, 0]);
            check.same(
                QUEUING_PORT_STATUS,
                raw(QUEUING_PORT_STATUS, [REQUESTS, 0, 0]),
                [SUCCESS, 0, 2, 7],
            );
        }
        2 => {
            println!("life 0 done, {} with a wrong answer", check.0);
            call::restart()
        }
        4 => {
            // The caller restarts meanwhile, and nothing of what it sent is lost.
            for _ in 0..RESTART_WINDOWS {
                let _ = call::wait_for_window();
            }
            for number in 1..=3_u64 {
                check.same(
                    RECEIVE_QUEUING_MESSAGE,
                    receive(),
                    [SUCCESS, 8, 0, 3 - number as i64],
                );
                check.word(window(context, REQUESTS), 30 + number);
            }
            println!("what a restarted sender had sent was waiting");
        }
        5 => return true,
        _ => {}
    }
    false
}

fn send(number: u64, length: u64) -> [i64; 4] {
    put(window_of_requests(), number);
    raw(SEND_QUEUING_MESSAGE, [REQUESTS, length, 0])
}

fn receive() -> [i64; 4] {
    raw(RECEIVE_QUEUING_MESSAGE, [REQUESTS, 0, 0])
}

/// Counts wrong answers.
struct Check(u32);

impl Check {
    fn same(&mut self, function: u32, answer: [i64; 4], expected: [i64; 4]) {
        if answer != expected {
            println!("WRONG: call {function:#x}: {answer:?}, not {expected:?}");
            self.0 += 1;
        }
    }

    fn codes(&mut self, codes: &[(Option<ReturnCode>, ReturnCode)]) {
        for (code, expected) in codes {
            if *code != Some(*expected) {
                println!("WRONG: {code:?}, not {expected:?}");
                self.0 += 1;
            }
        }
    }

    /// The first byte of a message: the first that is there, whatever its length.
    fn word(&mut self, window: u64, expected: u64) {
        // SAFETY: a message window of this partition's.
        let byte = unsafe { (window as *const u8).read_volatile() };
        if u64::from(byte) != expected {
            println!("WRONG: message {byte}, not {expected}");
            self.0 += 1;
        }
    }
}

fn window(context: &Context, port: u64) -> u64 {
    context.passport.ports()[port as usize].window
}

fn window_of_requests() -> u64 {
    passport::own().ports()[REQUESTS as usize].window
}

fn put(window: u64, number: u64) {
    // SAFETY: a message window of this partition's, a multiple of 8.
    unsafe { (window as *mut u64).write_volatile(number) };
}

/// A call by number with three arguments: `x0` to `x3`.
fn raw(function: u32, [x1, x2, x3]: [u64; 3]) -> [i64; 4] {
    let mut answer = [0; 4];
    // SAFETY: the hypervisor changes nothing but x0 to x17 and a port's message window, in which no Rust
    // object lies.
    unsafe {
        asm!(
            "hvc #0",
            inlateout("x0") u64::from(function) => answer[0],
            inlateout("x1") x1 => answer[1],
            inlateout("x2") x2 => answer[2],
            inlateout("x3") x3 => answer[3],
            lateout("x4") _, lateout("x5") _, lateout("x6") _, lateout("x7") _,
            lateout("x8") _, lateout("x9") _, lateout("x10") _, lateout("x11") _,
            lateout("x12") _, lateout("x13") _, lateout("x14") _, lateout("x15") _,
            lateout("x16") _, lateout("x17") _,
            options(nostack),
        );
    }
    answer
}
