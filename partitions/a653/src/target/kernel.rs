//! The partition's own kernel: the table of processes with their contexts, and who runs next.
//!
//! It runs with interrupts masked, either in a service, on the caller's stack, or in [`decide`], on the stack of
//! exceptions. So there is always one at most, and the table needs no lock.

use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicBool, Ordering};

use a653rs::bindings::{ErrorCode, ErrorReturnCode, PortDirection, StartCondition};
use cortex_a::registers::{CNTFRQ_EL0, DAIF, ELR_EL1, ESR_EL1, FAR_EL1, Readable};
use paratia_runtime::abi::passport::Passport;
use paratia_runtime::abi::{ReportedError, exception};
use paratia_runtime::interrupt::{self, IntId};
use paratia_runtime::time::{Instant, Timer};
use paratia_runtime::{Context as Start, call};

use super::context::{self, Context, Reason};
use super::ends::Ends;
use super::stacks::{Stack, Stacks};
use crate::clock::Clock;
use crate::ports::{Ports, id};
use crate::processes::{Level, MOST_PROCESSES, Missed, Processes, Who};

/// Places of contexts behind those of the processes.
const HANDLER: usize = MOST_PROCESSES;
const MAIN: usize = MOST_PROCESSES + 1;
const CONTEXTS: usize = MOST_PROCESSES + 2;

/// What the services work on.
pub(super) struct Kernel {
    pub(super) processes: Processes,
    pub(super) ports: Ports<'static>,
    pub(super) ends: Ends,
    pub(super) passport: &'static Passport,
    pub(super) start_condition: StartCondition,
    pub(super) clock: Clock,
    stacks: Stacks,
    stack: [Stack; MOST_PROCESSES + 1],
    /// The moment to which the timer is set.
    armed: Option<u64>,
}

/// The kernel, once the partition has begun.
struct Place(UnsafeCell<Option<Kernel>>);

// SAFETY: the partition is one thread; `with` masks its interrupts and lets nobody in who is in already.
unsafe impl Sync for Place {}

static KERNEL: Place = Place(UnsafeCell::new(None));
static IS_IN: AtomicBool = AtomicBool::new(false);

/// Everybody's registers.
struct Contexts(UnsafeCell<[Context; CONTEXTS]>);

// SAFETY: the exchange writes that of who ran, `begin` that of who doesn't run, both with interrupts masked.
unsafe impl Sync for Contexts {}

static CONTEXT: Contexts = Contexts(UnsafeCell::new([Context::EMPTY; CONTEXTS]));

/// The context at a place.
fn context(place: usize) -> *mut Context {
    assert!(place < CONTEXTS);
    // SAFETY: the place is within the array (asserted).
    unsafe { CONTEXT.0.get().cast::<Context>().add(place) }
}

/// Sets up the kernel, with the caller as the main process.
pub(super) fn set_up(start: &Start, start_condition: StartCondition) {
    let passport = start.passport;
    let first_window = passport.windows().iter().map(|window| window.start_ns);
    let clock = Clock::new(
        CNTFRQ_EL0.get(),
        passport.major_frame_ns,
        first_window.min().unwrap_or(0),
    );
    let stacks = Stacks::new(passport);
    let kernel = Kernel {
        processes: Processes::new(clock, stacks.bytes()),
        ports: Ports::new(passport),
        ends: Ends::NONE,
        passport,
        start_condition,
        clock,
        stacks,
        stack: [Stack::NONE; MOST_PROCESSES + 1],
        armed: None,
    };
    // SAFETY: interrupts are masked at a partition's start, and nothing else has begun.
    unsafe { *KERNEL.0.get() = Some(kernel) };
    // SAFETY: contexts are static, and used by the exchange and the kernel alone.
    unsafe { context::take_over(context(MAIN)) };
    interrupt::enable();
}

/// Does something with the kernel; interrupts are masked.
fn with<T>(act: impl FnOnce(&mut Kernel) -> T) -> T {
    assert!(
        !IS_IN.swap(true, Ordering::Relaxed),
        "a service within a service"
    );
    // SAFETY: interrupts are masked, so that nobody else comes in, and nobody is in already (asserted).
    let kernel = unsafe { &mut *KERNEL.0.get() };
    let result = act(kernel.as_mut().expect("the partition has begun"));
    IS_IN.store(false, Ordering::Relaxed);
    result
}

/// Carries out a service: `act` on the kernel, now; then whoever should run does.
pub(super) fn service<T>(act: impl FnOnce(&mut Kernel, u64) -> T) -> T {
    let were_masked = DAIF.is_set(DAIF::I);
    interrupt::disable();
    let (result, gives_way) = with(|kernel| {
        let result = act(kernel, Instant::now().0);
        let gives_way = kernel.processes.choose() != kernel.processes.current();
        if !gives_way {
            kernel.set_timer();
        }
        (result, gives_way)
    });
    if gives_way {
        context::give_way();
    }
    if !were_masked {
        interrupt::unmask();
    }
    result
}

/// An interrupt's handler: the timer is set anew before anybody goes on, and what came to a port is seen then.
pub fn interrupted(id: IntId) {
    if id == interrupt::timer() {
        Timer.cancel();
    }
}

/// Who runs from now on; null if a fault ends the partition.
pub(super) extern "C" fn decide(reason: Reason) -> *mut Context {
    match reason {
        Reason::Interrupt => interrupt::handle(),
        Reason::GiveWay => {}
        Reason::Fault => {
            let (syndrome, fault_address, address) = (ESR_EL1.get(), FAR_EL1.get(), ELR_EL1.get());
            if with(|kernel| kernel.fault(syndrome, fault_address, address)) == Level::Partition {
                return core::ptr::null_mut();
            }
        }
    }
    with(Kernel::next)
}

/// The end of a process whose function returns.
pub(super) extern "C" fn returned() {
    loop {
        service(|kernel, _| kernel.processes.stop_self());
    }
}

impl Kernel {
    /// Takes a stack for the process that was created at this place.
    pub(super) fn give_stack(&mut self, index: usize, bytes: u32) {
        self.stack[index] = self.stacks.take(bytes);
    }

    /// Takes a stack for the error handler.
    pub(super) fn give_stack_to_handler(&mut self, bytes: u32) {
        self.give_stack(HANDLER, bytes);
    }

    /// A process begins at its entry.
    pub(super) fn begin(&mut self, index: usize) {
        let entry = self.processes.entry(index);
        self.begin_at(index, entry);
    }

    fn begin_at(&mut self, place: usize, entry: Option<extern "C" fn()>) {
        let entry = entry.expect("who begins was created");
        // SAFETY: interrupts are masked, and who begins doesn't run: its context isn't in use.
        let context = unsafe { &mut *context(place) };
        context.begin(entry, self.stack[place].top, returned);
    }

    /// Who runs from now on, as soon as somebody can.
    fn next(&mut self) -> *mut Context {
        loop {
            self.look_at_ports();
            let missed = self.processes.advance(Instant::now().0);
            self.tell(missed);
            let dispatch = self.processes.dispatch();
            self.arm(self.processes.next_event());
            match dispatch.who {
                Who::Main => return context(MAIN),
                Who::Process(index) => return context(index),
                Who::Handler => {
                    if dispatch.begins {
                        let entry = self.processes.handler_entry();
                        self.begin_at(HANDLER, entry);
                    }
                    return context(HANDLER);
                }
                Who::Nobody => self.sleep(),
            }
        }
    }

    /// Sets the timer to the next moment at which something happens by itself, if a service has changed that.
    fn set_timer(&mut self) {
        let next = self.processes.next_event();
        if next != self.armed {
            self.arm(next);
        }
    }

    fn arm(&mut self, next: Option<u64>) {
        self.armed = next;
        match next {
            Some(at) => Timer.set(Instant(at)),
            None => Timer.cancel(),
        }
    }

    /// Nobody is ready: until the timer or a port's interrupt, or, if nothing happens by itself in this
    /// window, until the next one.
    fn sleep(&mut self) {
        let now = Instant::now().0;
        let end = self.clock.window_end(now, self.passport.windows());
        let is_soon = |at| end.is_none_or(|end| at < end);
        if self.processes.next_event().is_some_and(is_soon) || self.all_ring() {
            interrupt::wait();
        } else {
            // It has no error; what it answers is when the window began.
            let _ = call::wait_for_window();
        }
        interrupt::handle();
    }

    /// Whether each port at which somebody waits, and there is one, has messages that interrupt. A port where
    /// somebody waits for room has none.
    fn all_ring(&self) -> bool {
        let ports = self.processes.ports_waited_at();
        let interrupts = self.passport.port_interrupts.iter().enumerate();
        let mut waited = interrupts.filter(|(index, _)| ports >> index & 1 != 0);
        ports != 0 && waited.all(|(_, interrupt)| *interrupt != 0)
    }

    /// Serves those that wait at ports where there is something for them.
    fn look_at_ports(&mut self) {
        let ports = self.processes.ports_waited_at();
        for index in (0..u64::BITS as usize).filter(|index| ports >> index & 1 != 0) {
            let (Ok(port), Ok(status)) = (
                self.ports.queuing(id(index)),
                call::queuing_port_status(index as u64),
            ) else {
                continue;
            };
            let is_there = match port.direction {
                PortDirection::Source => status.waiting < u64::from(port.depth),
                PortDirection::Destination => status.waiting > 0,
            };
            if is_there {
                self.processes.serve(index, self.ports.discipline(index));
            }
        }
    }

    /// Tells the hypervisor's health monitor of missed deadlines that no error handler looks after.
    fn tell(&mut self, missed: Missed) {
        for index in (0..MOST_PROCESSES).filter(|index| missed >> index & 1 != 0) {
            report(ErrorCode::DeadlineMissed, index, 0);
        }
    }

    /// A fault of who runs: whose it is.
    fn fault(&mut self, syndrome: u64, fault_address: u64, address: u64) -> Level {
        let overflowed = match self.processes.current() {
            Who::Process(index) => self.stack[index].is_below(fault_address),
            _ => false,
        };
        let code = match exception::class(syndrome) {
            exception::OWN_DATA_ABORT if overflowed => ErrorCode::StackOverflow,
            exception::OWN_DATA_ABORT
            | exception::OWN_INSTRUCTION_ABORT
            | exception::PROGRAM_COUNTER
            | exception::STACK_POINTER => ErrorCode::MemoryViolation,
            _ => ErrorCode::IllegalRequest,
        };
        self.processes.fault(code, address)
    }
}

/// Tells the hypervisor's health monitor of a process's error. Returns only if the partition's health table
/// ignores it.
pub(super) fn report(code: ErrorCode, process: usize, detail: u64) {
    let process = process as u64 + 1;
    call::report_error(ReportedError::Application, [code as u64, process, detail]);
}

/// Waits at a port until `attempt` does something: that of the services that wait.
///
/// # Errors
/// Those of `attempt`; [`ErrorReturnCode::NotAvailable`] without a time-out, [`ErrorReturnCode::TimedOut`] with
/// one.
pub(super) fn at_port<T>(
    port: usize,
    time_out: i64,
    mut attempt: impl FnMut(&mut Kernel) -> Result<T, ErrorReturnCode>,
) -> Result<T, ErrorReturnCode> {
    let until = service(|kernel, now| kernel.processes.time_out(now, time_out))?;
    let mut since = None;
    loop {
        let mut waits = false;
        let done = service(|kernel, _| {
            let is_first = since.is_some() || kernel.processes.waiting_at(port) == 0;
            let done = if is_first {
                attempt(kernel)
            } else {
                Err(ErrorReturnCode::NotAvailable)
            };
            if matches!(done, Err(ErrorReturnCode::NotAvailable)) && time_out != 0 {
                since = Some(kernel.processes.wait_at_port(port, until, since)?);
                waits = true;
            }
            done
        });
        if !waits {
            return done;
        }
        if service(|kernel, _| kernel.processes.timed_out()) {
            return Err(ErrorReturnCode::TimedOut);
        }
    }
}
