//! Is this a device tree, whole and well-formed? Every token is looked at, nothing is trusted.
//!
//! What it proves, the reader relies on: the slice is as long as the header says and aligned; blocks
//! lie within it; every token, name, property and padding lies within the structure block; names
//! of properties end within the strings; nodes nest, at most [`MAX_DEPTH`] deep; and the last token
//! ends the block and is not the last word of the tree (the reader asserts that more follows).

use core::fmt;

use paratia_config::text::Text;
use zerocopy::FromBytes as _;

/// How deep nodes may nest, the root included. QEMU's `virt` needs 6.
pub const MAX_DEPTH: usize = 16;

/// Bytes of the longest node name that the reader takes, its unit address included.
const MAX_NAME_BYTES: usize = 29;

/// Words of that name and its final zero, and how many bytes of the last word these reach into.
const MAX_NAME_WORDS: usize = (MAX_NAME_BYTES + 1).div_ceil(4);
const LAST_BYTES: usize = MAX_NAME_BYTES % 4 + 1;

/// First word of a tree.
const MAGIC: u32 = 0xD00D_FEED;
/// Bytes of the header.
const HEADER_BYTES: usize = 40;
/// The version of the format that is read here; later ones say whether they are compatible.
const VERSION: u32 = 17;

const BEGIN_NODE: u32 = 1;
const END_NODE: u32 = 2;
const PROPERTY: u32 = 3;
const NOP: u32 = 4;
const END: u32 = 9;

/// What is wrong with a tree. Offsets are in bytes; those of tokens, names and properties count
/// from the start of the structure block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The tree doesn't start at a multiple of 8.
    Misaligned {
        /// Where it starts.
        address: u64,
    },
    /// No tree at all: another word stands where the magic number should.
    Missing {
        /// That word.
        magic: u32,
    },
    /// The tree's size isn't one that it can have here.
    TotalSize {
        /// The size that the header gives.
        total_bytes: usize,
        /// The room that there is.
        available_bytes: usize,
    },
    /// The format is one that can't be read.
    Version {
        /// The format's version.
        version: u32,
        /// The oldest version that it is compatible with.
        compatible: u32,
    },
    /// A block lies outside of the tree, or isn't aligned.
    Block {
        /// Which.
        block: &'static str,
        /// Its offset.
        offset: usize,
        /// Its size.
        bytes: usize,
    },
    /// The strings don't end with a zero.
    Strings,
    /// A word that is no token.
    Token {
        /// Where.
        offset: usize,
        /// The word.
        token: u32,
    },
    /// A node's name has no end, or is longer than can be read.
    Name {
        /// Where it starts.
        offset: usize,
    },
    /// A property reaches beyond the block, has no name, or stands outside of a node's head.
    Property {
        /// Where its token stands.
        offset: usize,
    },
    /// Nodes don't nest: more ends than beginnings, or several roots.
    Nesting {
        /// Where that shows.
        offset: usize,
    },
    /// Nodes nest deeper than [`MAX_DEPTH`].
    Depth {
        /// Where that shows.
        offset: usize,
    },
    /// The structure ends before all nodes do, or goes on after its end.
    Unfinished {
        /// Where that shows.
        offset: usize,
    },
    /// `fdt-rs` refused what passed the checks here.
    Reader,
}

/// The tree at the start of `bytes`, exactly as long as it says and well-formed throughout.
pub(super) fn validate(bytes: &[u8]) -> Result<&[u8], Fault> {
    let address = bytes.as_ptr().addr() as u64;
    if !address.is_multiple_of(8) {
        return Err(Fault::Misaligned { address });
    }
    let tree = whole(bytes)?;
    let version = field(tree, 5)?;
    let compatible = field(tree, 6)?;
    if version < VERSION || compatible > VERSION {
        return Err(Fault::Version {
            version,
            compatible,
        });
    }
    // Nothing reads the reservations, but the reader wants them aligned.
    block(tree, "reservation block", offset(tree, 4)?, 0, 8)?;
    let strings = block(tree, "strings block", offset(tree, 3)?, offset(tree, 8)?, 1)?;
    if strings.last() != Some(&0) {
        return Err(Fault::Strings);
    }
    let start = offset(tree, 2)?;
    let size = offset(tree, 9)?;
    // One word more than the block has, because the reader asserts that its end isn't the tree's.
    block(tree, "structure block", start, size.saturating_add(4), 4)?;
    let bytes = block(tree, "structure block", start, size, 4)?;
    // The tree is aligned, and so is the block in it.
    let whole = bytes.get(..size & !3).unwrap_or_default();
    let words = <[u32]>::ref_from_bytes(whole).map_err(|_| Fault::Misaligned { address })?;
    Structure::new(words, size, strings.len()).walk()?;
    Ok(tree)
}

/// As much of `bytes` as the header says that the tree has.
fn whole(bytes: &[u8]) -> Result<&[u8], Fault> {
    let total_size = |total_bytes| Fault::TotalSize {
        total_bytes,
        available_bytes: bytes.len(),
    };
    let magic = word(bytes, 0).ok_or(total_size(0))?;
    if magic != MAGIC {
        return Err(Fault::Missing { magic });
    }
    let total_bytes = word(bytes, 4).ok_or(total_size(0))? as usize;
    match bytes.get(..total_bytes) {
        Some(tree) if total_bytes >= HEADER_BYTES => Ok(tree),
        _ => Err(total_size(total_bytes)),
    }
}

/// The header's field number `index`.
fn field(tree: &[u8], index: usize) -> Result<u32, Fault> {
    word(tree, 4 * index).ok_or(Fault::TotalSize {
        total_bytes: tree.len(),
        available_bytes: tree.len(),
    })
}

/// The header's field number `index`, a number of bytes.
fn offset(tree: &[u8], index: usize) -> Result<usize, Fault> {
    field(tree, index).map(|value| value as usize)
}

/// A block of the tree that lies behind the header, aligned.
fn block<'a>(
    tree: &'a [u8],
    block: &'static str,
    offset: usize,
    bytes: usize,
    alignment: usize,
) -> Result<&'a [u8], Fault> {
    let fault = Fault::Block {
        block,
        offset,
        bytes,
    };
    let end = offset.checked_add(bytes).ok_or(fault)?;
    if offset < HEADER_BYTES || !offset.is_multiple_of(alignment) {
        return Err(fault);
    }
    tree.get(offset..end).ok_or(fault)
}

/// The big-endian word at byte `at`.
fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let word = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(word.try_into().ok()?))
}

/// Whether one of a word's bytes is zero: only then does a borrow set the top bit of one that had none
/// set.
const fn ends_text(word: u32) -> bool {
    word.wrapping_sub(0x0101_0101) & !word & 0x8080_8080 != 0
}

/// A walk over the structure block. Each step goes at least a word further, so that it ends.
struct Structure<'a> {
    /// What lies ahead, big-endian.
    rest: &'a [u32],
    /// All words, and bytes.
    words: usize,
    bytes: usize,
    strings_bytes: usize,
    depth: usize,
    /// Whether a root has begun.
    rooted: bool,
    /// Whether properties may follow: a node began, and neither it nor a child of it ended.
    in_head: bool,
}

impl<'a> Structure<'a> {
    fn new(words: &'a [u32], bytes: usize, strings_bytes: usize) -> Self {
        Self {
            rest: words,
            words: words.len(),
            bytes,
            strings_bytes,
            depth: 0,
            rooted: false,
            in_head: false,
        }
    }

    fn walk(mut self) -> Result<(), Fault> {
        loop {
            let offset = self.offset();
            let token = self.take_word().ok_or(Fault::Unfinished { offset })?;
            match token {
                BEGIN_NODE => self.begin_node(offset)?,
                END_NODE => self.end_node(offset)?,
                PROPERTY => self.property(offset)?,
                NOP => {}
                END => return self.end(offset),
                _ => return Err(Fault::Token { offset, token }),
            }
        }
    }

    fn begin_node(&mut self, offset: usize) -> Result<(), Fault> {
        if self.depth == 0 && self.rooted {
            return Err(Fault::Nesting { offset });
        }
        if self.depth == MAX_DEPTH {
            return Err(Fault::Depth { offset });
        }
        let name = Fault::Name {
            offset: self.offset(),
        };
        let last = self.rest.iter().take(MAX_NAME_WORDS);
        let last = last.clone().position(|word| ends_text(*word)).ok_or(name)?;
        let too_long = |word: &u32| {
            word.to_ne_bytes()[..LAST_BYTES]
                .iter()
                .all(|byte| *byte != 0)
        };
        if last + 1 == MAX_NAME_WORDS && self.rest.get(last).is_some_and(too_long) {
            return Err(name);
        }
        self.skip(last + 1).ok_or(name)?;
        self.rooted = true;
        self.in_head = true;
        self.depth += 1;
        Ok(())
    }

    fn end_node(&mut self, offset: usize) -> Result<(), Fault> {
        self.depth = self.depth.checked_sub(1).ok_or(Fault::Nesting { offset })?;
        self.in_head = false;
        Ok(())
    }

    fn property(&mut self, offset: usize) -> Result<(), Fault> {
        let fault = Fault::Property { offset };
        let length = self.take_word().ok_or(fault)? as usize;
        let name = self.take_word().ok_or(fault)? as usize;
        if !self.in_head || name >= self.strings_bytes {
            return Err(fault);
        }
        self.skip(length.div_ceil(4)).ok_or(fault)
    }

    fn end(&self, offset: usize) -> Result<(), Fault> {
        if self.depth == 0 && self.rooted && self.offset() == self.bytes {
            Ok(())
        } else {
            Err(Fault::Unfinished { offset })
        }
    }

    /// Where it is in the block, a multiple of 4.
    fn offset(&self) -> usize {
        4 * (self.words.wrapping_sub(self.rest.len()))
    }

    #[inline]
    fn take_word(&mut self) -> Option<u32> {
        let (word, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(u32::from_be(*word))
    }

    /// Goes `words` on, if the block has that many.
    #[inline]
    fn skip(&mut self, words: usize) -> Option<()> {
        self.rest = self.rest.get(words..)?;
        Some(())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Misaligned { address } => write!(
                f,
                "it starts at {}, which is no multiple of 8",
                Text::<24>::new().hex(address)
            ),
            Self::Missing { magic } => write!(
                f,
                "it starts with {} instead of {}",
                Text::<24>::new().hex(magic.into()),
                Text::<24>::new().hex(MAGIC.into())
            ),
            Self::TotalSize {
                total_bytes,
                available_bytes,
            } => write!(
                f,
                "its size is given as {total_bytes} bytes where {HEADER_BYTES} to \
                 {available_bytes} can be"
            ),
            Self::Version {
                version,
                compatible,
            } => write!(
                f,
                "its format is version {version}, compatible with {compatible}, and version \
                 {VERSION} is read"
            ),
            Self::Block {
                block,
                offset,
                bytes,
            } => write!(
                f,
                "its {block} of {bytes} bytes at byte {offset} lies outside of it or is not \
                 aligned"
            ),
            Self::Strings => f.write_str("its strings have no end"),
            Self::Token { offset, token } => {
                write!(f, "byte {offset} of its structure has the token {token:#x}")
            }
            Self::Name { offset } => write!(
                f,
                "the node's name at byte {offset} of its structure has no end within \
                 {MAX_NAME_BYTES} bytes"
            ),
            Self::Property { offset } => write!(
                f,
                "the property at byte {offset} of its structure is misplaced, too long or nameless"
            ),
            Self::Nesting { offset } => {
                write!(f, "nodes do not nest at byte {offset} of its structure")
            }
            Self::Depth { offset } => write!(
                f,
                "nodes nest deeper than {MAX_DEPTH} at byte {offset} of its structure"
            ),
            Self::Unfinished { offset } => {
                write!(
                    f,
                    "its structure does not end at byte {offset} as it should"
                )
            }
            Self::Reader => f.write_str("it can't be read"),
        }
    }
}
