//! A partition's memory: regions, where it sees them and where they lie.

use crate::address::{Ipa, MemoryRange, Pa};

/// A piece of guest-physical memory and the physical memory behind it.
#[derive(Clone, Copy, Debug)]
pub struct Region {
    /// Its name, for messages.
    pub name: &'static str,
    /// Where the partition sees it; whole pages.
    pub ipa: Ipa,
    /// Where it lies; whole pages. Blocks of 2 MiB are used where `ipa`, `pa` and size allow.
    pub pa: Pa,
    /// Size in bytes; whole pages.
    pub size_bytes: u64,
    /// What it is.
    pub kind: RegionKind,
}

impl Region {
    /// The physical memory behind it.
    #[must_use]
    pub const fn physical(&self) -> MemoryRange {
        MemoryRange::new(self.pa, self.size_bytes)
    }

    /// One past its last guest-physical byte; saturates.
    #[must_use]
    pub const fn ipa_end(&self) -> Ipa {
        Ipa(self.ipa.0.saturating_add(self.size_bytes))
    }

    /// Whether the partition may execute at a guest-physical address because of this region.
    #[must_use]
    pub fn is_executable(&self, address: u64) -> bool {
        self.kind.is_executed() && (self.ipa.0..self.ipa_end().0).contains(&address)
    }
}

/// What a region is; decides its attributes and whether it is scrubbed. The numbers are such that each question the
/// hypervisor asks is one comparison: what is executed comes first, what isn't cached has a bit of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegionKind {
    /// Read, written and executed by the partition; scrubbed before every start.
    Ram,
    /// As [`RegionKind::Ram`], but not for the guest to use as it likes: the pages by which it and the
    /// hypervisor speak as Xen's guests do ([`crate::xen`]). A partition that has them is a guest of Xen's.
    Xen,
    /// As [`RegionKind::Ram`], with a program at its base that answers the calls of the unikernel beside it, in
    /// the unikernel's own partition ([`crate::solo5`]).
    Tender,
    /// Instructions: read and executed by the partition, never written; scrubbed before every start.
    Text,
    /// Constants: only read by the partition; scrubbed before every start.
    Constant,
    /// Variables: read and written by the partition, never executed; scrubbed before every start.
    Data,
    /// Pixels: read and written, not cached, never executed; scrubbed before every start.
    FrameBuffer = 8,
}

impl RegionKind {
    /// Whether the partition may execute there.
    #[must_use]
    pub const fn is_executed(self) -> bool {
        matches!(self, Self::Ram | Self::Xen | Self::Tender | Self::Text)
    }

    /// Whether it is cached.
    #[must_use]
    pub const fn is_cached(self) -> bool {
        self as u8 & Self::FrameBuffer as u8 == 0
    }

    /// Whether a piece of the partition's image may lie there.
    #[must_use]
    pub const fn holds_image(self) -> bool {
        !matches!(self, Self::FrameBuffer | Self::Xen)
    }

    /// Whether the partition may use all of it as it likes, and a message window may lie there.
    #[must_use]
    pub const fn is_ram(self) -> bool {
        matches!(self, Self::Ram | Self::Tender)
    }
}
