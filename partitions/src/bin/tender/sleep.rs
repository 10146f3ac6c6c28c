//! Sleep until a moment, or until there is something to look at.

use core::time::Duration;

use paratia_runtime::interrupt;
use paratia_runtime::time::{Instant, Ticks, Timer};

/// How often interfaces are looked at for frames, while a unikernel waits for some.
const LOOK: Duration = Duration::from_micros(500);

/// Sleeps until `deadline`, or until `is_ready`, which is asked at once, and then again and again if `looks`.
pub fn until(deadline: Instant, looks: bool, mut is_ready: impl FnMut() -> bool) {
    loop {
        let now = Instant::now();
        if is_ready() || now >= deadline {
            Timer.cancel();
            return;
        }
        let next = if looks {
            now.plus(Ticks::from_duration(LOOK)).min(deadline)
        } else {
            deadline
        };
        Timer.set(next);
        interrupt::wait();
        // Interrupts are masked, so that the vectors, which are the unikernel's, never see one.
        interrupt::handle();
    }
}

/// The timer's moment has come.
pub fn on_timer() {
    Timer.cancel();
}
