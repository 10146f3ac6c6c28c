//! The calls of events: a signal that interrupts, and what a destination takes of it.

use paratia_abi::status::{BUSY, EMPTY, INVALID_PARAMETERS, NOT_FOUND, SUCCESS};

use crate::built::chosen::ANY;
use crate::exits::messages;
use crate::interrupts::kicks;
use crate::state::ports::Beyond;
use crate::state::running::Guest;

/// `x0` to `x3`, or a status.
type Results = Result<[u64; 4], i64>;

/// Signals the event at a source port.
pub fn signal(guest: &mut Guest, index: u64, reserved: u64) -> Results {
    let Some(Beyond::Signals(event)) = beyond(guest, index) else {
        return Err(NOT_FOUND);
    };
    if reserved != 0 {
        return Err(INVALID_PARAMETERS);
    }
    let done = event.counts.signal(guest.cpu.window_start, event.most);
    if done.is_taken {
        for bell in event.bells.iter().flatten() {
            kicks::ring(guest.cpu, bell);
        }
    }
    let status = if done.is_taken { SUCCESS } else { BUSY };
    Ok([status.cast_unsigned(), done.left, done.refused, 0])
}

/// Takes the event at a destination port.
pub fn take(guest: &Guest, index: u64, reserved: u64) -> Results {
    let Some(Beyond::Takes(event)) = beyond(guest, index) else {
        return Err(NOT_FOUND);
    };
    if reserved != 0 {
        return Err(INVALID_PARAMETERS);
    }
    // There is such a port, so it is a small number.
    event.doorbell.silence(usize::try_from(index).unwrap_or(0));
    let taken = event.counts.take(event.told);
    let status = if taken.count == 0 { EMPTY } else { SUCCESS };
    Ok([status.cast_unsigned(), taken.count, taken.refused, 0])
}

/// What hangs on the partition's port at an index, if there are events in this image at all.
fn beyond(guest: &Guest, index: u64) -> Option<&'static Beyond> {
    let port = messages::at(guest.partition.facts.calls, index).filter(|_| ANY.events);
    port.map(|port| &port.beyond)
}
