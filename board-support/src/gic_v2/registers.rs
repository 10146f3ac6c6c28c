//! The registers' places (Arm IHI 0048, tables 4-1, 4-2 and 5-1).

use core::ptr::NonNull;

use paratia_config::address::MemoryRange;
use safe_mmio::UniqueMmioPointer;
use safe_mmio::fields::{ReadOnly, ReadPure, ReadPureWrite, WriteOnly};

use crate::refusal::Refusal;
use crate::registers;

/// `GICD_*`. Words of 32 bits, one for each interrupt; priorities and targets a byte for each.
#[repr(C)]
#[cfg_attr(
    test,
    derive(zerocopy::FromBytes, zerocopy::IntoBytes, zerocopy::KnownLayout)
)]
pub(super) struct Gicd {
    pub(super) ctlr: ReadPureWrite<u32>,
    pub(super) typer: ReadPure<u32>,
    pub(super) iidr: ReadPure<u32>,
    reserved_00c: [u32; 29],
    pub(super) igroupr: [ReadPureWrite<u32>; 32],
    pub(super) isenabler: [ReadPureWrite<u32>; 32],
    pub(super) icenabler: [ReadPureWrite<u32>; 32],
    pub(super) ispendr: [ReadPureWrite<u32>; 32],
    pub(super) icpendr: [ReadPureWrite<u32>; 32],
    pub(super) isactiver: [ReadPureWrite<u32>; 32],
    pub(super) icactiver: [ReadPureWrite<u32>; 32],
    pub(super) ipriorityr: [ReadPureWrite<u8>; 1024],
    pub(super) itargetsr: [ReadPureWrite<u8>; 1024],
    pub(super) icfgr: [ReadPureWrite<u32>; 64],
    reserved_d00: [u32; 128],
    pub(super) sgir: WriteOnly<u32>,
    reserved_f04: [u32; 57],
    pub(super) pidr2: ReadPure<u32>,
    reserved_fec: [u32; 5],
}

const _: () = assert!(size_of::<Gicd>() == 0x1000);

/// `GICC_*`: two pages, of which the second has one register.
#[repr(C)]
#[cfg_attr(
    test,
    derive(zerocopy::FromBytes, zerocopy::IntoBytes, zerocopy::KnownLayout)
)]
pub(super) struct Gicc {
    pub(super) ctlr: ReadPureWrite<u32>,
    pub(super) pmr: ReadPureWrite<u32>,
    pub(super) bpr: ReadPureWrite<u32>,
    pub(super) iar: ReadOnly<u32>,
    pub(super) eoir: WriteOnly<u32>,
    reserved_0014: [u32; 1019],
    pub(super) dir: WriteOnly<u32>,
}

const _: () = assert!(size_of::<Gicc>() == 0x1004);

/// `GICH_*`.
#[repr(C)]
#[cfg_attr(
    test,
    derive(zerocopy::FromBytes, zerocopy::IntoBytes, zerocopy::KnownLayout)
)]
pub(super) struct Gich {
    pub(super) hcr: ReadPureWrite<u32>,
    pub(super) vtr: ReadPure<u32>,
    pub(super) vmcr: ReadPureWrite<u32>,
    reserved_00c: [u32; 9],
    pub(super) elrsr: [ReadPure<u32>; 2],
    reserved_038: [u32; 46],
    pub(super) apr: ReadPureWrite<u32>,
    reserved_0f4: [u32; 3],
    pub(super) lr: [ReadPureWrite<u32>; 64],
}

const _: () = assert!(size_of::<Gich>() == 0x200);

/// The registers of type `T` at the start of `range`, to be accessed by [`access`].
///
/// # Errors
///
/// They don't fit there.
///
/// # Safety
///
/// As for `registers::claim`, but that several values of this module may share the registers.
pub(super) unsafe fn locate<T>(range: MemoryRange) -> Result<NonNull<T>, Refusal> {
    registers::locate(range, 0)
}

/// The registers for one operation.
///
/// # Safety
///
/// `registers` come from [`locate`], whose caller promised that nothing else uses them; and what is
/// done now neither reads and then writes what another CPU writes, nor needs two accesses to belong
/// together.
#[inline]
pub(super) unsafe fn access<'a, T>(registers: NonNull<T>) -> UniqueMmioPointer<'a, T> {
    // SAFETY: the caller's promise.
    unsafe { UniqueMmioPointer::new(registers) }
}
