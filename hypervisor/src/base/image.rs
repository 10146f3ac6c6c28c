//! Partitions' pristine images: the pieces that are copied into scrubbed memory before each start.

use paratia_config::{Ipa, Pa};

/// A partition's image as it was built in, of whatever kind its configuration names.
pub struct BuiltImage {
    /// What is copied where.
    pub pieces: &'static [Piece],
    /// Where the partition finds its device tree, if it has one.
    pub device_tree: Option<Ipa>,
    /// Where that has its seeds, if the tool gave it some to fill in.
    pub seeds: Option<Seeds>,
}

/// The places of a device tree's seeds in the partition's memory: properties of `/chosen` as the tree's format
/// has them, whose values each start writes anew.
#[derive(Clone, Copy)]
pub struct Seeds {
    /// Where Linux's own place in memory is chosen by: the value of `kaslr-seed`, 8 bytes.
    pub kaslr: Pa,
    /// What its random numbers begin with: the value of `rng-seed`, 32 bytes.
    pub random: Pa,
}

/// Bytes and their place in a partition's memory.
pub struct Piece {
    /// Where they go: a multiple of a page.
    pub to: Pa,
    /// The bytes, which several partitions' pieces may share.
    pub content: &'static Content,
    /// Whether no piece before it, of this partition's or an earlier one's, has the same content.
    pub is_first: bool,
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
