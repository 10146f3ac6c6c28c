//! A CPU's redistributor: its software-generated (0 to 15) and private peripheral (16 to 31)
//! interrupts, each a bit of a 32-bit mask.

use arm_gic::gicv3::registers::{Gicr, GicrCtlr, GicrSgi, GicrTyper, Sgi, Waker};
use paratia_config::address::MemoryRange;
use safe_mmio::fields::ReadPureWrite;
use safe_mmio::{SharedMmioPointer, UniqueMmioPointer, field, field_shared, split_fields};

use super::{Array, DEFAULT_PRIORITIES, put, settle};
use crate::refusal::{Reason, Refusal};
use crate::{barrier, interrupt, registers};

/// A redistributor's two frames.
type Frames<'a> = UniqueMmioPointer<'a, GicrSgi>;

/// Bytes of a redistributor: a frame for control, a frame for its interrupts.
pub const REDISTRIBUTOR_BYTES: u64 = size_of::<GicrSgi>() as u64;

/// A CPU's redistributor, awake and set up. Holding one proves that the frame is the one of the
/// CPU it was asked for.
#[derive(Debug)]
pub struct Redistributor {
    /// The frame of its interrupts.
    sgi: UniqueMmioPointer<'static, Sgi>,
}

impl Redistributor {
    /// Finds and sets up the redistributor of CPU `cpu`, which has `affinity`: each CPU's own part
    /// of boot. `range` holds all CPUs' frames, in the order of the CPUs.
    ///
    /// Wakes it; then every private interrupt is disabled, neither pending nor active, of group 1
    /// and [`DEFAULT_PRIORITY`](super::DEFAULT_PRIORITY), and every private peripheral one
    /// level-sensitive.
    ///
    /// # Errors
    ///
    /// The range has no frame for this CPU, the frame is another CPU's or of another layout, or a
    /// write doesn't take effect.
    ///
    /// # Safety
    ///
    /// `range` must be the GIC's redistributors mapped as device memory at their physical address,
    /// and no other `Redistributor` for this CPU may exist.
    pub unsafe fn initialise(
        range: MemoryRange,
        cpu: usize,
        affinity: u64,
    ) -> Result<Self, Refusal> {
        let offset = (cpu as u64).saturating_mul(REDISTRIBUTOR_BYTES);
        // SAFETY: the caller's promise, passed on; other CPUs have other frames.
        let mut registers = unsafe { registers::claim(range, offset) }?;
        configure(registers.reborrow(), cpu, affinity)?;
        Ok(Self::of(registers))
    }

    fn of(registers: Frames<'static>) -> Self {
        // SAFETY: the field is named once.
        let sgi = unsafe { split_fields!(registers, sgi) };
        Self { sgi }
    }

    /// The interrupts that are enabled.
    #[inline]
    #[must_use]
    pub fn private_enabled(&self) -> u32 {
        read_first(field_shared!(self.sgi, isenabler))
    }
}

impl interrupt::PrivateInterrupts for Redistributor {
    #[inline]
    fn enable_private(&mut self, mask: u32) {
        first(field!(self.sgi, isenabler)).write(mask);
    }

    /// One that was just disabled can still arrive for a moment (IHI 0069, 12.11.1, `GICR_CTLR.RWP`).
    #[inline]
    fn disable_private(&mut self, mask: u32) {
        first(field!(self.sgi, icenabler)).write(mask);
    }

    /// An interrupt is acknowledged by a system register, and its state is the redistributor's, to which
    /// the CPU interface tells it: that is complete after a `DSB` (IHI 0069, "Observability of the
    /// effects of accesses to the GIC registers"). QEMU doesn't need it.
    #[inline]
    fn private_active(&self) -> u32 {
        barrier::synchronise();
        read_first(field_shared!(self.sgi, isactiver))
    }

    #[inline]
    fn set_private_active(&mut self, set: u32, clear: u32) {
        first(field!(self.sgi, icactiver)).write(clear);
        first(field!(self.sgi, isactiver)).write(set);
    }

    fn set_private_priority(&mut self, mask: u32, priority: u8) {
        let mut bytes = Sgi::ipriorityr_bytes(&mut self.sgi);
        for intid in (0..32).filter(|intid| mask & (1 << intid) != 0) {
            if let Some(mut byte) = bytes.get(intid) {
                byte.write(priority);
            }
        }
    }
}

/// The whole set-up: check, wake, configure.
fn configure(mut registers: Frames<'_>, cpu: usize, affinity: u64) -> Result<(), Refusal> {
    let gicr = field!(registers, gicr);
    check(&gicr, cpu, affinity)?;
    wake(gicr)?;

    let mut sgi = field!(registers, sgi);
    first(field!(sgi, icenabler)).write(u32::MAX);
    first(field!(sgi, icpendr)).write(u32::MAX);
    first(field!(sgi, icactiver)).write(u32::MAX);
    first(field!(sgi, igroupr)).write(u32::MAX);
    for word in 0..8 {
        put(field!(sgi, ipriorityr), word, DEFAULT_PRIORITIES);
    }
    // Register 0 is the software-generated ones', which are always edge-triggered.
    put(field!(sgi, icfgr), 1, 0);
    wait(&registers)
}

/// Whether this frame is a GICv3's, and of the CPU with this affinity.
fn check(gicr: &UniqueMmioPointer<'_, Gicr>, cpu: usize, affinity: u64) -> Result<(), Refusal> {
    let revision = field_shared!(gicr, pidr2).read().arch_rev();
    if !(3..=4).contains(&revision) {
        return Err(Reason::Revision.with(3, revision.into(), 0));
    }
    let typer: GicrTyper = field_shared!(gicr, typer).read();
    if typer.virtual_lpis_supported() {
        return Err(Reason::FourFrames.into());
    }
    let found = typer.core_mpidr();
    if found != affinity {
        return Err(Reason::Redistributor.with(cpu as u64, affinity, found));
    }
    Ok(())
}

/// Tells the redistributor that its CPU is awake, and waits until it agrees.
fn wake(mut gicr: UniqueMmioPointer<'_, Gicr>) -> Result<(), Refusal> {
    field!(gicr, waker).modify(|waker| waker - Waker::PROCESSOR_SLEEP);
    let waker = field_shared!(gicr, waker);
    settle(2, || waker.read().contains(Waker::CHILDREN_ASLEEP))
}

/// Waits until the redistributor's writes have taken effect.
fn wait(registers: &Frames<'_>) -> Result<(), Refusal> {
    let gicr = field_shared!(registers, gicr);
    let ctlr = field_shared!(gicr, ctlr);
    settle(1, || ctlr.read().contains(GicrCtlr::RWP))
}

/// The register of interrupts 0 to 31; the other two are the extended range's, unused here.
#[inline]
fn first(registers: Array<'_, 3>) -> UniqueMmioPointer<'_, ReadPureWrite<u32>> {
    let [first, _, _] = registers.split();
    first
}

/// The value of the register of interrupts 0 to 31.
#[inline]
fn read_first(registers: SharedMmioPointer<'_, [ReadPureWrite<u32>; 3]>) -> u32 {
    let [first, _, _] = registers.split();
    first.read()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::Registers;
    use crate::interrupt::PrivateInterrupts as _;

    const SGI: usize = 0x1_0000;

    /// A GICv3's redistributor of the CPU with affinity 0.0.1.2, not asleep.
    fn fake() -> Registers<GicrSgi> {
        let mut gicr = Registers::new();
        gicr.put(0x000C, 0x0000_0102);
        gicr.put(0xFFE8, 0x30);
        gicr
    }

    #[test]
    fn set_up_silences_every_private_interrupt() {
        let mut gicr = fake();
        gicr.put(0x0014, 0b010);
        gicr.put(SGI + 0xC00, 0xAAAA_AAAA);
        gicr.put(SGI + 0xC04, 0xAAAA_AAAA);
        configure(gicr.pointer(), 2, 0x102).unwrap();

        assert_eq!(gicr.get(0x0014), 0, "ProcessorSleep cleared");
        for register in [0x80, 0x180, 0x280, 0x380] {
            assert_eq!(gicr.get(SGI + register), u32::MAX, "{register:#x}");
        }
        assert_eq!(gicr.get(SGI + 0x100), 0);
        assert_eq!(gicr.get(SGI + 0x400), 0x8080_8080);
        assert_eq!(gicr.get(SGI + 0x41C), 0x8080_8080);
        assert_eq!(gicr.get(SGI + 0x420), 0);
        assert_eq!(gicr.get(SGI + 0xC00), 0xAAAA_AAAA);
        assert_eq!(gicr.get(SGI + 0xC04), 0);
    }

    #[test]
    fn masks_go_to_the_clearing_and_the_setting_register() {
        let mut gicr = fake();
        {
            let registers = gicr.leak();
            let mut redistributor = Redistributor::of(registers);
            redistributor.disable_private(1 << 27);
            redistributor.enable_private(1 << 26);
            redistributor.set_private_active(1 << 30, 1 << 29);
            redistributor.set_private_priority(1 << 26 | 1, 0x20);
            assert_eq!(redistributor.private_enabled(), 1 << 26);
            assert_eq!(redistributor.private_active(), 1 << 30);
        }
        assert_eq!(gicr.get(SGI + 0x100), 1 << 26);
        assert_eq!(gicr.get(SGI + 0x180), 1 << 27);
        assert_eq!(gicr.get(SGI + 0x300), 1 << 30);
        assert_eq!(gicr.get(SGI + 0x380), 1 << 29);
        assert_eq!(gicr.get(SGI + 0x400), 0x20);
        assert_eq!(gicr.get(SGI + 0x418), 0x20 << 16);
    }

    #[test]
    fn another_cpus_frame_is_refused() {
        let mut gicr = fake();
        let refused = configure(gicr.pointer(), 2, 2);
        assert_eq!(refused, Err(Reason::Redistributor.with(2, 2, 0x102)));
        assert_eq!(
            gicr.get(SGI + 0x180),
            0,
            "checked before anything is written"
        );
    }

    #[test]
    fn four_frames_a_redistributor_are_refused() {
        let mut gicr = fake();
        gicr.put(0x0008, 0b10);
        assert_eq!(
            configure(gicr.pointer(), 2, 0x102),
            Err(Reason::FourFrames.into())
        );
    }

    #[test]
    fn another_revision_is_refused() {
        let mut gicr = fake();
        gicr.put(0xFFE8, 0);
        let refused = Err(Reason::Revision.with(3, 0, 0));
        assert_eq!(configure(gicr.pointer(), 2, 0x102), refused);
    }

    #[test]
    fn one_that_stays_asleep_ends_in_an_error() {
        let mut gicr = fake();
        gicr.put(0x0014, 0b110);
        let refused = Err(Reason::Stuck.with(2, 0, 0));
        assert_eq!(configure(gicr.pointer(), 2, 0x102), refused);
    }

    #[test]
    fn a_range_without_a_frame_for_the_cpu_is_refused() {
        let range = MemoryRange::new(paratia_config::address::Pa(0x080A_0000), 0x8_0000);
        // SAFETY: the range ends before this CPU's frame, so no register is touched.
        let refused = unsafe { Redistributor::initialise(range, 4, 4) }.unwrap_err();
        let needed = Reason::Range.with(0x080A_0000, 0x8_0000, 0xA_0000);
        assert_eq!(refused, needed);
    }
}
