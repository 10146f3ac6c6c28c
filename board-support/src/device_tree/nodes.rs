//! The nodes of a device tree, one after another, each with the properties that are of interest.

use fdt_rs::base::DevTree;
use fdt_rs::base::iters::DevTreeParseIter;
use fdt_rs::base::parse::{ParsedProp, ParsedTok};
use fdt_rs::prelude::FallibleIterator;
use heapless::Vec;
use paratia_config::address::{MemoryRange, Pa};

use super::MAX_DEPTH;
use crate::refusal::{Reason, Refusal};

/// A node whose properties have all been read. A property that it lacks is empty here.
pub(super) struct Node<'dt> {
    /// How many nodes it is in; the root is in none.
    pub(super) depth: usize,
    /// The name of the node that it is in.
    pub(super) parent: &'dt [u8],
    /// `device_type`.
    pub(super) device_type: &'dt [u8],
    /// `method`, of a PSCI node.
    pub(super) method: &'dt [u8],
    compatible: &'dt [u8],
    reg: &'dt [u8],
    status: &'dt [u8],
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

/// The properties that are of interest.
#[derive(Clone, Copy)]
enum Property {
    AddressCells,
    Compatible,
    DeviceType,
    Method,
    Reg,
    SizeCells,
    Status,
}

/// The nodes of a tree, each before those in it.
pub(super) struct Nodes<'a, 'dt> {
    tokens: DevTreeParseIter<'a, 'dt>,
    strings: &'dt [u8],
    levels: Vec<Level<'dt>, MAX_DEPTH>,
    /// The node whose properties are being read.
    current: Option<Node<'dt>>,
}

impl<'a, 'dt> Nodes<'a, 'dt> {
    /// The nodes of `tree`, which must have been validated.
    pub(super) fn of(tree: &'a DevTree<'dt>) -> Self {
        Self {
            tokens: tree.parse_iter(),
            strings: tree.buf().get(tree.off_dt_strings()..).unwrap_or_default(),
            levels: Vec::new(),
            current: None,
        }
    }

    /// Shows all nodes, one after the other.
    pub(super) fn each(mut self, mut see: impl FnMut(&Node<'dt>)) -> Result<(), Refusal> {
        while let Some(token) = self.tokens.next().map_err(|_| Reason::TreeReader)? {
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

    /// A node begins, which ends the properties of the one that it is in.
    fn begin(&mut self, name: &'dt [u8]) -> Result<(), Refusal> {
        let parent = self.levels.last().copied().unwrap_or(Level {
            name: &[],
            cells: DEFAULT_CELLS,
        });
        self.current = Some(Node {
            depth: self.levels.len(),
            parent: parent.name,
            device_type: &[],
            method: &[],
            compatible: &[],
            reg: &[],
            status: &[],
            cells: parent.cells,
        });
        let level = Level {
            name,
            cells: DEFAULT_CELLS,
        };
        self.levels
            .push(level)
            .map_err(|_| Reason::TreeReader.into())
    }

    /// A node ends, and with it its properties if no node in it ended them before.
    fn end(&mut self) {
        self.levels.pop();
        self.current = None;
    }

    fn property(&mut self, property: &ParsedProp<'dt>) {
        let name = self.strings.get(property.name_offset..).unwrap_or_default();
        let value = property.prop_buf;
        let Some(known) = Property::named(name) else {
            return;
        };
        if let Some(level) = self.levels.last_mut() {
            match known {
                Property::AddressCells => level.cells.address = cell(value, 0).unwrap_or(u32::MAX),
                Property::SizeCells => level.cells.size = cell(value, 0).unwrap_or(u32::MAX),
                _ => {}
            }
        }
        if let Some(node) = &mut self.current {
            match known {
                Property::Reg => node.reg = value,
                Property::Compatible => node.compatible = value,
                Property::DeviceType => node.device_type = value,
                Property::Status => node.status = value,
                Property::Method => node.method = value,
                _ => {}
            }
        }
    }
}

impl Property {
    /// The property whose name `strings` starts with, if it is of interest. Most aren't, so its
    /// first letter sorts them out before anything is compared.
    fn named(strings: &[u8]) -> Option<Self> {
        let candidates: &[(&[u8], Self)] = match strings.first()? {
            b'#' => &[
                (b"#address-cells\0", Self::AddressCells),
                (b"#size-cells\0", Self::SizeCells),
            ],
            b'c' => &[(b"compatible\0", Self::Compatible)],
            b'd' => &[(b"device_type\0", Self::DeviceType)],
            b'm' => &[(b"method\0", Self::Method)],
            b'r' => &[(b"reg\0", Self::Reg)],
            b's' => &[(b"status\0", Self::Status)],
            _ => return None,
        };
        let mut candidates = candidates.iter();
        let found = candidates.find(|(name, _)| strings.starts_with(name));
        found.map(|(_, property)| *property)
    }
}

impl Node<'_> {
    /// Whether the device is there to be used (specification, 2.3.4).
    pub(super) fn is_enabled(&self) -> bool {
        matches!(self.status, b"" | b"okay\0" | b"ok\0")
    }

    /// Its `compatible` strings, the most specific first.
    pub(super) fn compatible(&self) -> impl Iterator<Item = &[u8]> {
        self.compatible.split(|byte| *byte == 0)
    }

    /// Entry `index` of its `reg`, or nothing if it has fewer or wider ones than 64 bits.
    pub(super) fn reg(&self, index: usize) -> Option<MemoryRange> {
        let Cells { address, size } = self.cells;
        if address == 0 || address > 2 || size > 2 {
            return None;
        }
        let entry = index.checked_mul((address + size) as usize)?;
        let base = cells(self.reg, entry, address)?;
        let size_bytes = cells(self.reg, entry.checked_add(address as usize)?, size)?;
        Some(MemoryRange::new(Pa(base), size_bytes))
    }
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
