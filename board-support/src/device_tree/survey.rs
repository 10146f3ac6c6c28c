//! What a device tree says about the things that are compared: one pass over its nodes.

use heapless::Vec;
use paratia_config::address::{MemoryRange, Pa};

use super::nodes::{Node, Nodes, Property, is};
use super::validate::Valid;
use crate::refusal::Refusal;

/// Ranges of RAM that are remembered; a board has one or two. RAM beyond counts as missing.
const MAX_RAM_RANGES: usize = 16;
/// CPUs whose affinity is remembered; those beyond are only counted.
const MAX_CPUS: usize = 64;
/// UARTs that are remembered.
const MAX_UARTS: usize = 8;

/// A kind of interrupt controller, as a device tree names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GicKind {
    /// GICv3 and GICv4.
    V3 = 1,
    /// GICv2, by the name of the A15's.
    V2,
    /// GICv2, the GIC-400.
    Gic400,
}

/// How PSCI is called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Conduit {
    /// By `SMC`: firmware answers.
    Smc,
    /// By `HVC`: a hypervisor answers, and so it isn't ours.
    Hvc,
    /// The tree has no PSCI, or of no known kind.
    #[default]
    None,
}

/// What a tree says.
#[derive(Default)]
pub(super) struct Survey<'a> {
    /// Memory that is used as if it were nobody else's.
    used: &'a [MemoryRange],
    /// Where the tree itself may lie in it.
    exempt: Option<MemoryRange>,
    /// The first range that the tree keeps from everybody and yet is used, and which of these it is in.
    pub(super) reserved: Option<(usize, MemoryRange)>,
    /// Its nodes.
    pub(super) nodes: usize,
    /// RAM.
    pub(super) ram: Vec<MemoryRange, MAX_RAM_RANGES>,
    /// CPUs.
    pub(super) cpu_count: usize,
    /// Their affinities, in the order of the tree.
    pub(super) cpus: Vec<u64, MAX_CPUS>,
    /// The interrupt controller.
    pub(super) gic: Option<GicKind>,
    /// Its first two ranges of registers.
    pub(super) gic_registers: [Option<MemoryRange>; 2],
    /// How PSCI is called.
    pub(super) conduit: Conduit,
    /// PL011s.
    pub(super) uarts: Vec<MemoryRange, MAX_UARTS>,
}

/// What a node is, of what is compared.
#[derive(Clone, Copy)]
enum Role {
    Gic(GicKind),
    Psci,
    Pl011,
}

/// What a `compatible` string makes of its node, by what follows [`MAKER`].
const ROLES: &[(&[u8], Role)] = &[
    (b"gic-v3", Role::Gic(GicKind::V3)),
    (b"cortex-a15-gic", Role::Gic(GicKind::V2)),
    (b"gic-400", Role::Gic(GicKind::Gic400)),
    (b"psci-1.0", Role::Psci),
    (b"psci-0.2", Role::Psci),
    (b"pl011", Role::Pl011),
];
/// Whose devices all of them are; most nodes of a tree are others'.
const MAKER: &[u8; 4] = b"arm,";

impl Role {
    fn of(compatible: &[u8]) -> Option<Self> {
        let (maker, device) = compatible.split_first_chunk()?;
        if maker != MAKER {
            return None;
        }
        let row = ROLES.iter().find(|(name, _)| is(device, name));
        row.map(|(_, role)| *role)
    }
}

impl<'a> Survey<'a> {
    /// Nothing yet. What the tree reserves mustn't be in memory that is `used`, but in the `exempt` part of
    /// it.
    pub(super) fn new(used: &'a [MemoryRange], exempt: Option<MemoryRange>) -> Self {
        Self {
            used,
            exempt,
            ..Self::default()
        }
    }

    /// Reads what `tree` says.
    pub(super) fn read(&mut self, tree: Valid<'_>) -> Result<(), Refusal> {
        tree.reservations()
            .for_each(|range| self.note_reserved(range));
        Nodes::of(tree).each(|node| {
            self.nodes += 1;
            if node.is_enabled() {
                self.note(node);
            }
        })
    }

    /// Bytes of RAM described without a gap from `base` on.
    pub(super) fn ram_from(&self, base: Pa) -> u64 {
        let mut end = base;
        // Ranges may adjoin in any order; each round reaches the end of one more.
        for _ in &self.ram {
            let reached = |range: &&MemoryRange| range.base <= end && range.end() > end;
            match self.ram.iter().find(reached) {
                Some(range) => end = range.end(),
                None => break,
            }
        }
        end.0 - base.0
    }

    /// Bytes of RAM described.
    pub(super) fn ram_bytes(&self) -> u64 {
        let sizes = self.ram.iter().map(|range| range.size_bytes);
        sizes.fold(0, u64::saturating_add)
    }

    fn note(&mut self, node: &Node<'_>) {
        if node.depth == 2 && is(node.parent, b"cpus") {
            self.note_cpu(node);
        }
        if node.depth == 2 && is(node.parent, b"reserved-memory") {
            // What has no place yet gets one from whoever owns all memory (specification, 3.5.2).
            let ranges = (0..).map_while(|index| node.reg(index));
            ranges.for_each(|range| self.note_reserved(range));
        }
        if node.depth != 1 {
            return;
        }
        if is(node.value(Property::DeviceType), b"memory\0") {
            self.note_ram(node);
        }
        match node.compatible().find_map(Role::of) {
            Some(Role::Gic(kind)) => self.note_gic(kind, node),
            Some(Role::Psci) => {
                let method = node.value(Property::Method);
                let conduits = [(b"smc\0", Conduit::Smc), (b"hvc\0", Conduit::Hvc)];
                let known = conduits.iter().find(|(name, _)| is(method, *name));
                self.conduit = known.map_or(Conduit::None, |(_, conduit)| *conduit);
            }
            Some(Role::Pl011) => {
                // Those that find no room here are further UARTs of a board with many.
                let _ = node.reg(0).map(|registers| self.uarts.push(registers));
            }
            None => {}
        }
    }

    /// A range that is somebody else's: firmware's, a debugger's, another processor's.
    #[inline(never)]
    fn note_reserved(&mut self, range: MemoryRange) {
        let is_exempt = self.exempt.is_some_and(|exempt| exempt.contains(&range));
        if self.reserved.is_none() && !is_exempt && range.size_bytes > 0 {
            let used = self.used.iter().position(|used| used.overlaps(&range));
            self.reserved = used.map(|used| (used, range));
        }
    }

    fn note_cpu(&mut self, node: &Node<'_>) {
        if is(node.value(Property::DeviceType), b"cpu\0") {
            self.cpu_count += 1;
            let _ = node.reg(0).map(|reg| self.cpus.push(reg.base.0));
        }
    }

    fn note_ram(&mut self, node: &Node<'_>) {
        let ranges = (0..MAX_RAM_RANGES).map_while(|index| node.reg(index));
        for range in ranges {
            let _ = self.ram.push(range);
        }
    }

    fn note_gic(&mut self, kind: GicKind, node: &Node<'_>) {
        if self.gic.is_none() {
            self.gic = Some(kind);
            self.gic_registers = [node.reg(0), node.reg(1)];
        }
    }
}
