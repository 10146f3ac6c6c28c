//! Floods its console, then does what its health table answers with a halt.

#![no_std]
#![no_main]

use paratia_runtime::{Context, call, entry, mmu, println};

entry!(main);

fn main(context: Context) -> ! {
    println!("start, restarts {}", context.restarts);
    let _ = call::wait_for_window();
    mmu::open_everything();
    for _ in 0..200 {
        let _ = call::console_write(b"flood flood flood flood flood flood flo\n");
    }
    let nowhere = core::ptr::with_exposed_provenance_mut::<u64>(0xC000_0000);
    // SAFETY: nothing is there; the access traps.
    unsafe { nowhere.write_volatile(1) };
    panic!("the access was let through");
}
