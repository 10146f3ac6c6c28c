//! The way through the hypervisor: save (done by the vector), decode, act, choose next, restore.

use crate::arch::context::Context;
use crate::arch::syndrome::{self, Cause};
use crate::arch::{cpu as arch_cpu, timer};
use crate::cpu::{Cpu, Machine};
use crate::fault::{self, Details};
use crate::partition::{Partition, Phase};
use crate::{call, crash, interrupt, register, window};
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
    fn same(partition: *mut Partition) -> Self {
        Self {
            // The context comes first.
            load: partition.cast(),
            save: core::ptr::null_mut(),
        }
    }
}

/// A synchronous exception of a guest. Calls with a short answer are done in a few instructions; all
/// else goes the long way.
///
/// # Safety
/// Called by the vector with the partition that ran, as all functions of this file that it calls.
/// They take it as a pointer, since what follows an exit may be a window of the same partition.
pub unsafe extern "C" fn synchronous(partition: *mut Partition) -> Next {
    let (called, trapped) = syndrome::call(arch_cpu::syndrome());
    // SAFETY: the vector's promise; the reference ends before the way out.
    if called && call::answer_shortly(unsafe { &mut *partition }) {
        if trapped {
            arch_cpu::skip_instruction();
        }
        Next::same(partition)
    } else {
        // SAFETY: the vector's promise.
        unsafe { the_long_way(partition) }
    }
}

/// Kept apart, so that the short way stores no register for it.
///
/// # Safety
/// As for [`synchronous`].
#[inline(never)]
unsafe extern "C" fn the_long_way(partition: *mut Partition) -> Next {
    // SAFETY: the vector's promise.
    unsafe { handle(partition, decide) }
}

/// An interrupt while a guest ran.
///
/// # Safety
/// As for [`synchronous`].
pub unsafe extern "C" fn interrupt(partition: *mut Partition) -> Next {
    // SAFETY: the vector's promise.
    unsafe { handle(partition, interrupt::handle) }
}

/// A bus error while a guest ran.
///
/// # Safety
/// As for [`synchronous`].
pub unsafe extern "C" fn system_error(partition: *mut Partition) -> Next {
    // SAFETY: the vector's promise.
    unsafe {
        handle(partition, |machine, partition| {
            fault::raise(
                machine,
                partition,
                HealthEvent::SystemError,
                Details::of_exit(),
            )
        })
    }
}

/// A synchronous exception of AArch32 code at EL0, which no partition is given: it could not be
/// started without the guest's own exception return into that state.
///
/// # Safety
/// As for [`synchronous`].
pub unsafe extern "C" fn foreign_state(partition: *mut Partition) -> Next {
    // SAFETY: the vector's promise.
    unsafe { handle(partition, forbid) }
}

/// Decodes a synchronous exception and does what it asks for.
fn decide(machine: &mut Machine, partition: &mut Partition) -> Decision {
    match syndrome::decode(arch_cpu::syndrome()) {
        Cause::HypervisorCall => call::dispatch(machine, partition),
        Cause::SecureMonitorCall => {
            arch_cpu::skip_instruction();
            call::dispatch(machine, partition)
        }
        Cause::WaitForInterrupt => {
            arch_cpu::skip_instruction();
            Decision::WaitForInterrupt
        }
        Cause::SystemRegister(access) => register::emulate(machine, partition, access),
        Cause::DataAbort { .. } => stray(machine, partition, HealthEvent::StrayAccess),
        Cause::InstructionAbort => stray(machine, partition, HealthEvent::StrayFetch),
        Cause::Forbidden => forbid(machine, partition),
    }
}

fn forbid(machine: &mut Machine, partition: &mut Partition) -> Decision {
    let event = HealthEvent::ForbiddenInstruction;
    fault::raise(machine, partition, event, Details::of_exit())
}

fn stray(machine: &mut Machine, partition: &mut Partition, event: HealthEvent) -> Decision {
    let details = Details {
        ipa: arch_cpu::fault_ipa(),
        ..Details::of_exit()
    };
    fault::raise(machine, partition, event, details)
}

/// The way of every exit but the shortest: decide, act, choose next.
///
/// # Safety
/// As for [`synchronous`].
#[inline]
unsafe fn handle(
    partition: *mut Partition,
    decide: impl FnOnce(&mut Machine, &mut Partition) -> Decision,
) -> Next {
    let begun = timer::now_early();
    // SAFETY: once for this exit.
    let (machine, discard) = unsafe { parts() };
    machine.path.begin(begun);
    // SAFETY: the vector's promise; the reference ends with this call.
    let stays = act(machine, discard, unsafe { &mut *partition }, decide);
    if stays {
        Next::same(partition)
    } else {
        window::choose_next(machine)
    }
}

/// The one place where decisions become effects. Whether the guest stays.
#[inline]
fn act(
    machine: &mut Machine,
    discard: *mut Context,
    partition: &mut Partition,
    decide: impl FnOnce(&mut Machine, &mut Partition) -> Decision,
) -> bool {
    let mut decision = decide(machine, partition);
    if decision == Decision::WaitForInterrupt {
        decision = wait(machine, partition);
        machine.path.begin(timer::now_early());
    }
    if decision == Decision::EndWindow {
        window::end(machine, partition);
        if !matches!(partition.phase, Phase::Running) {
            machine.loaded = discard;
        }
        return false;
    }
    let spent = timer::now_early().since(machine.path.begun());
    partition.statistics.count_exit(spent);
    true
}

/// Sleeps in the guest's place until one of its interrupts comes or its window is over.
fn wait(machine: &mut Machine, partition: &mut Partition) -> Decision {
    let since = timer::now();
    let decision = loop {
        if crate::arch::interrupt::is_pending() {
            break Decision::Resume;
        }
        timer::wait_for_interrupt();
        if interrupt::handle(machine, partition) == Decision::EndWindow {
            break Decision::EndWindow;
        }
    };
    let idle = timer::now().since(since);
    partition.statistics.idle_ticks = partition.statistics.idle_ticks.wrapping_add(idle);
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
