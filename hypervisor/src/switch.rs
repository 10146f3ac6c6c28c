//! The switch from one partition to the next, and the release at its tick.

use paratia_board_support::interrupt::VirtualInterface as _;

use crate::arch::context::Context;
use crate::arch::registers::{read_register, write_register};
use crate::arch::{cpu as arch_cpu, memory, timer};
use crate::cpu::Cpu;
use crate::partition::PARTITIONS;
use crate::selected::{SHARES_CPU, VTTBR};
use crate::vcpu::Vcpu;
use crate::{granted, idle, interrupt, stolen};

/// Moves system registers: `save` takes what is in the CPU, then `load` goes in. Called by the
/// assembly between general and FP registers.
#[allow(
    clippy::not_unsafe_ptr_arg_deref,
    reason = "only the assembly calls it, with a context it was given"
)]
pub extern "C" fn switch_system(save: &mut Context, load: *mut Context) {
    // SAFETY: the assembly calls this once in a switch.
    let Some(machine) = &mut unsafe { Cpu::current() }.machine else {
        return;
    };
    save.system.save();
    save.interface = machine.guest.save();
    if machine.has_ras {
        save.system.vdisr = read_register!("s3_4_c12_c1_1");
        if arch_cpu::has_second_thread_id() {
            save.system.tpidr2_el0 = read_register!("s3_3_c13_c0_5");
        }
    }
    timer::stop_guest_timer();
    // SAFETY: `load` is a vCPU's context or the same as `save`, whose reference is used no
    // more.
    let load = unsafe { &*load };
    load.system.load();
    machine.guest.load(&load.interface);
    if machine.has_ras {
        // SAFETY: VDISR_EL2, which the CPU has; it is this guest's.
        unsafe { write_register!("s3_4_c12_c1_1", load.system.vdisr) };
        // SME comes after RAS.
        if arch_cpu::has_second_thread_id() {
            // SAFETY: TPIDR2_EL0, likewise.
            unsafe { write_register!("s3_3_c13_c0_5", load.system.tpidr2_el0) };
        }
    }
}

/// Connects the vCPU's interrupts, waits for its tick, and lets it go. The last thing before the
/// return to the guest; what follows the wait is the same few instructions every time.
pub extern "C" fn release(vcpu: &mut Vcpu) {
    // SAFETY: the assembly calls this once in a switch, after `switch_system` is done.
    let Some(machine) = &mut unsafe { Cpu::current() }.machine else {
        return;
    };
    let Some(vttbr) = VTTBR.get(vcpu.partition) else {
        return;
    };
    arch_cpu::set_stage2(*vttbr);
    // Its CPU interface, where emulated, is empty now and signals nothing yet.
    vcpu.control();
    if SHARES_CPU[vcpu.index] {
        memory::forget_siblings();
    }
    granted::enter(vcpu);
    {
        // SAFETY: this CPU runs the vCPU and holds no guard in a switch.
        let mut partition = unsafe { PARTITIONS[vcpu.partition].lock() };
        interrupt::connect(machine, vcpu, &mut partition);
    }
    stolen::come_back(vcpu, machine.slot.start);
    vcpu.statistics.windows = vcpu.statistics.windows.wrapping_add(1);
    machine.path.end_switch(timer::now_early());
    idle::sleep_until(machine.slot.start);
    let now = timer::now();
    interrupt::arm(machine, vcpu);
    interrupt::unmask_guest(machine, vcpu);
    granted::go_on(vcpu);
    machine.running_since = now;
    machine.window_start = now;
    let late = now.since(machine.slot.start);
    vcpu.statistics.jitter_worst = vcpu.statistics.jitter_worst.max(late);
}
