//! A CPU's private interrupts: its timers, and what other CPUs put into its mailbox.

use core::marker::PhantomData;
use core::sync::atomic::Ordering::Relaxed;

use super::registers::Controllers;
use super::state::{State, bits};
use crate::interrupt;

/// The running CPU's private interrupts. Must not be passed to another CPU.
pub struct PrivateInterrupts {
    controllers: Controllers,
    state: &'static State,
    cpu: usize,
    /// Not `Send`: only this CPU changes its part of the state.
    this_cpu: PhantomData<*const ()>,
}

impl PrivateInterrupts {
    /// Silences them.
    pub(super) fn initialise(controllers: Controllers, state: &'static State, cpu: usize) -> Self {
        state.cpu(cpu).reset();
        controllers.unpost(cpu, u32::MAX);
        state.apply_private(controllers, cpu);
        Self {
            controllers,
            state,
            cpu,
            this_cpu: PhantomData,
        }
    }

    fn apply(&self) {
        self.state.apply_private(self.controllers, self.cpu);
        release_held(self.controllers, self.state, self.cpu);
    }
}

/// Sends to this CPU again what was held back and is no longer disabled or active.
pub(super) fn release_held(controllers: Controllers, state: &State, cpu: usize) {
    let of_cpu = state.cpu(cpu);
    let held = of_cpu.held.load(Relaxed);
    let released = held & of_cpu.enabled.load(Relaxed) & !of_cpu.active.load(Relaxed);
    if released != 0 {
        of_cpu.held.store(held & !released, Relaxed);
        controllers.post(cpu, released);
    }
}

impl interrupt::PrivateInterrupts for PrivateInterrupts {
    fn enable_private(&mut self, mask: u32) {
        self.state.cpu(self.cpu).enabled.fetch_or(mask, Relaxed);
        self.apply();
    }

    fn disable_private(&mut self, mask: u32) {
        self.state.cpu(self.cpu).enabled.fetch_and(!mask, Relaxed);
        self.apply();
    }

    fn private_active(&self) -> u32 {
        self.state.cpu(self.cpu).active.load(Relaxed)
    }

    fn set_private_active(&mut self, set: u32, clear: u32) {
        let active = &self.state.cpu(self.cpu).active;
        active.store(active.load(Relaxed) & !clear | set, Relaxed);
        self.apply();
    }

    fn set_private_priority(&mut self, mask: u32, priority: u8) {
        for intid in bits(mask) {
            self.state.cpu(self.cpu).set_priority(intid, priority);
        }
        self.apply();
    }
}

#[cfg(test)]
mod tests {
    use super::super::registers::fake::Machine;
    use super::*;
    use crate::interrupt::PrivateInterrupts as _;

    fn private(machine: &Machine) -> PrivateInterrupts {
        let state = Box::leak(Box::new(State::new()));
        PrivateInterrupts::initialise(machine.controllers, state, 2)
    }

    #[test]
    fn each_cpu_opens_its_own_timers() {
        let mut machine = Machine::new();
        let mut private = private(&machine);
        private.enable_private(1 << 26 | 1 << 27);
        assert_eq!(
            (machine.local.get(0x48), machine.local.get(0x44)),
            (0b1100, 0)
        );
        private.disable_private(1 << 27);
        assert_eq!(machine.local.get(0x48), 0b0100);
        assert_eq!(machine.local.get(0x58), 0, "nobody may send yet");
        private.enable_private(1 << 3);
        assert_eq!(machine.local.get(0x58), 1);
    }

    #[test]
    fn an_active_timer_is_masked() {
        let mut machine = Machine::new();
        let mut private = private(&machine);
        private.enable_private(1 << 27);
        private.set_private_active(1 << 27, 0);
        assert_eq!(
            (machine.local.get(0x48), private.private_active()),
            (0, 1 << 27)
        );
        private.set_private_active(0, 1 << 27);
        assert_eq!(
            (machine.local.get(0x48), private.private_active()),
            (0b1000, 0)
        );
    }

    #[test]
    fn what_was_held_comes_when_it_is_enabled() {
        let mut machine = Machine::new();
        let mut private = private(&machine);
        private.state.cpu(2).held.store(1 << 5, Relaxed);
        private.enable_private(1 << 4);
        assert_eq!(machine.local.get(0xA0), 0);
        private.enable_private(1 << 5);
        assert_eq!(machine.local.get(0xA0), 1 << 5);
        assert_eq!(private.state.cpu(2).held.load(Relaxed), 0);
    }
}
