//! A CPU at run time: its place in the plan, and what it needs to switch.
//!
//! # Who may touch it when
//! The CPU itself, from the function that the assembly calls down; nobody else, until all have stopped.
//! Whose state is in its registers is said by [`Loaded`] alone.

use heapless::spsc::Producer;

use crate::arch::context::Context;
use crate::arch::cpu::CpuAnchor;
use crate::arch::registers::{read_register, write_register};
use crate::base::owned::Owned;
use crate::base::time::Ticks;
use crate::base::total;
use crate::built::chosen::{CPU_COUNT, EMERGENCY_STACKS, SLOTS};
use crate::built::controllers::{CpuInterface, Distributor, PrivateInterrupts, VirtualInterface};
use crate::policy::latency::Path;
use crate::policy::records;
use crate::policy::schedule::{Cursor, Plan, Slot};
use crate::state::decision::Next;
use crate::state::event::{Event, Record};
use crate::state::vcpu::Vcpu;

/// A vCPU, as a plan names it: a reference that its CPU may follow, since its windows are there.
pub type VcpuPlace = &'static Owned<Vcpu>;
/// The windows of one CPU in a major frame, in ticks.
pub type CpuPlan = Plan<VcpuPlace, SLOTS>;

/// What belongs to one CPU. The anchor comes first: the assembly finds it in `TPIDR_EL2`.
#[repr(C)]
pub struct PerCpu {
    anchor: CpuAnchor,
    /// What boot has found and set up; nothing before.
    pub cpu: Option<Cpu>,
    /// A context whose content nobody needs: where the state of a partition that doesn't live on
    /// is saved to.
    pub discard: Context,
}

/// A CPU at run time: what it has once its part of boot is through, and keeps until the board stops.
pub struct Cpu {
    /// The CPU's index among those that the system uses.
    pub index: usize,
    /// The tick at which the schedules of all CPUs start.
    pub epoch: Ticks,
    /// Where in the plan this CPU is.
    pub cursor: Cursor<'static, VcpuPlace, SLOTS>,
    /// The slot that the CPU is in or about to enter.
    pub slot: Slot<VcpuPlace>,
    /// When the partition that runs was released, or went on after waiting.
    pub running_since: Ticks,
    /// When the window really started: its guest was let go just after.
    pub window_start: Ticks,
    /// Whose state is in its FP, system and callee-saved registers.
    pub loaded: Loaded,
    /// Whether the CPU has RAS registers, which a switch moves then; asked once, at boot.
    pub has_ras: bool,
    /// How long its switches and steps of the log take at most, in ticks.
    pub path: Path,
    /// Slots that went by unused because the CPU came too late.
    pub overruns: u64,
    /// The way of its own records to the log; those about a partition go by that partition's.
    pub records: Producer<'static, Record>,
    /// Records of its own that found no room in the queue.
    pub records_dropped: u64,
    /// The part of the board's interrupt controller that all CPUs share.
    pub distributor: &'static Distributor,
    /// Where this CPU acknowledges and ends physical interrupts.
    pub interface: CpuInterface,
    /// The board controller's registers for this CPU's private interrupts.
    pub private: PrivateInterrupts,
    /// This CPU's list registers, and what controls them.
    pub virtual_interface: VirtualInterface,
}

/// Every CPU's state, by its index.
pub static CPUS: [Owned<PerCpu>; CPU_COUNT] = [const {
    Owned::new(PerCpu {
        anchor: CpuAnchor {
            emergency_stack: 0,
            index: 0,
        },
        cpu: None,
        discard: Context::ZERO,
    })
}; CPU_COUNT];

impl PerCpu {
    /// Makes `TPIDR_EL2` point to the state of CPU `index`, which must be this one.
    pub fn anchor(index: usize) -> Option<&'static mut Self> {
        let owned = CPUS.get(index)?;
        // SAFETY: each CPU calls this once, first thing at boot, with its own index.
        let cpu = unsafe { owned.get() };
        cpu.anchor.emergency_stack = EMERGENCY_STACKS[index];
        cpu.anchor.index = index as u64;
        // SAFETY: the register is the hypervisor's own and names a static.
        unsafe { write_register!("tpidr_el2", owned.pointer()) };
        Some(cpu)
    }

    /// This CPU's state.
    ///
    /// # Safety
    /// Called once per exit or boot, by the function that the assembly calls; the reference is
    /// handed down from there and dropped before the return to a guest.
    #[must_use]
    pub unsafe fn current() -> &'static mut Self {
        let place = read_register!("tpidr_el2") as *mut Self;
        // SAFETY: `anchor` has put this CPU's own state there, and the caller promises that the function that
        // the assembly calls takes it once, so this is the only reference.
        unsafe { &mut *place }
    }

    /// What this CPU has since boot.
    ///
    /// # Safety
    /// Called once per exit or switch, by the function that the assembly calls; the reference is handed down
    /// from there and dropped before the return to a guest. A guest has run on this CPU or is about to, so
    /// boot has set it up, and nobody takes that back.
    #[must_use]
    pub unsafe fn cpu() -> &'static mut Cpu {
        // SAFETY: the caller promises that this is the exit's or the switch's only reference, and that boot has
        // set the CPU up.
        unsafe { Self::current().cpu.as_mut().unwrap_unchecked() }
    }
}

/// Whose state is in this CPU's registers: that of the vCPU that ran last, if it lives on. Until the next
/// switch stores it, what its context holds of it is out of date.
///
/// So a context that is written while its vCPU is loaded is overwritten by the next switch. A vCPU's
/// context is touched by the one CPU that its windows are on, and so is this; what writes the context as
/// a whole makes the CPU forget the vCPU ([`Self::forget`]), and then nothing is stored over it, and the
/// next release loads all of it.
pub struct Loaded(*mut Context);

impl Loaded {
    /// Nobody's, or one's who doesn't live on: the next switch stores it where nobody looks.
    #[must_use]
    pub fn nobodys() -> Self {
        let place = read_register!("tpidr_el2") as *mut PerCpu;
        // SAFETY: `anchor` has put this CPU's own state there; no reference is made.
        Self(unsafe { &raw mut (*place).discard })
    }

    /// If it is this vCPU's, it is nobody's any more.
    pub fn forget(&mut self, vcpu: &Vcpu) {
        if core::ptr::eq(self.0, &raw const vcpu.context) {
            *self = Self::nobodys();
        }
    }

    /// From now on it is this vCPU's: what the switch does.
    #[inline]
    pub fn replace(&mut self, vcpu: &mut Vcpu) -> Next {
        let save = core::mem::replace(&mut self.0, &raw mut vcpu.context);
        Next { save, load: self.0 }
    }
}

impl Cpu {
    /// Reports an event of this CPU that happens at `time`.
    #[inline(never)]
    pub fn report(&mut self, time: Ticks, event: Event) {
        if !records::put(&mut self.records, Record { time, event }) {
            total::add(&mut self.records_dropped, 1);
        }
    }
}
