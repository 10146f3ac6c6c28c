//! What a GIC would keep and this hardware doesn't: what is enabled, active, urgent.
//!
//! Each CPU's part is read and written by that CPU alone, the devices' part by the one CPU that they
//! are routed to; atomics make that safe to write down, and relaxed ones cost nothing.

use core::sync::atomic::{AtomicU8, AtomicU32, AtomicUsize, Ordering::Relaxed};

use super::registers::{CPUS, Controllers};

/// Words of 32 devices.
pub(super) const WORDS: usize = 2;
/// Private interrupts that are bits of a mailbox.
pub(super) const SGIS: u32 = 0xFFFF;
/// The private interrupts that are timers, by their bits in the registers.
pub(super) const TIMERS: [u32; 4] = [29, 30, 26, 27];

/// The state.
pub(super) struct State {
    cpus: [Cpu; CPUS],
    /// The devices', for all CPUs.
    pub(super) devices: Devices,
}

/// A CPU's private interrupts, bit n of a mask each.
pub(super) struct Cpu {
    pub(super) enabled: AtomicU32,
    pub(super) active: AtomicU32,
    /// Sent while they were disabled or active; they come when they no longer are.
    pub(super) held: AtomicU32,
    priorities: [AtomicU8; 32],
    /// Only what is more urgent is let through.
    pub(super) mask: AtomicU8,
}

/// The devices' interrupts.
pub(super) struct Devices {
    pub(super) enabled: [AtomicU32; WORDS],
    pub(super) active: [AtomicU32; WORDS],
    /// One for all: whatever was said last.
    pub(super) priority: AtomicU8,
    /// The CPU that gets them.
    pub(super) cpu: AtomicUsize,
}

impl State {
    pub(super) const fn new() -> Self {
        Self {
            cpus: [const { Cpu::new() }; CPUS],
            devices: Devices {
                enabled: [const { AtomicU32::new(0) }; WORDS],
                active: [const { AtomicU32::new(0) }; WORDS],
                priority: AtomicU8::new(0x80),
                cpu: AtomicUsize::new(0),
            },
        }
    }

    /// A CPU's part. There are four; whoever counts further gets the first again.
    #[inline]
    pub(super) fn cpu(&self, index: usize) -> &Cpu {
        &self.cpus[index % CPUS]
    }

    /// Brings a CPU's own hardware in line with the state.
    #[inline]
    pub(super) fn apply_private(&self, controllers: Controllers, cpu: usize) {
        let open = self.cpu(cpu).open();
        controllers.open_timers(cpu, timer_bits(open));
        controllers.open_mailbox(cpu, open & SGIS != 0);
    }

    /// Brings the devices' hardware in line with the state.
    #[inline]
    pub(super) fn apply_devices(&self, controllers: Controllers) {
        for word in 0..WORDS {
            controllers.open_devices(word, self.open_devices(word));
        }
    }

    /// The devices of a word that are let through.
    #[inline]
    pub(super) fn open_devices(&self, word: usize) -> u32 {
        let devices = &self.devices;
        let mask = self.cpu(devices.cpu.load(Relaxed)).mask.load(Relaxed);
        match (devices.enabled.get(word), devices.active.get(word)) {
            (Some(enabled), Some(active)) if devices.priority.load(Relaxed) < mask => {
                enabled.load(Relaxed) & !active.load(Relaxed)
            }
            _ => 0,
        }
    }
}

impl Cpu {
    const fn new() -> Self {
        Self {
            enabled: AtomicU32::new(0),
            active: AtomicU32::new(0),
            held: AtomicU32::new(0),
            priorities: [const { AtomicU8::new(0x80) }; 32],
            mask: AtomicU8::new(0xFF),
        }
    }

    /// As after boot.
    pub(super) fn reset(&self) {
        for mask in [&self.enabled, &self.active, &self.held] {
            mask.store(0, Relaxed);
        }
        for priority in &self.priorities {
            priority.store(0x80, Relaxed);
        }
        self.mask.store(0xFF, Relaxed);
    }

    /// Private interrupts that are let through.
    #[inline]
    pub(super) fn open(&self) -> u32 {
        let wanted = self.enabled.load(Relaxed) & !self.active.load(Relaxed);
        let mask = self.mask.load(Relaxed);
        bits(wanted)
            .filter(|intid| self.priority(*intid) < mask)
            .fold(0, |open, intid| open | 1 << intid)
    }

    #[inline]
    pub(super) fn priority(&self, intid: u32) -> u8 {
        let priority = self.priorities.get(intid as usize);
        priority.map_or(u8::MAX, |priority| priority.load(Relaxed))
    }

    pub(super) fn set_priority(&self, intid: u32, value: u8) {
        if let Some(priority) = self.priorities.get(intid as usize) {
            priority.store(value, Relaxed);
        }
    }
}

/// The numbers of the bits in a mask, lowest first.
#[inline]
pub(super) fn bits(mut mask: u32) -> impl Iterator<Item = u32> {
    core::iter::from_fn(move || {
        let bit = mask.trailing_zeros();
        mask &= mask.wrapping_sub(1);
        (bit < 32).then_some(bit)
    })
}

/// A mask of private interrupts as the register of timers has it.
#[inline]
fn timer_bits(private: u32) -> u32 {
    let numbered = TIMERS.iter().zip(0..);
    numbered.fold(0, |all, (intid, bit)| all | (private >> intid & 1) << bit)
}

/// The private interrupts behind bits 3:0 of a register of timers.
#[inline]
pub(super) fn timers(register: u32) -> u32 {
    let numbered = TIMERS.iter().zip(0..);
    numbered.fold(0, |all, (intid, bit)| all | (register >> bit & 1) << intid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timers_are_numbered_as_a_gic_does() {
        assert_eq!(timer_bits(1 << 26 | 1 << 27), 0b1100);
        assert_eq!(timer_bits(1 << 29 | 1 << 30 | 1 << 31), 0b0011);
        assert_eq!(timers(0b1111), 1 << 26 | 1 << 27 | 1 << 29 | 1 << 30);
    }

    #[test]
    fn what_is_open_is_enabled_inactive_and_urgent() {
        let cpu = Cpu::new();
        cpu.enabled.store(1 << 26 | 1 << 27 | 1, Relaxed);
        cpu.set_priority(27, 0xA0);
        assert_eq!(cpu.open(), 1 << 26 | 1 << 27 | 1);
        cpu.active.store(1, Relaxed);
        assert_eq!(cpu.open(), 1 << 26 | 1 << 27);
        cpu.mask.store(0x90, Relaxed);
        assert_eq!(cpu.open(), 1 << 26);
        cpu.mask.store(0x80, Relaxed);
        assert_eq!(cpu.open(), 0, "equal isn't more urgent");
    }

    #[test]
    fn bits_come_lowest_first() {
        assert_eq!(bits(0x8000_0012).collect::<Vec<_>>(), [1, 4, 31]);
        assert_eq!(bits(0).next(), None);
    }
}
