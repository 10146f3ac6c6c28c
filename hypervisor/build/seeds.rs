//! Where a device tree has the seeds that each start fills in.

/// Tokens of the structure block (Devicetree Specification 0.4, 5.4.1).
const BEGIN_NODE: u32 = 1;
const END_NODE: u32 = 2;
const PROPERTY: u32 = 3;
const NOP: u32 = 4;

/// The place of a property's value in a tree: of the one called `name` in `/chosen`, if it has `bytes` bytes.
pub fn place(tree: &[u8], name: &str, bytes: u64) -> Option<u64> {
    let (mut at, strings) = (word(tree, 8)?, word(tree, 12)?);
    let (mut depth, mut is_chosen) = (0_u32, false);
    loop {
        let token = word(tree, at)?;
        at += 4;
        match token {
            BEGIN_NODE => {
                let node = text(tree, at)?;
                is_chosen = depth == 1 && node == b"chosen";
                depth += 1;
                at = (at + u32::try_from(node.len()).ok()? + 1).next_multiple_of(4);
            }
            END_NODE => {
                is_chosen = false;
                depth = depth.checked_sub(1)?;
            }
            PROPERTY => {
                let (size, named) = (word(tree, at)?, word(tree, at + 4)?);
                at += 8;
                if is_chosen && text(tree, strings + named)? == name.as_bytes() {
                    return (u64::from(size) == bytes).then_some(at.into());
                }
                at = (at + size).next_multiple_of(4);
            }
            NOP => {}
            _ => return None,
        }
    }
}

/// The big-endian word at a byte of the tree.
fn word(tree: &[u8], at: u32) -> Option<u32> {
    let bytes = tree.get(at as usize..)?.first_chunk()?;
    Some(u32::from_be_bytes(*bytes))
}

/// The text at a byte of the tree, up to its zero.
fn text(tree: &[u8], at: u32) -> Option<&[u8]> {
    tree.get(at as usize..)?.split(|byte| *byte == 0).next()
}
