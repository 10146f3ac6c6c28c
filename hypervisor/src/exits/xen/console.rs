//! `console_io`: text of a guest of Xen's without a ring, as its first words are.

use super::pointers::{read_bytes, write};
use super::{Answer, Done};
use crate::interrupts::events;
use crate::machine::xen::call;
use crate::machine::xen::status::Refusal::NoCall;
use crate::state::running::Guest;

/// Bytes that one exit takes; for the rest the guest makes the same call again.
const STEP_BYTES: usize = 64;

/// Carries such a call out.
pub fn call(guest: &mut Guest) -> Answer {
    let [what, count, pointer, ..] = guest.vcpu.context.x;
    match what {
        call::CONSOLE_WRITE => say(guest, count, pointer),
        call::CONSOLE_READ => {
            let input = guest.partition.input.as_mut().filter(|_| count > 0);
            let Some(byte) = input.and_then(heapless::spsc::Consumer::dequeue) else {
                return Ok(Done::Value(0));
            };
            write(guest, pointer, &byte)?;
            Ok(Done::Value(1))
        }
        _ => Err(NoCall),
    }
}

/// Takes as much as there is room for, and waits for the rest as for any UART.
fn say(guest: &mut Guest, count: u64, pointer: u64) -> Answer {
    events::make_room(guest.cpu, &guest.partition);
    let room = guest
        .partition
        .console
        .as_ref()
        .map_or(usize::MAX, |console| {
            console.capacity().saturating_sub(console.len())
        });
    let mut text = [0; STEP_BYTES];
    let now = usize::try_from(count)
        .unwrap_or(usize::MAX)
        .min(room)
        .min(STEP_BYTES);
    let (text, _) = text.split_at_mut(now);
    if now > 0 {
        read_bytes(guest, pointer, text)?;
    }
    if let Some(console) = guest.partition.console.as_mut() {
        for byte in text.iter() {
            // There is room: it was asked for just now, and only this CPU adds.
            let _ = console.enqueue(*byte);
        }
    }
    let rest = count.wrapping_sub(now as u64);
    if rest == 0 {
        return Ok(Done::Value(0));
    }
    guest.vcpu.context.x[1] = rest;
    guest.vcpu.context.x[2] = pointer.wrapping_add(now as u64);
    Ok(Done::Again)
}
