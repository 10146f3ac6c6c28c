//! What holds an interrupt back, at each of the places where it can be. Not with SGIs: those of some
//! GICv2 can't be disabled (IHI 0048, `GICD_ISENABLERn`).

use super::{Case, PRIVATE, SHARED, USUAL};
use crate::gic::Bits;
use crate::{handler, log};

/// How a place is closed and opened.
type Switch = fn(&Case, bool);

/// Where an interrupt can be held back.
const PLACES: [(&str, Switch); 5] = [
    ("masked-at-the-cpu", |_, open| {
        if open {
            handler::unmask();
        } else {
            handler::mask();
        }
    }),
    ("priority-mask", |case, open| {
        case.gic.set_mask(if open { USUAL + 8 } else { USUAL });
    }),
    ("cpu-interface-off", |case, open| {
        case.gic.set_interface(open);
    }),
    ("distributor-off", |case, open| case.gic.set_groups(open)),
    ("disabled", |case, open| {
        for id in [PRIVATE, SHARED] {
            case.gic.set(
                if open {
                    Bits::SetEnable
                } else {
                    Bits::ClearEnable
                },
                id,
            );
        }
    }),
];

pub fn run<'a>(begin: &impl Fn() -> Case<'a>) {
    for (name, set) in PLACES {
        let case = begin();
        case.enable(&[PRIVATE, SHARED]);
        set(&case, false);
        case.gic.set_pending(PRIVATE);
        case.gic.set_pending(SHARED);
        case.wait_for(1);
        let held = log::count();
        let signalled = handler::is_signalled();
        let pending = [PRIVATE, SHARED].map(|id| case.gic.is(Bits::SetPending, id));
        set(&case, true);
        case.wait_for(2);
        case.end(
            name,
            format_args!(
                "taken:{held} signalled:{signalled} pending:{pending:?} then:{}",
                log::Taken
            ),
        );
    }

    // In the group that is off, and back in the one that is on.
    let case = begin();
    case.enable(&[SHARED]);
    case.gic.set_group(SHARED, false);
    case.gic.set_pending(SHARED);
    case.wait_for(1);
    let held = log::count();
    case.gic.set_group(SHARED, true);
    case.wait_for(1);
    case.end(
        "other-group",
        format_args!("taken:{held} then:{}", log::Taken),
    );

    // Disabled again before it was taken.
    let case = begin();
    case.enable(&[PRIVATE, SHARED]);
    handler::mask();
    case.gic.set_pending(PRIVATE);
    case.gic.set_pending(SHARED);
    case.gic.set(Bits::ClearEnable, PRIVATE);
    case.gic.set(Bits::ClearEnable, SHARED);
    handler::unmask();
    case.wait_for(1);
    case.end_taken("disabled-while-pending");

    let case = begin();
    let taken = case.gic.acknowledge();
    let (highest, running) = (case.gic.highest_pending(), case.gic.running());
    case.end(
        "nothing-pending",
        format_args!("acknowledged:{taken} highest:{highest} running:{running:#x}"),
    );
}
