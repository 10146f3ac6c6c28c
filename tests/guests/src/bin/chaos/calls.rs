//! Calls: every one, by every conduit, with any arguments; floods of them.

use core::arch::asm;

use paratia_runtime::abi::call::{
    CONSOLE_WRITE, HEARTBEAT, REPORT_ERROR, RESTART, SAMPLING_PORT_READ, SAMPLING_PORT_WRITE,
    SET_MODE, WAIT_FOR_WINDOW,
};

use crate::entry;
use crate::fresh::check_not_stale;
use crate::script::{
    self, Action, Ending, Entry, FOUND, HEARTBEATS, MESSAGES, Step, WRITES, other_call, target,
    vendor_call,
};

const CPU_SUSPEND: u64 = 0xC400_0001;
const CPU_OFF: u64 = 0x8400_0002;
const CPU_ON: u64 = 0xC400_0003;
const SYSTEM_OFF: u64 = 0x8400_0008;
const SYSTEM_RESET: u64 = 0x8400_0009;
/// Of `CPU_SUSPEND`: a power-down state (DEN0022, 5.4).
const POWER_DOWN: u64 = 1 << 16;

/// A call by any conduit: `x0` to `x6`; what is in `x0` then.
macro_rules! conduit {
    ($name:ident, $instruction:literal, $what:literal) => {
        #[doc = $what]
        pub fn $name(x: [u64; 7]) -> u64 {
            let answer;
            // SAFETY: the hypervisor changes nothing but x0 to x17 and the message windows of ports,
            // which nothing else of this guest uses.
            unsafe {
                asm!($instruction,
                    inlateout("x0") x[0] => answer, inlateout("x1") x[1] => _,
                    inlateout("x2") x[2] => _, inlateout("x3") x[3] => _, inlateout("x4") x[4] => _,
                    inlateout("x5") x[5] => _, inlateout("x6") x[6] => _, lateout("x7") _,
                    lateout("x8") _, lateout("x9") _, lateout("x10") _, lateout("x11") _,
                    lateout("x12") _, lateout("x13") _, lateout("x14") _, lateout("x15") _,
                    lateout("x16") _, lateout("x17") _, options(nostack));
            }
            answer
        }
    };
}

conduit!(hvc, "hvc #0", "By `HVC #0`.");
conduit!(smc, "smc #0", "By `SMC #0`.");
conduit!(odd_hvc, "hvc #0xEA1", "By `HVC` with an immediate.");
conduit!(odd_smc, "smc #7", "By `SMC` with an immediate.");

fn call<const N: usize>(words: [u64; N]) -> u64 {
    let mut x = [0; 7];
    x[..N].copy_from_slice(&words);
    hvc(x)
}

/// Turns a sibling on, to do its steps.
pub fn turn_on(vcpu: u64) {
    call([CPU_ON, vcpu, entry::address(), entry::context_of(vcpu)]);
}

/// Performs a step of calls.
pub fn perform(step: &Step) {
    let [a, b, c, d, e, f, g] = step.values;
    match step.action {
        Action::VendorCall => {
            hvc([vendor_call(step), b, c, d, e, f, g]);
        }
        Action::OtherCall => {
            let x = [other_call(step), c, d, e, f, g, a];
            match step.below(5, 6) {
                0 => smc(x),
                1 => odd_hvc(x),
                2 => odd_smc(x),
                _ => hvc(x),
            };
        }
        Action::TurnOn => {
            let vcpu = target(step);
            call([CPU_ON, vcpu, entry_of(step), entry::context_of(vcpu)]);
        }
        Action::TurnOff => {
            // Sometimes the first one, too: the partition then sleeps, unless others run.
            call([CPU_OFF]);
        }
        Action::Suspend => {
            let number = entry::number() as u64;
            let state = if b & 1 == 0 { POWER_DOWN } else { b };
            crate::timers::wake_within(step.below(2, script::SLEEP_US));
            call([
                CPU_SUSPEND,
                state,
                entry_of(step),
                entry::context_of(number),
            ]);
        }
        Action::Restart => {
            match Ending::of(step) {
                Ending::Call => call([RESTART.into()]),
                Ending::Reset => call([SYSTEM_RESET]),
                Ending::Off => call([SYSTEM_OFF]),
            };
        }
        Action::HeartbeatFlood => flood(step.below(0, HEARTBEATS), |n| [HEARTBEAT.into(), n, 0]),
        Action::ConsoleFlood => console(step),
        Action::MessageFlood => flood(step.below(0, MESSAGES), |n| {
            if n % 4 == 3 {
                [SAMPLING_PORT_READ.into(), b & 3, 0]
            } else {
                let length = [1, 8, 512, c][(n % 4) as usize];
                [SAMPLING_PORT_WRITE.into(), d & 1, length]
            }
        }),
        Action::WaitForWindow => {
            call([WAIT_FOR_WINDOW.into()]);
        }
        Action::ReportError => {
            // Not what the attacker tells when it finds something.
            let detail = if c >> 32 == FOUND >> 32 { 0 } else { c };
            call([REPORT_ERROR.into(), step.below(1, 3), detail, d, e]);
        }
        // Idle ends the partition for good, so it is rare.
        Action::SetMode => {
            let mode = match step.below(1, 24) {
                0 => 0,
                1..3 => b,
                place => 1 + place % 2,
            };
            call([SET_MODE.into(), mode]);
        }
        _ => {}
    }
}

fn entry_of(step: &Step) -> u64 {
    match script::entry(step) {
        Entry::Good => entry::address(),
        // Into this guest's own memory it would be a way past its recovery; see `main.rs`.
        Entry::Bad(address) if (0x4000_0000..0x4400_0000).contains(&address) => address | 1 << 40,
        Entry::Bad(address) => address,
    }
}

fn flood(count: u64, call: impl Fn(u64) -> [u64; 3]) {
    for n in 0..count {
        let [function, first, second] = call(n);
        hvc([function, first, second, 0, 0, 0, 0]);
        check_not_stale();
    }
}

fn console(step: &Step) {
    const TEXT: u64 = u64::from_le_bytes(*b"flood of");
    let end = if step.values[1] & 1 == 0 {
        u64::from_le_bytes(*b" chaos.\n")
    } else {
        TEXT
    };
    for _ in 0..step.below(0, WRITES) {
        hvc([CONSOLE_WRITE.into(), 40, TEXT, TEXT, TEXT, TEXT, end]);
        check_not_stale();
    }
}
