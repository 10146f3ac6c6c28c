//! Signs of life, however they come: by call, or by feeding a watchdog.

use crate::arch::timer;
use crate::exits::fault;
use crate::state::decision::Decision;
use crate::state::event::{Event, Record};
use crate::state::running::Guest;
use crate::state::shared;

/// Takes a sign of life, with a number for the log, and what it leads to: it may be too late.
pub fn give(guest: &mut Guest, sequence: u64) -> Decision {
    let now = timer::now();
    let decision = fault::check_heartbeat(guest, now);
    let supervision = guest.partition.supervision.as_mut();
    let counted = supervision.is_some_and(|supervision| supervision.beat(now));
    if shared::traces_windows() && (counted || guest.vcpu.told.heartbeat(guest.cpu.window_start)) {
        let event = Event::Heartbeat {
            partition: guest.partition.index,
            sequence,
            counted,
        };
        guest.partition.records.trace(Record { time: now, event });
    }
    decision
}

/// The partition enters normal mode: signs of life are due from now on.
pub fn enter_normal(guest: &mut Guest) {
    if let Some(supervision) = &mut guest.partition.supervision {
        supervision.enter_normal(timer::now());
    }
}
