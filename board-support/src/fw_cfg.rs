//! QEMU's firmware configuration: files that the machine offers and takes (QEMU's
//! `docs/specs/fw_cfg.rst`). Everything in it is big-endian.
//!
//! The directory is read through the data register; a file is written through the DMA port, the
//! only way that current QEMU has for it.

#[cfg(target_os = "none")]
mod port;

use core::fmt;

use crate::refusal::{Reason, Refusal};

#[cfg(target_os = "none")]
pub use port::FwCfg;

/// What the DMA port's register reads as when there is one: `QEMU CFG`.
#[cfg(target_os = "none")]
const SIGNATURE: u64 = 0x5145_4D55_2043_4647;

/// The key of the directory.
#[cfg(target_os = "none")]
const DIRECTORY: u16 = 0x0019;

/// Bytes of an entry of the directory: size, key, two unused, and a name padded with zeros.
const ENTRY_BYTES: usize = 64;

/// How many entries are looked at. QEMU's `virt` has some twenty; more than this is no directory.
const MAX_FILES: u32 = 256;

/// Control bits of a DMA access.
mod control {
    pub(super) const ERROR: u32 = 1 << 0;
    pub(super) const SELECT: u32 = 1 << 3;
    pub(super) const WRITE: u32 = 1 << 4;
}

/// Bytes that one [`DmaBuffer`] carries.
const PAYLOAD_BYTES: usize = 32;

/// Bytes of the structure that asks for a DMA access: control, length, address.
const ACCESS_BYTES: usize = 16;

/// Memory for one DMA access, of the caller so that it can say where it lies.
#[repr(C, align(64))]
pub struct DmaBuffer {
    access: [u8; ACCESS_BYTES],
    payload: [u8; PAYLOAD_BYTES],
}

/// A file of the configuration, found in its directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct File {
    key: u16,
    size_bytes: u32,
}

impl DmaBuffer {
    /// An empty one.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            access: [0; ACCESS_BYTES],
            payload: [0; PAYLOAD_BYTES],
        }
    }
}

impl Default for DmaBuffer {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for DmaBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DmaBuffer")
    }
}

/// The structure that asks QEMU to write `length` bytes from physical `address` to the file `key`.
fn encode_write(key: u16, length: u32, address: u64) -> [u8; ACCESS_BYTES] {
    let control = u32::from(key) << 16 | control::SELECT | control::WRITE;
    let all = u128::from(control) << 96 | u128::from(length) << 64 | u128::from(address);
    all.to_be_bytes()
}

/// What an access's control word says: finished, refused, or still under way.
fn decode_control(control: u32) -> Option<Result<(), Refusal>> {
    if control & control::ERROR != 0 {
        Some(Err(Reason::FwCfgRefused.with(control.into(), 0, 0)))
    } else if control == 0 {
        Some(Ok(()))
    } else {
        None
    }
}

/// Looks for the file `name` in the directory, whose bytes `next` gives four at a time.
fn find(mut next: impl FnMut() -> [u8; 4], name: &str) -> Option<File> {
    let count = u32::from_be_bytes(next()).min(MAX_FILES);
    (0..count).find_map(|_| {
        let mut entry = [0; ENTRY_BYTES];
        for word in entry.chunks_exact_mut(4) {
            word.copy_from_slice(&next());
        }
        decode_entry(&entry, name)
    })
}

/// The file that an entry of the directory describes, if its name is `name`.
fn decode_entry(entry: &[u8; ENTRY_BYTES], name: &str) -> Option<File> {
    let [s0, s1, s2, s3, k0, k1, _, _, padded @ ..] = entry;
    let (text, padding) = padded.split_at_checked(name.len())?;
    if text != name.as_bytes() || padding.first() != Some(&0) {
        return None;
    }
    Some(File {
        key: u16::from_be_bytes([*k0, *k1]),
        size_bytes: u32::from_be_bytes([*s0, *s1, *s2, *s3]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(size: u32, key: u16, name: &[u8]) -> [u8; ENTRY_BYTES] {
        let mut entry = [0; ENTRY_BYTES];
        entry[..4].copy_from_slice(&size.to_be_bytes());
        entry[4..6].copy_from_slice(&key.to_be_bytes());
        entry[8..8 + name.len()].copy_from_slice(name);
        entry
    }

    fn search(count: u32, entries: &[[u8; ENTRY_BYTES]], name: &str) -> (Option<File>, usize) {
        let mut bytes = count.to_be_bytes().to_vec();
        bytes.extend(entries.iter().flatten());
        let mut words = bytes.chunks(4).map(|word| word.try_into().unwrap());
        let mut reads = 0;
        let found = find(
            || {
                reads += 1;
                words.next().unwrap_or([0; 4])
            },
            name,
        );
        (found, reads)
    }

    #[test]
    fn the_access_selects_and_writes_big_endian() {
        assert_eq!(
            encode_write(0x002A, 28, 0x0000_0001_4100_0040),
            [0, 0x2A, 0, 0x18, 0, 0, 0, 28, 0, 0, 0, 1, 0x41, 0, 0, 0x40]
        );
    }

    #[test]
    fn the_control_word_tells_how_it_went() {
        assert_eq!(decode_control(0), Some(Ok(())));
        assert_eq!(decode_control(0x002A_0018), None);
        let refused = Err(Reason::FwCfgRefused.with(1, 0, 0));
        assert_eq!(decode_control(1), Some(refused));
    }

    #[test]
    fn a_file_is_found_by_its_whole_name() {
        let entries = [
            entry(1, 0x20, b"etc/ramf"),
            entry(2, 0x21, b"etc/ramfb2"),
            entry(28, 0x22, b"etc/ramfb"),
            entry(4, 0x23, b"etc/ramfb"),
        ];
        let file = File {
            key: 0x22,
            size_bytes: 28,
        };
        assert_eq!(search(4, &entries, "etc/ramfb").0, Some(file));
        assert_eq!(search(2, &entries, "etc/ramfb").0, None);
        assert_eq!(search(0, &[], "etc/ramfb").0, None);
    }

    #[test]
    fn a_name_that_fills_the_entry_is_no_match_for_a_longer_one() {
        let full = [b'a'; 56];
        let longer = "a".repeat(57);
        let entries = [entry(1, 2, &full)];
        assert_eq!(search(1, &entries, &longer).0, None);
        assert_eq!(search(1, &entries, &longer[..56]).0, None);
        assert_eq!(search(1, &entries, &longer[..55]).0, None);
    }

    #[test]
    fn a_directory_of_nonsense_is_read_only_so_far() {
        let (found, reads) = search(u32::MAX, &[], "etc/ramfb");
        assert_eq!(found, None);
        assert_eq!(reads, 1 + 256 * 16);
    }
}
