//! The switch from one partition to the next, and the release at its tick.

use paratia_board_support::interrupt::VirtualInterface as _;

use crate::arch::context::Context;
use crate::arch::registers::{read_register, write_register};
use crate::arch::{cpu as arch_cpu, memory, timer};
use crate::base::total;
use crate::interrupts::{connection, physical};
use crate::report::idle;
use crate::state::cpu::PerCpu;
use crate::state::granted;
use crate::state::running::Guest;
use crate::state::stolen;
use crate::state::vcpu::Vcpu;

/// Moves system registers: `save` takes what is in the CPU, then `load` goes in. Called by the
/// assembly between general and FP registers.
#[allow(
    clippy::not_unsafe_ptr_arg_deref,
    reason = "only the assembly calls it, with contexts it was given"
)]
pub extern "C" fn switch_system(save: *mut Context, load: *mut Context) {
    // SAFETY: the assembly calls this once in a switch, when the exit has let its reference go; boot has set
    // this CPU up before its first switch.
    let cpu = unsafe { PerCpu::cpu() };
    {
        // SAFETY: the assembly hands over the context that the exit named, of this CPU's own vCPU or nobody's,
        // and the exit has let it go. `load` may be the same, and is looked at later.
        let save = unsafe { &mut *save };
        save.system.save();
        save.interface = cpu.virtual_interface.save();
    }
    {
        // SAFETY: the assembly hands over the context of the vCPU that this CPU runs next, which nobody else
        // touches; the reference to `save` is gone.
        let load = unsafe { &*load };
        load.system.load();
        cpu.virtual_interface.load(&load.interface);
    }
    if cpu.has_ras {
        // SAFETY: both contexts are the switch's alone, as the assembly has handed them over, no reference to
        // them is left, and the CPU has RAS.
        unsafe { switch_ras(save, load) };
    }
}

/// Moves what there is on a CPU with RAS, and on one with SME, which comes after RAS.
///
/// # Safety
/// Nobody else has a reference to either context, which may be the same, and the CPU has RAS.
#[cold]
unsafe fn switch_ras(save: *mut Context, load: *const Context) {
    let vdisr = read_register!("s3_4_c12_c1_1");
    // SAFETY: the caller promises that the CPU has VDISR_EL2 and that both contexts are its own to touch; the
    // register's value is each guest's own.
    unsafe {
        (*save).system.vdisr = vdisr;
        write_register!("s3_4_c12_c1_1", (*load).system.vdisr);
    }
    if arch_cpu::has_second_thread_id() {
        let tpidr2 = read_register!("s3_3_c13_c0_5");
        // SAFETY: the CPU has TPIDR2_EL0, whose value is each guest's own, and the caller promises that both
        // contexts are its own to touch.
        unsafe {
            (*save).system.tpidr2_el0 = tpidr2;
            write_register!("s3_3_c13_c0_5", (*load).system.tpidr2_el0);
        }
    }
}

/// Connects the vCPU's interrupts, waits for its tick, and lets it go. The last thing before the
/// return to the guest; what follows the wait is the same few instructions every time.
pub extern "C" fn release(vcpu: &mut Vcpu) {
    // SAFETY: the assembly calls this once in a switch, after `switch_system` is done and has let its
    // reference go.
    let cpu = unsafe { PerCpu::cpu() };
    let facts = vcpu.facts;
    arch_cpu::set_stage2(facts.stage2);
    // Its CPU interface, where emulated, is empty now and signals nothing yet.
    vcpu.control.set();
    if facts.has_more() {
        // After stage 2 is set: what is forgotten is said by the VMID that is loaded.
        if vcpu.facts.shares_cpu {
            memory::forget_siblings();
        }
        // As of the tick, at which the vCPU goes on, however early the switch is done.
        stolen::come_back(vcpu, cpu.slot.start);
    }
    granted::enter(vcpu);
    // SAFETY: the plan says that this CPU runs the vCPU, and the exit has dropped its guard before the switch.
    connection::connect(&mut unsafe { Guest::of(cpu, vcpu) });
    total::add(&mut vcpu.counts.windows, 1);
    // The switch is over here: what follows is the wait for the tick, which is nobody's cost.
    cpu.path.end_switch(timer::now_early());
    let now = idle::sleep_until(cpu.slot.start);
    physical::arm(cpu, vcpu);
    connection::unmask_guest(cpu, vcpu);
    // Only now, so that no counter of the guest's counts the wait.
    granted::go_on(vcpu);
    cpu.running_since = now;
    cpu.window_start = now;
    let late = now.since_past(cpu.slot.start);
    vcpu.counts.jitter_worst = vcpu.counts.jitter_worst.max(late);
}
