//! The memory that a guest of Xen's can name: pages of its own partition's regions, and nothing else.

use paratia_config::Region;
use paratia_config::address::PAGE_BYTES;
use paratia_config::each;
use paratia_config::system::RegionKind;

/// A partition's regions of memory that is cached, as they are declared.
#[derive(Clone, Copy, Debug)]
pub struct Own(&'static [Region]);

/// A page of a partition's own memory. Only [`Own::page`] makes one, so holding one proves that its physical
/// address lies in a region of that partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page(u64);

/// A 64-bit word in such a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Word(u64);

const WITHIN: u64 = PAGE_BYTES - 1;

impl Own {
    /// Those of a declaration.
    #[must_use]
    pub const fn new(regions: &'static [Region]) -> Self {
        Self(regions)
    }

    /// The page with a guest-physical address, if it is the partition's own. It takes as long as there are
    /// regions.
    #[must_use]
    pub const fn page(self, ipa: u64) -> Option<Page> {
        let page = ipa & !WITHIN;
        let regions = self.0;
        each! { region in regions => {
            let offset = page.wrapping_sub(region.ipa.0);
            if offset < region.size_bytes && !matches!(region.kind, RegionKind::FrameBuffer) {
                return Some(Page(region.pa.0.wrapping_add(offset)));
            }
        }}
        None
    }
}

impl Page {
    /// The word with a byte of the page.
    #[inline]
    #[must_use]
    pub const fn word(self, offset: u64) -> Word {
        Word(self.0 | offset & WITHIN & !7)
    }
}

impl Word {
    /// Its physical address, a multiple of 8.
    #[inline]
    #[must_use]
    pub const fn address(self) -> u64 {
        self.0
    }
}

/// Access to words of a guest's memory, which the guest may change at any time.
pub trait Memory {
    /// The word as it is now.
    fn read(&self, word: Word) -> u64;

    /// Writes those bytes of the word that `mask` has: the whole word and each half by one store, others by one
    /// store each.
    fn write(&mut self, word: Word, value: u64, mask: u8);

    /// Clears and sets bits of the word, which others change at the same time; what it was. Nothing if they
    /// change it so often that it can't be done in a bounded time.
    fn change(&mut self, word: Word, clear: u64, set: u64) -> Option<u64>;
}

/// A guest's memory for tests.
#[cfg(test)]
#[allow(missing_docs, reason = "names say it")]
pub mod tests {
    use super::*;
    use paratia_config::{Ipa, Pa};
    use std::cell::RefCell;
    use std::collections::BTreeMap;
    use std::vec::Vec;

    /// A guest's memory as a list of what was written; all else is 0.
    #[derive(Debug, Default)]
    pub struct Fake {
        pub words: BTreeMap<u64, u64>,
        /// Every word that was touched.
        pub touched: RefCell<Vec<u64>>,
        /// Whether another changes every word all the time.
        pub is_contended: bool,
    }

    impl Memory for Fake {
        fn read(&self, word: Word) -> u64 {
            self.touched.borrow_mut().push(word.0);
            self.words.get(&word.0).copied().unwrap_or(0)
        }

        fn write(&mut self, word: Word, value: u64, mask: u8) {
            let before = self.read(word).to_le_bytes();
            let value = value.to_le_bytes();
            let byte = |at: usize| {
                if mask >> at & 1 != 0 {
                    value[at]
                } else {
                    before[at]
                }
            };
            let after = u64::from_le_bytes(core::array::from_fn(byte));
            self.words.insert(word.0, after);
        }

        fn change(&mut self, word: Word, clear: u64, set: u64) -> Option<u64> {
            if self.is_contended {
                return None;
            }
            let before = self.read(word);
            self.words.insert(word.0, before & !clear | set);
            Some(before)
        }
    }

    pub const RAM: Region = Region {
        name: "ram",
        ipa: Ipa(0x4000_0000),
        pa: Pa(0x8000_0000),
        size_bytes: 0x10_0000,
        kind: RegionKind::Ram,
    };
    pub const XEN: Region = Region {
        name: "xen",
        ipa: Ipa(0x3800_0000),
        pa: Pa(0x9000_0000),
        size_bytes: 0x2000,
        kind: RegionKind::Xen,
    };
    pub const PIXELS: Region = Region {
        name: "pixels",
        ipa: Ipa(0x5000_0000),
        pa: Pa(0xA000_0000),
        size_bytes: 0x1000,
        kind: RegionKind::FrameBuffer,
    };
    pub const OWN: Own = Own::new(&[RAM, XEN, PIXELS]);

    /// Whether a physical address is in a region that may be named.
    #[must_use]
    pub fn is_own(address: u64) -> bool {
        [RAM, XEN]
            .iter()
            .any(|region| address.wrapping_sub(region.pa.0) < region.size_bytes)
    }

    #[test]
    fn only_what_is_declared_is_a_page() {
        let page = |ipa| OWN.page(ipa).map(|page| page.word(0).address());
        assert_eq!(page(0x4000_0000), Some(0x8000_0000));
        assert_eq!(page(0x400F_FFFF), Some(0x800F_F000));
        assert_eq!(page(0x3800_1234), Some(0x9000_1000));
        for stray in [
            0,
            0x37FF_FFFF,
            0x3800_2000,
            0x3FFF_FFFF,
            0x4010_0000,
            0x5000_0000,
            u64::MAX,
        ] {
            assert_eq!(page(stray), None, "{stray:#x}");
        }
        let page = OWN.page(0x4000_0000).expect("it is its own");
        for offset in [0, 1, 7, 8, 0xFFF, 0x1000, u64::MAX] {
            assert_eq!(page.word(offset).address() & !0xFF8, 0x8000_0000);
        }
    }
}
