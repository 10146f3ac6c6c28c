//! The virtual interface of the CPU that runs (`GICH_*`, Arm IHI 0048, 5.3): list registers, through
//! which a guest's CPU interface (`GICV_*`) takes interrupts.

use core::marker::PhantomData;
use core::ptr::NonNull;

use paratia_config::address::MemoryRange;
use safe_mmio::{UniqueMmioPointer, field, field_shared};

use super::registers::{Gich, access, locate};
use crate::interrupt::{self, ListForm};
use crate::refusal::{Reason, Refusal};

/// The running CPU's virtual interface. Must not be passed to another CPU.
#[derive(Debug)]
pub struct VirtualInterface {
    registers: NonNull<Gich>,
    /// Not `Send`: the registers are banked.
    this_cpu: PhantomData<*const ()>,
}

/// `GICH_HCR.En`.
const ENABLE: u32 = 1;
/// `GICH_HCR.EOICount`, bits 31:27.
const ENDS_SHIFT: u32 = 27;
const ENDS_MASK: u32 = 0x1F;
/// The bits of `GICH_HCR` that say of what a maintenance interrupt tells.
const CONTROL_MASK: u64 = 0xFE;

/// A guest's CPU interface beside the list registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct VirtualState {
    /// `GICH_VMCR`: mask, binary points, groups.
    pub control: u32,
    /// `GICH_APR`: active priorities.
    pub active: u32,
}

impl VirtualInterface {
    /// Empties the running CPU's list registers, and turns its virtual interface off.
    ///
    /// # Errors
    ///
    /// The range is too small, or a switch wouldn't save all active priorities.
    ///
    /// # Safety
    ///
    /// `range` must be a GICv2's virtual interface control mapped as device memory at its physical
    /// address, and no other `VirtualInterface` for this CPU may exist.
    pub unsafe fn initialise(range: MemoryRange) -> Result<Self, Refusal> {
        // SAFETY: the caller's promise; the registers are banked.
        let registers = unsafe { locate(range) }?;
        let mut this = Self {
            registers,
            this_cpu: PhantomData,
        };
        this.configure()?;
        Ok(this)
    }

    fn configure(&mut self) -> Result<(), Refusal> {
        use interrupt::VirtualInterface as _;

        let gich = self.access();
        let found = (field_shared!(gich, vtr).read() >> 26 & 0b111) + 1;
        if found > 5 {
            return Err(Reason::PriorityBits.with(found.into(), 0, 0));
        }
        let mut gich = self.access();
        field!(gich, hcr).write(0);
        for index in 0..self.list_count() {
            self.write_list(index, 0);
        }
        self.load(&Self::RESET);
        Ok(())
    }

    #[inline]
    fn access(&self) -> UniqueMmioPointer<'_, Gich> {
        // SAFETY: `initialise` found the registers in place; they are this CPU's own, and this is
        // the only value for them.
        unsafe { access(self.registers) }
    }
}

impl interrupt::VirtualInterface for VirtualInterface {
    const FORM: ListForm = ListForm::V2;

    type State = VirtualState;

    /// As the GIC-400 has it after reset (DDI 0471, 3.4): the least binary points of 32 levels.
    const RESET: VirtualState = VirtualState {
        control: 0x004C_0000,
        active: 0,
    };

    fn list_count(&self) -> usize {
        let gich = self.access();
        (field_shared!(gich, vtr).read() & 0x3F) as usize + 1
    }

    #[inline]
    fn read_list(&self, index: usize) -> u64 {
        let gich = self.access();
        let lists = field_shared!(gich, lr);
        lists.get(index).map_or(0, |list| u64::from(list.read()))
    }

    #[inline]
    fn write_list(&mut self, index: usize, value: u64) {
        let [low, _] = halves(value);
        let mut gich = self.access();
        if let Some(mut list) = field!(gich, lr).get(index) {
            list.write(low);
        }
    }

    #[inline]
    fn empty_lists(&self) -> u64 {
        let gich = self.access();
        let [low, high] = field_shared!(gich, elrsr).split();
        u64::from(low.read()) | u64::from(high.read()) << 32
    }

    #[inline]
    fn enable(&mut self, control: u64) {
        let [control, _] = halves(control & CONTROL_MASK);
        let mut gich = self.access();
        field!(gich, hcr).write(ENABLE | control);
    }

    #[inline]
    fn close(&mut self) -> u64 {
        let mut gich = self.access();
        let mut hcr = field!(gich, hcr);
        let control = hcr.read();
        hcr.write(0);
        u64::from(control >> ENDS_SHIFT & ENDS_MASK)
    }

    #[inline]
    fn take_unlisted_ends(&mut self) -> u64 {
        let mut gich = self.access();
        let mut hcr = field!(gich, hcr);
        let control = hcr.read();
        let ends = control >> ENDS_SHIFT & ENDS_MASK;
        if ends != 0 {
            hcr.write(control & !(ENDS_MASK << ENDS_SHIFT));
        }
        // Split ends: `GICV_DIR` counts, and isn't trapped here; a drop of priority doesn't.
        u64::from(ends)
    }

    #[inline]
    fn save(&self) -> VirtualState {
        let gich = self.access();
        VirtualState {
            control: field_shared!(gich, vmcr).read(),
            active: field_shared!(gich, apr).read(),
        }
    }

    #[inline]
    fn load(&mut self, state: &VirtualState) {
        let mut gich = self.access();
        field!(gich, vmcr).write(state.control);
        field!(gich, apr).write(state.active);
    }
}

/// The lower and the upper half.
const fn halves(value: u64) -> [u32; 2] {
    [(value & 0xFFFF_FFFF) as u32, (value >> 32) as u32]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::Registers;
    use crate::interrupt::VirtualInterface as _;

    fn interface(gich: &mut Registers<Gich>) -> VirtualInterface {
        // As the GIC-400 reports: 5 bits of priority and preemption, 4 list registers.
        gich.put(0x04, 0x9000_0003);
        VirtualInterface {
            registers: gich.pointer().ptr_nonnull(),
            this_cpu: PhantomData,
        }
    }

    #[test]
    fn set_up_empties_the_lists_and_turns_everything_off() {
        let mut gich = Registers::new();
        for offset in [0x00, 0xF0, 0x100, 0x10C, 0x110] {
            gich.put(offset, 7);
        }
        interface(&mut gich).configure().unwrap();
        for offset in [0x00, 0xF0, 0x100, 0x10C] {
            assert_eq!(gich.get(offset), 0, "{offset:#x}");
        }
        assert_eq!(gich.get(0x08), 0x004C_0000);
        assert_eq!(gich.get(0x110), 7, "a list register that doesn't exist");
    }

    #[test]
    fn more_levels_than_are_saved_are_refused() {
        let mut gich = Registers::new();
        let mut interface = interface(&mut gich);
        gich.put(0x04, 6 << 26 | 3);
        let refused = Reason::PriorityBits.with(7, 0, 0);
        assert_eq!(interface.configure(), Err(refused));
    }

    #[test]
    fn lists_are_read_and_written_by_number() {
        let mut gich = Registers::new();
        let mut interface = interface(&mut gich);
        interface.write_list(3, 0xDA00_781B);
        assert_eq!(gich.get(0x10C), 0xDA00_781B);
        assert_eq!(interface.read_list(3), 0xDA00_781B);
        assert_eq!(interface.read_list(64), 0);
        gich.put(0x34, 1);
        assert_eq!(interface.empty_lists(), 1 << 32);
        assert_eq!(interface.list_count(), 4);
    }

    #[test]
    fn ends_are_counted_and_taken_once() {
        let mut gich = Registers::new();
        let mut interface = interface(&mut gich);
        // Bit 14 is a trap that GICv2 hasn't got.
        interface.enable(1 << 2 | 1 << 14);
        assert_eq!(gich.get(0x00), 0b101);
        gich.put(0x00, 3 << 27 | 0b101);
        assert_eq!(interface.take_unlisted_ends(), 3);
        assert_eq!(interface.take_unlisted_ends(), 0);
        assert_eq!(gich.get(0x00), 0b101);
        gich.put(0x00, 2 << 27 | 0b101);
        assert_eq!(interface.close(), 2);
        assert_eq!(gich.get(0x00), 0);
    }

    #[test]
    fn a_guests_interface_moves_as_a_whole() {
        let mut gich = Registers::new();
        let mut interface = interface(&mut gich);
        let state = VirtualState {
            control: 0xF84C_0001,
            active: 1 << 20,
        };
        interface.load(&state);
        assert_eq!((gich.get(0x08), gich.get(0xF0)), (0xF84C_0001, 1 << 20));
        assert_eq!(interface.save(), state);
    }
}
