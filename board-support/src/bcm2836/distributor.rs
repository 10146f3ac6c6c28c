//! The devices' interrupts, 32 to 95.

use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

use super::registers::{CPUS, Controllers};
use super::state::{Devices, State, WORDS};
use crate::interrupt::{self, FIRST_SPI};
use crate::refusal::{Reason, Refusal};

/// One past the last device's interrupt.
const END: u32 = FIRST_SPI + 64;

/// The devices' interrupts, which all go to one CPU.
pub struct Distributor {
    controllers: Controllers,
    state: &'static State,
}

impl Distributor {
    /// Silences all of them.
    pub(super) fn initialise(controllers: Controllers, state: &'static State) -> Self {
        for word in 0..WORDS {
            state.devices.enabled[word].store(0, Relaxed);
            state.devices.active[word].store(0, Relaxed);
        }
        controllers.silence_others();
        controllers.route_devices(0);
        state.devices.cpu.store(0, Relaxed);
        state.apply_devices(controllers);
        Self { controllers, state }
    }
}

impl Devices {
    /// Whether `intid` is active from now on.
    pub(super) fn set_active(&self, intid: u32, active: bool) {
        set_bit(&self.active, intid, active);
    }
}

/// Sets or clears the bit of interrupt `intid`.
fn set_bit(words: &[AtomicU32; WORDS], intid: u32, value: bool) {
    if let Some((word, bit)) = place(intid)
        && let Some(word) = words.get(word)
    {
        let others = word.load(Relaxed) & !bit;
        word.store(if value { others | bit } else { others }, Relaxed);
    }
}

/// The word and the bit in it of interrupt `intid`, if there is a device with it.
fn place(intid: u32) -> Option<(usize, u32)> {
    let index = intid.wrapping_sub(FIRST_SPI);
    (FIRST_SPI..END)
        .contains(&intid)
        .then_some((index as usize / 32, 1 << (index % 32)))
}

/// Whether there is a device with this interrupt.
fn check(intid: u32) -> Result<(), Refusal> {
    let missing = Reason::NotShared.with(intid.into(), 0, 0);
    place(intid).map(drop).ok_or(missing)
}

impl interrupt::Distributor for Distributor {
    fn enable_spi(&self, intid: u32, target: u64, priority: u8) -> Result<(), Refusal> {
        check(intid)?;
        let devices = &self.state.devices;
        let [cpu, ..] = target.to_le_bytes();
        let cpu = usize::from(cpu) % CPUS;
        if devices.cpu.swap(cpu, Relaxed) != cpu {
            self.controllers.route_devices(cpu);
        }
        devices.priority.store(priority, Relaxed);
        set_bit(&devices.enabled, intid, true);
        self.state.apply_devices(self.controllers);
        Ok(())
    }

    fn disable_spi(&self, intid: u32) -> Result<(), Refusal> {
        check(intid)?;
        set_bit(&self.state.devices.enabled, intid, false);
        self.state.apply_devices(self.controllers);
        Ok(())
    }

    fn reset_spi(&self, intid: u32) -> Result<(), Refusal> {
        self.disable_spi(intid)?;
        self.set_spi_active(intid, false)
    }

    /// The level of one that is masked, as an active one is, doesn't show. So it is let through for as
    /// long as a look takes; the CPU to which it goes is the one that looks, and takes no interrupt
    /// meanwhile.
    fn is_spi_pending(&self, intid: u32) -> bool {
        let Some((word, bit)) = place(intid) else {
            return false;
        };
        let open = self.state.open_devices(word);
        self.controllers.open_devices(word, open | bit);
        let pending = self.controllers.pending_devices(word) & bit != 0;
        self.controllers.open_devices(word, open);
        pending
    }

    fn set_spi_active(&self, intid: u32, active: bool) -> Result<(), Refusal> {
        check(intid)?;
        self.state.devices.set_active(intid, active);
        self.state.apply_devices(self.controllers);
        Ok(())
    }

    /// The hardware has no choice.
    fn set_spi_edge(&self, intid: u32, _: bool) -> Result<(), Refusal> {
        check(intid)
    }
}

#[cfg(test)]
mod tests {
    use super::super::registers::fake::Machine;
    use super::*;
    use crate::interrupt::Distributor as _;

    fn distributor(machine: &Machine) -> Distributor {
        let state = Box::leak(Box::new(State::new()));
        Distributor::initialise(machine.controllers, state)
    }

    #[test]
    fn set_up_silences_every_device() {
        let mut machine = Machine::new();
        machine.local.put(0x0C, 0xF);
        distributor(&machine);
        assert_eq!(machine.local.get(0x0C), 0);
        for offset in [0x21C, 0x220] {
            assert_eq!(machine.devices.get(offset), u32::MAX);
        }
        assert_eq!(machine.devices.get(0x224), 0xFF);
        assert_eq!(
            (machine.devices.get(0x210), machine.devices.get(0x214)),
            (0, 0)
        );
    }

    #[test]
    fn an_enabled_device_is_routed_to_its_cpu() {
        let mut machine = Machine::new();
        let distributor = distributor(&machine);
        distributor.enable_spi(81, 2, 0xA0).unwrap();
        assert_eq!(machine.local.get(0x0C), 2);
        assert_eq!(machine.devices.get(0x214), 1 << 17);
        assert_eq!(machine.devices.get(0x220), !(1 << 17));
        distributor.disable_spi(81).unwrap();
        assert_eq!(machine.devices.get(0x220), u32::MAX);
    }

    #[test]
    fn an_active_device_stays_masked() {
        let mut machine = Machine::new();
        let distributor = distributor(&machine);
        distributor.set_spi_active(33, true).unwrap();
        distributor.enable_spi(33, 0, 0xA0).unwrap();
        assert_eq!(machine.devices.get(0x210), 0);
        distributor.set_spi_active(33, false).unwrap();
        assert_eq!(machine.devices.get(0x210), 1 << 1);
        distributor.set_spi_active(33, true).unwrap();
        distributor.reset_spi(33).unwrap();
        assert_eq!(machine.devices.get(0x210), 0, "disabled");
        distributor.enable_spi(33, 0, 0xA0).unwrap();
        assert_eq!(machine.devices.get(0x210), 1 << 1, "and no longer active");
    }

    #[test]
    fn a_look_at_an_active_device_s_level_leaves_it_masked() {
        let mut machine = Machine::new();
        let distributor = distributor(&machine);
        distributor.enable_spi(33, 0, 0xA0).unwrap();
        distributor.set_spi_active(33, true).unwrap();
        assert!(!distributor.is_spi_pending(33));
        // Device 1 asserts, and 2, at which nobody looks.
        machine.devices.put(0x204, 0b110);
        assert!(distributor.is_spi_pending(33));
        assert!(!distributor.is_spi_pending(32));
        assert_eq!(machine.devices.get(0x210), 0);
        assert_eq!(machine.devices.get(0x21C), u32::MAX);
    }

    #[test]
    fn private_and_missing_interrupts_are_refused() {
        let machine = Machine::new();
        let distributor = distributor(&machine);
        for intid in [0, 31, 96, u32::MAX] {
            let refused = Err(Reason::NotShared.with(intid.into(), 0, 0));
            assert_eq!(distributor.enable_spi(intid, 0, 0), refused);
            assert_eq!(distributor.disable_spi(intid), refused);
            assert_eq!(distributor.set_spi_edge(intid, true), refused);
            assert!(!distributor.is_spi_pending(intid));
        }
    }
}
