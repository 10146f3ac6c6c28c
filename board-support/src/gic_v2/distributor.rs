//! The distributor: shared interrupts (SPIs), for all CPUs.

use core::ptr::NonNull;

use paratia_config::address::MemoryRange;
use safe_mmio::fields::ReadPureWrite;
use safe_mmio::{SharedMmioPointer, UniqueMmioPointer, field, field_shared};

use super::registers::{Gicd, access, locate};
use super::target_bit;
use crate::interrupt::{self, FIRST_SPI};
use crate::refusal::{Reason, Refusal};
use crate::shared_word::Turns;

/// The distributor, set up. Shared by all CPUs: each operation concerns one interrupt, which has one
/// owner, and is made of single writes to bits and bytes that are that interrupt's alone. Only the
/// triggers share words that have to be read first; there CPUs take turns.
///
/// | word | after boot written by | how |
/// |---|---|---|
/// | `ISENABLER`, `ICENABLER`, `ICPENDR`, `ISACTIVER`, `ICACTIVER` | the interrupt's owner | one bit that counts, zeros for the others |
/// | `IPRIORITYR`, `ITARGETSR` | the owner | the interrupt's own byte |
/// | `ICFGR` | the owner, in a word of 16 interrupts | read and written in turn ([`Turns`]) |
/// | `SGIR` | any CPU | one write is one request |
/// | words of interrupts 0 to 31 | the CPU whose they are | banked |
#[derive(Debug)]
pub struct Distributor {
    registers: NonNull<Gicd>,
    interrupt_count: u32,
    /// At `GICD_ICFGR<n>`.
    triggers: Turns,
}

// SAFETY: device memory is the same for every CPU, and the type's doc says why shared use is sound.
unsafe impl Send for Distributor {}
// SAFETY: what two CPUs may write at once are bits and bytes that count alone, or words at which they take turns,
// row by row in the type's doc; the controller itself orders single accesses.
unsafe impl Sync for Distributor {}

impl Distributor {
    /// Sets the distributor at `range` up; see [`interrupt::Controller::initialise`].
    ///
    /// # Errors
    ///
    /// The range is too small, or the hardware is another revision or has fewer interrupts.
    ///
    /// # Safety
    ///
    /// `range` must be a GICv2 distributor mapped as device memory at its physical address, which
    /// nothing but this module uses from now on.
    pub unsafe fn initialise(range: MemoryRange, interrupt_count: u32) -> Result<Self, Refusal> {
        // SAFETY: the caller's promise; no other CPU runs yet.
        let registers = unsafe { locate(range) }?;
        // SAFETY: `locate` found the registers in the range that the caller hands over, and no other CPU runs yet.
        configure(unsafe { access(registers) }, interrupt_count)?;
        Ok(Self {
            registers,
            interrupt_count,
            triggers: Turns::new(),
        })
    }

    /// `intid` as an index into per-interrupt registers, if it is an SPI of this distributor.
    #[inline]
    fn spi(&self, intid: u32) -> Result<usize, Refusal> {
        if (FIRST_SPI..self.interrupt_count).contains(&intid) {
            Ok(intid as usize)
        } else {
            Err(Reason::NotShared.with(intid.into(), 0, 0))
        }
    }

    #[inline]
    fn access(&self) -> UniqueMmioPointer<'_, Gicd> {
        // SAFETY: `initialise` found the registers in place, and what two CPUs may access at once are bits and bytes
        // that count alone, or words at which they take turns.
        unsafe { access(self.registers) }
    }
}

/// Writes one to the bit of interrupt `index`, which leaves the others alone.
#[inline]
fn write_bit(mut words: UniqueMmioPointer<'_, [ReadPureWrite<u32>; 32]>, index: usize) {
    if let Some(mut word) = words.get(index / 32) {
        word.write(1 << (index % 32));
    }
}

/// Whether the bit of interrupt `index` is set.
#[inline]
fn is_set(words: SharedMmioPointer<'_, [ReadPureWrite<u32>; 32]>, index: usize) -> bool {
    let word = words.get(index / 32);
    word.is_some_and(|word| word.read() & 1 << (index % 32) != 0)
}

impl interrupt::Distributor for Distributor {
    #[inline]
    fn enable_spi(&self, intid: u32, target: u64, priority: u8) -> Result<(), Refusal> {
        let index = self.spi(intid)?;
        let mut gicd = self.access();
        if let Some(mut byte) = field!(gicd, itargetsr).get(index) {
            byte.write(target_bit(target));
        }
        if let Some(mut byte) = field!(gicd, ipriorityr).get(index) {
            byte.write(priority);
        }
        write_bit(field!(gicd, isenabler), index);
        Ok(())
    }

    #[inline]
    fn disable_spi(&self, intid: u32) -> Result<(), Refusal> {
        let index = self.spi(intid)?;
        let mut gicd = self.access();
        write_bit(field!(gicd, icenabler), index);
        Ok(())
    }

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
        let Ok(index) = self.spi(intid) else {
            return false;
        };
        is_set(field_shared!(self.access(), ispendr), index)
    }

    fn set_spi_active(&self, intid: u32, active: bool) -> Result<(), Refusal> {
        let index = self.spi(intid)?;
        let mut gicd = self.access();
        if active {
            write_bit(field!(gicd, isactiver), index);
        } else {
            write_bit(field!(gicd, icactiver), index);
        }
        Ok(())
    }

    /// An interrupt has to be disabled while this changes, or anything may happen (IHI 0048, 4.3.13): also at
    /// its owner's wish, which changes it in its window.
    fn set_spi_edge(&self, intid: u32, edge: bool) -> Result<(), Refusal> {
        let index = self.spi(intid)?;
        let mut gicd = self.access();
        let enabled = is_set(field_shared!(gicd, isenabler), index);
        if enabled {
            write_bit(field!(gicd, icenabler), index);
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

/// The whole set-up, IHI 0048, 4.3: check, stop forwarding, configure, forward.
fn configure(mut gicd: UniqueMmioPointer<'_, Gicd>, interrupt_count: u32) -> Result<(), Refusal> {
    let revision = (field_shared!(gicd, pidr2).read() >> 4 & 0xF) as u8;
    if revision != 2 {
        return Err(Reason::Revision.with(2, revision.into(), 0));
    }
    let found = 32 * ((field_shared!(gicd, typer).read() & 0x1F) + 1);
    if found < interrupt_count {
        return Err(Reason::InterruptCount.with(interrupt_count.into(), found.into(), 0));
    }

    field!(gicd, ctlr).write(0);
    for block in 1..found as usize / 32 {
        quieten(gicd.reborrow(), block);
    }
    field!(gicd, ctlr).write(1);
    Ok(())
}

/// Brings 32 shared interrupts, the `block`th such, to a known state: disabled, neither pending nor
/// active, level-sensitive, and with CPU 0 as their target. Its own target and priority are given to an
/// interrupt when it is enabled; but the edge of one that has no target until then would be lost, for a
/// pending state is kept only for targets (IHI 0048, 4.3.12, "the effect of changes to an
/// `GICD_ITARGETSR`").
fn quieten(mut gicd: UniqueMmioPointer<'_, Gicd>, block: usize) {
    if let Some(mut disable) = field!(gicd, icenabler).get(block) {
        disable.write(u32::MAX);
    }
    if let Some(mut pending) = field!(gicd, icpendr).get(block) {
        pending.write(u32::MAX);
    }
    if let Some(mut active) = field!(gicd, icactiver).get(block) {
        active.write(u32::MAX);
    }
    for index in 32 * block..32 * (block + 1) {
        if let Some(mut target) = field!(gicd, itargetsr).get(index) {
            target.write(target_bit(0));
        }
    }
    for word in 2 * block..2 * (block + 1) {
        if let Some(mut triggers) = field!(gicd, icfgr).get(word) {
            triggers.write(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::Registers;
    use crate::interrupt::Distributor as _;

    /// A distributor of 224 interrupts, as BCM2711's.
    fn fake() -> Registers<Gicd> {
        let mut gicd = Registers::new();
        gicd.put(0x004, 6);
        gicd.put(0xFE8, 0x2B);
        gicd
    }

    fn set_up(gicd: &mut Registers<Gicd>) -> Distributor {
        configure(gicd.pointer(), 224).unwrap();
        Distributor {
            registers: gicd.pointer().ptr_nonnull(),
            interrupt_count: 224,
            triggers: Turns::new(),
        }
    }

    #[test]
    fn set_up_silences_every_shared_interrupt_and_then_forwards() {
        let mut gicd = fake();
        gicd.put(0xC08, 0xAAAA_AAAA);
        configure(gicd.pointer(), 224).unwrap();
        assert_eq!(gicd.get(0x000), 1);
        for block in 1..7 {
            for base in [0x180, 0x280, 0x380] {
                assert_eq!(gicd.get(base + 4 * block), u32::MAX, "{base:#x} {block}");
            }
            assert_eq!(gicd.get(0x080 + 4 * block), 0, "groups stay as they are");
            for word in 0..8 {
                let targets = gicd.get(0x800 + 32 * block + 4 * word);
                assert_eq!(
                    targets, 0x0101_0101,
                    "an edge that comes early has a target"
                );
            }
        }
        assert_eq!(gicd.get(0x180), 0, "private interrupts are left alone");
        assert_eq!(gicd.get(0x180 + 4 * 7), 0, "beyond those that exist");
        assert_eq!((gicd.get(0x81C), gicd.get(0x8E0)), (0, 0));
        assert_eq!(gicd.get(0xC08), 0);
    }

    #[test]
    fn enable_routes_prioritises_and_enables_one_interrupt() {
        let mut gicd = fake();
        let distributor = set_up(&mut gicd);
        gicd.put(0x800 + 96, 0x0101_0101);
        gicd.put(0x400 + 96, 0x8080_8080);
        distributor.enable_spi(97, 2, 0xA0).unwrap();
        assert_eq!(gicd.get(0x800 + 96), 0x0101_0401);
        assert_eq!(gicd.get(0x400 + 96), 0x8080_A080);
        assert_eq!(gicd.get(0x10C), 1 << 1);
    }

    #[test]
    fn changes_write_one_bit() {
        let mut gicd = fake();
        let distributor = set_up(&mut gicd);
        distributor.disable_spi(223).unwrap();
        distributor.reset_spi(64).unwrap();
        distributor.set_spi_active(34, true).unwrap();
        distributor.set_spi_edge(49, true).unwrap();
        assert_eq!(gicd.get(0x180 + 4 * 6), 1 << 31);
        assert_eq!((gicd.get(0x288), gicd.get(0x388)), (1, 1));
        assert_eq!(gicd.get(0x304), 1 << 2);
        assert_eq!(gicd.get(0xC0C), 2 << 2);
        distributor.set_spi_edge(49, false).unwrap();
        assert_eq!(gicd.get(0xC0C), 0);
        assert_eq!(gicd.get(0x104), 0, "one that is disabled stays so");
    }

    #[test]
    fn an_interrupt_is_disabled_while_its_trigger_changes() {
        let mut gicd = fake();
        let distributor = set_up(&mut gicd);
        gicd.put(0x104, 1 << 17 | 1);
        distributor.set_spi_edge(49, true).unwrap();
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
        for intid in [0, 31, 224, 1023, u32::MAX] {
            let refused = Err(Reason::NotShared.with(intid.into(), 0, 0));
            assert_eq!(distributor.enable_spi(intid, 0, 0), refused);
            assert_eq!(distributor.disable_spi(intid), refused);
            assert_eq!(distributor.reset_spi(intid), refused);
            assert_eq!(distributor.set_spi_edge(intid, true), refused);
        }
    }

    #[test]
    fn another_revision_is_refused() {
        let mut gicd = fake();
        gicd.put(0xFE8, 0x3B);
        let refused = configure(gicd.pointer(), 224);
        assert_eq!(refused, Err(Reason::Revision.with(2, 3, 0)));
    }

    #[test]
    fn fewer_interrupts_than_configured_are_refused() {
        let mut gicd = fake();
        let refused = configure(gicd.pointer(), 225);
        let expected = Reason::InterruptCount.with(225, 224, 0);
        assert_eq!(refused, Err(expected));
        assert_eq!(gicd.get(0), 0, "checked before anything is written");
    }
}
