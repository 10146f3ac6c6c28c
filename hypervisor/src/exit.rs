//! The way through the hypervisor: save (done by the vector), decode, act, choose next, restore.

use crate::arch::context::Context;
use crate::arch::syndrome::{self, Cause};
use crate::arch::{cpu as arch_cpu, timer};
use crate::cpu::{Cpu, Loaded, Machine};
use crate::fault::{self, Details};
use crate::guest::Guest;
use crate::lock::Guard;
use crate::partition::Partition;
use crate::straight::{self, Taken};
use crate::time::Ticks;
use crate::total;
use crate::vcpu::Vcpu;
use crate::{call, device, interrupt, register, window};
use paratia_abi::ExitCause;
use paratia_config::system::HealthEvent;

/// What follows from an exit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Decision {
    /// The guest goes on.
    Resume,
    /// The guest has nothing to do until one of its interrupts comes.
    WaitForInterrupt,
    /// The window is over for the guest: by time, by its wish, or because it doesn't live on.
    EndWindow,
}

/// What the assembly does next; see [`crate::arch::entry`].
#[repr(C)]
#[must_use]
pub struct Next {
    /// Where to save the context in the CPU; null if it stays.
    pub save: *mut Context,
    /// The context to go on with; null for the long way.
    pub load: *mut Context,
}

impl Next {
    /// The guest goes on.
    #[inline]
    fn same(vcpu: *mut Vcpu) -> Self {
        Self {
            save: core::ptr::null_mut(),
            // The context comes first.
            load: vcpu.cast(),
        }
    }

    /// The exit is handled anew with all of the guest's general registers in its context.
    #[inline]
    fn long_way(vcpu: *mut Vcpu) -> Self {
        Self {
            save: vcpu.cast(),
            load: core::ptr::null_mut(),
        }
    }
}

/// A synchronous exception of a guest. Calls with a short answer are done in a few instructions; an
/// access that names a general register which isn't in the context yet goes the long way.
///
/// # Safety
/// Called by the vector with the guest's `x0` and the vCPU that ran, as all functions of this file
/// that it calls, each with these in the same registers. They take the vCPU as a pointer, since what
/// follows an exit may be a window of the same one.
pub unsafe extern "C" fn synchronous(x0: u64, vcpu: *mut Vcpu) -> Next {
    let esr = arch_cpu::syndrome();
    if !syndrome::is_hypervisor_call(esr) {
        // Each kind has a way of its own, so that none pays for another's needs; those that come most
        // come first. SAFETY: the vector's promise.
        unsafe {
            if syndrome::is_abort(esr) && !syndrome::keeps_accessed(esr) {
                return abort(x0, vcpu, esr);
            }
            if syndrome::is_system_register(esr) && !syndrome::keeps_moved(esr) {
                return system_register(x0, vcpu, esr);
            }
            if !syndrome::is_monitor_call(esr) {
                return otherwise(vcpu, esr, timer::now_early(), false);
            }
        }
        arch_cpu::skip_instruction();
    }
    // SAFETY: the vector's promise; the reference ends before the way out.
    if call::answer_shortly(unsafe { &mut *vcpu }, x0) {
        return Next::same(vcpu);
    }
    // SAFETY: the vector's promise.
    unsafe {
        if call::ends_window(x0) {
            window_given_back(vcpu)
        } else {
            called(vcpu)
        }
    }
}

/// A synchronous exception of a class that includes accesses that stage 2 doesn't allow. One to the
/// interrupt controller may be done in a few instructions.
///
/// # Safety
/// As for [`synchronous`]; a register that an access names is in the context.
pub unsafe extern "C" fn abort(_: u64, pointer: *mut Vcpu, esr: u64) -> Next {
    let begun = timer::now_early();
    // SAFETY: the vector's promise; the reference ends before the long way.
    let vcpu = unsafe { &mut *pointer };
    let holds = |vcpu: &Vcpu| {
        // SAFETY: once for this exit, as long as this is asked.
        straight::holds(unsafe { Cpu::machine() }, vcpu)
    };
    // The long way waits for the lock, if it isn't free: no exit waits twice.
    // SAFETY: this CPU runs the vCPU, and holds no guard at the start of an exit.
    let free = unsafe { vcpu.facts.partition.try_lock() };
    let done = free.and_then(|mut partition| {
        let may = !partition.is_shared() || partition.is_on(vcpu.number);
        may.then(|| device::access_shortly(esr, vcpu, &mut partition, holds))?
    });
    if done.is_some() {
        vcpu.count_exit(ExitCause::Device, timer::now_early().since(begun));
        return Next::same(pointer);
    }
    // SAFETY: the vector's promise.
    unsafe { otherwise(pointer, esr, begun, true) }
}

/// A synchronous exception that began at `begun` and has no shorter way. `has_register` says that a
/// general register that it names is in the context.
///
/// # Safety
/// As for [`synchronous`].
#[inline(never)]
unsafe extern "C" fn otherwise(
    vcpu: *mut Vcpu,
    esr: u64,
    begun: Ticks,
    has_register: bool,
) -> Next {
    let (cause, decide): (_, Decide) = match syndrome::decode(esr) {
        Cause::DataAbort if has_register => (ExitCause::Device, device::access),
        Cause::DataAbort | Cause::SystemRegister => return Next::long_way(vcpu),
        // SAFETY: the vector's promise.
        Cause::WaitForInterrupt => return unsafe { waits(vcpu) },
        Cause::InstructionAbort => (ExitCause::Device, device::stray_fetch),
        Cause::Forbidden => (ExitCause::Register, forbidden),
    };
    // SAFETY: as above.
    unsafe { handle_seldom(begun, vcpu, cause, decide, esr) }
}

/// An instruction that isn't the partition's to use: no call is made by an immediate other than 0. Also
/// any synchronous exception of AArch32 code at EL0, which no partition is given: only the guest's own
/// exception return into that state, which can't be trapped, gets there.
fn forbidden(guest: &mut Guest, esr: u64) -> Decision {
    if syndrome::is_behind(esr) {
        arch_cpu::return_to_instruction();
    }
    register::forbid(guest)
}

/// A trapped register or system instruction: that by which interrupts are sent comes most.
///
/// # Safety
/// As for [`synchronous`]; a register that it names is in the context.
pub unsafe extern "C" fn system_register(_: u64, vcpu: *mut Vcpu, esr: u64) -> Next {
    // SAFETY: the vector's promise.
    unsafe {
        match syndrome::sent_interrupt(esr) {
            Some(register) => interrupt_sent(vcpu, register),
            None => other_register(vcpu, esr),
        }
    }
}

/// An interrupt that the guest sends, by the general register with this number.
///
/// # Safety
/// As for [`synchronous`].
#[inline(never)]
unsafe extern "C" fn interrupt_sent(vcpu: *mut Vcpu, register: u8) -> Next {
    let decide = |guest: &mut Guest| register::send(guest, register);
    // SAFETY: the vector's promise.
    unsafe { handle(timer::now_early(), vcpu, ExitCause::Register, decide) }
}

/// Any other trapped register or system instruction.
///
/// # Safety
/// As for [`synchronous`].
#[inline(never)]
unsafe extern "C" fn other_register(vcpu: *mut Vcpu, esr: u64) -> Next {
    let (begun, cause) = (timer::now_early(), ExitCause::Register);
    // SAFETY: the vector's promise.
    unsafe { handle_seldom(begun, vcpu, cause, register::emulate, esr) }
}

/// A call without a short answer.
///
/// # Safety
/// As for [`synchronous`].
#[inline(never)]
unsafe extern "C" fn called(vcpu: *mut Vcpu) -> Next {
    // SAFETY: the vector's promise.
    unsafe { handle(timer::now_early(), vcpu, ExitCause::Call, call::dispatch) }
}

/// The call by which nearly every window ends that time doesn't end.
///
/// # Safety
/// As for [`synchronous`].
#[inline(never)]
unsafe extern "C" fn window_given_back(vcpu: *mut Vcpu) -> Next {
    let decide = |guest: &mut Guest| call::wait_for_window(guest.vcpu);
    // SAFETY: the vector's promise.
    unsafe { handle(timer::now_early(), vcpu, ExitCause::Call, decide) }
}

/// `WFI`.
///
/// # Safety
/// As for [`synchronous`].
#[inline(never)]
unsafe extern "C" fn waits(pointer: *mut Vcpu) -> Next {
    let begun = timer::now_early();
    arch_cpu::skip_instruction();
    // SAFETY: once for this exit, and the vector's promise; the references end here.
    let rested = unsafe { wait_at_rest(Cpu::machine(), &mut *pointer, begun) };
    let Err(taken) = rested else {
        return Next::same(pointer);
    };
    let decide = |guest: &mut Guest| {
        if let Some(taken) = taken {
            // If the window is over, the timer is still due, and the wait ends at once.
            let _ = interrupt::handle(guest, taken);
        }
        Decision::WaitForInterrupt
    };
    // SAFETY: the vector's promise.
    unsafe { handle(timer::now_early(), pointer, ExitCause::Wait, decide) }
}

/// An interrupt while a guest ran.
///
/// # Safety
/// As for [`synchronous`].
pub unsafe extern "C" fn interrupt(_: u64, vcpu: *mut Vcpu) -> Next {
    // SAFETY: the vector's promise; the reference ends here.
    total::add(unsafe { &mut (*vcpu).counts.interrupts }, 1);
    if timer::is_due() {
        // SAFETY: as above.
        return unsafe { timer_due(vcpu) };
    }
    // SAFETY: as above.
    let taken = unsafe { straight::take(Cpu::machine(), &mut *vcpu) };
    match taken {
        Ok(_) => Next::same(vcpu),
        // SAFETY: as above.
        Err(taken) => unsafe { interrupt_long(vcpu, taken) },
    }
}

/// The hypervisor's timer, by which a window ends that the guest doesn't give back.
///
/// # Safety
/// As for [`synchronous`].
#[inline(never)]
unsafe fn timer_due(vcpu: *mut Vcpu) -> Next {
    let (begun, cause) = (timer::now_early(), ExitCause::Interrupt);
    // SAFETY: the vector's promise.
    unsafe { handle(begun, vcpu, cause, interrupt::handle_timer) }
}

/// The long way of an interrupt.
///
/// # Safety
/// As for [`synchronous`].
#[inline(never)]
unsafe fn interrupt_long(vcpu: *mut Vcpu, taken: Taken) -> Next {
    let id = match taken {
        Taken::Interrupt(id) => id.into(),
        Taken::Timer => NO_ID,
    };
    let decide: Decide = |guest, id| {
        let taken = u32::try_from(id).map_or(Taken::Timer, Taken::Interrupt);
        interrupt::handle(guest, taken)
    };
    // SAFETY: the vector's promise.
    unsafe { handle_seldom(timer::now_early(), vcpu, ExitCause::Interrupt, decide, id) }
}

/// A bus error while a guest ran.
///
/// # Safety
/// As for [`synchronous`].
pub unsafe extern "C" fn system_error(_: u64, vcpu: *mut Vcpu) -> Next {
    let decide: Decide = |guest, _| {
        let event = HealthEvent::SystemError;
        fault::raise(guest, event, Details::of_exit(0))
    };
    // SAFETY: the vector's promise.
    unsafe { handle_seldom(timer::now_early(), vcpu, ExitCause::Interrupt, decide, 0) }
}

/// A synchronous exception of AArch32 code at EL0.
///
/// # Safety
/// As for [`synchronous`].
pub unsafe extern "C" fn foreign_state(_: u64, vcpu: *mut Vcpu) -> Next {
    // SAFETY: the vector's promise.
    unsafe { handle_seldom(timer::now_early(), vcpu, ExitCause::Register, forbidden, 0) }
}

/// What an exit leads to, by its syndrome or what was taken.
type Decide = fn(&mut Guest, u64) -> Decision;

/// Nothing taken that has a number.
const NO_ID: u64 = u64::MAX;

/// [`handle`], once for all of the exits that come seldom or take long anyhow.
///
/// # Safety
/// As for [`synchronous`].
#[inline(never)]
unsafe fn handle_seldom(
    begun: Ticks,
    vcpu: *mut Vcpu,
    cause: ExitCause,
    decide: Decide,
    argument: u64,
) -> Next {
    let decide = |guest: &mut Guest| decide(guest, argument);
    // SAFETY: the caller's promise.
    unsafe { handle(begun, vcpu, cause, decide) }
}

/// The way of every exit but the shortest, which began at `begun`: decide, act, choose next.
///
/// # Safety
/// As for [`synchronous`].
#[inline]
unsafe fn handle(
    begun: Ticks,
    pointer: *mut Vcpu,
    cause: ExitCause,
    decide: impl FnOnce(&mut Guest) -> Decision,
) -> Next {
    // SAFETY: once for this exit, and the vector's promise: this CPU runs the vCPU, and holds no guard at
    // the start of an exit. The references end before the next vCPU is chosen.
    let mut guest = unsafe { Guest::of(Cpu::machine(), &mut *pointer) };
    guest.machine.path.begin(begun);
    let decision = decide(&mut guest);
    if decision == Decision::EndWindow {
        let waits = guest.vcpu.waits_for_window;
        return leave(guest, waits);
    }
    if decision == Decision::WaitForInterrupt || guest.partition.is_shared() {
        return act(guest, cause, decision);
    }
    let spent = timer::now_early().since(begun);
    guest.vcpu.count_exit(cause, spent);
    Next::same(pointer)
}

/// The guest goes on, if nothing that another vCPU did is in its way, and once it has something to do.
#[inline(never)]
fn act(mut guest: Guest, cause: ExitCause, mut decision: Decision) -> Next {
    let waits = decision == Decision::WaitForInterrupt;
    if waits {
        drop(guest.partition);
        (decision, guest.partition) = wait(guest.machine, guest.vcpu);
        guest.machine.path.begin(timer::now_early());
    }
    // What another vCPU did may be the end of this one, too, and one that was suspended begins anew
    // in its next window.
    if decision == Decision::EndWindow || !guest.partition.is_on(guest.vcpu.number) {
        return leave(guest, waits);
    }
    let spent = timer::now_early().since(guest.machine.path.begun());
    guest.vcpu.count_exit(cause, spent);
    Next::same(guest.vcpu)
}

/// The guest's window is over. `waits` says whether it had nothing to do.
#[inline(never)]
fn leave(mut guest: Guest, waits: bool) -> Next {
    window::end(&mut guest, waits);
    if !guest.partition.life.is_ready(guest.vcpu.facts.itself) {
        guest.machine.loaded = Loaded::nobodys();
    }
    drop(guest.partition);
    // What follows may be a window of the same vCPU, whose reference isn't used any more.
    window::choose_next(guest.machine)
}

/// Sleeps in the guest's place until one of its interrupts comes or its window is over. The partition's lock
/// isn't held meanwhile; it is taken once after each sleep, and held in the end.
fn wait(machine: &mut Machine, vcpu: &mut Vcpu) -> (Decision, Guard<'static, Partition>) {
    let since = timer::now();
    let done = loop {
        if interrupt::is_pending(machine, vcpu) {
            // SAFETY: `act` has dropped its guard.
            break (Decision::Resume, unsafe { vcpu.facts.partition.lock() });
        }
        timer::wait_for_interrupt();
        if let Err(taken) = take(machine, vcpu) {
            // SAFETY: as above.
            let mut guest = unsafe { Guest::of(machine, vcpu) };
            let decision = interrupt::handle(&mut guest, taken);
            let is_off = guest.partition.is_shared() && !guest.partition.is_on(guest.vcpu.number);
            if decision == Decision::EndWindow || is_off {
                break (Decision::EndWindow, guest.partition);
            }
            if interrupt::is_pending(guest.machine, guest.vcpu) {
                break (Decision::Resume, guest.partition);
            }
        }
    };
    give_back(machine, vcpu, timer::now().since(since));
    done
}

/// [`straight::handle`], where it isn't what comes most.
#[inline(never)]
fn take(machine: &mut Machine, vcpu: &mut Vcpu) -> Result<bool, Taken> {
    straight::handle(machine, vcpu)
}

/// As [`wait`], with nothing but a list register to be written after the sleep: of a vCPU that rests
/// and will go on.
///
/// # Errors
/// It isn't so simple; what was taken, if anything. The wait goes on.
fn wait_at_rest(machine: &mut Machine, vcpu: &mut Vcpu, begun: Ticks) -> Result<(), Option<Taken>> {
    if !vcpu.rests() || interrupt::is_pending(machine, vcpu) {
        return Err(None);
    }
    let since = timer::now();
    let (handled, woken) = loop {
        timer::wait_for_interrupt();
        let woken = timer::now();
        match straight::handle(machine, vcpu) {
            Ok(true) => break (Ok(()), woken),
            Ok(false) => {}
            Err(taken) => break (Err(Some(taken)), woken),
        }
    };
    let idle = woken.since(since);
    give_back(machine, vcpu, idle);
    handled?;
    let spent = timer::now_early().since(begun).wrapping_sub(idle);
    vcpu.count_exit(ExitCause::Wait, spent);
    Ok(())
}

/// Counts time that the guest gave back by waiting.
#[inline]
fn give_back(machine: &mut Machine, vcpu: &mut Vcpu, idle: u64) {
    total::add(&mut vcpu.counts.idle_ticks, idle);
    machine.running_since = machine.running_since.after(idle);
}
