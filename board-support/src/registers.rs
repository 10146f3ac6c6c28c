//! From a board's fact to a device's registers: the one place where an address becomes a pointer.

use core::ptr::{NonNull, with_exposed_provenance_mut};

use paratia_config::address::MemoryRange;
use safe_mmio::UniqueMmioPointer;

use crate::refusal::{Reason, Refusal};

/// A register block of type `T` at byte `offset` of `range`.
///
/// # Errors
///
/// `range` has no room for it there, or not aligned as `T` needs.
///
/// # Safety
///
/// The `T` at `offset` of `range` must be a device's registers of that layout, mapped as device
/// memory at their physical address for ever, and reached through no other pointer.
pub(crate) unsafe fn claim<T>(
    range: MemoryRange,
    offset: u64,
) -> Result<UniqueMmioPointer<'static, T>, Refusal> {
    // SAFETY: the caller's promise is the one that `UniqueMmioPointer` asks for; `locate` has
    // checked room and alignment.
    locate(range, offset).map(|registers| unsafe { UniqueMmioPointer::new(registers) })
}

/// Where a `T` at byte `offset` of `range` lies, if it fits there.
///
/// # Errors
///
/// As for [`claim`].
pub(crate) fn locate<T>(range: MemoryRange, offset: u64) -> Result<NonNull<T>, Refusal> {
    let end = offset.saturating_add(size_of::<T>() as u64);
    let address = usize::try_from(range.base.0.saturating_add(offset)).unwrap_or(0);
    let fits = end <= range.size_bytes && address % align_of::<T>() == 0;
    let place = NonNull::new(with_exposed_provenance_mut(address));
    let too_small = Reason::Range.with(range.base.0, range.size_bytes, end);
    place.filter(|_| fits).ok_or(too_small)
}

#[cfg(test)]
mod tests {
    use super::locate;
    use paratia_config::address::{MemoryRange, Pa};

    const PAGE: MemoryRange = MemoryRange::new(Pa(0x0900_0000), 0x1000);

    #[test]
    fn a_block_must_lie_within_the_range() {
        assert!(locate::<[u32; 1024]>(PAGE, 0).is_ok());
        assert!(locate::<[u32; 1023]>(PAGE, 4).is_ok());
        assert!(locate::<[u32; 1024]>(PAGE, 4).is_err());
        assert!(locate::<u8>(PAGE, u64::MAX).is_err());
    }

    #[test]
    fn a_block_must_be_aligned() {
        assert!(locate::<u64>(PAGE, 8).is_ok());
        assert!(locate::<u64>(PAGE, 4).is_err());
    }

    #[test]
    fn no_block_lies_at_address_zero() {
        assert!(locate::<u32>(MemoryRange::new(Pa(0), 4096), 0).is_err());
    }
}
