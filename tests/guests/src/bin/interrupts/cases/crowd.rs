//! More interrupts at once than any hardware has list registers.

use super::{Case, Numbers, SHARED};
use crate::gic::{Bits, Gic};
use crate::{handler, log};

/// All software-generated ones and eight shared ones.
const COUNT: usize = 24;

/// The n-th of them.
fn id(index: usize) -> u32 {
    match u32::try_from(index) {
        Ok(index) if index < 16 => index,
        Ok(index) => SHARED + index - 16,
        Err(_) => 0,
    }
}

/// All of a crowd pending, masked at the CPU; the n-th of `priority(n)`.
fn gather(case: &Case, priority: fn(usize) -> u8) {
    handler::mask();
    for index in 0..COUNT {
        case.gic.set_priority(id(index), priority(index));
        case.gic.enable(id(index));
    }
    for index in 0..COUNT {
        case.gic.set_pending(id(index));
    }
}

/// Bit by bit, those of the crowd of which a register has a one.
fn which(gic: Gic, bits: Bits) -> u32 {
    (0..COUNT).fold(0, |found, index| found | gic.is(bits, id(index)) << index)
}

pub fn run<'a>(begin: &impl Fn() -> Case<'a>) {
    let case = begin();
    gather(&case, |_| super::USUAL);
    let pending = which(case.gic, Bits::SetPending);
    handler::unmask();
    case.wait_for(COUNT);
    let left = which(case.gic, Bits::SetPending);
    case.end(
        "crowd",
        format_args!("{pending:#x} {} left:{left:#x}", log::Taken),
    );

    // The later, the more important.
    let case = begin();
    gather(&case, |index| 0xE0 - 8 * index.to_le_bytes()[0]);
    handler::unmask();
    case.wait_for(COUNT);
    case.end_taken("crowd-by-priority");

    // All in hand at once, then deactivated in the order of taking.
    let case = begin();
    gather(&case, |_| super::USUAL);
    case.gic.set_split_end(true);
    let mut taken = [0; COUNT];
    for place in &mut taken {
        *place = case.gic.acknowledge();
        case.gic.end(*place);
    }
    let none = case.gic.acknowledge();
    let active = which(case.gic, Bits::SetActive);
    for value in taken {
        case.gic.deactivate(value);
    }
    let left = which(case.gic, Bits::SetActive);
    case.end(
        "crowd-in-hand",
        format_args!(
            "{} then:{none} active:{active:#x} left:{left:#x}",
            Numbers(&taken)
        ),
    );

    // Each preempts the one before: taken in a row, ended in the reverse order.
    let case = begin();
    handler::mask();
    for index in 0..COUNT {
        case.gic
            .set_priority(id(index), 0xE0 - 8 * index.to_le_bytes()[0]);
        case.gic.enable(id(index));
    }
    for (index, place) in taken.iter_mut().enumerate() {
        case.gic.set_pending(id(index));
        *place = case.gic.acknowledge();
    }
    let active = which(case.gic, Bits::SetActive);
    let running = case.gic.running();
    for value in taken.iter().rev() {
        case.gic.end(*value);
    }
    let left = which(case.gic, Bits::SetActive);
    let after = case.gic.running();
    case.end(
        "crowd-nested",
        format_args!(
            "{} active:{active:#x} running:{running:#x} left:{left:#x} running:{after:#x}",
            Numbers(&taken)
        ),
    );

    // Pending again while all are in hand: each comes once more.
    let case = begin();
    gather(&case, |_| super::USUAL);
    case.gic.set_split_end(true);
    for place in &mut taken {
        *place = case.gic.acknowledge();
        case.gic.end(*place);
        case.gic.set_pending(case.gic.id(*place));
    }
    let none = case.gic.acknowledge();
    case.gic.set_split_end(false);
    for index in 0..COUNT {
        case.gic.set(Bits::ClearActive, id(index));
    }
    handler::unmask();
    case.wait_for(COUNT);
    case.end("crowd-again", format_args!("then:{none} {}", log::Taken));
}
