//! The two ways of ending an interrupt: at once, or its priority first.

use super::{Case, SHARED};
use crate::device::{self, Shown};
use crate::gic::Bits;
use crate::handler;

pub fn run<'a>(begin: &impl Fn() -> Case<'a>) {
    let device = device::interrupt();
    let ends = [
        ("end-sgi", Some(3)),
        ("end-shared", Some(SHARED)),
        ("end-device", device),
    ];
    for (name, id) in ends {
        let Some(id) = id else { continue };
        let case = begin();
        case.enable(&[id]);
        handler::mask();
        case.gic.set_pending(id);
        let taken = case.gic.acknowledge();
        let held = seen(&case, id);
        case.gic.end(taken);
        let ended = seen(&case, id);
        case.end(name, format_args!("{} {held:x?} {ended:x?}", Shown(taken)));
    }

    let ends = [
        ("split-end-sgi", Some(3)),
        ("split-end-shared", Some(SHARED)),
        ("split-end-device", device),
    ];
    for (name, id) in ends {
        let Some(id) = id else { continue };
        let case = begin();
        case.gic.set_split_end(true);
        case.enable(&[id, 5]);
        handler::mask();
        case.gic.set_pending(id);
        let taken = case.gic.acknowledge();
        let held = seen(&case, id);
        case.gic.end(taken);
        let dropped = seen(&case, id);
        // Another of the same priority comes now; this one doesn't, until it is deactivated.
        case.gic.set_pending(id);
        case.gic.send_to_self(5);
        let other = case.gic.acknowledge();
        case.gic.end(other);
        case.gic.deactivate(other);
        let meanwhile = case.gic.acknowledge();
        case.gic.deactivate(taken);
        let again = case.gic.acknowledge();
        case.gic.end(again);
        case.gic.deactivate(again);
        let last = seen(&case, id);
        let [taken, other, meanwhile, again] = [taken, other, meanwhile, again].map(Shown);
        case.end(
            name,
            format_args!(
                "{taken} {held:x?} {dropped:x?} then:{other},{meanwhile},{again} {last:x?}"
            ),
        );
    }

    // Ended in another order than taken.
    let case = begin();
    case.gic.set_split_end(true);
    case.gic.set_priority(4, 0x80);
    case.enable(&[SHARED, 4]);
    handler::mask();
    case.gic.set_pending(SHARED);
    let first = case.gic.acknowledge();
    case.gic.set_pending(4);
    let second = case.gic.acknowledge();
    case.gic.end(second);
    case.gic.end(first);
    case.gic.deactivate(first);
    let active = [SHARED, 4].map(|id| case.gic.is(Bits::SetActive, id));
    case.gic.deactivate(second);
    let last = [SHARED, 4].map(|id| case.gic.is(Bits::SetActive, id));
    case.end(
        "split-ends-out-of-order",
        format_args!("{first},{second} {active:?} {last:?}"),
    );
}

/// Whether it is active, and the running priority.
fn seen(case: &Case, id: u32) -> (u32, u32) {
    (case.gic.is(Bits::SetActive, id), case.gic.running())
}
