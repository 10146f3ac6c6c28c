//! The channels that the device tree tells of (docs/linux.md), as Linux shows it: a folder for each node, a file
//! for each property, big-endian.

use core::ffi::CStr;

use crate::channel::{Channel, Form, Name, Queue};
use crate::linux::File;
use crate::{Failure, wrong};

const FOLDER: &[u8] = b"/proc/device-tree/channels";
/// The nodes' names begin so; an address follows.
const NODE: &[u8] = b"channel@";
/// Where an entry of a folder has its own length, and its name (`include/linux/dirent.h`).
const ENTRY_LENGTH: usize = 16;
const ENTRY_NAME: usize = 19;
/// More than any path here has.
const PATH_BYTES: usize = 128;

/// The channel at the port with this name.
pub fn find(port: &str) -> Result<Channel, Failure> {
    let mut found = None;
    each(|channel| {
        if channel.port.as_str() == port {
            found = Some(channel);
        }
        Ok(())
    })?;
    found.ok_or(wrong(
        "there is no such channel; `channel` says which there are",
    ))
}

/// Looks at all channels, one after the other.
pub fn each(mut look: impl FnMut(Channel) -> Result<(), Failure>) -> Result<(), Failure> {
    let none = wrong("the device tree has no channels");
    let folder = Path::of(&[FOLDER]).and_then(|path| File::open(path.text()?));
    let folder = folder.ok_or(none)?;
    let mut buffer = [0; 1024];
    loop {
        let filled = folder.entries(&mut buffer);
        let filled = filled.ok_or(wrong("the device tree can't be read"))?;
        if filled == 0 {
            return Ok(());
        }
        let mut entries = &buffer[..filled];
        while let Some((name, others)) = entry(entries) {
            entries = others;
            if name.starts_with(NODE) {
                let channel = channel(name);
                look(channel.ok_or(wrong("a channel's node isn't as docs/linux.md has it"))?)?;
            }
        }
    }
}

/// The first entry's name, and the entries behind it.
fn entry(entries: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = entries.get(ENTRY_LENGTH..ENTRY_LENGTH + 2)?;
    let length = u16::from_le_bytes(length.try_into().ok()?);
    let (entry, others) = entries.split_at_checked(length.into())?;
    let name = CStr::from_bytes_until_nul(entry.get(ENTRY_NAME..)?).ok()?;
    Some((name.to_bytes(), others))
}

/// The channel of a node.
fn channel(node: &[u8]) -> Option<Channel> {
    let property = |name: &[u8]| Property::of(node, name);
    let reg = property(b"reg")?;
    let form = property(b"paratia,form")?;
    let slots = || {
        let (slots, bytes) = (
            property(b"paratia,slots")?,
            property(b"paratia,slot-bytes")?,
        );
        Some((slots.cell(0)?, bytes.number(0)?))
    };
    let form = match form.string()? {
        "sampling" => Form::Sampling,
        "queuing" => Form::Queuing,
        "shared" => Form::Shared,
        _ => return None,
    };
    let (slots, slot_bytes) = match form {
        Form::Shared => (0, 0),
        Form::Sampling | Form::Queuing => slots()?,
    };
    let reader_page = match form {
        Form::Queuing => Some(property(b"paratia,reader-page")?.number(0)?),
        Form::Sampling | Form::Shared => None,
    };
    Some(Channel {
        port: Name::of(property(b"label")?.string()?)?,
        form,
        base: reg.number(0)?,
        bytes: reg.number(1)?,
        is_writable: property(b"paratia,writable").is_some(),
        queue: Queue {
            slots,
            slot_bytes,
            reader_page,
        },
    })
}

/// A property's bytes.
struct Property {
    bytes: [u8; Name::MOST],
    length: usize,
}

impl Property {
    /// A node's property, if it has it and that is no longer than those of channels are.
    fn of(node: &[u8], name: &[u8]) -> Option<Self> {
        let path = Path::of(&[FOLDER, b"/", node, b"/", name])?;
        let file = File::open(path.text()?)?;
        let mut bytes = [0; Name::MOST];
        let length = file.read(&mut bytes)?;
        Some(Self { bytes, length })
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// The 64-bit number at this place among such.
    fn number(&self, at: usize) -> Option<u64> {
        let bytes = self.bytes().get(8 * at..8 * at + 8)?;
        Some(u64::from_be_bytes(bytes.try_into().ok()?))
    }

    /// The 32-bit number at this place among such.
    fn cell(&self, at: usize) -> Option<u32> {
        let bytes = self.bytes().get(4 * at..4 * at + 4)?;
        Some(u32::from_be_bytes(bytes.try_into().ok()?))
    }

    fn string(&self) -> Option<&str> {
        let text = CStr::from_bytes_until_nul(self.bytes()).ok()?;
        text.to_str().ok()
    }
}

/// A path, made of parts, with a zero byte behind it.
struct Path([u8; PATH_BYTES]);

impl Path {
    fn of(parts: &[&[u8]]) -> Option<Self> {
        let mut path = [0; PATH_BYTES];
        let mut length = 0;
        for part in parts {
            let end = length + part.len();
            // Not the last byte: that stays zero.
            path[..PATH_BYTES - 1]
                .get_mut(length..end)?
                .copy_from_slice(part);
            length = end;
        }
        Some(Self(path))
    }

    fn text(&self) -> Option<&CStr> {
        CStr::from_bytes_until_nul(&self.0).ok()
    }
}
