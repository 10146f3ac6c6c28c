//! What is wrong with a device tree, in words.

use super::quantity::{hex, index};
use crate::device_tree::MAX_DEPTH;
use crate::refusal::Reason;

/// What the reader of device trees knows: the format's magic number and version, the longest name of
/// a node and the size of the header, in bytes.
const MAGIC: u64 = 0xD00D_FEED;
const VERSION: u32 = 17;
const MAX_NAME_BYTES: usize = 63;
const HEADER_BYTES: usize = 40;

/// What is wrong with a device tree.
pub(super) fn tree(reason: Reason, [a, b, c]: [u64; 3]) -> Option<String> {
    Some(match reason {
        Reason::TreeMisaligned => format!("it starts at {}, which is no multiple of 8", hex(a)),
        Reason::TreeMissing => format!("it starts with {} instead of {}", hex(a), hex(MAGIC)),
        Reason::TreeSize => {
            format!("its size is given as {a} bytes where {HEADER_BYTES} to {b} can be")
        }
        Reason::TreeVersion => {
            format!("its format is version {a}, compatible with {b}, and version {VERSION} is read")
        }
        Reason::TreeBlock => {
            let block = ["reservation", "strings", "structure"];
            let block = block.into_iter().nth(index(a)).unwrap_or("unknown");
            format!(
                "its {block} block of {c} bytes at byte {b} lies outside of it or is not aligned"
            )
        }
        Reason::TreeStrings => "its strings have no end".to_owned(),
        Reason::TreeToken => format!("byte {a} of its structure has the token {b:#x}"),
        Reason::TreeName => format!(
            "the node's name at byte {a} of its structure has no end within {MAX_NAME_BYTES} bytes"
        ),
        Reason::TreeProperty => {
            format!("the property at byte {a} of its structure is misplaced, too long or nameless")
        }
        Reason::TreeNesting => format!("nodes do not nest at byte {a} of its structure"),
        Reason::TreeDepth => {
            format!("nodes nest deeper than {MAX_DEPTH} at byte {a} of its structure")
        }
        Reason::TreeUnfinished => {
            format!("its structure does not end at byte {a} as it should")
        }
        Reason::TreeReader => "it can't be read".to_owned(),
        _ => return None,
    })
}
