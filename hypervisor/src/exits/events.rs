//! The calls of events in a few instructions each, as those of messages ([`crate::exits::messages`]): a signal that
//! interrupts, and what a destination takes of it. What they don't do they leave to the long way
//! ([`crate::exits::ports`]).

use paratia_abi::status::{BUSY, EMPTY, SUCCESS};

use crate::built::chosen::ANY;
use crate::exits::messages;
use crate::interrupts::kicks;
use crate::state::cpu::Cpu;
use crate::state::ports::{Beyond, Ports};
use crate::state::vcpu::Vcpu;

/// Signals the event at a source port, in the window in which the CPU is. Whether that could be done; one signal
/// too many is an answer.
#[inline(always)]
pub fn signal<'a>(
    vcpu: &mut Vcpu,
    ports: &'static Ports,
    cpu: impl FnOnce() -> &'a mut Cpu,
) -> Option<()> {
    let Beyond::Signals(event) = beyond(vcpu, ports)? else {
        return None;
    };
    let cpu = cpu();
    let done = event.counts.signal(cpu.window_start, event.most);
    if done.is_taken {
        for bell in event.bells.iter().flatten() {
            kicks::ring(cpu, bell);
        }
    }
    let status = if done.is_taken { SUCCESS } else { BUSY };
    let answer = [status.cast_unsigned(), done.left, done.refused, 0];
    vcpu.context.x[..4].copy_from_slice(&answer);
    Some(())
}

/// Takes the event at a destination port. Whether that could be done; one that wasn't signalled is an answer.
#[inline(always)]
pub fn take(vcpu: &mut Vcpu, ports: &'static Ports) -> Option<()> {
    let [_, index, ..] = vcpu.context.x;
    let Beyond::Takes(event) = beyond(vcpu, ports)? else {
        return None;
    };
    #[allow(
        clippy::cast_possible_truncation,
        reason = "it is the index of a port that was found"
    )]
    event.doorbell.silence(index as usize);
    let taken = event.counts.take(event.told);
    let status = if taken.count == 0 { EMPTY } else { SUCCESS };
    let answer = [status.cast_unsigned(), taken.count, taken.refused, 0];
    vcpu.context.x[..4].copy_from_slice(&answer);
    Some(())
}

/// What hangs on the port that a call names, if its reserved argument is 0 and there are events in this image at all.
#[inline(always)]
fn beyond(vcpu: &Vcpu, ports: &'static Ports) -> Option<&'static Beyond> {
    let [_, index, reserved, ..] = vcpu.context.x;
    let port = messages::at(ports, index).filter(|_| ANY.events && reserved == 0)?;
    Some(&port.beyond)
}
