//! The way through the hypervisor: save (done by the vector), decode, act, choose next, restore.

use crate::arch::context::Context;
use crate::arch::syndrome::{self, Cause};
use crate::arch::{cpu as arch_cpu, timer};
use crate::cpu::{Cpu, Machine};
use crate::fault::{self, Details};
use crate::interrupt::Taken;
use crate::lock::Lock;
use crate::partition::{PARTITIONS, Partition};
use crate::vcpu::Vcpu;
use crate::{call, crash, device, interrupt, register, window};
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
    /// The context to go on with.
    pub load: *mut Context,
    /// Where to save the one in the CPU; null if it stays.
    pub save: *mut Context,
}

impl Next {
    /// The guest goes on.
    #[inline]
    fn same(vcpu: *mut Vcpu) -> Self {
        Self {
            // The context comes first.
            load: vcpu.cast(),
            save: core::ptr::null_mut(),
        }
    }

    /// More is to be done, with all of the guest's general registers in its context.
    #[inline]
    fn long_way(vcpu: *mut Vcpu) -> Self {
        Self {
            load: vcpu.cast(),
            save: vcpu.cast(),
        }
    }
}

/// A synchronous exception of a guest. Calls with a short answer are done in a few instructions; for
/// all else the assembly goes the long way.
///
/// # Safety
/// Called by the vector with the vCPU that ran, as all functions of this file that it calls. They
/// take it as a pointer, since what follows an exit may be a window of the same vCPU.
pub unsafe extern "C" fn synchronous(vcpu: *mut Vcpu) -> Next {
    let (called, trapped) = syndrome::call(arch_cpu::syndrome());
    // SAFETY: the vector's promise; the reference ends before the way out.
    if called && call::answer_shortly(unsafe { &mut *vcpu }) {
        if trapped {
            arch_cpu::skip_instruction();
        }
        Next::same(vcpu)
    } else {
        Next::long_way(vcpu)
    }
}

/// The long way of a synchronous exception; all of the guest's general registers are in its context.
///
/// # Safety
/// As for [`synchronous`].
pub unsafe extern "C" fn synchronous_long(vcpu: *mut Vcpu) -> Next {
    // Each kind has a way of its own, so that none pays for another's needs.
    let way = match syndrome::decode(arch_cpu::syndrome()) {
        Cause::DataAbort => data_abort,
        Cause::HypervisorCall | Cause::SecureMonitorCall => called,
        Cause::WaitForInterrupt => waits,
        Cause::SystemRegister | Cause::InstructionAbort | Cause::Forbidden => others,
    };
    // SAFETY: the vector's promise.
    unsafe { way(vcpu) }
}

/// An access that stage 2 doesn't allow.
///
/// # Safety
/// As for [`synchronous`].
unsafe fn data_abort(vcpu: *mut Vcpu) -> Next {
    // SAFETY: the vector's promise.
    unsafe { handle(vcpu, ExitCause::Device, device::access) }
}

/// A call without a short answer.
///
/// # Safety
/// As for [`synchronous`].
unsafe fn called(vcpu: *mut Vcpu) -> Next {
    let decide = |machine: &mut Machine, vcpu: &mut Vcpu, partition: &mut Partition| {
        let (_, trapped) = syndrome::call(arch_cpu::syndrome());
        if trapped {
            arch_cpu::skip_instruction();
        }
        call::dispatch(machine, vcpu, partition)
    };
    // SAFETY: the vector's promise.
    unsafe { handle(vcpu, ExitCause::Call, decide) }
}

/// `WFI`.
///
/// # Safety
/// As for [`synchronous`].
unsafe fn waits(vcpu: *mut Vcpu) -> Next {
    let decide = |_: &mut Machine, _: &mut Vcpu, _: &mut Partition| {
        arch_cpu::skip_instruction();
        Decision::WaitForInterrupt
    };
    // SAFETY: the vector's promise.
    unsafe { handle(vcpu, ExitCause::Wait, decide) }
}

/// Everything else.
///
/// # Safety
/// As for [`synchronous`].
unsafe fn others(vcpu: *mut Vcpu) -> Next {
    let esr = arch_cpu::syndrome();
    let (cause, decide): (_, Decide) = match syndrome::decode(esr) {
        Cause::SystemRegister => (ExitCause::Register, |machine, vcpu, partition| {
            let access = syndrome::system_register(arch_cpu::syndrome());
            register::emulate(machine, vcpu, partition, access)
        }),
        Cause::InstructionAbort => (ExitCause::Device, device::stray_fetch),
        _ => (ExitCause::Register, |machine, _, partition| {
            register::forbid(machine, partition)
        }),
    };
    // SAFETY: the vector's promise.
    unsafe { handle(vcpu, cause, decide) }
}

/// What an exit asks for is found out and done by one of these.
type Decide = fn(&mut Machine, &mut Vcpu, &mut Partition) -> Decision;

/// An interrupt while a guest ran.
///
/// # Safety
/// As for [`synchronous`].
pub unsafe extern "C" fn interrupt(vcpu: *mut Vcpu) -> Next {
    // SAFETY: the vector's promise; the references end here.
    let handled = unsafe {
        let (machine, _) = parts();
        let vcpu = &mut *vcpu;
        vcpu.statistics.count_interrupt();
        interrupt::handle_shortly(machine, vcpu)
    };
    match handled {
        Ok(()) => Next::same(vcpu),
        // SAFETY: as above.
        Err(taken) => unsafe { interrupt_long(vcpu, taken) },
    }
}

/// The long way of an interrupt.
///
/// # Safety
/// As for [`synchronous`].
#[inline(never)]
unsafe fn interrupt_long(vcpu: *mut Vcpu, taken: Taken) -> Next {
    // SAFETY: the vector's promise.
    unsafe {
        handle(vcpu, ExitCause::Interrupt, |machine, vcpu, partition| {
            interrupt::handle(machine, vcpu, partition, taken)
        })
    }
}

/// A bus error while a guest ran.
///
/// # Safety
/// As for [`synchronous`].
pub unsafe extern "C" fn system_error(vcpu: *mut Vcpu) -> Next {
    // SAFETY: the vector's promise.
    unsafe {
        handle(vcpu, ExitCause::Interrupt, |machine, _, partition| {
            let event = HealthEvent::SystemError;
            fault::raise(machine, partition, event, Details::of_exit())
        })
    }
}

/// A synchronous exception of AArch32 code at EL0, which no partition is given: only the guest's own
/// exception return into that state, which can't be trapped, gets there.
///
/// # Safety
/// As for [`synchronous`].
pub unsafe extern "C" fn foreign_state(vcpu: *mut Vcpu) -> Next {
    // SAFETY: the vector's promise.
    unsafe {
        handle(vcpu, ExitCause::Register, |machine, _, partition| {
            register::forbid(machine, partition)
        })
    }
}

/// The way of every exit but the shortest: decide, act, choose next.
///
/// # Safety
/// As for [`synchronous`].
#[inline]
unsafe fn handle(
    vcpu: *mut Vcpu,
    cause: ExitCause,
    decide: impl FnOnce(&mut Machine, &mut Vcpu, &mut Partition) -> Decision,
) -> Next {
    let begun = timer::now_early();
    // SAFETY: once for this exit.
    let (machine, discard) = unsafe { parts() };
    machine.path.begin(begun);
    // SAFETY: the vector's promise; the reference ends with this call.
    let stays = act(machine, discard, unsafe { &mut *vcpu }, cause, decide);
    if stays {
        Next::same(vcpu)
    } else {
        window::choose_next(machine)
    }
}

/// The one place where decisions become effects. Whether the guest stays.
#[inline]
fn act(
    machine: &mut Machine,
    discard: *mut Context,
    vcpu: &mut Vcpu,
    cause: ExitCause,
    decide: impl FnOnce(&mut Machine, &mut Vcpu, &mut Partition) -> Decision,
) -> bool {
    let Some(lock) = PARTITIONS.get(vcpu.partition) else {
        crash::without_machine()
    };
    // SAFETY: this CPU runs the vCPU, and holds no guard at the start of an exit.
    let mut partition = unsafe { lock.lock() };
    let mut decision = decide(machine, vcpu, &mut partition);
    let waits = decision == Decision::WaitForInterrupt || vcpu.waits_for_window;
    if decision == Decision::WaitForInterrupt {
        drop(partition);
        decision = wait(machine, vcpu, lock);
        // SAFETY: as above; the guard before was dropped.
        partition = unsafe { lock.lock() };
        machine.path.begin(timer::now_early());
    }
    // What another vCPU did may be the end of this one, too, and one that was suspended begins anew
    // in its next window.
    if decision == Decision::EndWindow
        || (waits || lock.is_shared()) && !partition.is_on(vcpu.number)
    {
        window::end(machine, vcpu, &mut partition);
        vcpu.stolen.leave(machine.slot.preempt_at, waits);
        if !partition.is_on(vcpu.number) {
            machine.loaded = discard;
        }
        return false;
    }
    let spent = timer::now_early().since(machine.path.begun());
    vcpu.statistics.count_exit(cause, spent);
    true
}

/// Sleeps in the guest's place until one of its interrupts comes or its window is over.
fn wait(machine: &mut Machine, vcpu: &mut Vcpu, lock: &Lock<Partition>) -> Decision {
    let since = timer::now();
    let decision = loop {
        if interrupt::is_pending(machine, vcpu) {
            break Decision::Resume;
        }
        timer::wait_for_interrupt();
        let Err(taken) = interrupt::handle_shortly(machine, vcpu) else {
            continue;
        };
        // SAFETY: as in `act`, which has dropped its guard.
        let mut partition = unsafe { lock.lock() };
        if interrupt::handle(machine, vcpu, &mut partition, taken) == Decision::EndWindow
            || lock.is_shared() && !partition.is_on(vcpu.number)
        {
            break Decision::EndWindow;
        }
    };
    let idle = timer::now().since(since);
    vcpu.statistics.idle_ticks = vcpu.statistics.idle_ticks.wrapping_add(idle);
    machine.running_since = machine.running_since.after(idle);
    decision
}

/// This CPU's parts, for one exit.
///
/// # Safety
/// As for [`Cpu::current`].
unsafe fn parts() -> (&'static mut Machine, *mut Context) {
    // SAFETY: the caller's promise.
    let Cpu {
        machine, discard, ..
    } = unsafe { Cpu::current() };
    match machine {
        Some(machine) => (machine, discard),
        None => crash::without_machine(),
    }
}
