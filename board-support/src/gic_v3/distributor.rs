//! The distributor: shared interrupts (SPIs), for all CPUs.

use core::ptr::NonNull;

use arm_gic::gicv3::registers::{Gicd, GicdCtlr, Typer};
use paratia_config::address::MemoryRange;
use safe_mmio::fields::ReadPureWrite;
use safe_mmio::{SharedMmioPointer, UniqueMmioPointer, field, field_shared};

use super::{Array, FIRST_SPI, put, settle};
use crate::refusal::{Reason, Refusal};
use crate::shared_word::Turns;
use crate::{interrupt, registers};

/// The distributor, set up. Shared by all CPUs: each operation concerns one interrupt, which has one
/// owner, and is made of single writes to bits, bytes or registers that are that interrupt's alone.
/// Only the triggers share words that have to be read first; there CPUs take turns.
///
/// | word | after boot written by | how |
/// |---|---|---|
/// | `ISENABLER`, `ICENABLER`, `ICPENDR`, `ISACTIVER`, `ICACTIVER` | the interrupt's owner | one bit that counts, zeros for the others |
/// | `IPRIORITYR` | the owner | the interrupt's own byte |
/// | `IROUTER` | the owner | a register for each interrupt |
/// | `ICFGR` | the owner, in a word of 16 interrupts | read and written in turn ([`Turns`]) |
/// | `GICR_*` | the CPU whose they are | a frame for each CPU |
#[derive(Debug)]
pub struct Distributor {
    registers: NonNull<Gicd>,
    interrupt_count: u32,
    /// At `GICD_ICFGR<n>`.
    triggers: Turns,
}

/// How often a register is read for a write to take effect while a partition runs. Hardware takes
/// some tens of cycles, about as long as one such access.
const FEW_POLLS: u32 = 4;

impl Distributor {
    /// Sets the distributor at `range` up, CPU 0's part of boot: affinity routing on; every SPI
    /// disabled, neither pending nor active, level-sensitive and of group 1, then group 1 forwarded.
    /// Route and priority are given to an interrupt when it is enabled.
    ///
    /// `interrupt_count` is what the configuration relies on
    /// ([`BoardFacts::interrupt_count`](paratia_config::board::BoardFacts::interrupt_count)).
    ///
    /// # Errors
    ///
    /// The range is too small, the hardware is another revision or has fewer interrupts, or a
    /// write doesn't take effect.
    ///
    /// # Safety
    ///
    /// `range` must be a GIC distributor mapped as device memory at its physical address, which
    /// nothing else uses from now on.
    pub unsafe fn initialise(range: MemoryRange, interrupt_count: u32) -> Result<Self, Refusal> {
        // SAFETY: the caller's promise, passed on.
        let mut registers = unsafe { registers::claim(range, 0) }?;
        configure(registers.reborrow(), interrupt_count)?;
        Ok(Self {
            registers: registers.ptr_nonnull(),
            interrupt_count,
            triggers: Turns::new(),
        })
    }

    /// Waits until what was disabled is disabled for every CPU.
    ///
    /// # Errors
    ///
    /// [`Reason::Stuck`].
    pub fn wait_for_writes(&self) -> Result<(), Refusal> {
        wait(&self.access())
    }

    /// The same for as long as an exit may take. Others disable theirs meanwhile, so it may not get to
    /// see an end, and goes on then: only the interrupt of whoever asks can be in doubt.
    fn wait_shortly(&self) {
        let gicd = self.access();
        let ctlr = field_shared!(gicd, ctlr);
        let _ = (0..FEW_POLLS).any(|_| !ctlr.read().contains(GicdCtlr::RWP));
    }

    /// `intid` as an index into per-interrupt registers, if it is an SPI of this distributor.
    #[inline]
    fn spi(&self, intid: u32) -> Result<usize, Refusal> {
        let is_shared = (FIRST_SPI..self.interrupt_count).contains(&intid);
        let index = is_shared.then_some(intid as usize);
        index.ok_or(Reason::NotShared.with(intid.into(), 0, 0))
    }

    /// The registers for one operation.
    #[inline]
    fn access(&self) -> UniqueMmioPointer<'_, Gicd> {
        // SAFETY: `initialise` found the registers in place, and its caller promised that nothing
        // but this value uses them. CPUs that share this value do so at once, yet only with single
        // accesses to registers where a write concerns one interrupt and leaves the others alone, or in
        // turn.
        unsafe { UniqueMmioPointer::new(self.registers) }
    }
}

impl interrupt::Distributor for Distributor {
    #[inline]
    fn enable_spi(&self, intid: u32, target: u64, priority: u8) -> Result<(), Refusal> {
        let index = self.spi(intid)?;
        let mut gicd = self.access();
        if let Some(mut route) = field!(gicd, irouter).get(index - FIRST_SPI as usize) {
            route.write(target);
        }
        if let Some(mut byte) = Gicd::ipriorityr_bytes(&mut gicd).get(index) {
            byte.write(priority);
        }
        write_bit(field!(gicd, isenabler), index);
        Ok(())
    }

    /// Takes effect at the latest when [`Distributor::wait_for_writes`] returns.
    #[inline]
    fn disable_spi(&self, intid: u32) -> Result<(), Refusal> {
        let index = self.spi(intid)?;
        let mut gicd = self.access();
        write_bit(field!(gicd, icenabler), index);
        Ok(())
    }

    /// A level that is still asserted makes it pending again.
    fn reset_spi(&self, intid: u32) -> Result<(), Refusal> {
        let index = self.spi(intid)?;
        self.disable_spi(intid)?;
        // Before it is cleared: what an edge left pending would stay.
        self.set_spi_edge(intid, false)?;
        let mut gicd = self.access();
        write_bit(field!(gicd, icpendr), index);
        write_bit(field!(gicd, icactiver), index);
        Ok(())
    }

    fn is_spi_pending(&self, intid: u32) -> bool {
        let gicd = self.access();
        self.spi(intid)
            .is_ok_and(|index| is_set(field_shared!(gicd, ispendr), index))
    }

    fn set_spi_active(&self, intid: u32, active: bool) -> Result<(), Refusal> {
        let index = self.spi(intid)?;
        let mut gicd = self.access();
        let registers = if active {
            field!(gicd, isactiver)
        } else {
            field!(gicd, icactiver)
        };
        write_bit(registers, index);
        Ok(())
    }

    /// An interrupt has to be disabled while this changes, or anything may happen (IHI 0069, `GICD_ICFGR<n>`): also at
    /// its owner's wish, which changes it in its window.
    fn set_spi_edge(&self, intid: u32, edge: bool) -> Result<(), Refusal> {
        let index = self.spi(intid)?;
        let mut gicd = self.access();
        let enabled = is_set(field_shared!(gicd, isenabler), index);
        if enabled {
            write_bit(field!(gicd, icenabler), index);
            self.wait_shortly();
        }
        if let Some(mut word) = field!(gicd, icfgr).get(index / 16) {
            let bit = 2 << (2 * (index % 16));
            self.triggers
                .change(&mut word, bit, if edge { bit } else { 0 });
        }
        if enabled {
            write_bit(field!(gicd, isenabler), index);
        }
        Ok(())
    }
}

// SAFETY: device memory is the same for every CPU, and `access` says why shared use is sound.
unsafe impl Send for Distributor {}
// SAFETY: what two CPUs may write at once are bits that count alone, or words at which they take turns, as `access`
// says; the controller itself orders single accesses.
unsafe impl Sync for Distributor {}

/// Whether the bit of interrupt `index` is set.
#[inline]
fn is_set(words: SharedMmioPointer<'_, [ReadPureWrite<u32>; 32]>, index: usize) -> bool {
    let word = words.get(index / 32);
    word.is_some_and(|word| word.read() & 1 << (index % 32) != 0)
}

/// Writes one to the bit of interrupt `index`, which leaves the others alone.
#[inline]
fn write_bit(registers: Array<'_, 32>, index: usize) {
    put(registers, index / 32, 1 << (index % 32));
}

/// The whole set-up, IHI 0069, 4.5 and 12.9: check, stop forwarding, configure, forward.
fn configure(mut gicd: UniqueMmioPointer<'_, Gicd>, interrupt_count: u32) -> Result<(), Refusal> {
    let revision = field_shared!(gicd, pidr2).read().arch_rev();
    if !(3..=4).contains(&revision) {
        return Err(Reason::Revision.with(3, revision.into(), 0));
    }
    let typer: Typer = field_shared!(gicd, typer).read();
    let found = FIRST_SPI + typer.num_spis();
    if found < interrupt_count {
        return Err(Reason::InterruptCount.with(interrupt_count.into(), found.into(), 0));
    }

    field!(gicd, ctlr).write(GicdCtlr::empty());
    wait(&gicd)?;
    // In the Non-secure view of two security states this bit is ARE_NS.
    field!(gicd, ctlr).write(GicdCtlr::ARE_S);
    wait(&gicd)?;
    for spis in 1..found as usize / 32 {
        quieten(gicd.reborrow(), spis);
    }
    wait(&gicd)?;
    field!(gicd, ctlr).write(GicdCtlr::ARE_S | GicdCtlr::EnableGrp1NS);
    wait(&gicd)
}

/// Brings 32 interrupts, the `block`th such, to the state that [`Distributor::initialise`] gives.
fn quieten(mut gicd: UniqueMmioPointer<'_, Gicd>, block: usize) {
    put(field!(gicd, icenabler), block, u32::MAX);
    put(field!(gicd, icpendr), block, u32::MAX);
    put(field!(gicd, icactiver), block, u32::MAX);
    put(field!(gicd, igroupr), block, u32::MAX);
    put(field!(gicd, icfgr), 2 * block, 0);
    put(field!(gicd, icfgr), 2 * block + 1, 0);
}

/// Waits until the distributor's writes have taken effect.
fn wait(gicd: &UniqueMmioPointer<'_, Gicd>) -> Result<(), Refusal> {
    let ctlr = field_shared!(gicd, ctlr);
    settle(0, || ctlr.read().contains(GicdCtlr::RWP))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::Registers;
    use crate::interrupt::Distributor as _;

    /// A distributor of 288 interrupts.
    fn fake() -> Registers<Gicd> {
        let mut gicd = Registers::new();
        gicd.put(0x0004, 8);
        gicd.put(0xFFE8, 0x30);
        gicd
    }

    fn set_up(gicd: &mut Registers<Gicd>) -> Distributor {
        configure(gicd.pointer(), 288).unwrap();
        Distributor {
            registers: gicd.pointer().ptr_nonnull(),
            interrupt_count: 288,
            triggers: Turns::new(),
        }
    }

    #[test]
    fn set_up_silences_every_shared_interrupt_and_then_forwards() {
        let mut gicd = fake();
        configure(gicd.pointer(), 288).unwrap();

        assert_eq!(gicd.get(0x0000), 0x12, "ARE and group 1");
        for block in 1..9 {
            for (name, base) in [
                ("IGROUPR", 0x80),
                ("ICENABLER", 0x180),
                ("ICPENDR", 0x280),
                ("ICACTIVER", 0x380),
            ] {
                assert_eq!(gicd.get(base + 4 * block), u32::MAX, "{name}{block}");
            }
            assert_eq!(gicd.get(0x100 + 4 * block), 0, "ISENABLER{block}");
        }
        assert_eq!(gicd.get(0x180), 0, "private interrupts are left alone");
        assert_eq!(gicd.get(0x180 + 4 * 9), 0, "beyond those that exist");
    }

    #[test]
    fn enable_routes_prioritises_and_enables_one_interrupt() {
        let mut gicd = fake();
        let distributor = set_up(&mut gicd);
        gicd.put(0x6000 + 8 * 35, 3);
        gicd.put(0x400 + 32, 0x8080_8080);
        distributor.enable_spi(34, 0x1_0000_0002, 0x40).unwrap();

        assert_eq!(gicd.get(0x6000 + 8 * 34), 2);
        assert_eq!(gicd.get(0x6004 + 8 * 34), 1);
        assert_eq!(gicd.get(0x6000 + 8 * 35), 3, "the neighbour's route stays");
        assert_eq!(gicd.get(0x400 + 32), 0x8040_8080);
        assert_eq!(gicd.get(0x104), 1 << 2);
    }

    #[test]
    fn disable_and_clear_write_one_bit() {
        let mut gicd = fake();
        let distributor = set_up(&mut gicd);
        distributor.disable_spi(287).unwrap();
        distributor.reset_spi(64).unwrap();

        assert_eq!(gicd.get(0x180 + 4 * 8), 1 << 31);
        assert_eq!(gicd.get(0x280 + 4 * 2), 1);
        assert_eq!(gicd.get(0x380 + 4 * 2), 1);
    }

    #[test]
    fn an_interrupt_is_disabled_while_its_trigger_changes() {
        let mut gicd = fake();
        let distributor = set_up(&mut gicd);
        gicd.put(0xC0C, 1 << 31);
        distributor.set_spi_edge(49, true).unwrap();
        assert_eq!(gicd.get(0xC0C), 1 << 31 | 2 << 2);
        assert_eq!(gicd.get(0x104), 0, "one that is disabled stays so");
        gicd.put(0x104, 1 << 17 | 1);
        distributor.set_spi_edge(49, false).unwrap();
        assert_eq!(gicd.get(0xC0C), 1 << 31);
        assert_eq!(gicd.get(0x184), 1 << 17);
        assert_eq!(gicd.get(0x104), 1 << 17, "and enabled again");
    }

    #[test]
    fn a_reset_leaves_nothing_of_an_owner_s_life() {
        let mut gicd = fake();
        let distributor = set_up(&mut gicd);
        gicd.put(0xC10, u32::MAX);
        for register in [0x188, 0x288, 0x388] {
            gicd.put(register, 0);
        }
        distributor.reset_spi(66).unwrap();
        for register in [0x188, 0x288, 0x388] {
            assert_eq!(gicd.get(register), 1 << 2, "{register:#x}");
        }
        assert_eq!(
            gicd.get(0xC10),
            !(2 << 4),
            "a level, and its neighbours stay"
        );
        assert_eq!(gicd.get(0x108), 0, "not enabled again");
    }

    #[test]
    fn private_and_missing_interrupts_are_refused() {
        let mut gicd = fake();
        let distributor = set_up(&mut gicd);
        for intid in [0, 31, 288, 1023, u32::MAX] {
            let refused = Err(Reason::NotShared.with(intid.into(), 0, 0));
            assert_eq!(distributor.enable_spi(intid, 0, 0), refused);
            assert_eq!(distributor.disable_spi(intid), refused);
            assert_eq!(distributor.reset_spi(intid), refused);
        }
    }

    #[test]
    fn another_revision_is_refused() {
        let mut gicd = fake();
        gicd.put(0xFFE8, 0x20);
        let refused = configure(gicd.pointer(), 288).unwrap_err();
        assert_eq!(refused, Reason::Revision.with(3, 2, 0));
    }

    #[test]
    fn fewer_interrupts_than_configured_are_refused() {
        let mut gicd = fake();
        let refused = configure(gicd.pointer(), 289);
        assert_eq!(refused, Err(Reason::InterruptCount.with(289, 288, 0)));
        assert_eq!(gicd.get(0), 0, "checked before anything is written");
    }

    #[test]
    fn a_write_that_never_takes_effect_ends_in_an_error() {
        let mut gicd = fake();
        let distributor = set_up(&mut gicd);
        gicd.put(0x0000, 1 << 31);
        let refused = distributor.wait_for_writes();
        assert_eq!(refused, Err(Reason::Stuck.with(0, 0, 0)));
    }
}
