//! What the guest does in systems with several partitions, as `arguments` says: the one that is
//! measured, or the neighbour that tries to delay it.

use core::arch::asm;

use paratia_abi::call::{
    RECEIVE_QUEUING_MESSAGE, SAMPLING_PORT_READ, SAMPLING_PORT_WRITE, SEND_QUEUING_MESSAGE,
    SIGNAL_EVENT, TAKE_EVENT,
};
use paratia_abi::passport::MAGIC;
use paratia_abi::status::SUCCESS;

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
        "role=sender" => sender(place, SAMPLING_PORT_WRITE),
        "role=receiver" => receiver(place, SAMPLING_PORT_READ),
        "role=source" => sender(place, SIGNAL_EVENT),
        "role=destination" => receiver(place, TAKE_EVENT),
        "role=ports" => ports(place),
        "role=partner" => partner(),
        "role=signals" => signals(place),
        "role=takes" => takes(place),
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

/// Sends messages of eight bytes to the receiver, one after the other, or signals an event.
fn sender(place: &Place, function: u32) -> ! {
    let Place::Paratia(passport) = place else {
        paratia::stop()
    };
    let window = passport.ports()[0].window;
    for message in 0..MESSAGES {
        let bytes = if function == SIGNAL_EVENT {
            0
        } else {
            SMALL_BYTES
        };
        if bytes > 0 {
            // SAFETY: the message window, which is this partition's memory and nothing else's place.
            unsafe { asm!("str {}, [{}]", in(reg) message, in(reg) window, options(nostack)) };
        }
        paratia::call(function, [0, bytes, 0, 0, 0, 0]);
        for _ in 0..TURNS {
            give_turn();
        }
    }
    paratia::stop()
}

/// Takes each interrupt of the port, running, and reads the message or takes the event.
fn receiver(place: &Place, function: u32) -> ! {
    let Place::Paratia(passport) = place else {
        paratia::stop()
    };
    gic::enable(place.gic());
    let id = passport.port_interrupts[0];
    gic::enable_edge(place.gic(), id);
    loop {
        interrupts::wait_for(id);
        paratia::call(function, [0; 6]);
    }
}

/// Ports of the two that exchange messages, as their system declares them; the partner's are the same in
/// the other direction.
const SAMPLED_OUT: u64 = 0;
const QUEUED_OUT: u64 = 1;
const SAMPLED_IN: u64 = 2;
const QUEUED_IN: u64 = 3;
const LARGE_OUT: u64 = 4;
const LARGE_IN: u64 = 5;
const SMALL_IN: u64 = 6;
/// The sizes of their messages, and how many of them a queue holds.
const MESSAGE_BYTES: u64 = 64;
const LARGE_BYTES: u64 = 512;
const SMALL_BYTES: u64 = 8;
const DEPTH: u64 = 256;
/// Windows in which calls are measured.
const ROUNDS: u64 = 4;

/// Measures a message's way into a channel and out of it, sampled and queued, by turns with the partner.
fn ports(place: &Place) -> ! {
    let (mut write, mut send) = (Samples::NONE, Samples::NONE);
    let (mut read, mut receive) = (Samples::NONE, Samples::NONE);
    let [mut write_small, mut read_small] = [Samples::NONE; 2];
    let [mut write_large, mut read_large] = [Samples::NONE; 2];
    for _ in 0..ROUNDS {
        // The partner takes all that was sent, and sends as much.
        paratia::wait_for_window();
        for _ in 0..DEPTH {
            write.add(port_call(SAMPLING_PORT_WRITE, SAMPLED_OUT, MESSAGE_BYTES));
            send.add(port_call(SEND_QUEUING_MESSAGE, QUEUED_OUT, MESSAGE_BYTES));
            read.add(port_call(SAMPLING_PORT_READ, SAMPLED_IN, 0));
            receive.add(port_call(RECEIVE_QUEUING_MESSAGE, QUEUED_IN, 0));
            write_small.add(port_call(SAMPLING_PORT_WRITE, LARGE_OUT, SMALL_BYTES));
            read_small.add(port_call(SAMPLING_PORT_READ, SMALL_IN, 0));
            write_large.add(port_call(SAMPLING_PORT_WRITE, LARGE_OUT, LARGE_BYTES));
            read_large.add(port_call(SAMPLING_PORT_READ, LARGE_IN, 0));
        }
    }
    let figures = [
        ("port-write", Some(write)),
        ("port-read", Some(read)),
        ("queue-send", Some(send)),
        ("queue-receive", Some(receive)),
        ("port-write-8", Some(write_small)),
        ("port-read-8", Some(read_small)),
        ("port-write-512", Some(write_large)),
        ("port-read-512", Some(read_large)),
    ];
    say(place, &figures);
    paratia::stop()
}

/// Takes every message, and answers each, in its windows.
fn partner() -> ! {
    loop {
        while paratia::call(RECEIVE_QUEUING_MESSAGE, [QUEUED_OUT, 0, 0, 0, 0, 0]).0 == SUCCESS {}
        for (port, bytes) in [
            (SAMPLED_IN, MESSAGE_BYTES),
            (LARGE_IN, LARGE_BYTES),
            (SMALL_IN, SMALL_BYTES),
        ] {
            paratia::call(SAMPLING_PORT_WRITE, [port, bytes, 0, 0, 0, 0]);
        }
        let message = [QUEUED_IN, MESSAGE_BYTES, 0, 0, 0, 0];
        while paratia::call(SEND_QUEUING_MESSAGE, message).0 == SUCCESS {}
        paratia::wait_for_window();
    }
}

/// Measures what a signal costs that another partition takes in its window.
fn signals(place: &Place) -> ! {
    let mut signal = Samples::NONE;
    for _ in 0..ROUNDS {
        paratia::wait_for_window();
        for _ in 0..DEPTH {
            signal.add(port_call(SIGNAL_EVENT, 0, 0));
        }
    }
    say(place, &[("event-signal", Some(signal))]);
    paratia::stop()
}

/// Measures what it costs to take the event of the windows in which it was signalled.
fn takes(place: &Place) -> ! {
    let mut take = Samples::NONE;
    for _ in 0..ROUNDS {
        loop {
            paratia::wait_for_window();
            let (ticks, status) = call_of_port(TAKE_EVENT, 0, 0);
            if status == SUCCESS.cast_unsigned() {
                take.add(ticks);
                break;
            }
        }
    }
    say(place, &[("event-take", Some(take))]);
    paratia::stop()
}

/// Ticks that a call takes, which succeeds.
fn port_call(function: u32, port: u64, length: u64) -> u64 {
    let (ticks, status) = call_of_port(function, port, length);
    assert!(status == 0);
    ticks
}

/// Ticks that a call takes, and its status.
fn call_of_port(function: u32, port: u64, length: u64) -> (u64, u64) {
    let (before, after, status): (u64, u64, u64);
    // SAFETY: the hypervisor changes at most x0 to x17 (DEN0028, 2.6) and a port's message window, in which
    // nothing of this guest lies.
    unsafe {
        asm!(
            "mrs x20, cntvct_el0", "hvc #0", "mrs x21, cntvct_el0",
            out("x20") before, out("x21") after,
            inout("x0") u64::from(function) => status, inout("x1") port => _,
            inout("x2") length => _, inout("x3") 0_u64 => _,
            out("x4") _, out("x5") _, out("x6") _, out("x7") _, out("x8") _, out("x9") _,
            out("x10") _, out("x11") _, out("x12") _, out("x13") _, out("x14") _, out("x15") _,
            out("x16") _, out("x17") _,
        );
    }
    (after - before, status)
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
