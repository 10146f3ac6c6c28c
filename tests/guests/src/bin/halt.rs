//! Floods its console, then does what its health table answers with a halt; or, for run argument 1, turns its
//! only vCPU off in its first life.

#![no_std]
#![no_main]

use paratia_runtime::abi::OperatingMode;
use paratia_runtime::{Context, call, entry, mmu, println};

entry!(main);

fn main(context: Context) -> ! {
    println!("start, restarts {}", context.restarts);
    let _ = call::wait_for_window();
    if context.run_argument == 1 {
        turn_off(context.restarts > 0);
    }
    mmu::open_everything();
    for _ in 0..200 {
        let _ = call::console_write(b"flood flood flood flood flood flood flo\n");
    }
    let nowhere = core::ptr::with_exposed_provenance_mut::<u64>(0xC000_0000);
    // SAFETY: nothing is there; the access traps.
    unsafe { nowhere.write_volatile(1) };
    panic!("the access was let through");
}

/// Gives heartbeats for ever, or a few, and then never again.
fn turn_off(for_ever: bool) -> ! {
    const CPU_OFF: u32 = 0x8400_0002;
    let _ = call::set_mode(OperatingMode::Normal);
    for beat in 0.. {
        let _ = call::heartbeat(beat);
        let _ = call::wait_for_window();
        if beat == 3 && !for_ever {
            let _ = call::raw(CPU_OFF, 0);
        }
    }
    unreachable!("windows don't run out")
}
