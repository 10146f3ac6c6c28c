//! A CPU's private interrupts, 0 to 31: the distributor's first words, of which each CPU has its
//! own.

use core::marker::PhantomData;
use core::ptr::NonNull;

use paratia_config::address::MemoryRange;
use safe_mmio::fields::ReadPureWrite;
use safe_mmio::{UniqueMmioPointer, field, field_shared};

use super::DEFAULT_PRIORITY;
use super::registers::{Gicd, access, locate};
use crate::interrupt;
use crate::refusal::{Reason, Refusal};

/// The running CPU's private interrupts. Must not be passed to another CPU.
#[derive(Debug)]
pub struct PrivateInterrupts {
    registers: NonNull<Gicd>,
    /// Not `Send`: the registers are banked.
    this_cpu: PhantomData<*const ()>,
}

impl PrivateInterrupts {
    /// Silences the running CPU's private interrupts, after checking that it is target `cpu`.
    ///
    /// # Errors
    ///
    /// The range is too small, or the CPU has another number.
    ///
    /// # Safety
    ///
    /// As for [`Distributor::initialise`](super::Distributor::initialise); and no other
    /// `PrivateInterrupts` for this CPU may exist.
    pub unsafe fn initialise(range: MemoryRange, cpu: usize) -> Result<Self, Refusal> {
        // SAFETY: the caller's promise; the words used are this CPU's own.
        let registers = unsafe { locate(range) }?;
        // SAFETY: `locate` found the registers in the range that the caller hands over, and the words that are
        // used are this CPU's own.
        configure(unsafe { access(registers) }, cpu)?;
        Ok(Self {
            registers,
            this_cpu: PhantomData,
        })
    }

    #[inline]
    fn access(&self) -> UniqueMmioPointer<'_, Gicd> {
        // SAFETY: `initialise` found the registers in place; the words used are this CPU's own, and
        // this is the only value for them.
        unsafe { access(self.registers) }
    }
}

/// The word of interrupts 0 to 31.
#[inline]
fn write_first(mut words: UniqueMmioPointer<'_, [ReadPureWrite<u32>; 32]>, mask: u32) {
    if let Some(mut word) = words.get(0) {
        word.write(mask);
    }
}

/// What can be checked is the number: a distributor for one CPU alone reports 0 (IHI 0048, 4.3.12).
fn configure(mut gicd: UniqueMmioPointer<'_, Gicd>, cpu: usize) -> Result<(), Refusal> {
    let target = field_shared!(gicd, itargetsr)
        .get(0)
        .map(|byte| byte.read());
    let found = target.unwrap_or(0);
    if found != 0 && u32::from(found) != 1 << (cpu % 8) {
        return Err(Reason::CpuNumber.with(cpu as u64, found.into(), 0));
    }
    write_first(field!(gicd, icenabler), u32::MAX);
    write_first(field!(gicd, icpendr), u32::MAX);
    write_first(field!(gicd, icactiver), u32::MAX);
    for index in 0..32 {
        if let Some(mut byte) = field!(gicd, ipriorityr).get(index) {
            byte.write(DEFAULT_PRIORITY);
        }
    }
    Ok(())
}

impl interrupt::PrivateInterrupts for PrivateInterrupts {
    #[inline]
    fn enable_private(&mut self, mask: u32) {
        let mut gicd = self.access();
        write_first(field!(gicd, isenabler), mask);
    }

    #[inline]
    fn disable_private(&mut self, mask: u32) {
        let mut gicd = self.access();
        write_first(field!(gicd, icenabler), mask);
    }

    #[inline]
    fn private_active(&self) -> u32 {
        let gicd = self.access();
        let words = field_shared!(gicd, isactiver);
        words.get(0).map_or(0, |word| word.read())
    }

    #[inline]
    fn set_private_active(&mut self, set: u32, clear: u32) {
        let mut gicd = self.access();
        write_first(field!(gicd, icactiver), clear);
        write_first(field!(gicd, isactiver), set);
    }

    fn set_private_priority(&mut self, mask: u32, priority: u8) {
        let mut gicd = self.access();
        for index in (0..32).filter(|index| mask & 1 << index != 0) {
            if let Some(mut byte) = field!(gicd, ipriorityr).get(index) {
                byte.write(priority);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::Registers;
    use crate::interrupt::PrivateInterrupts as _;

    #[test]
    fn set_up_silences_the_private_interrupts_alone() {
        let mut gicd: Registers<Gicd> = Registers::new();
        gicd.put(0x800, 0x0404_0404);
        configure(gicd.pointer(), 2).unwrap();
        for base in [0x180, 0x280, 0x380] {
            assert_eq!((gicd.get(base), gicd.get(base + 4)), (u32::MAX, 0));
        }
        assert_eq!((gicd.get(0x41C), gicd.get(0x420)), (0x8080_8080, 0));
    }

    #[test]
    fn masks_go_to_the_first_word() {
        let mut gicd: Registers<Gicd> = Registers::new();
        gicd.put(0x304, 0xFF);
        let mut private = PrivateInterrupts {
            registers: gicd.pointer().ptr_nonnull(),
            this_cpu: PhantomData,
        };
        private.enable_private(1 << 26);
        private.disable_private(1 << 27);
        private.set_private_active(1 << 30, 1 << 29);
        private.set_private_priority(1 << 26 | 1, 0xA0);
        assert_eq!(private.private_active(), 1 << 30);
        assert_eq!((gicd.get(0x100), gicd.get(0x180)), (1 << 26, 1 << 27));
        assert_eq!((gicd.get(0x300), gicd.get(0x380)), (1 << 30, 1 << 29));
        assert_eq!((gicd.get(0x400), gicd.get(0x418)), (0xA0, 0xA0 << 16));
    }

    #[test]
    fn another_cpus_words_are_refused() {
        let mut gicd: Registers<Gicd> = Registers::new();
        gicd.put(0x800, 0x0404_0404);
        let refused = configure(gicd.pointer(), 1);
        assert_eq!(refused, Err(Reason::CpuNumber.with(1, 4, 0)));
        assert_eq!(gicd.get(0x180), 0, "checked before anything is written");
    }
}
