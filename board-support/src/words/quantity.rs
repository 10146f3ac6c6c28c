//! Addresses, ranges and sizes as people write them.

use std::fmt::Write as _;

use paratia_config::address::{MemoryRange, mib};
use paratia_config::text::Text;

/// A value as an index; beyond every list if it is too large.
pub(super) fn index(value: u64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

/// `0x4000_0000`.
pub(super) fn hex(value: u64) -> Text<24> {
    Text::new().hex(value)
}

/// A range of registers as `0x0900_0000..0x0900_1000`.
pub(super) fn range(range: MemoryRange) -> String {
    let text: Text<48> = Text::new().range(range.base.0, range.size_bytes);
    text.to_string()
}

/// RAM as people say it: `256 MiB of RAM at 0x4000_0000`.
pub(super) fn ram(range: MemoryRange) -> String {
    let mut text = size(range.size_bytes);
    let _ = write!(text, " of RAM at {}", hex(range.base.0));
    text
}

/// A size in the largest unit of which it is a whole number.
pub(super) fn size(bytes: u64) -> String {
    if bytes.is_multiple_of(mib(1)) {
        format!("{} MiB", bytes / mib(1))
    } else if bytes.is_multiple_of(1024) {
        format!("{} KiB", bytes / 1024)
    } else {
        format!("{bytes} bytes")
    }
}
