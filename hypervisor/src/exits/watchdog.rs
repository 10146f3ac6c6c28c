//! An access to the emulated watchdog: feeding it is a sign of life.

use crate::arch::timer;
use crate::exits::heartbeat;
use crate::machine::watchdog::Feeding;
use crate::state::decision::Decision;
use crate::state::running::Guest;

/// What is read, if nothing is written; and what follows.
pub fn access(guest: &mut Guest, offset: u64, width: u32, written: Option<u64>) -> (u64, Decision) {
    let Some(watchdog) = guest.partition.watchdog.first_mut() else {
        return (0, Decision::Resume);
    };
    let Some(value) = written else {
        return (watchdog.read(offset, width), Decision::Resume);
    };
    let decision = match watchdog.write(offset, width, value, timer::guest_now()) {
        Feeding::Nothing => Decision::Resume,
        Feeding::Begins => {
            heartbeat::enter_normal(guest);
            Decision::Resume
        }
        Feeding::Fed => heartbeat::give(guest, 0),
    };
    (0, decision)
}
