//! Where the guest finds itself: on the bare machine, in a partition of Paratia, or under Xen.

use paratia_abi::passport::{MAGIC, Passport};

/// First word of a device tree, as a little-endian CPU reads it (Devicetree Specification, 5.2).
const TREE_MAGIC: u32 = 0xD00D_FEED_u32.swap_bytes();
/// The `compatible` of the UART that Xen emulates (vpl011); the board's own is a full PL011. Xen has
/// a node of its own in a domU's tree only if it was asked for.
const XEN_UART: &[u8] = b"arm,sbsa-uart\0";

/// Where the guest runs.
pub enum Place {
    /// At EL1 of QEMU's `virt` machine, nobody below.
    Bare,
    /// In a partition of Paratia.
    Paratia(&'static Passport),
    /// In a domU of Xen.
    Xen,
}

impl Place {
    /// The place, from what was in `x0` at the entry.
    ///
    /// # Safety
    /// `handed_over` is 0 or the address of a passport or a device tree, which never change.
    pub unsafe fn find(handed_over: usize) -> Self {
        if handed_over == 0 {
            return Self::Bare;
        }
        let start = core::ptr::with_exposed_provenance::<u8>(handed_over);
        // SAFETY: a passport and a device tree both have more than eight bytes, on a multiple of 8.
        if unsafe { start.cast::<u64>().read() } == MAGIC {
            // SAFETY: a passport starts like this, and all of its bit patterns are valid.
            return Self::Paratia(unsafe { &*start.cast() });
        }
        // SAFETY: the caller's promise: if it isn't a passport, it is a tree.
        let tree = unsafe { tree(start) };
        if tree.windows(XEN_UART.len()).any(|it| it == XEN_UART) {
            Self::Xen
        } else {
            Self::Bare
        }
    }

    /// What it is called in the output.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::Paratia(_) => "paratia",
            Self::Xen => "xen",
        }
    }

    /// Distributor and first redistributor of the interrupt controller, if there is one.
    pub fn gic(&self) -> Option<[usize; 2]> {
        match self {
            // QEMU 7.2, hw/arm/virt.c, base_memmap.
            Self::Bare => Some([0x0800_0000, 0x080A_0000]),
            // Xen 4.17, public/arch-arm.h: GUEST_GICV3_GICD_BASE and GUEST_GICV3_GICR0_BASE.
            Self::Xen => Some([0x0300_1000, 0x0302_0000]),
            Self::Paratia(passport) => match passport.gic_bases.map(usize::try_from) {
                [Ok(0) | Err(_), _] | [_, Ok(0) | Err(_)] => None,
                [Ok(distributor), Ok(redistributor)] => Some([distributor, redistributor]),
            },
        }
    }
}

/// The bytes of a device tree; none if there is no tree.
///
/// # Safety
/// `start` points to at least eight bytes; if they begin a tree, it is whole and never changes.
unsafe fn tree(start: *const u8) -> &'static [u8] {
    // SAFETY: the caller's promise.
    let (magic, size) = unsafe {
        (
            start.cast::<u32>().read(),
            start.cast::<u32>().add(1).read(),
        )
    };
    if magic != TREE_MAGIC {
        return &[];
    }
    // SAFETY: the caller's promise; the second word of a tree is its size, big-endian.
    unsafe { core::slice::from_raw_parts(start, size.swap_bytes() as usize) }
}
