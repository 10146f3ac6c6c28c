//! `sched_op`: a guest of Xen's gives its time back, waits for events, or shuts down.

use paratia_config::system::HealthEvent;

use paratia_config::xen::PORTS;
use zerocopy::IntoBytes;

use super::pointers::{read, read_bytes};
use super::{Answer, Done, caller, event_channel};
use crate::arch::memory::Physical;
use crate::arch::timer;
use crate::exits::fault;
use crate::machine::xen::call::{self, Shutdown};
use crate::machine::xen::pointer::MOST_BYTES;
use crate::machine::xen::status::Refusal::{Invalid, NoCall, NotSupported};
use crate::machine::xen::structures::{Number, Poll};
use crate::state::decision::Decision;
use crate::state::event::Details;
use crate::state::running::Guest;

/// Channels that can be polled at once: as many as are copied in at once.
const MOST_POLLED: usize = MOST_BYTES / size_of::<u32>();

/// Carries such a call out.
pub fn call(guest: &mut Guest) -> Answer {
    let [what, pointer, ..] = guest.vcpu.context.x;
    match what {
        call::SCHEDULE_YIELD => event_channel::give_turn(guest),
        call::SCHEDULE_BLOCK => Ok(Done::Decided(Decision::WaitForInterrupt)),
        call::SCHEDULE_SHUTDOWN => {
            let Number { number } = read(guest, pointer)?;
            let event = match Shutdown::from_raw(number) {
                Some(Shutdown::PowerOff) => HealthEvent::Shutdown,
                Some(Shutdown::Reboot) => HealthEvent::Reset,
                Some(Shutdown::Crash) => HealthEvent::ApplicationError,
                None => return Err(NotSupported),
            };
            let details = Details::here(number.into());
            Ok(Done::Decided(fault::raise(guest, event, details)))
        }
        call::SCHEDULE_POLL => poll(guest, pointer),
        _ => Err(NoCall),
    }
}

/// Waits until one of these channels has an event, or until a time has come, by asking again and again: the
/// guest's interrupts, which may be masked, aren't waited for.
fn poll(guest: &mut Guest, pointer: u64) -> Answer {
    let asked: Poll = read(guest, pointer)?;
    let mut ports = [0_u32; MOST_POLLED];
    let count = usize::try_from(asked.count).unwrap_or(usize::MAX);
    let Some((ports, _)) = ports.split_at_mut_checked(count) else {
        return Err(Invalid);
    };
    if !ports.is_empty() {
        read_bytes(guest, asked.ports, ports.as_mut_bytes())?;
    }
    let mut wanted = 0_u64;
    for port in ports.iter() {
        if *port as usize >= PORTS {
            return Err(Invalid);
        }
        wanted |= 1_u64.wrapping_shl(*port);
    }
    let pending = caller(guest)?.events.pending(&Physical);
    let is_over = asked.timeout != 0 && timer::nanoseconds(timer::guest_now()) >= asked.timeout;
    if pending & wanted != 0 || is_over {
        return Ok(Done::Value(0));
    }
    event_channel::move_console(guest);
    Ok(Done::Again)
}
