//! What the cases share.

use core::fmt::Debug;

use a653rs::bindings::{
    ApexName, ApexProcessAttribute, ApexProcessP4, ApexTimeP4, Deadline, INFINITE_TIME_VALUE,
    ProcessId, SystemAddress,
};
use paratia_a653::Paratia;
use paratia_runtime::println;

pub(crate) const MILLISECOND: i64 = 1_000_000;

/// A name as the services take it.
pub(crate) const fn name(text: &str) -> ApexName {
    let mut name = [0; 32];
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        name[at] = bytes[at];
        at += 1;
    }
    name
}

/// An aperiodic process without a deadline.
pub(crate) fn attributes(
    called: &str,
    entry_point: SystemAddress,
    base_priority: i32,
) -> ApexProcessAttribute {
    ApexProcessAttribute {
        period: INFINITE_TIME_VALUE,
        time_capacity: INFINITE_TIME_VALUE,
        entry_point,
        stack_size: 16_384,
        base_priority,
        deadline: Deadline::Soft,
        name: name(called),
    }
}

/// Creates a process.
pub(crate) fn create(attributes: &ApexProcessAttribute) -> ProcessId {
    Paratia::create_process(attributes).expect("a process")
}

/// Creates a process and starts it.
pub(crate) fn begin(attributes: &ApexProcessAttribute) -> ProcessId {
    let id = create(attributes);
    Paratia::start(id).expect("it is dormant");
    id
}

/// Works until so much time has gone by, whoever else runs meanwhile.
pub(crate) fn work_for(time: i64) {
    let end = Paratia::get_time() + time;
    while Paratia::get_time() < end {}
}

/// Says an answer that is wrong.
#[allow(
    clippy::needless_pass_by_value,
    reason = "answers are compared where they come"
)]
pub(crate) fn check<T: Debug + PartialEq>(what: &str, answer: T, expected: T) {
    if answer != expected {
        println!("WRONG {what}: {answer:?} in place of {expected:?}");
    }
}
