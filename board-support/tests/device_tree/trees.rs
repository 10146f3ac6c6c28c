//! Where the trees come from: files that QEMU wrote, and a builder for variations.

use paratia_board_support::device_tree::{BoardChecked, check};
use paratia_board_support::qemu_virt::QemuVirt;
use paratia_board_support::refusal::Refusal;
use paratia_board_support::words::words;
use paratia_config::board::{Board, BoardFacts};
use vm_fdt::{FdtReserveEntry, FdtWriter};
use zerocopy::IntoBytes;

pub const BOARD: &BoardFacts = &<QemuVirt as Board>::FACTS;

pub const GICV3_SMP4_1G: &[u8] = include_bytes!("../data/virt-gicv3-smp4-1G.dtb");
pub const GICV3_SMP2_1G: &[u8] = include_bytes!("../data/virt-gicv3-smp2-1G.dtb");
pub const GICV3_SMP1_1G: &[u8] = include_bytes!("../data/virt-gicv3-smp1-1G.dtb");
pub const GICV3_SMP4_128M: &[u8] = include_bytes!("../data/virt-gicv3-smp4-128M.dtb");
pub const GICV2_SMP4_1G: &[u8] = include_bytes!("../data/virt-gicv2-smp4-1G.dtb");

/// Memory for a tree, aligned as firmware aligns it, to be filled again and again.
#[derive(Default)]
pub struct Memory(Vec<u64>);

impl Memory {
    /// The memory with `tree` at its start and nothing behind.
    pub fn hold(&mut self, tree: &[u8]) -> &mut [u8] {
        self.0.resize(tree.len().div_ceil(8), 0);
        let bytes = &mut self.0.as_mut_bytes()[..tree.len()];
        bytes.copy_from_slice(tree);
        bytes
    }
}

/// Checks a tree for the board and a system that uses `cpus` CPUs.
pub fn check_tree(tree: &[u8], cpus: usize) -> Result<BoardChecked, Refusal> {
    check(Memory::default().hold(tree), BOARD, cpus)
}

/// The message that a refused tree gives.
pub fn refusal(tree: &[u8], cpus: usize) -> String {
    let refused = check_tree(tree, cpus).expect_err("the tree should be refused");
    words(&refused, BOARD)
}

/// A tree of this structure block and these strings, whether they make sense or not.
pub fn tree_of(structure: &[u32], strings: &[u8]) -> Vec<u8> {
    let size = 4 * word(structure.len());
    let reservations = [0; 4];
    let header = [
        0xD00D_FEED,
        56 + size + word(strings.len()),
        56,
        56 + size,
        40,
        17,
        16,
        0,
        word(strings.len()),
        size,
    ];
    let words = header.iter().chain(&reservations).chain(structure);
    let mut tree: Vec<u8> = words.flat_map(|word| word.to_be_bytes()).collect();
    tree.extend(strings);
    tree
}

/// A number of bytes as a tree holds it.
pub fn word(bytes: usize) -> u32 {
    bytes.try_into().expect("trees here are small")
}

/// What a built tree describes.
#[derive(Clone, Debug)]
pub struct Machine {
    /// Base and size of each range of RAM, a node each.
    pub ram: Vec<(u64, u64)>,
    pub gic: Option<&'static str>,
    pub gic_registers: Vec<u64>,
    pub cpus: Vec<u32>,
    pub psci: Option<&'static str>,
    pub uarts: Vec<(u64, u64)>,
    /// Whether nodes of RAM are marked as of no use.
    pub ram_status: Option<&'static str>,
    /// What is reserved, a node each, and their status.
    pub reserved: Vec<(u64, u64)>,
    pub reserved_status: Option<&'static str>,
    /// What is reserved in the block for that.
    pub reservations: Vec<(u64, u64)>,
    /// The name of a further node that says nothing.
    pub further: Option<String>,
}

impl Machine {
    /// The machine that the board's facts describe.
    pub fn configured() -> Self {
        Self {
            ram: vec![(0x4000_0000, 1 << 30)],
            gic: Some("arm,gic-v3"),
            gic_registers: vec![0x0800_0000, 0x1_0000, 0x080A_0000, 0xF6_0000],
            cpus: vec![0, 1, 2, 3],
            psci: Some("smc"),
            uarts: vec![(0x0900_0000, 0x1000)],
            ram_status: None,
            reserved: vec![],
            reserved_status: None,
            reservations: vec![],
            further: None,
        }
    }

    pub fn tree(&self) -> Vec<u8> {
        self.write().expect("a tree within vm-fdt's limits")
    }

    fn write(&self) -> Result<Vec<u8>, vm_fdt::Error> {
        let reservations = self.reservations.iter();
        let reservations = reservations.map(|(base, size)| FdtReserveEntry::new(*base, *size));
        let reservations: Result<Vec<_>, _> = reservations.collect();
        let mut fdt = FdtWriter::new_with_mem_reserv(&reservations?)?;
        let root = fdt.begin_node("")?;
        fdt.property_u32("#address-cells", 2)?;
        fdt.property_u32("#size-cells", 2)?;
        for (base, size) in &self.ram {
            let node = fdt.begin_node(&format!("memory@{base:x}"))?;
            fdt.property_string("device_type", "memory")?;
            fdt.property_array_u64("reg", &[*base, *size])?;
            if let Some(status) = self.ram_status {
                fdt.property_string("status", status)?;
            }
            fdt.end_node(node)?;
        }
        let reserved = fdt.begin_node("reserved-memory")?;
        fdt.property_u32("#address-cells", 2)?;
        fdt.property_u32("#size-cells", 2)?;
        fdt.property_null("ranges")?;
        // One without a place.
        let node = fdt.begin_node("pool")?;
        fdt.property_u64("size", 1 << 20)?;
        fdt.end_node(node)?;
        for (index, (base, size)) in self.reserved.iter().enumerate() {
            let node = fdt.begin_node(&format!("kept-{index}@{base:x}"))?;
            fdt.property_array_u64("reg", &[*base, *size])?;
            if let Some(status) = self.reserved_status {
                fdt.property_string("status", status)?;
            }
            fdt.end_node(node)?;
        }
        fdt.end_node(reserved)?;
        if let Some(name) = &self.further {
            let node = fdt.begin_node(name)?;
            fdt.end_node(node)?;
        }
        let cpus = fdt.begin_node("cpus")?;
        fdt.property_u32("#address-cells", 1)?;
        fdt.property_u32("#size-cells", 0)?;
        for cpu in &self.cpus {
            let node = fdt.begin_node(&format!("cpu@{cpu:x}"))?;
            fdt.property_string("device_type", "cpu")?;
            fdt.property_u32("reg", *cpu)?;
            fdt.end_node(node)?;
        }
        fdt.end_node(cpus)?;
        if let Some(compatible) = self.gic {
            let node = fdt.begin_node("intc@8000000")?;
            fdt.property_string("compatible", compatible)?;
            fdt.property_array_u64("reg", &self.gic_registers)?;
            fdt.end_node(node)?;
        }
        if let Some(method) = self.psci {
            let node = fdt.begin_node("psci")?;
            let compatible = ["arm,psci-1.0", "arm,psci-0.2"].map(String::from);
            fdt.property_string_list("compatible", compatible.to_vec())?;
            fdt.property_string("method", method)?;
            fdt.end_node(node)?;
        }
        for (base, size) in &self.uarts {
            let node = fdt.begin_node(&format!("pl011@{base:x}"))?;
            let compatible = ["arm,pl011", "arm,primecell"].map(String::from);
            fdt.property_string_list("compatible", compatible.to_vec())?;
            fdt.property_array_u64("reg", &[*base, *size])?;
            fdt.end_node(node)?;
        }
        fdt.end_node(root)?;
        fdt.finish()
    }
}
