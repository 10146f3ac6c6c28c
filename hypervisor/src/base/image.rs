//! Partitions' pristine images: the pieces that are copied into scrubbed memory before each start.

use paratia_config::{Ipa, Pa};

/// A partition's image as it was built in, of whatever kind its configuration names.
pub struct BuiltImage {
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
