//! Pending and active, set and cleared by registers.

use super::{Case, PRIVATE, SHARED};
use crate::device::{self, Shown};
use crate::gic::Bits;
use crate::{handler, log, timer};

pub fn run<'a>(begin: &impl Fn() -> Case<'a>) {
    by_registers(begin, ["sgi-pending", "sgi-active"], 3);
    by_registers(begin, ["private-pending", "private-active"], PRIVATE);
    by_registers(begin, ["shared-pending", "shared-active"], SHARED);

    in_hand(begin, "pending-and-active", SHARED);
    if let Some(id) = device::interrupt() {
        by_registers(begin, ["device-pending", "device-active"], id);
        in_hand(begin, "device-pending-and-active", id);
        level_in_hand(
            begin,
            "device-level-in-hand",
            id,
            [device::raise, device::lower],
        );
    }
    let due = || {
        timer::arm();
        timer::spin_until_due();
    };
    level_in_hand(
        begin,
        "timer-level-in-hand",
        timer::ID,
        [due, timer::cancel],
    );

    // An SGI that is sent again while it is in hand.
    let case = begin();
    case.enable(&[3]);
    handler::mask();
    case.gic.send_to_self(3);
    case.gic.send_to_self(3);
    let first = case.gic.acknowledge();
    case.gic.send_to_self(3);
    let meanwhile = case.gic.acknowledge();
    case.gic.end(first);
    let second = case.gic.acknowledge();
    case.gic.end(second);
    let third = case.gic.acknowledge();
    case.end(
        "sgi-again-while-active",
        format_args!("{first},{meanwhile},{second},{third}"),
    );

    // Taken back while it is signalled.
    let case = begin();
    case.enable(&[SHARED]);
    handler::mask();
    case.gic.set_pending(SHARED);
    let before = handler::is_signalled();
    case.gic.clear_pending(SHARED);
    let after = handler::is_signalled();
    let taken = case.gic.acknowledge();
    case.end(
        "cleared-while-signalled",
        format_args!("signalled:{before},{after} acknowledged:{taken}"),
    );

    // Two of one kind are pending, and one of them is cleared.
    let case = begin();
    case.enable(&[SHARED, SHARED + 1, 4]);
    handler::mask();
    [SHARED, SHARED + 1, 4]
        .iter()
        .for_each(|id| case.gic.set_pending(*id));
    case.gic.clear_pending(SHARED);
    handler::unmask();
    case.wait_for(2);
    case.end_taken("one-of-three-cleared");
}

fn by_registers<'a>(begin: &impl Fn() -> Case<'a>, [pending, active]: [&str; 2], id: u32) {
    // Masked, for an SGI may be enabled always.
    let case = begin();
    handler::mask();
    let is = |bits| case.gic.is(bits, id);
    let before = is(Bits::SetPending);
    case.gic.set_pending(id);
    let set = [
        is(Bits::SetPending),
        is(Bits::ClearPending),
        is(Bits::SetActive),
    ];
    case.gic.clear_pending(id);
    let cleared = is(Bits::SetPending);
    case.enable(&[id]);
    handler::unmask();
    case.wait_for(1);
    case.end(
        pending,
        format_args!("{before} {set:?} {cleared} taken:{}", log::Taken),
    );

    // One that is active isn't taken before it is inactive.
    let case = begin();
    let is = |bits| case.gic.is(bits, id);
    case.gic.set(Bits::SetActive, id);
    let set = [
        is(Bits::SetActive),
        is(Bits::ClearActive),
        is(Bits::SetPending),
    ];
    case.enable(&[id]);
    case.gic.set_pending(id);
    case.wait_for(1);
    let held = log::count();
    case.gic.set(Bits::ClearActive, id);
    case.wait_for(1);
    case.end(
        active,
        format_args!("{set:?} taken:{held} then:{}", log::Taken),
    );
}

/// One is in hand whose level is still high, and then low. (That it comes again if the level is high when
/// it ends, `device-level` tells. For the timer it isn't asked: QEMU's GICv2 doesn't look at a level when
/// a guest's end deactivates the interrupt behind it, `gic_complete_irq`, but at the next change.)
fn level_in_hand<'a>(
    begin: &impl Fn() -> Case<'a>,
    name: &str,
    id: u32,
    [raise, lower]: [fn(); 2],
) {
    let case = begin();
    case.enable(&[id]);
    handler::mask();
    let seen = |case: &Case| {
        let of = |bits| case.gic.is(bits, id);
        (
            of(Bits::SetPending),
            of(Bits::ClearPending),
            of(Bits::SetActive),
        )
    };
    raise();
    timer::spin_until(handler::is_signalled);
    let taken = case.gic.acknowledge();
    let high = seen(&case);
    lower();
    let low = seen(&case);
    case.gic.end(taken);
    let second = case.gic.acknowledge();
    let last = seen(&case);
    let taken = Shown(taken);
    case.end(
        name,
        format_args!("{taken} {high:?} {low:?} then:{second} {last:?}"),
    );
}

/// One that is in hand is made pending again.
fn in_hand<'a>(begin: &impl Fn() -> Case<'a>, name: &str, id: u32) {
    let case = begin();
    case.enable(&[id]);
    handler::mask();
    case.gic.set_pending(id);
    let seen = |case: &Case| {
        let of = |bits| case.gic.is(bits, id);
        (of(Bits::SetPending), of(Bits::SetActive))
    };
    let waiting = seen(&case);
    let taken = case.gic.acknowledge();
    let held = seen(&case);
    case.gic.set_pending(id);
    let again = seen(&case);
    case.gic.end(taken);
    let after = seen(&case);
    let second = case.gic.acknowledge();
    case.gic.end(second);
    let last = seen(&case);
    let (taken, second) = (Shown(taken), Shown(second));
    case.end(
        name,
        format_args!("{taken} {waiting:?} {held:?} {again:?} {after:?} then:{second} {last:?}"),
    );
}
