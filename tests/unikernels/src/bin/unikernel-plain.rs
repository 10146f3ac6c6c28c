//! A unikernel without devices. It does what its command line says: something good, or something bad.

#![no_std]
#![allow(clippy::cast_possible_truncation, reason = "usize has 64 bits")]
#![no_main]

use core::hint::black_box;

use paratia_test_unikernels::{call, monotonic, poll, say, unikernel, wall_time};

unikernel!(main);

static CONSTANT: u64 = 7;
static mut VARIABLE: u32 = 0xD65F_03C0;

fn main(command_line: &str) -> i32 {
    say!("command line '{command_line}'");
    let (word, number) = command_line.split_once(' ').unwrap_or((command_line, "0"));
    let number = number.parse().unwrap_or(0);
    match word {
        "hello" => hello(),
        "exit" => return i32::try_from(number).unwrap_or(-1),
        // A pointer to where it has no memory; to where its tender lies; one that wraps.
        "pointer" => call(2, number),
        "call" => call(number, 0x10_0000),
        "read" => {
            black_box(read(0x1_0000_0010));
        }
        "write" => write(number),
        "text" => write(main as *const () as u64),
        "constant" => write((&raw const CONSTANT) as u64),
        "execute" => {
            let place = &raw mut VARIABLE;
            // SAFETY: none: stage 2 is to say no. The word is `ret`.
            unsafe { core::mem::transmute::<*mut u32, extern "C" fn()>(place)() }
        }
        "flood" => loop {
            say!("text without end");
        },
        _ => return 2,
    }
    say!("SUCCESS");
    0
}

fn hello() {
    let before = monotonic();
    assert_eq!(poll(30_000_000), 0, "nothing can be ready");
    let slept = monotonic() - before;
    assert!(
        (30_000_000..90_000_000).contains(&slept),
        "slept {slept} ns"
    );
    assert_eq!(poll(0), 0, "no time is over at once");
    let wall = wall_time();
    assert!(
        wall > 1_700_000_000_000_000_000,
        "the wall clock says {wall}"
    );
    floating_point();
}

/// Registers and floating point are the same after a call.
fn floating_point() {
    let mut sum = black_box(0.5_f64);
    for _ in 0..8 {
        let _ = poll(0);
        sum += black_box(0.25);
    }
    assert!(sum > 2.49 && sum < 2.51, "a call changed a sum");
}

fn read(address: u64) -> u32 {
    // SAFETY: none: the tender is to say no.
    unsafe { core::ptr::with_exposed_provenance::<u32>(address as usize).read_volatile() }
}

fn write(address: u64) {
    let place = core::ptr::with_exposed_provenance_mut::<u64>(address as usize);
    // SAFETY: none: stage 2 or the tables are to say no.
    unsafe { place.write_volatile(black_box(1)) };
}
