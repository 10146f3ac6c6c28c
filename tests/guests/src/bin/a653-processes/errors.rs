//! Errors: missed deadlines and faults, with an error handler and without.

use core::hint::black_box;

use a653rs::bindings::{
    ApexErrorP1, ApexErrorP4, ApexPartitionP4, ApexProcessAttribute, ApexProcessP1, ApexProcessP4,
    ApexTimeP1, ApexTimeP4, ErrorCode, ErrorStatus, INFINITE_TIME_VALUE, StartCondition,
};
use paratia_a653::Paratia;
use paratia_runtime::println;

use crate::common::{MILLISECOND, attributes, begin, work_for};

/// A process that takes longer than its capacity.
fn slow() -> ApexProcessAttribute {
    ApexProcessAttribute {
        period: 20 * MILLISECOND,
        time_capacity: 3 * MILLISECOND,
        ..attributes("slow", work_slowly, 5)
    }
}

pub(crate) fn start_with_handler() {
    Paratia::create_error_handler(handler, 16_384).expect("there is none yet");
    begin(&slow());
    begin(&attributes("raises", raises, 2));
}

pub(crate) fn start_without() {
    if Paratia::get_partition_status().start_condition == StartCondition::NormalStart {
        begin(&slow());
    } else {
        let status = Paratia::get_partition_status();
        println!("starts by {:?}", status.start_condition);
    }
}

pub(crate) fn start_faults() {
    Paratia::create_error_handler(handler, 16_384).expect("there is none yet");
    begin(&attributes("writes", writes, 9));
    begin(&attributes("executes", executes, 8));
    begin(&attributes("overflows", overflows, 7));
    begin(&attributes("calls", calls, 6));
    begin(&attributes("survives", survives, 1));
}

/// In its first period it has a larger budget, in its second it doesn't.
extern "C" fn work_slowly() {
    Paratia::replenish(5 * MILLISECOND).expect("it is within the period");
    work_for(4 * MILLISECOND);
    println!("slow in time {}", Paratia::get_time());
    Paratia::periodic_wait().expect("it is periodic");
    println!("slow begins {}", Paratia::get_time());
    work_for(100 * MILLISECOND);
    println!("WRONG slow goes on");
}

extern "C" fn raises() {
    Paratia::timed_wait(50 * MILLISECOND).expect("it may");
    let raised = Paratia::raise_application_error(ErrorCode::ApplicationError, b"no fuel");
    println!("raises goes on: {raised:?}");
    for wrong in [ErrorCode::DeadlineMissed, ErrorCode::PowerFail] {
        let raised = Paratia::raise_application_error(wrong, b"");
        println!("raises {wrong:?}: {raised:?}");
    }
    let long = Paratia::raise_application_error(ErrorCode::ApplicationError, &[0; 129]);
    println!("raises 129 bytes: {long:?}");
    let long = Paratia::report_application_message(&[b'x'; 129]);
    println!("reports 129 bytes: {long:?}");
    println!("asks: {:?}", Paratia::get_error_status().err());
}

/// Says what has failed, and stops whose deadline was missed.
extern "C" fn handler() {
    let now = Paratia::get_time();
    while let Ok(status) = Paratia::get_error_status() {
        let ErrorStatus {
            failed_process_id,
            error_code,
            length,
            message,
            ..
        } = status;
        let length = usize::try_from(length).unwrap_or(0);
        let text = core::str::from_utf8(&message[..length]).unwrap_or("?");
        println!("handler: {error_code:?} of {failed_process_id} '{text}'");
        if error_code == ErrorCode::DeadlineMissed {
            println!("handler at {now}");
            Paratia::stop(failed_process_id).expect("it runs");
        }
        let state = Paratia::get_process_status(failed_process_id);
        println!("handler: it is {:?}", state.map(|it| it.process_state));
    }
    println!("handler: its id {:?}", Paratia::get_my_id());
    println!("handler: a wait {:?}", Paratia::timed_wait(1));
    println!("handler: a budget {:?}", Paratia::replenish(1));
    Paratia::stop_self();
}

/// A word among the constants.
static CONSTANT: u32 = 1;

extern "C" fn writes() {
    let place = core::ptr::from_ref(&CONSTANT).cast_mut();
    // SAFETY: constants are mapped read-only, so that this is an exception and writes nothing.
    unsafe { black_box(place).write_volatile(2) };
    println!("WRONG writes goes on");
}

extern "C" fn executes() {
    // SAFETY: an instruction that is undefined by the architecture, and changes nothing.
    unsafe { core::arch::asm!("udf #0") };
    println!("WRONG executes goes on");
}

extern "C" fn overflows() {
    println!("WRONG overflows goes on: {}", deeper(1));
}

/// Fills the stack.
#[allow(unconditional_recursion, reason = "that is what it is for")]
fn deeper(depth: usize) -> usize {
    let frame = black_box([depth; 64]);
    deeper(depth + 1).wrapping_add(frame[depth % 64])
}

extern "C" fn calls() {
    // SAFETY: a supervisor call that is no service: it is an exception, and changes nothing.
    unsafe { core::arch::asm!("svc #1") };
    println!("WRONG calls goes on");
}

extern "C" fn survives() {
    println!("survives: {:?}", Paratia::suspend_self(0));
    println!("survives: {:?}", Paratia::timed_wait(INFINITE_TIME_VALUE));
    // Who was ended by a fault can be stopped, and started again.
    println!("survives: start {:?}", Paratia::start(1));
    println!("survives: stop {:?}", Paratia::stop(1));
    println!("survives: start {:?}", Paratia::start(1));
    println!("survives to the end");
}
