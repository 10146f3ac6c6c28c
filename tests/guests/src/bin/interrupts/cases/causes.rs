//! What an interrupt comes from: software, the timer, a device.

use super::{Case, SHARED};
use crate::gic::Bits;
use crate::place::Place;
use crate::{handler, log, rtc, timer};

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

    let name = "device-level";
    let case = begin();
    if !place.owns(rtc::ID) {
        return case.end(name, "absent");
    }
    // A level comes until it is low: twice here, and not a third time.
    handler::lower_level_after(2);
    case.enable(&[rtc::ID]);
    rtc::raise();
    case.wait_for(2);
    let pending = case.gic.is(Bits::SetPending, rtc::ID);
    case.end(name, format_args!("{} pending:{pending}", log::Taken));

    // An edge comes once, however long the level stays.
    let case = begin();
    handler::lower_level_after(2);
    case.gic.set_edge(rtc::ID, true);
    case.enable(&[rtc::ID]);
    rtc::raise();
    case.wait_for(1);
    let pending = case.gic.is(Bits::SetPending, rtc::ID);
    rtc::lower();
    case.gic.set_edge(rtc::ID, false);
    case.end(
        "device-edge",
        format_args!("{} pending:{pending}", log::Taken),
    );

    // What was raised while it was disabled comes when it is enabled.
    let case = begin();
    handler::lower_level_after(1);
    rtc::raise();
    case.wait_for(1);
    let pending = case.gic.is(Bits::SetPending, rtc::ID);
    let before = log::count();
    case.enable(&[rtc::ID]);
    case.wait_for(1);
    case.end(
        "device-before-enable",
        format_args!("pending:{pending} before:{before} then:{}", log::Taken),
    );

    // A level that went low before anybody looked is forgotten.
    let case = begin();
    rtc::raise();
    timer::spin();
    rtc::lower();
    case.enable(&[rtc::ID]);
    case.wait_for(1);
    case.end_taken("device-lowered-before-enable");
}
