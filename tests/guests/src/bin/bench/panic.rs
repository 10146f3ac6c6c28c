//! The end of a guest that failed: it stays silent, and whoever runs it misses its last line.

use core::panic::PanicInfo;

#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    loop {
        core::hint::spin_loop();
    }
}
