//! What the guest does in systems with several partitions, as `arguments` says: the one that is
//! measured, or the neighbour that tries to delay it.

use core::arch::asm;

use paratia_abi::call::{SAMPLING_PORT_READ, SAMPLING_PORT_WRITE};
use paratia_abi::passport::MAGIC;

use crate::console::say;
use crate::place::Place;
use crate::samples::Samples;
use crate::{gic, interrupts, paratia};

/// Windows whose start is looked at.
const WINDOWS: u64 = 200;
/// Messages that are sent.
const MESSAGES: u64 = 1_100;
/// Turns that other CPUs get after each.
const TURNS: u64 = 200;

/// Plays a role for ever, or to its end.
pub fn play(place: &Place, role: &str, run_argument: u64) -> ! {
    match role {
        "role=punctual" => punctual(place),
        "role=sender" => sender(place),
        "role=receiver" => receiver(place),
        "role=neighbour" => neighbour(run_argument),
        _ => neighbour(0),
    }
}

/// Looks how long after its window's tick its first instruction comes, then says so.
fn punctual(place: &Place) -> ! {
    let mut late = Samples::NONE;
    for _ in 0..WINDOWS {
        late.add(next_window());
    }
    say(place, &[("window-late", Some(late))]);
    paratia::stop()
}

/// Ticks from the next window's scheduled start to the first instruction in it.
fn next_window() -> u64 {
    let (start, seen): (u64, u64);
    // SAFETY: a call that changes at most x0 to x17 (DEN0028, 2.6).
    unsafe {
        asm!(
            "hvc #0", "mrs x20, cntvct_el0",
            inout("x0") u64::from(paratia_abi::call::WAIT_FOR_WINDOW) => _, out("x1") start,
            out("x20") seen,
            out("x2") _, out("x3") _, out("x4") _, out("x5") _, out("x6") _, out("x7") _,
            out("x8") _, out("x9") _, out("x10") _, out("x11") _, out("x12") _, out("x13") _,
            out("x14") _, out("x15") _, out("x16") _, out("x17") _,
        );
    }
    seen - start
}

/// Sends messages of eight bytes to the receiver, one after the other.
fn sender(place: &Place) -> ! {
    let Place::Paratia(passport) = place else {
        paratia::stop()
    };
    let window = passport.ports()[0].window;
    for message in 0..MESSAGES {
        // SAFETY: the message window, which is this partition's memory and nothing else's place.
        unsafe { asm!("str {}, [{}]", in(reg) message, in(reg) window, options(nostack)) };
        paratia::call(SAMPLING_PORT_WRITE, [0, 8, 0, 0, 0, 0]);
        for _ in 0..TURNS {
            give_turn();
        }
    }
    paratia::stop()
}

/// Takes each message's interrupt, running, and reads the message.
fn receiver(place: &Place) -> ! {
    let Place::Paratia(passport) = place else {
        paratia::stop()
    };
    gic::enable(place.gic());
    let id = passport.port_interrupts[0];
    gic::enable_edge(place.gic(), id);
    loop {
        interrupts::wait_for(id);
        paratia::call(SAMPLING_PORT_READ, [0; 6]);
    }
}

/// Lets QEMU run another CPU.
fn give_turn() {
    // SAFETY: a hint.
    unsafe { asm!("yield", options(nomem, nostack)) };
}

/// The neighbours, by the run argument.
fn neighbour(manner: u64) -> ! {
    gic::enable(None);
    let mut floating = 1.0_f64;
    loop {
        match manner {
            1 => drop(paratia::console_write(&[b'.'; 40])),
            2 => pending_interrupt(),
            3 => paratia::restart(),
            4 => drop(paratia::call(0xC600_7FFF, [MAGIC; 6])),
            5 => drop(paratia::wait_for_window()),
            // Calm: it computes.
            _ => floating = core::hint::black_box(floating * 1.000_001),
        }
    }
}

/// Lets the timer expire at once, takes its interrupt and ends it, while the timer still asks.
fn pending_interrupt() {
    // SAFETY: the timer is this guest's; interrupts stay masked at the CPU.
    unsafe {
        asm!(
            "msr cntv_cval_el0, xzr", "msr cntv_ctl_el0, {on}", "isb",
            "mrs {id}, icc_iar1_el1", "msr icc_eoir1_el1, {id}",
            on = in(reg) 1_u64, id = out(reg) _, options(nostack),
        );
    }
}
