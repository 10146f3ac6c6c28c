//! The CPU interface: what the CPU that runs this code acknowledges and completes.

use core::marker::PhantomData;
use core::ptr::NonNull;

use paratia_config::address::MemoryRange;
use safe_mmio::{UniqueMmioPointer, field};

use super::registers::{Gicc, Gicd, access, locate};
use super::target_bit;
use crate::barrier;
use crate::interrupt::{self, FIRST_PPI};
use crate::refusal::Refusal;

/// `GICC_CTLR`: the group on (see the module's parent), priority drop and deactivation apart
/// (`EOImode`, IHI 0048, 4.4.1).
const CONTROL: u32 = 1 | 1 << 9;
/// Acknowledged ids from here on are no interrupts (IHI 0048, 3.2.5).
const FIRST_SPECIAL: u32 = 1020;
/// The id in `GICC_IAR`; above it, of an SGI, the number of the CPU that sent it.
const ID_MASK: u32 = 0x3FF;

/// The running CPU's interface. Must not be passed to another CPU.
#[derive(Debug)]
pub struct CpuInterface {
    registers: NonNull<Gicc>,
    distributor: NonNull<Gicd>,
    /// What `GICC_IAR` said of each SGI, which its end has to repeat (IHI 0048, 4.4.5).
    sgis: [u32; FIRST_PPI as usize],
    /// Not `Send`: the registers are banked.
    this_cpu: PhantomData<*const ()>,
}

impl CpuInterface {
    /// Sets the running CPU's interface up: no grouping of priorities, every priority let through,
    /// priority drop and deactivation apart, on.
    ///
    /// # Errors
    ///
    /// A range is too small.
    ///
    /// # Safety
    ///
    /// `range` must be a GICv2's CPU interface mapped as device memory at its physical address, and
    /// no other `CpuInterface` for this CPU may exist; `distributor` as for
    /// [`Distributor::initialise`](super::Distributor::initialise).
    pub unsafe fn initialise(
        distributor: MemoryRange,
        range: MemoryRange,
    ) -> Result<Self, Refusal> {
        // SAFETY: the caller's promise; these registers are banked or written as a whole.
        let (registers, distributor) = unsafe { (locate(range)?, locate(distributor)?) };
        let mut this = Self {
            registers,
            distributor,
            sgis: [0; _],
            this_cpu: PhantomData,
        };
        this.configure();
        Ok(this)
    }

    fn configure(&mut self) {
        let mut gicc = self.access();
        field!(gicc, ctlr).write(0);
        // Reads back as the least that the hardware has: every priority its own group.
        field!(gicc, bpr).write(0);
        field!(gicc, pmr).write(0xFF);
        field!(gicc, ctlr).write(CONTROL);
    }

    #[inline]
    fn access(&mut self) -> UniqueMmioPointer<'_, Gicc> {
        // SAFETY: `initialise` found the registers in place; they are this CPU's own, and this is
        // the only value for them.
        unsafe { access(self.registers) }
    }

    /// What the end of `intid` has to say.
    #[inline]
    fn acknowledged(&self, intid: u32) -> u32 {
        self.sgis.get(intid as usize).copied().unwrap_or(intid)
    }
}

impl interrupt::CpuInterface for CpuInterface {
    #[inline]
    fn acknowledge(&mut self) -> Option<u32> {
        let mut gicc = self.access();
        let value = field!(gicc, iar).read();
        let intid = value & ID_MASK;
        if let Some(sgi) = self.sgis.get_mut(intid as usize) {
            *sgi = value;
        }
        (intid < FIRST_SPECIAL).then_some(intid)
    }

    #[inline]
    fn drop_priority(&mut self, intid: u32) {
        let value = self.acknowledged(intid);
        let mut gicc = self.access();
        field!(gicc, eoir).write(value);
    }

    #[inline]
    fn deactivate(&mut self, intid: u32) {
        let value = self.acknowledged(intid);
        let mut gicc = self.access();
        field!(gicc, dir).write(value);
    }

    #[inline]
    fn set_priority_mask(&mut self, priority: u8) {
        let mut gicc = self.access();
        field!(gicc, pmr).write(u32::from(priority));
    }

    #[inline]
    fn send(&mut self, intid: u32, target: u64) {
        // What was stored for the other CPU is there before the interrupt.
        barrier::synchronise();
        // SAFETY: `initialise` found the registers in place; this one is written as a whole.
        let mut gicd = unsafe { access(self.distributor) };
        let request = u32::from(target_bit(target)) << 16 | intid & 0xF;
        field!(gicd, sgir).write(request);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::Registers;
    use crate::interrupt::CpuInterface as _;

    struct Machine {
        gicd: Registers<Gicd>,
        gicc: Registers<Gicc>,
        interface: CpuInterface,
    }

    fn machine() -> Machine {
        let (mut gicd, mut gicc) = (Registers::new(), Registers::new());
        let interface = CpuInterface {
            registers: gicc.pointer().ptr_nonnull(),
            distributor: gicd.pointer().ptr_nonnull(),
            sgis: [0; _],
            this_cpu: PhantomData,
        };
        Machine {
            gicd,
            gicc,
            interface,
        }
    }

    #[test]
    fn set_up_lets_everything_through_and_splits_ends() {
        let mut machine = machine();
        machine.interface.configure();
        assert_eq!(machine.gicc.get(0x00), 0x201);
        assert_eq!((machine.gicc.get(0x04), machine.gicc.get(0x08)), (0xFF, 0));
    }

    #[test]
    fn an_interrupt_is_dropped_and_deactivated_by_its_number() {
        let mut machine = machine();
        machine.gicc.put(0x0C, 27);
        assert_eq!(machine.interface.acknowledge(), Some(27));
        machine.interface.drop_priority(27);
        machine.interface.deactivate(27);
        assert_eq!((machine.gicc.get(0x10), machine.gicc.get(0x1000)), (27, 27));
    }

    #[test]
    fn the_end_of_an_sgi_says_who_sent_it() {
        let mut machine = machine();
        machine.gicc.put(0x0C, 3 << 10 | 5);
        assert_eq!(machine.interface.acknowledge(), Some(5));
        machine.interface.drop_priority(5);
        machine.interface.deactivate(5);
        let said = 3 << 10 | 5;
        assert_eq!(
            (machine.gicc.get(0x10), machine.gicc.get(0x1000)),
            (said, said)
        );
    }

    #[test]
    fn special_numbers_are_no_interrupts() {
        let mut machine = machine();
        for special in 1020..1024 {
            machine.gicc.put(0x0C, special);
            assert_eq!(machine.interface.acknowledge(), None);
        }
    }

    #[test]
    fn a_kick_goes_to_one_cpu() {
        let mut machine = machine();
        machine.interface.send(7, 3);
        assert_eq!(machine.gicd.get(0xF00), 1 << 19 | 7);
    }
}
