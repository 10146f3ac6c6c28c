//! Repeats at will whatever leaves a record, then dies by a stray access: the fault, the verdict on it
//! and the next start must be told all the same.

#![no_std]
#![no_main]

use paratia_runtime::abi::{OperatingMode, ReportedError};
use paratia_runtime::{Context, call, entry, mmu, println};

entry!(main);

/// 3 GiB: nothing is there on any board.
const NOWHERE: usize = 0xC000_0000;
const WINDOWS: u64 = 3;
const HEARTBEATS: u64 = 2_000;
const ERRORS: u64 = 200;

fn main(context: Context) -> ! {
    println!("start {}", context.restarts);
    let _ = call::set_mode(OperatingMode::Normal);
    mmu::open_everything();
    for _ in 0..WINDOWS {
        let _ = call::wait_for_window();
        for sequence in 0..HEARTBEATS {
            let _ = call::heartbeat(sequence);
        }
        for error in 0..ERRORS {
            call::report_error(ReportedError::Application, [error, 0, 0]);
        }
    }
    // SAFETY: nothing is there.
    unsafe { core::ptr::with_exposed_provenance_mut::<u64>(NOWHERE).write_volatile(1) };
    panic!("the stray access changed nothing");
}
