//! What an interrupt comes from: software, the timer, a device.

use super::{Case, SHARED};
use crate::gic::Bits;
use crate::place::Place;
use crate::{device, handler, log, timer};

pub fn run<'a>(place: &Place, begin: &impl Fn() -> Case<'a>) {
    let case = begin();
    case.enable(&[3]);
    case.gic.send_to_self(3);
    case.wait_for(1);
    case.end_taken("sgi-to-self");

    let case = begin();
    case.enable(&[3]);
    case.gic.send_to_others(3);
    case.wait_for(1);
    case.end_taken("sgi-to-others");

    let case = begin();
    case.enable(&[timer::ID]);
    timer::arm();
    while log::count() == 0 {}
    case.wait_for(1);
    case.end_taken("timer");

    let case = begin();
    case.enable(&[timer::ID]);
    timer::arm();
    while log::count() == 0 {
        handler::mask();
        timer::sleep();
        handler::unmask();
    }
    case.end_taken("timer-asleep");

    // A masked interrupt ends the sleep, too.
    let case = begin();
    case.enable(&[timer::ID]);
    handler::mask();
    timer::arm();
    timer::sleep();
    let signalled = handler::is_signalled();
    case.end(
        "timer-asleep-and-masked",
        format_args!("due:{} signalled:{signalled}", timer::is_due()),
    );

    // While others run, if there are others.
    let case = begin();
    case.enable(&[timer::ID]);
    handler::mask();
    timer::arm();
    while !timer::is_due() {
        place.let_others_run();
    }
    handler::unmask();
    case.wait_for(1);
    case.end_taken("timer-while-others-run");

    let case = begin();
    case.enable(&[SHARED]);
    case.gic.set_pending(SHARED);
    case.wait_for(1);
    case.end_taken("shared-by-software");

    if let Some(id) = device::interrupt() {
        from_device(place, begin, id);
    }
}

fn from_device<'a>(place: &Place, begin: &impl Fn() -> Case<'a>, id: u32) {
    // Made pending by software, it comes once, though its level is low.
    let case = begin();
    case.enable(&[id]);
    case.gic.set_pending(id);
    case.wait_for(1);
    case.end_taken("device-by-software");

    // A level comes until it is low: twice here, and not a third time.
    let case = begin();
    handler::lower_level_after(2);
    case.enable(&[id]);
    device::raise();
    case.wait_for(2);
    let pending = case.gic.is(Bits::SetPending, id);
    case.end(
        "device-level",
        format_args!("{} pending:{pending}", log::Taken),
    );

    // An edge comes once, however long the level stays.
    let case = begin();
    handler::lower_level_after(2);
    case.gic.set_edge(id, true);
    case.enable(&[id]);
    device::raise();
    case.wait_for(1);
    let pending = case.gic.is(Bits::SetPending, id);
    device::lower();
    case.gic.set_edge(id, false);
    case.end(
        "device-edge",
        format_args!("{} pending:{pending}", log::Taken),
    );

    // It waits while others run, if there are others.
    let case = begin();
    handler::lower_level_after(1);
    case.enable(&[id]);
    handler::mask();
    device::raise();
    place.let_others_run();
    handler::unmask();
    case.wait_for(1);
    case.end_taken("device-while-others-run");

    // What was raised while it was disabled comes when it is enabled.
    let case = begin();
    handler::lower_level_after(1);
    device::raise();
    case.wait_for(1);
    let pending = case.gic.is(Bits::SetPending, id);
    let before = log::count();
    case.enable(&[id]);
    case.wait_for(1);
    case.end(
        "device-before-enable",
        format_args!("pending:{pending} before:{before} then:{}", log::Taken),
    );

    // A level that went low before anybody looked is forgotten.
    let case = begin();
    device::raise();
    timer::spin();
    device::lower();
    case.enable(&[id]);
    case.wait_for(1);
    case.end_taken("device-lowered-before-enable");
}
