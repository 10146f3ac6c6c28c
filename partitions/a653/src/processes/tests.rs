//! What the model has no words for: lines at ports, faults, and bounds.

extern crate std;

use a653rs::bindings::{
    ApexProcessAttribute, Deadline, ErrorCode, ErrorReturnCode, INFINITE_TIME_VALUE, ProcessState,
    QueuingDiscipline,
};

use super::{Level, MOST_ERRORS, Processes, Who, id};
use crate::clock::Clock;

extern "C" fn nothing() {}

fn attributes(letter: u8, period: i64, priority: i32) -> ApexProcessAttribute {
    let mut name = [0; 32];
    name[0] = letter;
    ApexProcessAttribute {
        period,
        time_capacity: if period > 0 {
            period
        } else {
            INFINITE_TIME_VALUE
        },
        entry_point: nothing,
        stack_size: 4096,
        base_priority: priority,
        deadline: Deadline::Hard,
        name,
    }
}

/// Processes with these periods and priorities in normal mode, where a tick is a nanosecond.
fn running(declared: &[(i64, i32)], has_handler: bool) -> Processes {
    let mut table = Processes::new(Clock::new(1_000_000_000, 20, 0), 1 << 20);
    if has_handler {
        table.create_error_handler(nothing, 4096).unwrap();
    }
    for (letter, (period, priority)) in (b'a'..).zip(declared) {
        let id = table.create(&attributes(letter, *period, *priority));
        table.start(0, id.unwrap()).unwrap();
    }
    table.enter_normal(0).unwrap();
    table
}

#[test]
fn a_budget_ends_with_the_period_at_most() {
    let mut table = running(&[(20, 1)], false);
    assert_eq!(table.advance(20), 0);
    assert_eq!(table.dispatch().who, Who::Process(0));
    assert_eq!(table.replenish(25, 15), Ok(()));
    assert_eq!(table.replenish(25, 16), Err(ErrorReturnCode::InvalidMode));
    assert_eq!(table.status(1).unwrap().deadline_time, 40);
}

#[test]
fn who_waits_at_a_port_is_served_by_its_discipline() {
    for (discipline, expected) in [
        (QueuingDiscipline::Fifo, [0, 1, 2]),
        (QueuingDiscipline::Priority, [2, 1, 0]),
    ] {
        let mut table = running(&[(-1, 1), (-1, 2), (-1, 3)], false);
        // The lower the priority, the earlier it waits.
        for who in 0..3 {
            for other in 0..3 {
                let priority = if other == who { 9 } else { 1 };
                let _ = table.set_priority(id(other), priority);
            }
            assert_eq!(table.dispatch().who, Who::Process(who));
            table.wait_at_port(5, None, None).unwrap();
        }
        for (who, priority) in (0..3).zip(1..) {
            table.set_priority(id(who), priority).unwrap();
        }
        assert_eq!((table.waiting_at(5), table.ports_waited_at()), (3, 1 << 5));
        for who in expected {
            table.serve(4, discipline);
            assert_eq!(table.dispatch().who, Who::Nobody);
            table.serve(5, discipline);
            assert_eq!(table.dispatch().who, Who::Process(who));
            table.stop_self();
        }
    }
}

/// Who is served and finds nothing all the same keeps its place.
#[test]
fn a_place_in_line_is_kept() {
    let mut table = running(&[(-1, 1), (-1, 1)], false);
    assert_eq!(table.dispatch().who, Who::Process(0));
    let since = table.wait_at_port(0, None, None).unwrap();
    assert_eq!(table.dispatch().who, Who::Process(1));
    table.wait_at_port(0, None, None).unwrap();
    table.serve(0, QueuingDiscipline::Fifo);
    assert_eq!(table.dispatch().who, Who::Process(0));
    table.wait_at_port(0, Some(9), Some(since)).unwrap();
    table.serve(0, QueuingDiscipline::Fifo);
    assert_eq!(table.dispatch().who, Who::Process(0));
    assert!(!table.timed_out());
    table.wait_at_port(0, Some(9), Some(since)).unwrap();
    assert_eq!(table.advance(9), 0);
    assert_eq!(table.dispatch().who, Who::Process(0));
    assert!(table.timed_out());
}

#[test]
fn a_fault_ends_a_process_if_somebody_handles_it() {
    let mut table = running(&[(-1, 1)], false);
    assert_eq!(table.dispatch().who, Who::Process(0));
    assert_eq!(table.fault(ErrorCode::MemoryViolation, 8), Level::Partition);
    assert_eq!(
        table.status(1).unwrap().process_state,
        ProcessState::Running
    );

    let mut table = running(&[(-1, 1)], true);
    assert_eq!(table.dispatch().who, Who::Process(0));
    table.lock_preemption().unwrap();
    assert_eq!(table.fault(ErrorCode::MemoryViolation, 8), Level::Process);
    assert_eq!(table.lock_level(), 0);
    let dispatch = table.dispatch();
    assert_eq!((dispatch.who, dispatch.begins), (Who::Handler, true));
    assert_eq!(
        table.status(1).unwrap().process_state,
        ProcessState::Faulted
    );
    // A fault of the handler itself is nobody's here.
    assert_eq!(table.fault(ErrorCode::IllegalRequest, 8), Level::Partition);
    assert_eq!(table.error_status().unwrap().address, 8);
    table.stop_self();
    assert_eq!(table.dispatch().who, Who::Nobody);
    assert_eq!(table.stop(1), Ok(()));
    assert_eq!(table.start(0, 1), Ok(0));
}

#[test]
fn a_handler_that_asks_for_nothing_does_not_begin_for_ever() {
    let mut table = running(&[(-1, 1)], true);
    assert_eq!(table.dispatch().who, Who::Process(0));
    for _ in 0..2 {
        let raised = table.raise_application_error(ErrorCode::ApplicationError, b"x");
        assert_eq!(raised, Ok(Level::Process));
    }
    for _ in 0..2 {
        assert!(table.dispatch().begins);
        table.stop_self();
    }
    assert_eq!(table.dispatch().who, Who::Process(0));
}

#[test]
fn errors_beyond_the_line_are_the_partitions() {
    let mut table = running(&[(-1, 1)], true);
    assert_eq!(table.dispatch().who, Who::Process(0));
    for number in 0..=MOST_ERRORS {
        let raised = table.raise_application_error(ErrorCode::ApplicationError, b"");
        let expected = if number < MOST_ERRORS {
            Level::Process
        } else {
            Level::Partition
        };
        assert_eq!(raised, Ok(expected));
    }
}

#[test]
fn releases_that_were_overrun_are_left_out() {
    let mut table = running(&[(20, 1)], false);
    assert_eq!(table.advance(20), 0);
    assert_eq!(table.dispatch().who, Who::Process(0));
    // At its next release's very moment it goes on at once; a tick later it waits for the one after.
    for (now, release) in [(40, 40), (81, 100)] {
        table.periodic_wait(now).unwrap();
        let _ = table.advance(release - 1);
        assert_eq!(table.dispatch().who == Who::Nobody, now != release);
        let _ = table.advance(release);
        assert_eq!(table.dispatch().who, Who::Process(0));
    }
}
