//! The nodes of a device tree, one after another, each with the properties that are of interest.

use fdt_rs::base::parse::{ParsedBeginNode, ParsedProp, ParsedTok, next_devtree_token};
use heapless::Vec;
use paratia_config::address::{MemoryRange, Pa};

use super::MAX_DEPTH;
use super::validate::Valid;
use crate::refusal::{Reason, Refusal};

/// A node whose properties have all been read. A property that it lacks is empty here.
pub(super) struct Node<'dt> {
    /// How many nodes it is in; the root is in none.
    pub(super) depth: usize,
    /// The name of the node that it is in.
    pub(super) parent: &'dt [u8],
    /// Those of its properties that are of interest; empty if it has none such.
    values: [&'dt [u8]; Property::COUNT],
    cells: Cells,
}

/// How a node's children write their `reg`: words of an address, words of a size.
#[derive(Clone, Copy)]
struct Cells {
    address: u32,
    size: u32,
}

/// What holds if a node doesn't say (specification, 2.3.5).
const DEFAULT_CELLS: Cells = Cells {
    address: 2,
    size: 1,
};

/// A node that is open: those that begin now are in it.
#[derive(Clone, Copy)]
struct Level<'dt> {
    name: &'dt [u8],
    cells: Cells,
}

/// What the root is in.
const OUTSIDE: Level<'static> = Level {
    name: &[],
    cells: DEFAULT_CELLS,
};

/// The properties that are of interest.
#[derive(Clone, Copy)]
pub(super) enum Property {
    AddressCells,
    Compatible,
    DeviceType,
    /// Of a PSCI node.
    Method,
    Reg,
    SizeCells,
    Status,
}

/// The nodes of a tree, each before those in it.
pub(super) struct Nodes<'dt> {
    tree: Valid<'dt>,
    /// The next token's place.
    offset: usize,
    levels: Vec<Level<'dt>, MAX_DEPTH>,
    /// The node whose properties are being read.
    current: Option<Node<'dt>>,
}

impl<'dt> Nodes<'dt> {
    /// The nodes of a tree.
    pub(super) fn of(tree: Valid<'dt>) -> Self {
        Self {
            tree,
            offset: tree.structure(),
            levels: Vec::new(),
            current: None,
        }
    }

    /// Shows all nodes, one after the other.
    pub(super) fn each(mut self, mut see: impl FnMut(&Node<'dt>)) -> Result<(), Refusal> {
        while let Some(token) = self.next_token()? {
            match token {
                ParsedTok::BeginNode(node) => {
                    self.current.iter().for_each(&mut see);
                    self.begin(node.name)?;
                }
                ParsedTok::EndNode => {
                    self.current.iter().for_each(&mut see);
                    self.end();
                }
                ParsedTok::Prop(property) => self.property(&property),
                ParsedTok::Nop => {}
            }
        }
        Ok(())
    }

    fn next_token(&mut self) -> Result<Option<ParsedTok<'dt>>, Refusal> {
        let start = self.offset;
        // SAFETY: what holding a valid tree proves: a structure block lies at the first offset, at a
        // multiple of four, and the reader goes from token to token, all of which are well-formed.
        let token = unsafe { next_devtree_token(self.tree.bytes(), &mut self.offset) };
        token.or_else(|_| self.long_name(start).map(Some))
    }

    /// The token at `start`, which the reader refused: it takes no name of a node that has more than 29
    /// characters with its unit address, while the specification has 31 for the name alone (2.2.1).
    #[cold]
    fn long_name(&mut self, start: usize) -> Result<ParsedTok<'dt>, Refusal> {
        let (name, end) = self.tree.node_name(start).ok_or(Reason::TreeReader)?;
        self.offset = end;
        Ok(ParsedTok::BeginNode(ParsedBeginNode { name }))
    }

    /// A node begins, which ends the properties of the one that it is in.
    fn begin(&mut self, name: &'dt [u8]) -> Result<(), Refusal> {
        let parent = self.levels.last().copied().unwrap_or(OUTSIDE);
        self.current = Some(Node {
            depth: self.levels.len(),
            parent: parent.name,
            values: [&[]; Property::COUNT],
            cells: parent.cells,
        });
        let level = Level {
            name,
            cells: DEFAULT_CELLS,
        };
        let pushed = self.levels.push(level);
        pushed.map_err(|_| Reason::TreeReader.into())
    }

    /// A node ends, and with it its properties if no node in it ended them before.
    fn end(&mut self) {
        self.levels.pop();
        self.current = None;
    }

    fn property(&mut self, property: &ParsedProp<'dt>) {
        let name = self.tree.strings().get(property.name_offset..);
        let known = name.and_then(Property::named);
        let (Some(known), Some(level)) = (known, self.levels.last_mut()) else {
            return;
        };
        let value = property.prop_buf;
        match known {
            Property::AddressCells => level.cells.address = cell(value, 0).unwrap_or(u32::MAX),
            Property::SizeCells => level.cells.size = cell(value, 0).unwrap_or(u32::MAX),
            _ => {}
        }
        if let Some(node) = &mut self.current {
            node.values[known as usize] = value;
        }
    }
}

impl Property {
    const COUNT: usize = Self::Status as usize + 1;

    /// The property whose name `strings` starts with, if it is of interest. Most aren't, which their
    /// first four letters tell.
    fn named(strings: &[u8]) -> Option<Self> {
        let (first, rest) = strings.split_first_chunk()?;
        let (end, property): (&[u8], _) = match first {
            b"reg\0" => (b"", Self::Reg),
            b"comp" => (b"atible\0", Self::Compatible),
            b"devi" => (b"ce_type\0", Self::DeviceType),
            b"stat" => (b"us\0", Self::Status),
            b"meth" => (b"od\0", Self::Method),
            b"#add" => (b"ress-cells\0", Self::AddressCells),
            b"#siz" => (b"e-cells\0", Self::SizeCells),
            _ => return None,
        };
        rest.starts_with(end).then_some(property)
    }
}

impl Node<'_> {
    /// A property's value.
    #[inline]
    pub(super) fn value(&self, property: Property) -> &[u8] {
        self.values[property as usize]
    }

    /// Whether the device is there to be used (specification, 2.3.4).
    pub(super) fn is_enabled(&self) -> bool {
        let status = self.value(Property::Status);
        status.is_empty() || is(status, b"okay\0") || is(status, b"ok\0")
    }

    /// Its `compatible` strings, the most specific first.
    pub(super) fn compatible(&self) -> impl Iterator<Item = &[u8]> {
        self.value(Property::Compatible).split(|byte| *byte == 0)
    }

    /// Entry `index` of its `reg`, or nothing if it has fewer or wider ones than 64 bits.
    pub(super) fn reg(&self, index: usize) -> Option<MemoryRange> {
        let Cells { address, size } = self.cells;
        if address == 0 || address > 2 || size > 2 {
            return None;
        }
        let entry = index.checked_mul((address + size) as usize)?;
        let reg = self.value(Property::Reg);
        let base = cells(reg, entry, address)?;
        let size_bytes = cells(reg, entry.checked_add(address as usize)?, size)?;
        Some(MemoryRange::new(Pa(base), size_bytes))
    }
}

/// Whether a value is this one; most differ in their length.
#[inline]
pub(super) fn is(value: &[u8], expected: &[u8]) -> bool {
    /// Out of line, for a tree is read once.
    #[inline(never)]
    fn is_same(value: &[u8], expected: &[u8]) -> bool {
        value == expected
    }
    value.len() == expected.len() && is_same(value, expected)
}

/// The number in `count` cells (at most two) from cell `first`.
fn cells(value: &[u8], first: usize, count: u32) -> Option<u64> {
    (0..count as usize).try_fold(0, |number, index| {
        let cell = cell(value, first.checked_add(index)?)?;
        Some(number << 32 | u64::from(cell))
    })
}

/// Cell `index` of a property's value.
fn cell(value: &[u8], index: usize) -> Option<u32> {
    let at = index.checked_mul(4)?;
    let bytes = value.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}
