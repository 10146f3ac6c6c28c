//! The calls of ports, events' among them, the long way: those of a partition with several vCPUs, whose lock is held; what an
//! unusual call is answered; and what is asked about a queue.

use paratia_abi::call::{
    RECEIVE_QUEUING_MESSAGE, SAMPLING_PORT_READ, SAMPLING_PORT_WRITE, SEND_QUEUING_MESSAGE,
    SIGNAL_EVENT, TAKE_EVENT,
};
use paratia_abi::status::{EMPTY, INVALID_PARAMETERS, NOT_FOUND, SUCCESS};

use crate::arch::timer;
use crate::built::chosen::ANY;
use crate::exits::{events, messages};
use crate::policy::queue::Standing;
use crate::state::ports::{Beyond, PortCalls};
use crate::state::running::Guest;

/// `x0` to `x3`, or a status.
type Results = Result<[u64; 4], i64>;

/// Writes a sampled message.
pub fn write(guest: &mut Guest, index: u64) -> Result<(), i64> {
    exchange(guest, SAMPLING_PORT_WRITE).ok_or_else(|| match at(guest, index) {
        Ok(port) if port.write.is_some() => INVALID_PARAMETERS,
        _ => NOT_FOUND,
    })
}

/// Reads a sampled message.
pub fn read(guest: &mut Guest, index: u64) -> Result<(), i64> {
    exchange(guest, SAMPLING_PORT_READ).ok_or_else(|| match at(guest, index) {
        Ok(port) if port.read.is_some() => EMPTY,
        _ => NOT_FOUND,
    })
}

/// Sends a message to a queue.
pub fn send(guest: &mut Guest, index: u64) -> Result<(), i64> {
    exchange(guest, SEND_QUEUING_MESSAGE).ok_or_else(|| match at(guest, index) {
        Ok(port) if ANY.queues && port.send.is_some() => INVALID_PARAMETERS,
        _ => NOT_FOUND,
    })
}

/// Receives a message from a queue.
pub fn receive(guest: &mut Guest, index: u64) -> Result<(), i64> {
    exchange(guest, RECEIVE_QUEUING_MESSAGE).ok_or_else(|| match at(guest, index) {
        Ok(port) if ANY.queues && port.receive.is_some() => INVALID_PARAMETERS,
        _ => NOT_FOUND,
    })
}

/// Signals an event.
pub fn signal(guest: &mut Guest, index: u64) -> Result<(), i64> {
    exchange(guest, SIGNAL_EVENT).ok_or_else(|| match at(guest, index).map(|it| &it.beyond) {
        Ok(Beyond::Signals(_)) if ANY.events => INVALID_PARAMETERS,
        _ => NOT_FOUND,
    })
}

/// Takes an event.
pub fn take(guest: &mut Guest, index: u64) -> Result<(), i64> {
    exchange(guest, TAKE_EVENT).ok_or_else(|| match at(guest, index).map(|it| &it.beyond) {
        Ok(Beyond::Takes(_)) if ANY.events => INVALID_PARAMETERS,
        _ => NOT_FOUND,
    })
}

/// Carries out the call of a partition with several vCPUs, if it can be; the answer is in place then. The
/// short way has tried for all others.
#[inline]
fn exchange(guest: &mut Guest, id: u32) -> Option<()> {
    if !guest.partition.is_shared() {
        return None;
    }
    let (ports, now) = (guest.partition.facts.calls, timer::now_early());
    let (vcpu, cpu) = (&mut *guest.vcpu, &mut *guest.cpu);
    match id {
        SAMPLING_PORT_WRITE => messages::write(vcpu, ports, now, || &mut *cpu)
            .or_else(|| messages::write_to_several(vcpu, ports, now, || cpu)),
        SAMPLING_PORT_READ => messages::read(vcpu, ports, now),
        SEND_QUEUING_MESSAGE => messages::send(vcpu, ports, || cpu),
        SIGNAL_EVENT => events::signal(vcpu, ports, || cpu),
        TAKE_EVENT => events::take(vcpu, ports),
        _ => messages::receive(vcpu, ports),
    }
}

/// How a queuing port stands, at either end.
pub fn status(guest: &Guest, index: u64, reserved: u64) -> Results {
    let port = at(guest, index)?;
    let queue = port.send.or(port.receive).filter(|_| ANY.queues);
    let queue = queue.ok_or(NOT_FOUND)?;
    if reserved != 0 {
        return Err(INVALID_PARAMETERS);
    }
    let Standing {
        waiting,
        refused,
        sent,
        dropped: _,
    } = queue.messages.standing();
    Ok([SUCCESS.cast_unsigned(), waiting, refused, sent])
}

/// Drops what waits at a queuing destination port.
pub fn clear(guest: &Guest, index: u64, reserved: u64) -> Results {
    let port = at(guest, index)?;
    let queue = port.receive.filter(|_| ANY.queues).ok_or(NOT_FOUND)?;
    if reserved != 0 {
        return Err(INVALID_PARAMETERS);
    }
    messages::silence(port, index);
    let dropped = queue.messages.clear();
    Ok([SUCCESS.cast_unsigned(), dropped, 0, 0])
}

/// The partition's port at an index, which may be none of its ports.
fn at(guest: &Guest, index: u64) -> Result<&'static PortCalls, i64> {
    messages::at(guest.partition.facts.calls, index).ok_or(NOT_FOUND)
}
