//! The return codes of the services for processes and time.

use a653rs::bindings::ErrorReturnCode::{
    InvalidConfig, InvalidMode, InvalidParam, NoAction, TimedOut,
};
use a653rs::bindings::{
    ApexErrorP1, ApexProcessAttribute, ApexProcessP1, ApexProcessP4, ApexTimeP1, ApexTimeP4,
    ErrorHandlerConcurrencyControl, ErrorReturnCode, ProcessId, ProcessState,
};
use paratia_a653::Paratia;
use paratia_runtime::println;

use crate::common::{MILLISECOND, attributes, begin, check, create, name};

/// Identifiers by the order of creation.
const WORK: ProcessId = 1;
const OTHER: ProcessId = 2;
const PERIODIC: ProcessId = 3;
const NONE: [ProcessId; 5] = [0, 17, -1, i64::MIN, i64::MAX];
/// All of them; the table is full then.
const MOST: usize = 16;

pub(crate) fn start() {
    let refused = |changed: ApexProcessAttribute| Paratia::create_process(&changed).err();
    let plain = || attributes("work", work, 5);
    for (what, changed, code) in [
        (
            "no stack",
            ApexProcessAttribute {
                stack_size: 0,
                ..plain()
            },
            InvalidParam,
        ),
        (
            "too much stack",
            ApexProcessAttribute {
                stack_size: u32::MAX,
                ..plain()
            },
            InvalidConfig,
        ),
        (
            "priority 0",
            ApexProcessAttribute {
                base_priority: 0,
                ..plain()
            },
            InvalidParam,
        ),
        (
            "priority 240",
            ApexProcessAttribute {
                base_priority: 240,
                ..plain()
            },
            InvalidParam,
        ),
        (
            "no period",
            ApexProcessAttribute {
                period: 0,
                ..plain()
            },
            InvalidParam,
        ),
        (
            "half a period",
            ApexProcessAttribute {
                period: 10 * MILLISECOND,
                ..plain()
            },
            InvalidConfig,
        ),
        (
            "no capacity",
            ApexProcessAttribute {
                time_capacity: 0,
                ..plain()
            },
            InvalidParam,
        ),
        (
            "more than the period",
            ApexProcessAttribute {
                period: 20 * MILLISECOND,
                time_capacity: 20 * MILLISECOND + 1,
                ..plain()
            },
            InvalidParam,
        ),
    ] {
        check(what, refused(changed), Some(code));
    }
    check("an id", create(&plain()), WORK);
    check("the same name", refused(plain()), Some(NoAction));
    check("another", create(&attributes("other", other, 4)), OTHER);
    let periodic = ApexProcessAttribute {
        period: 20 * MILLISECOND,
        ..attributes("periodic", periodic, 3)
    };
    check("a periodic one", begin(&periodic), PERIODIC);
    for letter in 3..MOST {
        let called = core::str::from_utf8(&b"abcdefghijklmnopq"[letter..=letter]).unwrap_or("");
        let _ = create(&ApexProcessAttribute {
            stack_size: 4_096,
            ..attributes(called, other, 1)
        });
    }
    check(
        "too many",
        refused(attributes("last", other, 1)),
        Some(InvalidConfig),
    );
    check(
        "affinity",
        Paratia::initialize_process_core_affinity(WORK, 0),
        Ok(()),
    );
    let other_core = Paratia::initialize_process_core_affinity(WORK, 1);
    check("another core", other_core, Err(InvalidConfig));
    let nobody = Paratia::initialize_process_core_affinity(0, 0);
    check("nobody's affinity", nobody, Err(InvalidParam));
    error_handler();
    check(
        "the main process waits",
        Paratia::timed_wait(1),
        Err(InvalidMode),
    );
    check(
        "the main process's budget",
        Paratia::replenish(1),
        Err(NoAction),
    );
    check(
        "the main process's id",
        Paratia::get_my_id(),
        Err(InvalidMode),
    );
    check(
        "the main process locks",
        Paratia::lock_preemption(),
        Err(NoAction),
    );
    check("start", Paratia::start(WORK), Ok(()));
    check("start again", Paratia::start(WORK), Err(NoAction));
}

fn error_handler() {
    let configure = |core| {
        Paratia::configure_error_handler(ErrorHandlerConcurrencyControl::ProcessesPause, core)
    };
    let make = |stack| Paratia::create_error_handler(other, stack);
    check("no handler", configure(0), Err(InvalidConfig));
    check("too much stack", make(u32::MAX), Err(InvalidConfig));
    check("a handler", make(4_096), Ok(()));
    check("a second one", make(4_096), Err(NoAction));
    check("configured", configure(0), Ok(()));
}

extern "C" fn work() {
    let created = Paratia::create_process(&ApexProcessAttribute {
        stack_size: 4_096,
        ..attributes("late", other, 1)
    });
    // The table is full, which is found first.
    check("created too late", created, Err(InvalidConfig));
    check(
        "a late handler",
        Paratia::create_error_handler(other, 1),
        Err(NoAction),
    );
    let affinity = Paratia::initialize_process_core_affinity(WORK, 0);
    check("a late affinity", affinity, Err(InvalidMode));
    check("my id", Paratia::get_my_id(), Ok(WORK));
    check("my index", Paratia::get_my_index(), Ok(0));
    check("an id", Paratia::get_process_id(name("other")), Ok(OTHER));
    check(
        "no id",
        Paratia::get_process_id(name("nobody")),
        Err(InvalidConfig),
    );
    nobody();
    lives();
    waits();
    println!("codes done");
}

/// Services for processes that aren't there.
fn nobody() {
    for id in NONE {
        let services: [Result<(), ErrorReturnCode>; 7] = [
            Paratia::start(id),
            Paratia::delayed_start(id, 1),
            Paratia::stop(id),
            Paratia::suspend(id),
            Paratia::resume(id),
            Paratia::set_priority(id, 5),
            Paratia::get_process_status(id).map(|_| ()),
        ];
        for answer in services {
            check("nobody", answer, Err(InvalidParam));
        }
    }
}

fn state(id: ProcessId) -> Option<ProcessState> {
    let status = Paratia::get_process_status(id);
    status.ok().map(|status| status.process_state)
}

fn lives() {
    for answer in [
        Paratia::stop(WORK),
        Paratia::suspend(WORK),
        Paratia::resume(WORK),
    ] {
        check("itself", answer, Err(InvalidParam));
    }
    check("it is dormant", state(OTHER), Some(ProcessState::Dormant));
    check("stop", Paratia::stop(OTHER), Err(NoAction));
    check("suspend", Paratia::suspend(OTHER), Err(InvalidMode));
    check("resume", Paratia::resume(OTHER), Err(InvalidMode));
    check(
        "priority",
        Paratia::set_priority(OTHER, 5),
        Err(InvalidMode),
    );
    check(
        "priority 240",
        Paratia::set_priority(OTHER, 240),
        Err(InvalidParam),
    );
    check(
        "infinite delay",
        Paratia::delayed_start(OTHER, -1),
        Err(InvalidParam),
    );
    check("start", Paratia::start(OTHER), Ok(()));
    check("it is ready", state(OTHER), Some(ProcessState::Ready));
    check("start again", Paratia::start(OTHER), Err(NoAction));
    check("resume", Paratia::resume(OTHER), Err(NoAction));
    check("suspend", Paratia::suspend(OTHER), Ok(()));
    check("it waits", state(OTHER), Some(ProcessState::Waiting));
    check("suspend again", Paratia::suspend(OTHER), Err(NoAction));
    check("resume", Paratia::resume(OTHER), Ok(()));
    check("stop", Paratia::stop(OTHER), Ok(()));
    check(
        "suspend a periodic one",
        Paratia::suspend(PERIODIC),
        Err(InvalidMode),
    );
    check(
        "resume a periodic one",
        Paratia::resume(PERIODIC),
        Err(InvalidMode),
    );
    check("it waits", state(PERIODIC), Some(ProcessState::Waiting));
    check("stop a periodic one", Paratia::stop(PERIODIC), Ok(()));
    let late = Paratia::delayed_start(PERIODIC, 20 * MILLISECOND);
    check("a delay of a period", late, Err(InvalidParam));
    check("start it", Paratia::start(PERIODIC), Ok(()));
    check("it runs", state(WORK), Some(ProcessState::Running));
}

fn waits() {
    check(
        "an infinite wait",
        Paratia::timed_wait(-1),
        Err(InvalidParam),
    );
    check(
        "an aperiodic process",
        Paratia::periodic_wait(),
        Err(InvalidMode),
    );
    check(
        "an infinite budget",
        Paratia::replenish(-1),
        Err(InvalidParam),
    );
    check("a budget", Paratia::replenish(MILLISECOND), Ok(()));
    check("not suspended", Paratia::suspend_self(0), Ok(()));
    check(
        "suspended",
        Paratia::suspend_self(MILLISECOND),
        Err(TimedOut),
    );
    for level in 1..=16 {
        check("lock", Paratia::lock_preemption(), Ok(level));
    }
    check(
        "lock once more",
        Paratia::lock_preemption(),
        Err(InvalidConfig),
    );
    check(
        "waits while locked",
        Paratia::timed_wait(1),
        Err(InvalidMode),
    );
    check(
        "waits while locked",
        Paratia::suspend_self(1),
        Err(InvalidMode),
    );
    for level in (0..16).rev() {
        check("unlock", Paratia::unlock_preemption(), Ok(level));
    }
    check(
        "unlock once more",
        Paratia::unlock_preemption(),
        Err(NoAction),
    );
}

extern "C" fn other() {}

extern "C" fn periodic() {
    check("its suspension", Paratia::suspend_self(1), Err(InvalidMode));
    let beyond = Paratia::replenish(20 * MILLISECOND);
    check("a budget beyond the period", beyond, Err(InvalidMode));
    println!("periodic done");
}
