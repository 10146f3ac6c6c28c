//! Makes every call with each argument at its bounds, one below and one above, in the wrong direction and
//! with half of a register too much, and says which answers aren't as the interface promises.
//!
//! Its first two lives end with one refused call more than a window may have; in the third it goes on to
//! what takes time: messages that grow old, and the mode from which nobody comes back.

#![no_std]
#![no_main]

use core::arch::asm;

use paratia_runtime::abi::call::{
    BASE, CONSOLE_WRITE, END, EXIT_STATISTICS, Features, HEARTBEAT, HYPERVISOR_CALL_COUNT,
    HYPERVISOR_CALL_UID, HYPERVISOR_REVISION, PSCI_VERSION, PV_TIME_FEATURES, PV_TIME_ST,
    REPORT_ERROR, RESTART, SAMPLING_PORT_READ, SAMPLING_PORT_WRITE, SET_MODE, SMCCC_ARCH_FEATURES,
    SMCCC_VERSION, UID, VERSION, WAIT_FOR_WINDOW,
};
use paratia_runtime::abi::status::{EMPTY, INVALID_PARAMETERS, NOT_FOUND, NOT_SUPPORTED, SUCCESS};
use paratia_runtime::abi::{ABI_VERSION, ExitCause, OperatingMode};
use paratia_runtime::time::Ticks;
use paratia_runtime::{Context, call, entry, println};

entry!(main);

/// As the system declares them.
const REFUSED_IN_WINDOW: u64 = 64;
const MESSAGE_BYTES: u64 = 64;
const OUT: u64 = 0;
const IN: u64 = 1;
/// No port.
const NONE: u64 = 2;
const MOST: u64 = u64::MAX;
/// Beyond what 32 bits hold.
const HIGH: u64 = 1 << 32;

/// Call, `x1`, `x2`, and the status that follows.
type Case = (u32, u64, u64, i64);

const CALLS: &[Case] = &[
    (SAMPLING_PORT_READ, IN, 0, EMPTY),
    (SAMPLING_PORT_READ, OUT, 0, NOT_FOUND),
    (SAMPLING_PORT_READ, NONE, 0, NOT_FOUND),
    (SAMPLING_PORT_READ, 7, 0, NOT_FOUND),
    (SAMPLING_PORT_READ, 8, 0, NOT_FOUND),
    (SAMPLING_PORT_READ, HIGH | IN, 0, NOT_FOUND),
    (SAMPLING_PORT_READ, MOST, 0, NOT_FOUND),
    (SAMPLING_PORT_WRITE, OUT, 0, INVALID_PARAMETERS),
    (SAMPLING_PORT_WRITE, OUT, 1, SUCCESS),
    (SAMPLING_PORT_WRITE, OUT, MESSAGE_BYTES - 1, SUCCESS),
    (SAMPLING_PORT_WRITE, OUT, MESSAGE_BYTES, SUCCESS),
    (
        SAMPLING_PORT_WRITE,
        OUT,
        MESSAGE_BYTES + 1,
        INVALID_PARAMETERS,
    ),
    (SAMPLING_PORT_WRITE, OUT, HIGH | 8, INVALID_PARAMETERS),
    (SAMPLING_PORT_WRITE, OUT, MOST, INVALID_PARAMETERS),
    (SAMPLING_PORT_WRITE, IN, 8, NOT_FOUND),
    (SAMPLING_PORT_WRITE, NONE, 8, NOT_FOUND),
    (SAMPLING_PORT_WRITE, 7, 8, NOT_FOUND),
    (SAMPLING_PORT_WRITE, 8, 8, NOT_FOUND),
    (SAMPLING_PORT_WRITE, HIGH | OUT, 8, NOT_FOUND),
    (SAMPLING_PORT_WRITE, MOST, 8, NOT_FOUND),
    (CONSOLE_WRITE, 0, 0, SUCCESS),
    (CONSOLE_WRITE, 1, b'\n' as u64, SUCCESS),
    (CONSOLE_WRITE, 40, b'\n' as u64, SUCCESS),
    (CONSOLE_WRITE, 41, b'\n' as u64, INVALID_PARAMETERS),
    (CONSOLE_WRITE, HIGH | 1, b'\n' as u64, INVALID_PARAMETERS),
    (CONSOLE_WRITE, MOST, b'\n' as u64, INVALID_PARAMETERS),
    (HEARTBEAT, 0, 0, SUCCESS),
    (HEARTBEAT, MOST, 0, SUCCESS),
    (SET_MODE, OperatingMode::Starting as u64, 0, SUCCESS),
    (SET_MODE, OperatingMode::Normal as u64, 0, SUCCESS),
    (SET_MODE, 3, 0, INVALID_PARAMETERS),
    (SET_MODE, HIGH, 0, INVALID_PARAMETERS),
    (SET_MODE, MOST, 0, INVALID_PARAMETERS),
    // An error of its own is ignored by its health table.
    (REPORT_ERROR, 0, 0, SUCCESS),
    (REPORT_ERROR, 2, 0, INVALID_PARAMETERS),
    (REPORT_ERROR, HIGH, 0, INVALID_PARAMETERS),
    (REPORT_ERROR, MOST, 0, INVALID_PARAMETERS),
    (RESTART, 1, 0, INVALID_PARAMETERS),
    (RESTART, HIGH, 0, INVALID_PARAMETERS),
    (EXIT_STATISTICS, 0, 0, SUCCESS),
    (EXIT_STATISTICS, ExitCause::ALL.len() as u64 - 1, 0, SUCCESS),
    (
        EXIT_STATISTICS,
        ExitCause::ALL.len() as u64,
        0,
        INVALID_PARAMETERS,
    ),
    (EXIT_STATISTICS, HIGH, 0, INVALID_PARAMETERS),
    (EXIT_STATISTICS, MOST, 0, INVALID_PARAMETERS),
];

/// Calls by number: those that don't exist, those about which one asks, and `x1` to `x3` of the others.
const NUMBERS: &[(u32, u64, [i64; 4])] = &[
    (
        VERSION,
        0,
        [
            SUCCESS,
            ABI_VERSION as i64,
            Features::all().bits().cast_signed(),
            0,
        ],
    ),
    (PSCI_VERSION, 0, [0x1_0001, 0, 0, 0]),
    (SMCCC_VERSION, 0, [0x1_0001, 0, 0, 0]),
    (SMCCC_ARCH_FEATURES, VERSION as u64, [SUCCESS, 0, 0, 0]),
    (SMCCC_ARCH_FEATURES, END as u64 - 1, [SUCCESS, 0, 0, 0]),
    (SMCCC_ARCH_FEATURES, END as u64, [NOT_SUPPORTED, 0, 0, 0]),
    (
        SMCCC_ARCH_FEATURES,
        BASE as u64 - 1,
        [NOT_SUPPORTED, 0, 0, 0],
    ),
    // This partition isn't told its stolen time.
    (
        PV_TIME_FEATURES,
        PV_TIME_ST as u64,
        [NOT_SUPPORTED, 0, 0, 0],
    ),
    (PV_TIME_ST, 0, [NOT_SUPPORTED, 0, 0, 0]),
    (HYPERVISOR_CALL_COUNT, 0, [(END - BASE) as i64, 0, 0, 0]),
    (
        HYPERVISOR_CALL_UID,
        0,
        [UID[0] as i64, UID[1] as i64, UID[2] as i64, UID[3] as i64],
    ),
    (
        HYPERVISOR_REVISION,
        0,
        [
            (ABI_VERSION >> 16) as i64,
            (ABI_VERSION & 0xFFFF) as i64,
            0,
            0,
        ],
    ),
];

/// These don't exist.
const UNKNOWN: &[u32] = &[
    BASE - 1,
    END,
    BASE + 0xFFFF,
    BASE + 0x1_0000,
    VERSION & !(1 << 30),
    SMCCC_VERSION + 2,
    HYPERVISOR_CALL_COUNT + 2,
    HYPERVISOR_REVISION + 1,
    PV_TIME_ST + 1,
    PSCI_VERSION + 0x20,
    0,
    u32::MAX,
];

fn main(context: Context) -> ! {
    println!("life {}", context.restarts);
    let mut wrong = 0;
    if context.restarts == 0 {
        // In its first window: its source's comes later in the frame.
        for (function, x1, x2, status) in CALLS {
            let [x0, ..] = raw(u64::from(*function), *x1, *x2);
            wrong += expect(*function, *x1, *x2, [x0], [*status]);
        }
        let _ = call::wait_for_window();
        for (function, x1, expected) in NUMBERS {
            let answer = raw(u64::from(*function), *x1, 0);
            wrong += expect(*function, *x1, 0, answer, *expected);
            // The number is w0 alone.
            let answer = raw(HIGH | u64::from(*function), *x1, 0);
            wrong += expect(*function, *x1, HIGH, answer, *expected);
        }
        for function in UNKNOWN {
            let [x0, ..] = raw(u64::from(*function), 0, 0);
            wrong += expect(*function, 0, 0, [x0], [NOT_SUPPORTED]);
        }
        println!("calls made, {wrong} with a wrong answer");
    }
    match context.restarts {
        0 => pass_the_limit("unknown", END, 0),
        1 => pass_the_limit("invalid", SET_MODE, MOST),
        _ => grow_old(),
    }
}

/// Makes as many refused calls as a window may have, says so, and makes one more.
fn pass_the_limit(kind: &str, function: u32, x1: u64) -> ! {
    for _ in 0..2 {
        let _ = call::wait_for_window();
        for _ in 0..REFUSED_IN_WINDOW {
            let _ = raw(u64::from(function), x1, 0);
        }
    }
    println!("{REFUSED_IN_WINDOW} {kind} calls are borne");
    let _ = raw(u64::from(function), x1, 0);
    println!("WRONG: one more is borne");
    call::restart()
}

/// Reads the port while its source sends and when it has fallen silent; then ends.
fn grow_old() -> ! {
    let refresh = core::time::Duration::from_millis(60);
    let refresh = Ticks::from_duration(refresh).0;
    let (mut wrong, mut young, mut old) = (0, 0_u64, 0_u64);
    for _ in 0..90 {
        let _ = call::wait_for_window();
        for _ in 0..200 {
            let [status, length, valid, age] = raw(u64::from(SAMPLING_PORT_READ), IN, 0);
            if status == EMPTY {
                continue;
            }
            let (valid, age) = (valid == 1, age.cast_unsigned());
            let is_right = status == SUCCESS && (1..=64).contains(&length);
            if !is_right || valid != (age <= refresh) {
                println!("WRONG: {status} {length} {valid} at {age} of {refresh}");
                wrong += 1;
            }
            *(if valid { &mut young } else { &mut old }) += 1;
        }
    }
    let both = young > 0 && old > 0;
    println!("messages grow old: {both}, {wrong} with a wrong answer");
    let _ = call::wait_for_window();
    let _ = call::set_mode(OperatingMode::Idle);
    println!("WRONG: it came back from idle mode");
    loop {
        let _ = raw(u64::from(WAIT_FOR_WINDOW), 0, 0);
    }
}

/// Whether the answer is another one: 1 if so.
fn expect<const N: usize>(
    function: u32,
    x1: u64,
    x2: u64,
    answer: [i64; N],
    expected: [i64; N],
) -> u32 {
    if answer != expected {
        println!("WRONG: call {function:#x} {x1:#x} {x2:#x}: {answer:x?}, not {expected:x?}");
    }
    u32::from(answer != expected)
}

/// A call by number with two arguments: `x0` to `x3`.
fn raw(x0: u64, x1: u64, x2: u64) -> [i64; 4] {
    let mut answer = [0; 4];
    // SAFETY: the hypervisor changes nothing but x0 to x17 and a port's message window, in which no Rust
    // object lies.
    unsafe {
        asm!(
            "hvc #0",
            inlateout("x0") x0 => answer[0],
            inlateout("x1") x1 => answer[1],
            inlateout("x2") x2 => answer[2],
            inlateout("x3") 0_u64 => answer[3],
            inlateout("x4") 0_u64 => _, lateout("x5") _, lateout("x6") _, lateout("x7") _,
            lateout("x8") _, lateout("x9") _, lateout("x10") _, lateout("x11") _,
            lateout("x12") _, lateout("x13") _, lateout("x14") _, lateout("x15") _,
            lateout("x16") _, lateout("x17") _,
            options(nostack),
        );
    }
    answer
}
