//! The switch from one partition to the next, and the release at its tick.

use paratia_board_support::interrupt::VirtualInterface as _;

use crate::arch::context::Context;
use crate::arch::registers::{read_register, write_register};
use crate::arch::{cpu as arch_cpu, memory, timer};
use crate::cpu::Cpu;
use crate::guest::Guest;
use crate::total;
use crate::vcpu::Vcpu;
use crate::{granted, idle, interrupt, stolen};

/// Moves system registers: `save` takes what is in the CPU, then `load` goes in. Called by the
/// assembly between general and FP registers.
#[allow(
    clippy::not_unsafe_ptr_arg_deref,
    reason = "only the assembly calls it, with contexts it was given"
)]
pub extern "C" fn switch_system(save: *mut Context, load: *mut Context) {
    // SAFETY: the assembly calls this once in a switch.
    let machine = unsafe { Cpu::machine() };
    {
        // SAFETY: the switch alone has it. `load` may be the same, and is looked at later.
        let save = unsafe { &mut *save };
        save.system.save();
        save.interface = machine.guest.save();
    }
    {
        // SAFETY: as above.
        let load = unsafe { &*load };
        load.system.load();
        machine.guest.load(&load.interface);
    }
    if machine.has_ras {
        // SAFETY: as above.
        unsafe { switch_ras(save, load) };
    }
}

/// Moves what there is on a CPU with RAS, and on one with SME, which comes after RAS.
///
/// # Safety
/// The switch alone has both contexts, which may be the same, and the CPU has RAS.
#[cold]
unsafe fn switch_ras(save: *mut Context, load: *const Context) {
    let vdisr = read_register!("s3_4_c12_c1_1");
    // SAFETY: the caller's promise; VDISR_EL2 is each guest's own.
    unsafe {
        (*save).system.vdisr = vdisr;
        write_register!("s3_4_c12_c1_1", (*load).system.vdisr);
    }
    if arch_cpu::has_second_thread_id() {
        let tpidr2 = read_register!("s3_3_c13_c0_5");
        // SAFETY: TPIDR2_EL0, likewise.
        unsafe {
            (*save).system.tpidr2_el0 = tpidr2;
            write_register!("s3_3_c13_c0_5", (*load).system.tpidr2_el0);
        }
    }
}

/// Connects the vCPU's interrupts, waits for its tick, and lets it go. The last thing before the
/// return to the guest; what follows the wait is the same few instructions every time.
pub extern "C" fn release(vcpu: &mut Vcpu) {
    // SAFETY: the assembly calls this once in a switch, after `switch_system` is done.
    let machine = unsafe { Cpu::machine() };
    let facts = vcpu.facts;
    arch_cpu::set_stage2(facts.stage2);
    // Its CPU interface, where emulated, is empty now and signals nothing yet.
    vcpu.control.set();
    if facts.has_more() {
        if vcpu.facts.shares_cpu {
            memory::forget_siblings();
        }
        stolen::come_back(vcpu, machine.slot.start);
    }
    granted::enter(vcpu);
    // SAFETY: this CPU runs the vCPU and holds no guard in a switch.
    interrupt::connect(&mut unsafe { Guest::of(machine, vcpu) });
    total::add(&mut vcpu.counts.windows, 1);
    machine.path.end_switch(timer::now_early());
    let now = idle::sleep_until(machine.slot.start);
    interrupt::arm(machine, vcpu);
    interrupt::unmask_guest(machine, vcpu);
    granted::go_on(vcpu);
    machine.running_since = now;
    machine.window_start = now;
    let late = now.since_past(machine.slot.start);
    vcpu.counts.jitter_worst = vcpu.counts.jitter_worst.max(late);
}
