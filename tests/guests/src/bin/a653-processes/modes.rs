//! The partition's modes and its status, in the lives that they make.

use a653rs::bindings::{
    ApexPartitionP4, ApexScheduleP2, ApexTimeP1, OperatingMode, StartCondition,
};
use paratia_a653::Paratia;
use paratia_runtime::println;

use crate::common::{MILLISECOND, attributes, begin, name};

pub(crate) fn start() {
    let status = Paratia::get_partition_status();
    println!("start: {status:?}");
    let refused = Paratia::set_partition_mode(OperatingMode::WarmStart);
    println!("start: a warm start {refused:?}");
    begin(&attributes("work", work, 5));
    println!("start: ends");
}

extern "C" fn work() {
    let status = Paratia::get_partition_status();
    println!("work: {:?}", status.operating_mode);
    let refused = Paratia::set_partition_mode(OperatingMode::Normal);
    println!("work: normal {refused:?}");
    schedules();
    // Whatever is said before is told before the end of this life.
    Paratia::timed_wait(20 * MILLISECOND).expect("it may");
    let next = match status.start_condition {
        StartCondition::NormalStart => OperatingMode::ColdStart,
        _ => OperatingMode::Idle,
    };
    println!("work: {next:?}");
    let answer = Paratia::set_partition_mode(next);
    println!("WRONG goes on: {answer:?}");
}

fn schedules() {
    let id = Paratia::get_module_schedule_id(name("test-a653-processes"));
    println!("schedule: {id:?}");
    let none = Paratia::get_module_schedule_id(name("another"));
    println!("schedule: another {none:?}");
    println!("schedule: {:?}", Paratia::get_module_schedule_status());
    println!("schedule: set {:?}", Paratia::set_module_schedule(1));
    println!(
        "schedule: set another {:?}",
        Paratia::set_module_schedule(2)
    );
}
