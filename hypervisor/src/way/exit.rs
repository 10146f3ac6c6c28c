//! The way through the hypervisor: save (done by the vector), decode, act, choose next, restore.

use crate::arch::{cpu as arch_cpu, timer};
use crate::base::time::Ticks;
use crate::base::total;
use crate::built::chosen::ANY;
use crate::exits::call;
use crate::exits::device;
use crate::exits::fault;
use crate::exits::register;
use crate::exits::xen;
use crate::interrupts::shortcut::{self, Taken};
use crate::interrupts::{lists, physical};
use crate::machine::syndrome::{self, Cause};
use crate::machine::vgic::low;
use crate::state::cpu::{Cpu, Loaded, PerCpu};
use crate::state::decision::{Decision, Next};
use crate::state::event::Details;
use crate::state::lock::Guard;
use crate::state::partition::Partition;
use crate::state::running::Guest;
use crate::state::vcpu::Vcpu;
use crate::way::calls::WAYS;
use crate::windows::window;
use paratia_abi::ExitCause;
use paratia_abi::call::BASE;
use paratia_config::system::HealthEvent;

/// An exit of the vCPU that ran on this CPU.
///
/// Only the vectors make one ([`crate::way::vectors`]), one for each exit, out of the address of the context
/// in `SP_EL2`, which is that of the vCPU. That is the promise behind every `unsafe` of this file: whoever
/// holds an `Exit` is the only one to look at the vCPU and at this CPU's state, boot is through, and no guard
/// of a partition is held yet.
///
/// It is a pointer and not a reference, since what follows an exit may be a window of the same vCPU.
///
/// The vectors call [`Exit::synchronous`], [`Exit::abort`], [`Exit::system_register`], [`Exit::interrupt`],
/// [`Exit::system_error`] and [`Exit::foreign_state`], with the guest's `x0`, the exit and, where it is known,
/// the syndrome in `x0` to `x2`. They stay there from one to the next, which is why these functions name what
/// they don't look at.
#[repr(transparent)]
pub struct Exit(*mut Vcpu);

impl Exit {
    /// The vCPU.
    #[inline(always)]
    pub(super) fn vcpu(&mut self) -> &mut Vcpu {
        // SAFETY: this CPU ran the vCPU, which belongs to the CPU that has its windows; the borrow of the
        // exit is the one way to it until the exit is over.
        unsafe { &mut *self.0 }
    }

    /// The CPU and the vCPU.
    #[inline(always)]
    fn parts(&mut self) -> (&mut Cpu, &mut Vcpu) {
        // SAFETY: a guest has run here, so boot is through; as for the vCPU, the borrow of the exit is the
        // one way to this CPU's state.
        (unsafe { PerCpu::cpu() }, self.vcpu())
    }

    /// The guest, with its partition's guard.
    #[inline(always)]
    fn guest(&mut self) -> Guest<'_> {
        let (cpu, vcpu) = self.parts();
        // SAFETY: this CPU ran the vCPU, and an exit begins without a guard; whoever makes one here keeps
        // the exit borrowed until it is dropped.
        unsafe { Guest::of(cpu, vcpu) }
    }

    /// The same guest goes on.
    #[inline(always)]
    pub(super) fn resume(self) -> Next {
        Next::same(self.0)
    }

    /// A synchronous exception: calls with a short answer are done in a few instructions; an access that
    /// names a general register which isn't in the context yet goes the long way.
    pub extern "C" fn synchronous(x0: u64, mut exit: Self) -> Next {
        let esr = arch_cpu::syndrome();
        if !syndrome::is_hypervisor_call(esr) {
            // Each kind has a way of its own, so that none pays for another's needs; those that come most
            // come first.
            if syndrome::is_abort(esr) && !syndrome::keeps_accessed(esr) {
                return Self::abort(x0, exit, esr);
            }
            if syndrome::is_system_register(esr) && !syndrome::keeps_moved(esr) {
                return Self::system_register(x0, exit, esr);
            }
            if !syndrome::is_monitor_call(esr) {
                return exit.otherwise(esr, timer::now_early(), false);
            }
            arch_cpu::skip_instruction();
        }
        if call::answer_shortly(exit.vcpu(), x0) {
            return exit.resume();
        }
        match WAYS.get(low(x0).wrapping_sub(BASE) as usize) {
            Some(way) => way(x0, exit),
            None => Self::called(x0, exit),
        }
    }

    /// A synchronous exception of a class that includes accesses that stage 2 doesn't allow, with the
    /// general register that it names in the context. One to the interrupt controller may be done in a few
    /// instructions.
    pub extern "C" fn abort(_: u64, mut exit: Self, esr: u64) -> Next {
        let begun = timer::now_early();
        let vcpu = exit.vcpu();
        let holds = |vcpu: &Vcpu| {
            // SAFETY: a guest has run here, so boot is through, and nothing else of this exit looks at the
            // CPU's state while this is asked.
            shortcut::holds(unsafe { PerCpu::cpu() }, vcpu)
        };
        // The long way waits for the lock, if it isn't free: no exit waits twice.
        // SAFETY: this CPU ran the vCPU, and an exit begins without a guard.
        let free = unsafe { vcpu.facts.partition.try_lock() };
        let done = free.and_then(|mut partition| {
            let may = !partition.is_shared() || partition.is_on(vcpu.number);
            may.then(|| device::access_shortly(esr, vcpu, &mut partition, holds))?
        });
        if done.is_some() {
            vcpu.count_exit(ExitCause::Device, timer::now_early().since(begun));
            return exit.resume();
        }
        exit.otherwise(esr, begun, true)
    }

    /// A synchronous exception that began at `begun` and has no shorter way. `has_register` says that a
    /// general register that it names is in the context.
    #[inline(never)]
    extern "C" fn otherwise(self, esr: u64, begun: Ticks, has_register: bool) -> Next {
        if ANY.xen && syndrome::is_xen_call(esr) {
            return self.handle(begun, ExitCause::Call, xen::call);
        }
        let (cause, decide): (_, Decide) = match syndrome::decode(esr) {
            Cause::DataAbort if has_register => (ExitCause::Device, device::access),
            Cause::DataAbort | Cause::SystemRegister => return Next::long_way(self.0),
            Cause::WaitForInterrupt => return self.waits(),
            Cause::InstructionAbort => (ExitCause::Device, device::stray_fetch),
            Cause::Forbidden => (ExitCause::Register, forbidden),
        };
        self.handle_seldom(begun, cause, decide, esr)
    }

    /// A trapped register or system instruction, with the general register that it names in the context:
    /// that by which interrupts are sent comes most.
    pub extern "C" fn system_register(_: u64, exit: Self, esr: u64) -> Next {
        match syndrome::sent_interrupt(esr) {
            Some(register) => exit.interrupt_sent(register),
            None => exit.other_register(esr),
        }
    }

    /// An interrupt that the guest sends, by the general register with this number.
    #[inline(never)]
    extern "C" fn interrupt_sent(self, register: u8) -> Next {
        let decide = |guest: &mut Guest| register::send(guest, register);
        self.handle(timer::now_early(), ExitCause::Register, decide)
    }

    /// Any other trapped register or system instruction.
    #[inline(never)]
    extern "C" fn other_register(self, esr: u64) -> Next {
        let (begun, cause) = (timer::now_early(), ExitCause::Register);
        self.handle_seldom(begun, cause, register::emulate, esr)
    }

    /// `WFI`.
    #[inline(never)]
    extern "C" fn waits(mut self) -> Next {
        let begun = timer::now_early();
        arch_cpu::skip_instruction();
        let (cpu, vcpu) = self.parts();
        let Err(taken) = wait_at_rest(cpu, vcpu, begun) else {
            return self.resume();
        };
        let decide = |guest: &mut Guest| {
            if let Some(taken) = taken {
                // If the window is over, the timer is still due, and the wait ends at once.
                let _ = physical::handle(guest, taken);
            }
            Decision::WaitForInterrupt
        };
        self.handle(timer::now_early(), ExitCause::Wait, decide)
    }

    /// An interrupt while the guest ran.
    pub extern "C" fn interrupt(_: u64, mut exit: Self) -> Next {
        total::add(&mut exit.vcpu().counts.interrupts, 1);
        if timer::is_due() {
            return exit.timer_due();
        }
        let (cpu, vcpu) = exit.parts();
        match shortcut::take(cpu, vcpu) {
            Ok(_) => exit.resume(),
            Err(taken) => exit.interrupt_long(taken),
        }
    }

    /// A bus error while the guest ran.
    pub extern "C" fn system_error(_: u64, exit: Self) -> Next {
        let decide: Decide = |guest, _| {
            let event = HealthEvent::SystemError;
            fault::raise(guest, event, Details::of_exit(0))
        };
        exit.handle_seldom(timer::now_early(), ExitCause::Interrupt, decide, 0)
    }

    /// A synchronous exception of AArch32 code at EL0.
    pub extern "C" fn foreign_state(_: u64, exit: Self) -> Next {
        exit.handle_seldom(timer::now_early(), ExitCause::Register, forbidden, 0)
    }

    /// The hypervisor's timer, by which a window ends that the guest doesn't give back.
    #[inline(never)]
    fn timer_due(self) -> Next {
        let (begun, cause) = (timer::now_early(), ExitCause::Interrupt);
        self.handle(begun, cause, physical::handle_timer)
    }

    /// The long way of an interrupt.
    #[inline(never)]
    fn interrupt_long(self, taken: Taken) -> Next {
        let id = match taken {
            Taken::Interrupt(id) => id.into(),
            Taken::Timer => NO_ID,
        };
        let decide: Decide = |guest, id| {
            let taken = u32::try_from(id).map_or(Taken::Timer, Taken::Interrupt);
            physical::handle(guest, taken)
        };
        self.handle_seldom(timer::now_early(), ExitCause::Interrupt, decide, id)
    }

    /// [`Self::handle`], once for all of the exits that come seldom or take long anyhow.
    #[inline(never)]
    fn handle_seldom(self, begun: Ticks, cause: ExitCause, decide: Decide, argument: u64) -> Next {
        self.handle(begun, cause, |guest| decide(guest, argument))
    }

    /// The way of every exit but the shortest, which began at `begun`: decide, act, choose next.
    ///
    /// What each touches, beside the running guest's context and counters and this CPU's path:
    ///
    /// | exit | of the vCPU | of its partition, under its lock | beyond |
    /// |---|---|---|---|
    /// | short call | refused calls, statistics | - | - |
    /// | message or event of a partition with one vCPU | statistics | - | the link, queue or counts of a port of its own, and whom a message there rings |
    /// | other call | window, refused calls | life, health, console, ports' windows, heartbeat | the link of a port of its own, and whom a message there rings |
    /// | emulated device | its bank, list registers | interrupt controller, UART, console | its own interrupts at the board's controller; a kick to siblings |
    /// | stray access or fetch, forbidden instruction | where it goes on | health, life, records | - |
    /// | trapped register | ID registers: nothing; timer, caches, interrupts sent | power states, interrupt controller | a kick to siblings |
    /// | `WFI` | its interrupts | interrupt controller | - |
    /// | interrupt | list registers | interrupt controller, UART, doorbell | its own interrupts at the board's controller |
    /// | bus error | - | health, life, records | - |
    /// | end of a window | all of its interrupts, stolen time | the same, supervision, records | who is next on this CPU; the log in time that is nobody's |
    #[inline]
    pub(super) fn handle(
        mut self,
        begun: Ticks,
        cause: ExitCause,
        decide: impl FnOnce(&mut Guest) -> Decision,
    ) -> Next {
        let mut guest = self.guest();
        guest.cpu.path.begin(begun);
        let decision = decide(&mut guest);
        if decision == Decision::EndWindow {
            guest.vcpu.count_last(cause);
            let waits = guest.vcpu.waits_for_window;
            return leave(guest, waits);
        }
        if decision == Decision::WaitForInterrupt || guest.partition.is_shared() {
            return act(guest, cause, decision);
        }
        let spent = timer::now_early().since(begun);
        guest.vcpu.count_exit(cause, spent);
        drop(guest);
        self.resume()
    }
}

/// What an exit leads to, by its syndrome or what was taken.
type Decide = fn(&mut Guest, u64) -> Decision;

/// Nothing taken that has a number.
const NO_ID: u64 = u64::MAX;

/// An instruction that isn't the partition's to use: no call is made by an immediate other than 0. Also
/// any synchronous exception of AArch32 code at EL0, which no partition is given: only the guest's own
/// exception return into that state, which can't be trapped, gets there.
fn forbidden(guest: &mut Guest, esr: u64) -> Decision {
    if syndrome::is_behind(esr) {
        arch_cpu::return_to_instruction();
    }
    register::forbid(guest)
}

/// The guest goes on, if nothing that another vCPU did is in its way, and once it has something to do.
#[inline(never)]
fn act(mut guest: Guest, cause: ExitCause, mut decision: Decision) -> Next {
    let waits = decision == Decision::WaitForInterrupt;
    if waits {
        drop(guest.partition);
        (decision, guest.partition) = wait(guest.cpu, guest.vcpu);
        guest.cpu.path.begin(timer::now_early());
    }
    // What another vCPU did may be the end of this one, too, and one that was suspended begins anew
    // in its next window.
    if decision == Decision::EndWindow || !guest.partition.is_on(guest.vcpu.number) {
        guest.vcpu.count_last(cause);
        return leave(guest, waits);
    }
    let spent = timer::now_early().since(guest.cpu.path.begun());
    guest.vcpu.count_exit(cause, spent);
    Next::same(guest.vcpu)
}

/// The guest's window is over. `waits` says whether it had nothing to do.
#[inline(never)]
fn leave(mut guest: Guest, waits: bool) -> Next {
    window::end(&mut guest, waits);
    if !guest.partition.life.is_ready(guest.vcpu.facts.itself) {
        guest.cpu.loaded = Loaded::nobodys();
    }
    drop(guest.partition);
    // What follows may be a window of the same vCPU, whose reference isn't used any more.
    window::choose_next(guest.cpu)
}

/// Sleeps in the guest's place until one of its interrupts comes or its window is over. The partition's lock
/// isn't held meanwhile; it is taken once after each sleep, and held in the end.
fn wait(cpu: &mut Cpu, vcpu: &mut Vcpu) -> (Decision, Guard<'static, Partition>) {
    let since = timer::now();
    let done = loop {
        if lists::is_pending(cpu, vcpu) {
            // SAFETY: `act` has dropped its guard.
            break (Decision::Resume, unsafe { vcpu.facts.partition.lock() });
        }
        timer::wait_for_interrupt();
        if let Err(taken) = take(cpu, vcpu) {
            // SAFETY: `act` has dropped its guard, and this CPU runs the vCPU.
            let mut guest = unsafe { Guest::of(cpu, vcpu) };
            let decision = physical::handle(&mut guest, taken);
            let is_off = guest.partition.is_shared() && !guest.partition.is_on(guest.vcpu.number);
            if decision == Decision::EndWindow || is_off {
                break (Decision::EndWindow, guest.partition);
            }
            if lists::is_pending(guest.cpu, guest.vcpu) {
                break (Decision::Resume, guest.partition);
            }
        }
    };
    give_back(cpu, vcpu, timer::now().since(since));
    done
}

/// [`shortcut::handle`], where it isn't what comes most.
#[inline(never)]
fn take(cpu: &mut Cpu, vcpu: &mut Vcpu) -> Result<bool, Taken> {
    shortcut::handle(cpu, vcpu)
}

/// As [`wait`], with nothing but a list register to be written after the sleep: of a vCPU that rests
/// and will go on.
///
/// # Errors
/// It isn't so simple; what was taken, if anything. The wait goes on.
fn wait_at_rest(cpu: &mut Cpu, vcpu: &mut Vcpu, begun: Ticks) -> Result<(), Option<Taken>> {
    if !vcpu.rests() || lists::is_pending(cpu, vcpu) {
        return Err(None);
    }
    let since = timer::now();
    let (handled, woken) = loop {
        timer::wait_for_interrupt();
        let woken = timer::now();
        match shortcut::handle(cpu, vcpu) {
            Ok(true) => break (Ok(()), woken),
            Ok(false) => {}
            Err(taken) => break (Err(Some(taken)), woken),
        }
    };
    let idle = woken.since(since);
    give_back(cpu, vcpu, idle);
    handled?;
    let spent = timer::now_early().since(begun).wrapping_sub(idle);
    vcpu.count_exit(ExitCause::Wait, spent);
    Ok(())
}

/// Counts time that the guest gave back by waiting.
#[inline]
fn give_back(cpu: &mut Cpu, vcpu: &mut Vcpu, idle: u64) {
    total::add(&mut vcpu.counts.idle_ticks, idle);
    cpu.running_since = cpu.running_since.after(idle);
}
