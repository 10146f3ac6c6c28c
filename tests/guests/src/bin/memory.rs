//! Fills all memory beyond its image, then dies by a stray access; after the restart nothing of it
//! may be left.

#![no_std]
#![no_main]

use core::ops::Range;

use paratia_runtime::abi::{OperatingMode, ReportedError};
use paratia_runtime::{Context, call, entry, mmu, passport, println};

entry!(main);

const PATTERN: u64 = 0xD1D1_D1D1_D1D1_D1D1;
/// 3 GiB: nothing is there on any board.
const NOWHERE: u64 = 0xC000_0000;

fn main(context: Context) -> ! {
    let free = mmu::image().end as u64..passport::ram(context.passport).end;
    let _ = call::set_mode(OperatingMode::Normal);
    match first_dirty(free.clone()) {
        Some((address, value)) => {
            println!("dirty word at {address:#010x}: {value:#018x}");
            call::report_error(ReportedError::Application, [address, value, 0]);
        }
        None => println!("clean after restart {}", context.restarts),
    }

    for address in free.clone().step_by(size_of::<u64>()) {
        write(address, PATTERN);
    }
    println!("filled {} bytes", free.end - free.start);
    for _ in 0..5 {
        let _ = call::wait_for_window();
    }
    mmu::open_everything();
    write(NOWHERE, PATTERN);
    panic!("the stray access changed nothing");
}

/// The first word that isn't zero.
fn first_dirty(free: Range<u64>) -> Option<(u64, u64)> {
    free.step_by(size_of::<u64>())
        .map(|address| (address, read(address)))
        .find(|(_, value)| *value != 0)
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "addresses and usize are 64 bits"
)]
fn read(address: u64) -> u64 {
    // SAFETY: free RAM of this partition, in which no Rust object lies.
    unsafe { core::ptr::with_exposed_provenance::<u64>(address as usize).read_volatile() }
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "addresses and usize are 64 bits"
)]
fn write(address: u64, value: u64) {
    // SAFETY: free RAM of this partition, in which no Rust object lies, or an address that traps.
    unsafe {
        core::ptr::with_exposed_provenance_mut::<u64>(address as usize).write_volatile(value);
    };
}
