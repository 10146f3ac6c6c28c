//! Which of several comes first, and which interrupts another.

use super::{Case, SHARED};
use crate::{handler, timer};

pub fn run<'a>(begin: &impl Fn() -> Case<'a>) {
    let case = begin();
    for (id, priority) in [(1, 0x90), (2, 0x80), (SHARED, 0x88), (timer::ID, 0x98)] {
        case.gic.set_priority(id, priority);
    }
    case.enable(&[1, 2, SHARED, timer::ID]);
    handler::mask();
    timer::arm();
    timer::spin_until_due();
    case.gic.send_to_self(1);
    case.gic.set_pending(SHARED);
    case.gic.send_to_self(2);
    handler::unmask();
    case.wait_for(4);
    case.end_taken("priorities");

    let case = begin();
    case.enable(&[4, 5, SHARED, SHARED + 1]);
    handler::mask();
    [SHARED + 1, SHARED]
        .iter()
        .for_each(|id| case.gic.set_pending(*id));
    case.gic.send_to_self(5);
    case.gic.send_to_self(4);
    handler::unmask();
    case.wait_for(4);
    case.end_taken("equal-priorities");

    // Changed while it is pending.
    let case = begin();
    case.enable(&[4, 5]);
    handler::mask();
    case.gic.send_to_self(4);
    case.gic.send_to_self(5);
    case.gic.set_priority(5, 0x40);
    handler::unmask();
    case.wait_for(2);
    case.end_taken("priority-of-a-pending-one");

    nest(begin, "preemption", 3, 0x80);
    nest(begin, "no-preemption-by-an-equal", 3, 0xA0);
    // 0x80 and 0xA0 are in one group of priorities 0x80 to 0xBF.
    nest(begin, "no-preemption-within-a-group", 6, 0x80);
    nest(begin, "preemption-by-another-group", 6, 0x78);
}

/// While one is handled, a second one comes.
fn nest<'a>(begin: &impl Fn() -> Case<'a>, name: &str, point: u8, inner: u8) {
    let case = begin();
    case.gic.set_binary_point(point);
    case.gic.set_priority(handler::INNER, inner);
    case.enable(&[handler::OUTER, handler::INNER]);
    handler::set_nesting(true);
    case.gic.send_to_self(handler::OUTER);
    case.wait_for(4);
    case.end_taken(name);
}
