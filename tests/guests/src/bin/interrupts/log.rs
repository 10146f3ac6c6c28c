//! The interrupts that were taken, in their order.

use core::fmt::{self, Display};
use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use crate::device::Shown;

/// Most that are kept.
const ROOM: usize = 64;
/// Added to an id where its handling ends.
const LEFT: u32 = 1 << 31;

static TAKEN: [AtomicU32; ROOM] = [const { AtomicU32::new(0) }; ROOM];
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// An interrupt is taken.
pub fn enter(id: u32) {
    let place = COUNT.fetch_add(1, Ordering::Relaxed);
    if let Some(taken) = TAKEN.get(place) {
        taken.store(id, Ordering::Relaxed);
    }
}

/// An interrupt's handling ends.
pub fn leave(id: u32) {
    enter(id | LEFT);
}

/// Forgets all.
pub fn clear() {
    COUNT.store(0, Ordering::Relaxed);
}

/// How many there are.
pub fn count() -> usize {
    COUNT.load(Ordering::Relaxed)
}

/// All of them: `3,27`, with `-3` where the handling of 3 ended; `none` if there are none.
pub struct Taken;

impl Display for Taken {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        if count() == 0 {
            return formatter.write_str("none");
        }
        for (place, taken) in TAKEN.iter().take(count()).enumerate() {
            let id = taken.load(Ordering::Relaxed);
            let comma = if place == 0 { "" } else { "," };
            let sign = if id & LEFT == 0 { "" } else { "-" };
            write!(formatter, "{comma}{sign}{}", Shown(id & !LEFT))?;
        }
        if count() > ROOM {
            formatter.write_str(",more")?;
        }
        Ok(())
    }
}
