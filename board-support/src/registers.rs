//! From a board's fact to a device's registers: the one place where an address becomes a pointer.

use core::ptr::{NonNull, with_exposed_provenance_mut};

use paratia_config::address::MemoryRange;
use safe_mmio::UniqueMmioPointer;

/// A register block of type `T` at byte `offset` of `range`, or nothing if `range` has no room for
/// it there, or not aligned as `T` needs.
///
/// # Safety
///
/// The `T` at `offset` of `range` must be a device's registers of that layout, mapped as device
/// memory at their physical address for ever, and reached through no other pointer.
pub(crate) unsafe fn claim<T>(
    range: MemoryRange,
    offset: u64,
) -> Option<UniqueMmioPointer<'static, T>> {
    // SAFETY: the caller's promise is the one that `UniqueMmioPointer` asks for; `locate` has
    // checked room and alignment.
    locate(range, offset).map(|registers| unsafe { UniqueMmioPointer::new(registers) })
}

/// Where a `T` at byte `offset` of `range` lies, if it fits there.
pub(crate) fn locate<T>(range: MemoryRange, offset: u64) -> Option<NonNull<T>> {
    let end = offset.checked_add(size_of::<T>() as u64)?;
    if end > range.size_bytes {
        return None;
    }
    let address = usize::try_from(range.base.0.checked_add(offset)?).ok()?;
    if address % align_of::<T>() != 0 {
        return None;
    }
    NonNull::new(with_exposed_provenance_mut(address))
}

#[cfg(test)]
mod tests {
    use super::locate;
    use paratia_config::address::{MemoryRange, Pa};

    const PAGE: MemoryRange = MemoryRange::new(Pa(0x0900_0000), 0x1000);

    #[test]
    fn a_block_must_lie_within_the_range() {
        assert!(locate::<[u32; 1024]>(PAGE, 0).is_some());
        assert!(locate::<[u32; 1023]>(PAGE, 4).is_some());
        assert_eq!(locate::<[u32; 1024]>(PAGE, 4), None);
        assert_eq!(locate::<u8>(PAGE, u64::MAX), None);
    }

    #[test]
    fn a_block_must_be_aligned() {
        assert!(locate::<u64>(PAGE, 8).is_some());
        assert_eq!(locate::<u64>(PAGE, 4), None);
    }

    #[test]
    fn no_block_lies_at_address_zero() {
        assert_eq!(locate::<u32>(MemoryRange::new(Pa(0), 4096), 0), None);
    }
}
