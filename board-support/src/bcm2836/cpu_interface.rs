//! What a CPU acknowledges and completes.

use core::marker::PhantomData;
use core::sync::atomic::Ordering::Relaxed;

use super::private::release_held;
use super::registers::{CPUS, Controllers};
use super::state::{SGIS, State, WORDS, bits, timers};
use crate::barrier;
use crate::interrupt::{self, FIRST_SPI};

/// The bit of mailbox 0 in the register of sources.
const SOURCE_MAILBOX: u32 = 1 << 4;
/// The bit of all devices there.
const SOURCE_DEVICES: u32 = 1 << 8;

/// The running CPU's interface. Must not be passed to another CPU.
pub struct CpuInterface {
    controllers: Controllers,
    state: &'static State,
    cpu: usize,
    /// Not `Send`: only this CPU changes its part of the state.
    this_cpu: PhantomData<*const ()>,
}

impl CpuInterface {
    pub(super) fn new(controllers: Controllers, state: &'static State, cpu: usize) -> Self {
        Self {
            controllers,
            state,
            cpu,
            this_cpu: PhantomData,
        }
    }

    /// The most urgent private interrupt that is signalled, if there is one.
    fn pending_private(&self, source: u32) -> Option<u32> {
        let of_cpu = self.state.cpu(self.cpu);
        let open = of_cpu.open();
        let mut pending = timers(source) & open;
        if source & SOURCE_MAILBOX != 0 {
            let sent = self.controllers.mailbox(self.cpu);
            // The mailbox is signalled as a whole: what may not come now would never be silent.
            let held = sent & !open;
            if held != 0 {
                of_cpu.held.fetch_or(held & SGIS, Relaxed);
                self.controllers.unpost(self.cpu, held);
            }
            pending |= sent & open & SGIS;
        }
        bits(pending).min_by_key(|intid| of_cpu.priority(*intid))
    }

    /// The first device that is signalled, if there is one.
    fn pending_device(&self, source: u32) -> Option<u32> {
        if source & SOURCE_DEVICES == 0 {
            return None;
        }
        let of_word = |word| {
            let pending = self.controllers.pending_devices(word) & self.state.open_devices(word);
            let first = bits(pending).next();
            first.zip(u32::try_from(word).ok())
        };
        let (bit, word) = (0..WORDS).find_map(of_word)?;
        Some(FIRST_SPI + 32 * word + bit)
    }

    fn set_active(&self, intid: u32, active: bool) {
        if intid >= FIRST_SPI {
            self.state.devices.set_active(intid, active);
            self.state.apply_devices(self.controllers);
            return;
        }
        let word = &self.state.cpu(self.cpu).active;
        let bit = 1 << (intid % 32);
        let others = word.load(Relaxed) & !bit;
        word.store(if active { others | bit } else { others }, Relaxed);
        self.state.apply_private(self.controllers, self.cpu);
    }
}

impl interrupt::CpuInterface for CpuInterface {
    fn acknowledge(&mut self) -> Option<u32> {
        let source = self.controllers.source(self.cpu);
        let private = self.pending_private(source);
        let device = self.pending_device(source);
        let intid = match (private, device) {
            (Some(private), Some(device)) => {
                let urgent = self.state.cpu(self.cpu).priority(private);
                let first = urgent <= self.state.devices.priority.load(Relaxed);
                if first { private } else { device }
            }
            (private, device) => private.or(device)?,
        };
        if 1_u32.checked_shl(intid).unwrap_or(0) & SGIS != 0 {
            self.controllers.unpost(self.cpu, 1 << intid);
        }
        self.set_active(intid, true);
        Some(intid)
    }

    /// There is no priority to drop: what is active is masked, and nothing else is held back.
    fn drop_priority(&mut self, _: u32) {}

    fn deactivate(&mut self, intid: u32) {
        self.set_active(intid, false);
        release_held(self.controllers, self.state, self.cpu);
    }

    fn set_priority_mask(&mut self, priority: u8) {
        self.state.cpu(self.cpu).mask.store(priority, Relaxed);
        self.state.apply_private(self.controllers, self.cpu);
        if self.state.devices.cpu.load(Relaxed) == self.cpu {
            self.state.apply_devices(self.controllers);
        }
    }

    fn send(&mut self, intid: u32, target: u64) {
        // What was stored for the other CPU is there before the interrupt.
        barrier::synchronise();
        let [cpu, ..] = target.to_le_bytes();
        self.controllers
            .post(usize::from(cpu) % CPUS, 1 << (intid % 16));
    }
}

#[cfg(test)]
mod tests {
    use super::super::registers::fake::Machine;
    use super::*;
    use crate::interrupt::CpuInterface as _;

    const CPU: usize = 1;

    fn interface(machine: &Machine) -> CpuInterface {
        let state: &'static State = Box::leak(Box::new(State::new()));
        let of_cpu = state.cpu(CPU);
        of_cpu.enabled.store(1 << 26 | 1 << 27 | 1 << 5, Relaxed);
        of_cpu.set_priority(27, 0xA0);
        of_cpu.set_priority(5, 0xA0);
        state.devices.cpu.store(CPU, Relaxed);
        state.devices.priority.store(0xA0, Relaxed);
        CpuInterface::new(machine.controllers, state, CPU)
    }

    /// What hardware would signal to the CPU.
    fn signal(machine: &mut Machine, source: u32) {
        machine.local.put(0x64, source);
    }

    #[test]
    fn the_most_urgent_timer_comes_first_and_is_masked_until_its_end() {
        let mut machine = Machine::new();
        let mut interface = interface(&machine);
        signal(&mut machine, 0b1100);
        assert_eq!(interface.acknowledge(), Some(26));
        assert_eq!(machine.local.get(0x44), 0b1000);
        assert_eq!(interface.acknowledge(), Some(27));
        assert_eq!(machine.local.get(0x44), 0);
        assert_eq!(interface.acknowledge(), None, "both are active");
        interface.drop_priority(27);
        interface.deactivate(27);
        assert_eq!(machine.local.get(0x44), 0b1000);
    }

    #[test]
    fn the_mask_reaches_the_hardware() {
        let mut machine = Machine::new();
        let mut interface = interface(&machine);
        interface.state.devices.enabled[0].store(1 << 3, Relaxed);
        interface.set_priority_mask(0x90);
        assert_eq!(
            (machine.local.get(0x44), machine.local.get(0x54)),
            (0b0100, 0)
        );
        assert_eq!(
            (machine.devices.get(0x210), machine.devices.get(0x21C)),
            (0, u32::MAX)
        );
        interface.set_priority_mask(0xFF);
        assert_eq!(
            (machine.local.get(0x44), machine.local.get(0x54)),
            (0b1100, 1)
        );
        assert_eq!(
            (machine.devices.get(0x210), machine.devices.get(0x21C)),
            (1 << 3, !(1 << 3))
        );
    }

    #[test]
    fn what_a_cpu_sends_comes_once() {
        let mut machine = Machine::new();
        let mut interface = interface(&machine);
        interface.send(5, 3);
        assert_eq!(machine.local.get(0xB0), 1 << 5, "the mailbox of CPU 3");
        signal(&mut machine, 1 << 4);
        machine.local.put(0xD0, 1 << 5);
        assert_eq!(interface.acknowledge(), Some(5));
        assert_eq!(
            machine.local.get(0xD0),
            1 << 5,
            "the bit was written to be cleared"
        );
        assert_eq!(interface.state.cpu(CPU).active.load(Relaxed), 1 << 5);
    }

    #[test]
    fn what_is_sent_while_disabled_or_active_is_held() {
        let mut machine = Machine::new();
        let mut interface = interface(&machine);
        interface.state.cpu(CPU).active.store(1 << 5, Relaxed);
        signal(&mut machine, 1 << 4);
        machine.local.put(0xD0, 1 << 5 | 1 << 6);
        assert_eq!(interface.acknowledge(), None);
        assert_eq!(interface.state.cpu(CPU).held.load(Relaxed), 1 << 5 | 1 << 6);
        assert_eq!(machine.local.get(0xD0), 1 << 5 | 1 << 6, "both are cleared");
        interface.deactivate(5);
        assert_eq!(
            machine.local.get(0x90),
            1 << 5,
            "the enabled one is sent again"
        );
        assert_eq!(interface.state.cpu(CPU).held.load(Relaxed), 1 << 6);
    }

    #[test]
    fn a_device_is_masked_until_its_end() {
        let mut machine = Machine::new();
        let mut interface = interface(&machine);
        interface.state.devices.enabled[1].store(1 << 17, Relaxed);
        signal(&mut machine, 1 << 8);
        // Device 20 asserts too, and nobody wants it.
        machine.devices.put(0x204, 1 << 20);
        machine.devices.put(0x208, 1 << 17);
        assert_eq!(interface.acknowledge(), Some(32 + 49));
        assert_eq!(machine.devices.get(0x220), u32::MAX);
        assert_eq!(interface.acknowledge(), None);
        interface.deactivate(81);
        assert_eq!(machine.devices.get(0x214), 1 << 17);
    }

    #[test]
    fn nothing_signalled_is_nothing_acknowledged() {
        let machine = Machine::new();
        assert_eq!(interface(&machine).acknowledge(), None);
    }
}
