//! The table of processes does what a list of lines does in which each second is lived through: no moment is
//! computed there, nobody is compared, and time goes by in single ticks.

#![allow(clippy::cast_possible_truncation, reason = "small numbers")]

use a653rs::bindings::ErrorReturnCode::{InvalidMode, InvalidParam, NoAction};
use a653rs::bindings::{
    ApexProcessAttribute, Deadline, ErrorCode, ErrorReturnCode, INFINITE_TIME_VALUE, ProcessState,
};
use paratia_a653::clock::Clock;
use paratia_a653::processes::{Processes, Who, id};
use proptest::prelude::*;

/// Ticks, and nanoseconds, of a frame.
const FRAME: i64 = 20;
const PRIORITIES: usize = 5;

/// What whoever runs does.
#[derive(Clone, Copy, Debug)]
enum Step {
    Nothing,
    TimedWait(i64),
    PeriodicWait,
    SuspendSelf(i64),
    Suspend(usize),
    Resume(usize),
    Start(usize),
    Stop(usize),
    StopSelf,
    Priority(usize, i32),
    Lock,
    Unlock,
    Replenish(i64),
    Raise,
}

fn step(count: usize) -> impl Strategy<Value = Step> {
    let one = move || 0..count;
    prop_oneof![
        8 => Just(Step::Nothing),
        3 => (0_i64..30).prop_map(Step::TimedWait),
        4 => Just(Step::PeriodicWait),
        2 => (-1_i64..30).prop_map(Step::SuspendSelf),
        2 => one().prop_map(Step::Suspend),
        3 => one().prop_map(Step::Resume),
        2 => one().prop_map(Step::Start),
        1 => one().prop_map(Step::Stop),
        1 => Just(Step::StopSelf),
        2 => (one(), 1..=PRIORITIES as i32).prop_map(|(who, priority)| Step::Priority(who, priority)),
        1 => Just(Step::Lock),
        2 => Just(Step::Unlock),
        1 => (-1_i64..30).prop_map(Step::Replenish),
        1 => Just(Step::Raise),
    ]
}

/// A process: its period in frames or none, its capacity or none, its priority.
type Declared = (Option<i64>, Option<i64>, i32);

fn declared() -> impl Strategy<Value = Declared> {
    let period = prop_oneof![Just(None), (1_i64..4).prop_map(Some)];
    let capacity = prop_oneof![Just(None), (1_i64..20).prop_map(Some)];
    (period, capacity, 1..=PRIORITIES as i32)
}

fn case() -> impl Strategy<Value = (Vec<Declared>, bool, Vec<Step>)> {
    proptest::collection::vec(declared(), 1..5).prop_flat_map(|processes| {
        let steps = proptest::collection::vec(step(processes.len()), 0..200);
        (Just(processes), any::<bool>(), steps)
    })
}

/// A process of the model: counters that count down.
#[derive(Clone, Debug, Default)]
struct Living {
    period: Option<i64>,
    capacity: Option<i64>,
    base: usize,
    priority: usize,
    started: bool,
    /// Ticks until its wait is over.
    waits: Option<i64>,
    /// Whether that is for a release.
    for_release: bool,
    /// Suspended, for so many ticks or for ever.
    suspended: Option<Option<i64>>,
    /// Ticks until its deadline.
    left: Option<i64>,
    /// Ticks since its last release.
    age: i64,
}

#[derive(Debug)]
struct Model {
    all: Vec<Living>,
    /// Who is ready, in line, by priority.
    lines: Vec<Vec<usize>>,
    locks: i32,
    holder: usize,
    has_handler: bool,
    handling: bool,
    errors: Vec<(ErrorCode, usize)>,
    /// Missed deadlines that nobody handled.
    unhandled: Vec<usize>,
}

impl Model {
    fn leave(&mut self, who: usize) {
        for line in &mut self.lines {
            line.retain(|it| *it != who);
        }
    }

    /// To the end of its line, if it is ready.
    fn line_up(&mut self, who: usize) {
        self.leave(who);
        let it = &self.all[who];
        if it.started && it.waits.is_none() && it.suspended.is_none() {
            self.lines[it.priority].push(who);
        }
    }

    fn runs(&self) -> Who {
        if self.handling || !self.errors.is_empty() {
            return Who::Handler;
        }
        if self.locks > 0 {
            return Who::Process(self.holder);
        }
        let first = self.lines.iter().rev().find_map(|line| line.first());
        first.map_or(Who::Nobody, |who| Who::Process(*who))
    }

    /// A tick goes by.
    fn tick(&mut self) {
        for it in &mut self.all {
            it.age += 1;
            for counter in [it.waits.as_mut(), it.left.as_mut()] {
                counter.into_iter().for_each(|left| *left -= 1);
            }
            if let Some(Some(left)) = &mut it.suspended {
                *left -= 1;
            }
        }
        self.look();
    }

    /// What is over is over.
    fn look(&mut self) {
        for who in 0..self.all.len() {
            let it = &mut self.all[who];
            let mut wakes = false;
            if it.waits.is_some_and(|left| left <= 0) {
                it.waits = None;
                if std::mem::take(&mut it.for_release) {
                    it.age = 0;
                    it.left = it.capacity;
                }
                wakes = true;
            }
            if it
                .suspended
                .is_some_and(|it| it.is_some_and(|left| left <= 0))
            {
                it.suspended = None;
                wakes = true;
            }
            let missed = it.left.is_some_and(|left| left <= 0);
            if missed {
                it.left = None;
            }
            if wakes {
                self.line_up(who);
            }
            if missed && self.has_handler {
                self.errors.push((ErrorCode::DeadlineMissed, who));
            } else if missed {
                self.unhandled.push(who);
            }
        }
    }

    fn may_wait(&self) -> Result<usize, ErrorReturnCode> {
        match self.runs() {
            Who::Process(who) if self.locks == 0 => Ok(who),
            _ => Err(InvalidMode),
        }
    }

    /// What whoever runs does, in `phase` ticks of the frame.
    fn step(&mut self, step: Step, phase: i64) -> Result<(), ErrorReturnCode> {
        let Who::Process(me) = self.runs() else {
            return Ok(());
        };
        let until_period = FRAME - phase;
        match step {
            Step::Nothing => {}
            Step::TimedWait(ticks) => {
                let me = self.may_wait()?;
                self.all[me].waits = (ticks > 0).then_some(ticks);
                self.line_up(me);
            }
            Step::PeriodicWait => {
                let me = self.may_wait()?;
                let it = &mut self.all[me];
                let period = it.period.ok_or(InvalidMode)?;
                // The next of its releases that isn't over; at its very moment it is at once.
                let mut next = period - it.age;
                while next < 0 {
                    next += period;
                }
                it.waits = Some(next);
                it.for_release = true;
                it.left = it.capacity.map(|ticks| next + ticks);
                self.leave(me);
                self.look_at(me);
            }
            Step::SuspendSelf(ticks) => {
                let me = self.may_wait()?;
                let it = &mut self.all[me];
                if it.period.is_some() {
                    return Err(InvalidMode);
                }
                if ticks != 0 {
                    it.suspended = Some((ticks > 0).then_some(ticks));
                    self.leave(me);
                }
            }
            Step::Suspend(who) => {
                let it = self.other(me, who)?;
                if !it.started || it.period.is_some() {
                    return Err(InvalidMode);
                }
                if it.suspended.is_some() {
                    return Err(NoAction);
                }
                it.suspended = Some(None);
                self.leave(who);
            }
            Step::Resume(who) => {
                let it = self.other(me, who)?;
                if !it.started || it.period.is_some() {
                    return Err(InvalidMode);
                }
                it.suspended.take().ok_or(NoAction)?;
                self.line_up(who);
            }
            Step::Start(who) => self.start(who, until_period)?,
            Step::Stop(who) => {
                if !self.other(me, who)?.started {
                    return Err(NoAction);
                }
                self.stop(who);
            }
            Step::StopSelf => self.stop(me),
            Step::Priority(who, priority) => {
                let it = &mut self.all[who];
                if !it.started {
                    return Err(InvalidMode);
                }
                it.priority = priority as usize;
                self.line_up(who);
            }
            Step::Lock => {
                if self.locks == 16 {
                    return Err(ErrorReturnCode::InvalidConfig);
                }
                self.locks += 1;
                self.holder = me;
            }
            Step::Unlock => {
                if self.locks == 0 {
                    return Err(NoAction);
                }
                self.locks -= 1;
            }
            Step::Replenish(ticks) => {
                if ticks < 0 {
                    return Err(InvalidParam);
                }
                let it = &mut self.all[me];
                if it.period.is_some_and(|period| it.age + ticks > period) {
                    return Err(InvalidMode);
                }
                it.left = it.capacity.map(|_| ticks);
            }
            Step::Raise => {
                if self.has_handler {
                    self.errors.push((ErrorCode::ApplicationError, me));
                }
            }
        }
        Ok(())
    }

    fn other(&mut self, me: usize, who: usize) -> Result<&mut Living, ErrorReturnCode> {
        if me == who {
            return Err(InvalidParam);
        }
        Ok(&mut self.all[who])
    }

    fn start(&mut self, who: usize, until_period: i64) -> Result<(), ErrorReturnCode> {
        let it = &mut self.all[who];
        if it.started {
            return Err(NoAction);
        }
        it.started = true;
        it.priority = it.base;
        it.suspended = None;
        it.left = None;
        it.waits = Some(it.period.map_or(0, |_| until_period));
        it.for_release = true;
        self.look_at(who);
        Ok(())
    }

    /// A wait of no ticks is over at once.
    fn look_at(&mut self, who: usize) {
        let it = &mut self.all[who];
        if it.waits == Some(0) {
            it.waits = None;
            it.for_release = false;
            it.age = 0;
            it.left = it.capacity;
            self.line_up(who);
        }
    }

    fn stop(&mut self, who: usize) {
        self.all[who].started = false;
        self.all[who].waits = None;
        self.all[who].suspended = None;
        self.all[who].left = None;
        if self.holder == who {
            self.locks = 0;
        }
        self.leave(who);
    }
}

extern "C" fn nothing() {}

/// The table's answer to the same step.
fn real(table: &mut Processes, step: Step, now: u64) -> Result<(), ErrorReturnCode> {
    if !matches!(table.current(), Who::Process(_)) {
        return Ok(());
    }
    match step {
        Step::Nothing => Ok(()),
        Step::TimedWait(ticks) => table.timed_wait(now, ticks),
        Step::PeriodicWait => table.periodic_wait(now),
        Step::SuspendSelf(ticks) => table.suspend_self(now, ticks),
        Step::Suspend(who) => table.suspend(id(who)),
        Step::Resume(who) => table.resume(id(who)),
        Step::Start(who) => table.start(now, id(who)).map(|_| ()),
        Step::Stop(who) => table.stop(id(who)),
        Step::StopSelf => {
            table.stop_self();
            Ok(())
        }
        Step::Priority(who, priority) => table.set_priority(id(who), priority),
        Step::Lock => table.lock_preemption().map(|_| ()),
        Step::Unlock => table.unlock_preemption().map(|_| ()),
        Step::Replenish(ticks) => table.replenish(now, ticks),
        Step::Raise => table
            .raise_application_error(ErrorCode::ApplicationError, b"")
            .map(|_| ()),
    }
}

/// The table and the model with the same processes, all started, in normal mode at tick 0.
fn begin(declared: &[Declared], has_handler: bool) -> (Processes, Model) {
    let clock = Clock::new(1_000_000_000, FRAME as u64, 0);
    let mut table = Processes::new(clock, 1 << 20);
    let mut model = Model {
        all: Vec::new(),
        lines: vec![Vec::new(); PRIORITIES + 1],
        locks: 0,
        holder: 0,
        has_handler,
        handling: false,
        errors: Vec::new(),
        unhandled: Vec::new(),
    };
    if has_handler {
        table.create_error_handler(nothing, 4096).unwrap();
    }
    for (number, (period, capacity, priority)) in declared.iter().enumerate() {
        let mut name = [0; 32];
        name[0] = b'a' + number as u8;
        let period = period.map(|frames| frames * FRAME);
        let created = table.create(&ApexProcessAttribute {
            period: period.unwrap_or(INFINITE_TIME_VALUE),
            time_capacity: capacity.unwrap_or(INFINITE_TIME_VALUE),
            entry_point: nothing,
            stack_size: 4096,
            base_priority: *priority,
            deadline: Deadline::Hard,
            name,
        });
        assert_eq!(created, Ok(id(number)));
        table.start(0, id(number)).unwrap();
        model.all.push(Living {
            period,
            capacity: *capacity,
            base: *priority as usize,
            ..Living::default()
        });
    }
    table.enter_normal(0).unwrap();
    for who in 0..declared.len() {
        model.start(who, FRAME).unwrap();
    }
    (table, model)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_table_does_what_the_lines_do((declared, has_handler, steps) in case()) {
        let (mut table, mut model) = begin(&declared, has_handler);
        let mut looked = false;
        for (now, step) in (0_u64..).zip(steps) {
            // The table is looked at only when it says so.
            if !looked || table.next_event().is_some_and(|at| at <= now) {
                let missed = table.advance(now);
                let expected = model.unhandled.drain(..).fold(0, |all, who| all | 1 << who);
                prop_assert_eq!(missed, expected);
                looked = true;
            }
            let dispatch = table.dispatch();
            prop_assert_eq!(dispatch.who, model.runs(), "tick {}", now);
            if dispatch.who == Who::Handler {
                prop_assert_eq!(dispatch.begins, !model.handling);
                model.handling = true;
                while let Ok(failure) = table.error_status() {
                    let (code, who) = model.errors.remove(0);
                    prop_assert_eq!((failure.code, failure.process), (code, who));
                }
                prop_assert!(model.errors.is_empty());
                table.stop_self();
                model.handling = false;
            } else {
                let phase = i64::try_from(now).unwrap() % FRAME;
                let expected = model.step(step, phase);
                prop_assert_eq!(real(&mut table, step, now), expected, "tick {}: {:?}", now, step);
            }
            for (who, it) in model.all.iter().enumerate() {
                let status = table.status(id(who)).unwrap();
                let is_waiting = it.waits.is_some() || it.suspended.is_some();
                let expected = match (it.started, is_waiting) {
                    (false, _) => ProcessState::Dormant,
                    (true, true) => ProcessState::Waiting,
                    (true, false) if table.current() == Who::Process(who) => ProcessState::Running,
                    (true, false) => ProcessState::Ready,
                };
                let state = match (status.process_state, table.current()) {
                    // Who has just begun to wait is the current one until somebody else is.
                    (ProcessState::Running, _) => expected,
                    (state, _) => state,
                };
                prop_assert_eq!(state, expected);
                let left = it.left.map_or(INFINITE_TIME_VALUE, |left| now as i64 + left);
                prop_assert_eq!(status.deadline_time, left, "tick {}: deadline of {}", now, who);
            }
            model.tick();
        }
    }
}
