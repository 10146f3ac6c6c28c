//! The calls of queuing ports. Each gives the call's results, or the status of one that isn't carried out;
//! none waits.

use paratia_abi::status::{BUSY, EMPTY, INVALID_PARAMETERS, NOT_FOUND, SUCCESS};
use paratia_config::ports::{Direction, PortPlace};

use crate::built::chosen::ANY;
use crate::exits::ports;
use crate::interrupts::kicks;
use crate::policy::queue::Standing;
use crate::state::partition::Partition;
use crate::state::queues::Queue;
use crate::state::running::Guest;

/// `x0` to `x3`, or a status.
type Results = Result<[u64; 4], i64>;

/// Sends the message in a source port's window.
pub fn send(guest: &mut Guest, index: u64, length: u64, reserved: u64) -> Results {
    if !ANY.queues {
        return Err(NOT_FOUND);
    }
    let (_, port, queue) = ports::queuing(&guest.partition, index)?;
    let Direction::Source = port.direction else {
        return Err(NOT_FOUND);
    };
    if length == 0 || length > port.window.size_bytes || reserved != 0 {
        return Err(INVALID_PARAMETERS);
    }
    // SAFETY: the length was looked at just now.
    let message = unsafe { ports::message(port, length) };
    let offered = queue.messages.send(length, message);
    if let Some(bell) = queue.bell.as_ref().filter(|_| ANY.kicks && offered.is_sent) {
        kicks::ring(guest.cpu, bell);
    }
    let status = if offered.is_sent { SUCCESS } else { BUSY };
    Ok([status.cast_unsigned(), offered.waiting, offered.refused, 0])
}

/// Takes the oldest message of a destination port into its window.
pub fn receive(partition: &Partition, index: u64, reserved: u64) -> Results {
    let (port, queue) = destination(partition, index, reserved)?;
    let taken = queue.messages.receive(|at, word| {
        // SAFETY: a slot of the queue holds no more words than the channel's largest message has.
        unsafe { ports::put(port, at, word) };
    });
    let status = if taken.length.is_some() {
        SUCCESS
    } else {
        EMPTY
    };
    Ok([
        status.cast_unsigned(),
        taken.length.unwrap_or(0),
        taken.refused,
        taken.waiting,
    ])
}

/// How a port stands, at either end.
pub fn status(partition: &Partition, index: u64, reserved: u64) -> Results {
    if !ANY.queues {
        return Err(NOT_FOUND);
    }
    let (_, _, queue) = ports::queuing(partition, index)?;
    if reserved != 0 {
        return Err(INVALID_PARAMETERS);
    }
    let Standing {
        waiting,
        refused,
        sent,
    } = queue.messages.standing();
    Ok([SUCCESS.cast_unsigned(), waiting, refused, sent])
}

/// Drops what waits at a destination port.
pub fn clear(partition: &Partition, index: u64, reserved: u64) -> Results {
    let (_, queue) = destination(partition, index, reserved)?;
    let dropped = queue.messages.clear();
    Ok([SUCCESS.cast_unsigned(), dropped, 0, 0])
}

/// The destination port at `index`, whose next message rings anew, and its queue.
#[inline]
fn destination(
    partition: &Partition,
    index: u64,
    reserved: u64,
) -> Result<(&'static PortPlace, &'static Queue), i64> {
    if !ANY.queues {
        return Err(NOT_FOUND);
    }
    let (index, port, queue) = ports::queuing(partition, index)?;
    let Direction::Destination(_) = port.direction else {
        return Err(NOT_FOUND);
    };
    if reserved != 0 {
        return Err(INVALID_PARAMETERS);
    }
    if ANY.kicks && port.interrupt.is_some() {
        partition.facts.doorbell.silence(index);
    }
    Ok((port, queue))
}
