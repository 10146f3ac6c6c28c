//! The attacks, by number: what a program can try from inside a partition.
//!
//! Each takes the context and returns only if nothing stopped it.

mod calls;
mod instructions;
mod memory;
mod time;

use paratia_runtime::Context;

/// One way to misbehave.
pub struct Attack {
    /// What the console calls it.
    pub name: &'static str,
    /// What it does.
    pub run: fn(&Context),
}

/// All of them. Numbers count from 1 and tests name them, so new ones go to the end.
pub const ATTACKS: [Attack; 15] = [
    attack("write through all memory and beyond", memory::write_beyond),
    attack("jump to nowhere", memory::jump_to_nowhere),
    attack("undefined instruction", instructions::undefined),
    attack("hypervisor's registers", instructions::hypervisor_registers),
    attack("trapped system register", instructions::trapped_register),
    attack("SMC storm", calls::smc_storm),
    attack("HVC storm", calls::hvc_storm),
    attack("endless loop with interrupts masked", time::endless_loop),
    attack("sleep for ever", time::sleep),
    attack("stack overflow", memory::stack_overflow),
    attack(
        "cache maintenance by set and way",
        instructions::set_and_way,
    ),
    attack("write at the frame buffer", memory::write_frame_buffer),
    attack(
        "write at the critical partitions' memory",
        memory::write_partitions,
    ),
    attack(
        "write at the interrupt controller",
        memory::write_interrupt_controller,
    ),
    attack("console flood", calls::console_flood),
];

const fn attack(name: &'static str, run: fn(&Context)) -> Attack {
    Attack { name, run }
}
