//! Archives of the format `newc`, in which Linux takes an initial RAM disk
//! (`Documentation/driver-api/early-userspace/buffer-format.rst`).
//!
//! Written here, because what is needed is one function and no reading; the crates that know the
//! format do both, by way of a reader for every file.

/// Kinds of entries, as in the mode of a file (`S_IFDIR` and so on).
const DIRECTORY: u32 = 0o040_000;
const REGULAR: u32 = 0o100_000;
const LINK: u32 = 0o120_000;
/// The entry that ends an archive.
const TRAILER: &str = "TRAILER!!!";

/// An archive in the making. Everything in it belongs to root and dates from 1970, so that the same
/// contents make the same bytes.
#[derive(Debug, Default)]
pub struct Archive {
    bytes: Vec<u8>,
    entries: u32,
}

impl Archive {
    /// Adds a directory; those above it come first.
    #[must_use]
    pub fn directory(self, path: &str) -> Self {
        self.entry(path, DIRECTORY | 0o755, &[])
    }

    /// Adds a file that can be executed.
    #[must_use]
    pub fn program(self, path: &str, contents: &[u8]) -> Self {
        self.entry(path, REGULAR | 0o755, contents)
    }

    /// Adds a symbolic link.
    #[must_use]
    pub fn link(self, path: &str, target: &str) -> Self {
        self.entry(path, LINK | 0o777, target.as_bytes())
    }

    /// The archive.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        let mut bytes = self.entry(TRAILER, 0, &[]).bytes;
        // Linux takes the end on any multiple of four; other readers expect blocks.
        bytes.resize(bytes.len().next_multiple_of(512), 0);
        bytes
    }

    fn entry(mut self, path: &str, mode: u32, contents: &[u8]) -> Self {
        self.entries += 1;
        let (name_size, file_size) = (word(path.len() + 1), word(contents.len()));
        // Magic; inode, mode, user, group, links, time, size; device and special device, two words
        // each; size of the name with its zero, checksum.
        self.bytes.extend(b"070701");
        for field in [
            self.entries,
            mode,
            0,
            0,
            1,
            0,
            file_size,
            0,
            0,
            0,
            0,
            name_size,
            0,
        ] {
            self.bytes.extend(format!("{field:08X}").bytes());
        }
        self.bytes.extend(path.bytes());
        self.bytes.push(0);
        self.pad();
        self.bytes.extend(contents);
        self.pad();
        self
    }

    fn pad(&mut self) {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }
}

/// A size as the format holds it.
fn word(size: usize) -> u32 {
    size.try_into().expect("an initial RAM disk below 4 GiB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_to_the_byte() {
        let bytes = Archive::default().program("init", b"#!").finish();
        let head = b"070701\
                     00000001000081ED00000000000000000000000100000000\
                     0000000200000000000000000000000000000000\
                     0000000500000000init\0\0";
        assert_eq!(bytes[..head.len()], head[..]);
        assert_eq!(bytes[head.len()..head.len() + 4], *b"#!\0\0");
        assert_eq!(bytes[head.len() + 4..][..6], *b"070701");
        assert_eq!(bytes.len(), 512);
    }

    #[test]
    fn every_entry_starts_on_a_multiple_of_four() {
        let archive = Archive::default()
            .directory("dev")
            .link("bin/sh", "busybox")
            .program("x", &[1; 5]);
        let bytes = archive.finish();
        let starts = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(b"070701"));
        let starts: Vec<usize> = starts.collect();
        assert_eq!(starts.len(), 4);
        assert!(starts.iter().all(|start| start.is_multiple_of(4)));
    }
}
