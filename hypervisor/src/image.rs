//! Partitions' pristine images: the pieces that are copied into scrubbed memory before each start.

use paratia_config::system::{Partition, RegionKind};
use paratia_config::{Ipa, Pa};

/// A partition's image.
pub struct Image {
    /// What is copied where.
    pub pieces: &'static [Piece],
    /// Where the partition finds its device tree, if it has one.
    pub device_tree: Option<Ipa>,
}

/// Bytes and their place in a partition's memory.
pub struct Piece {
    /// Where they go: a multiple of a page.
    pub to: Pa,
    /// The bytes, which several partitions' pieces may share.
    pub content: &'static Content,
}

/// Bytes in the read-only part of the hypervisor's image.
pub struct Content {
    /// The program's name, or the file's path.
    pub name: &'static str,
    /// The bytes.
    pub bytes: &'static [u8],
    /// What their SHA-256 was when the image was built.
    pub sha256: [u8; 32],
}

/// The physical address behind a guest-physical one in a partition's RAM.
///
/// # Panics
/// If it has none with room for `bytes`, which the rules find with better words.
#[must_use]
pub const fn physical(partition: &Partition, at: Ipa, bytes: u64) -> Pa {
    let mut index = 0;
    while index < partition.regions.len() {
        let region = &partition.regions[index];
        let is_inside = at.0 >= region.ipa.0 && at.0 + bytes <= region.ipa_end().0;
        if matches!(region.kind, RegionKind::Ram) && is_inside {
            return region.pa.offset(at.0 - region.ipa.0);
        }
        index += 1;
    }
    panic!("a piece of an image lies outside its partition's RAM");
}

#[cfg(test)]
mod tests {
    use paratia_config::system::Region;
    use paratia_config::systems::PLAIN;

    use super::*;

    const LOW: Region = Region {
        name: "low",
        ipa: Ipa(0x4000_0000),
        pa: Pa(0x4800_0000),
        size_bytes: 0x2000,
        kind: RegionKind::Ram,
    };
    const HIGH: Region = Region {
        name: "high",
        ipa: Ipa(0x5000_0000),
        pa: Pa(0x4A00_0000),
        ..LOW
    };
    const PARTITION: Partition = Partition {
        regions: &[LOW, HIGH],
        ..PLAIN
    };

    #[test]
    fn an_address_goes_with_its_region() {
        assert_eq!(
            physical(&PARTITION, Ipa(0x4000_1000), 0x1000),
            Pa(0x4800_1000)
        );
        assert_eq!(
            physical(&PARTITION, Ipa(0x5000_0000), 0x2000),
            Pa(0x4A00_0000)
        );
    }

    #[test]
    #[should_panic = "outside its partition's RAM"]
    fn what_does_not_fit_has_no_address() {
        let _ = physical(&PARTITION, Ipa(0x4000_1000), 0x1001);
    }
}
