//! Every translation regime of an image: EL2's own, and stage 2 of each partition.

use serde::{Deserialize, Serialize};

use super::declared::Declaration;
use super::descriptor::Stage;
use super::finding::{About, Finding};
use super::held::Held;
use super::registers::Registers;
use super::walk::{Tables, Walk};
use crate::image::{Section, words};

/// Whose a translation is, and whose memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Whose {
    /// EL2's own.
    Hypervisor,
    /// A partition's, by its index.
    Partition(usize),
}

impl Whose {
    /// What people call it.
    #[must_use]
    pub fn name(self, declared: &Declaration) -> String {
        match self {
            Self::Hypervisor => "the hypervisor".to_owned(),
            Self::Partition(index) => match declared.partitions.get(index) {
                Some(partition) => format!("partition '{}'", partition.name),
                None => format!("partition {index}"),
            },
        }
    }
}

/// A translation regime.
#[derive(Clone, Debug)]
pub struct Regime {
    /// Whose it is.
    pub whose: Whose,
    /// The address of its root.
    pub root: u64,
    /// The VMID that goes with it.
    pub vmid: Option<u64>,
    /// How it was found.
    pub found: String,
    /// Its stage.
    pub stage: Stage,
    /// What follows from its tables.
    pub walk: Walk,
}

/// A regime, for people.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Shown {
    /// Whose it is.
    pub whose: String,
    /// The address of its root.
    pub root: u64,
    /// The VMID that goes with it.
    pub vmid: Option<u64>,
    /// How it was found.
    pub found: String,
    /// Tables that it consists of.
    pub tables: usize,
    /// Descriptors in them.
    pub descriptors: u64,
    /// Ranges that are mapped, alike in themselves.
    pub mappings: usize,
}

impl Regime {
    /// It in short.
    #[must_use]
    pub fn shown(&self, declared: &Declaration) -> Shown {
        Shown {
            whose: self.whose.name(declared),
            root: self.root,
            vmid: self.vmid,
            found: self.found.clone(),
            tables: self.walk.tables.len(),
            descriptors: self.walk.descriptors(),
            mappings: self.walk.mappings.len(),
        }
    }
}

/// The section with all tables.
pub const TABLES: &str = ".tables";
/// The bits of `VTTBR_EL2` and of a descriptor that are an address.
const ADDRESS: u64 = 0x0000_FFFF_FFFF_F000;
/// Where the VMID lies.
const VMID: u32 = 48;

/// All translation tables of an image.
pub fn tables<'a>(held: &Held<'a>) -> Result<Tables<'a>, Finding> {
    let image = held.image();
    let section = image.section(TABLES);
    let bytes = section.and_then(|section| Some((section, image.section_bytes(section)?)));
    match bytes {
        Some((section, bytes)) => Ok(Tables {
            base: section.address,
            bytes,
        }),
        None => Err(Finding::new(
            About::Layout,
            format!("section {TABLES}"),
            "the image has none, but its translation tables must lie there",
        )),
    }
}

/// Finds the regimes, walks them, and tells what is wrong with their roots.
#[must_use]
pub fn find(
    held: &Held<'_>,
    declared: &Declaration,
    registers: &Registers,
    tables: &Tables<'_>,
) -> (Vec<Regime>, Vec<Finding>) {
    let mut regimes = Vec::new();
    let mut findings = Vec::new();
    if let (Some(root), Some(mair)) = (registers.el2_root, registers.mair) {
        let stage = Stage::One(mair);
        let root = root & ADDRESS;
        if !tables.has(root) {
            findings.push(no_table("TTBR0_EL2", root));
        }
        regimes.push(Regime {
            whose: Whose::Hypervisor,
            root,
            vmid: None,
            found: format!("TTBR0_EL2, as reset writes it; types of memory by MAIR_EL2, {mair:#x}"),
            stage,
            walk: Walk::of(tables, root, stage),
        });
    }
    match guests(held, declared, registers, tables) {
        Ok((guests, wrong)) => {
            regimes.extend(guests);
            findings.extend(wrong);
        }
        Err(finding) => findings.push(finding),
    }
    findings.extend(strays(held, declared, tables));
    (regimes, findings)
}

fn no_table(place: &str, root: u64) -> Finding {
    Finding::new(
        About::Tables,
        place,
        format!("its root is {root:#x}, where none of the image's tables is"),
    )
}

/// Stage 2 by the value of `VTTBR_EL2` in the constants of each vCPU.
fn guests(
    held: &Held<'_>,
    declared: &Declaration,
    registers: &Registers,
    tables: &Tables<'_>,
) -> Result<(Vec<Regime>, Vec<Finding>), Finding> {
    let (mut regimes, mut findings): (Vec<Regime>, _) = (Vec::new(), Vec::new());
    let owners = declared.vcpus();
    let count = held.count(FACTS, "Facts")?;
    if count != owners.len() {
        let fact = format!(
            "the image has {count} vCPUs, the declaration {}",
            owners.len()
        );
        findings.push(Finding::new(About::Layout, FACTS, fact));
    }
    for (vcpu, owner) in owners.into_iter().enumerate().take(count) {
        let facts = held.row(FACTS, "Facts", vcpu)?;
        let at = held.field(facts, "stage2")?;
        let value = held.word(facts, "stage2")?;
        let name = Whose::Partition(owner).name(declared);
        let place = format!(
            "VTTBR_EL2 of {name}, vCPU {vcpu} of all, at {}",
            held.place(at)
        );
        if let Some(first) = regimes
            .iter()
            .find(|one| one.whose == Whose::Partition(owner))
        {
            let first = first.root | first.vmid.unwrap_or(0) << VMID;
            if first != value {
                let fact = format!("is {value:#x}, but {first:#x} for another of its vCPUs");
                findings.push(Finding::new(About::Tables, place, fact));
            }
            continue;
        }
        let (root, vmid) = (value & ADDRESS, value >> VMID);
        findings.extend(root_findings(&place, value, tables, registers));
        let expected = declared.partitions[owner].vmid;
        if vmid != expected {
            let fact = format!(
                "its VMID is {vmid}, but must be {expected}, the partition's index plus one"
            );
            findings.push(Finding::new(About::Vmids, place, fact));
        }
        regimes.push(Regime {
            whose: Whose::Partition(owner),
            root,
            vmid: Some(vmid),
            found: format!("VTTBR_EL2 of {name} at {}", held.place(at)),
            stage: Stage::Two,
            walk: Walk::of(tables, root, Stage::Two),
        });
    }
    findings.extend(same_vmids(&regimes, declared, registers));
    Ok((regimes, findings))
}

/// The constants of each vCPU.
pub const FACTS: &str = "constants::FACTS";

fn root_findings(
    place: &str,
    value: u64,
    tables: &Tables<'_>,
    registers: &Registers,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let (root, vmid) = (value & ADDRESS, value >> VMID);
    if !tables.has(root) {
        findings.push(no_table(place, root));
    }
    if value & 0xFFF != 0 {
        let fact = format!(
            "bits 11:0 (CnP, and below a table) hold {:#x}, which must be 0",
            value & 0xFFF
        );
        findings.push(Finding::new(About::Tables, place, fact));
    }
    if vmid >> registers.vmid_bits != 0 {
        let fact = format!(
            "its VMID is {vmid:#x}, but the CPU compares {} bits",
            registers.vmid_bits
        );
        findings.push(Finding::new(About::Vmids, place, fact));
    }
    findings
}

/// Partitions whose translations the CPU takes for one another's.
fn same_vmids(regimes: &[Regime], declared: &Declaration, registers: &Registers) -> Vec<Finding> {
    let compared = |regime: &Regime| {
        regime
            .vmid
            .map(|vmid| vmid & ((1 << registers.vmid_bits) - 1))
    };
    let mut findings = Vec::new();
    for (index, one) in regimes.iter().enumerate() {
        for other in &regimes[index + 1..] {
            if compared(one).is_some() && compared(one) == compared(other) {
                let place = format!(
                    "VMIDs of {} and {}",
                    one.whose.name(declared),
                    other.whose.name(declared)
                );
                let fact = format!(
                    "both are {} in the {} bits that the CPU compares, so that each may use what the other's \
                     tables say",
                    compared(one).unwrap_or(0),
                    registers.vmid_bits
                );
                findings.push(Finding::new(About::Vmids, place, fact));
            }
        }
    }
    findings
}

/// Words among the constants and variables that would do as `VTTBR_EL2` and are no vCPU's.
fn strays(held: &Held<'_>, declared: &Declaration, tables: &Tables<'_>) -> Vec<Finding> {
    let count = declared.vcpus().len();
    let known: Vec<u64> = (0..count)
        .filter_map(|vcpu| {
            let facts = held.row(FACTS, "Facts", vcpu).ok()?;
            held.field(facts, "stage2").ok()
        })
        .collect();
    let image = held.image();
    let is_searched = |section: &&Section| [".rodata", ".data"].contains(&section.name.as_str());
    let mut findings = Vec::new();
    for section in image.sections.iter().filter(is_searched) {
        let bytes = image.section_bytes(section).unwrap_or_default();
        for (at, word) in words(bytes, section.address) {
            let would_do = word >> VMID != 0 && word & 0xFFF == 0 && tables.has(word & ADDRESS);
            if would_do && !known.contains(&at) {
                let fact =
                    format!("{word:#x} would make a table the stage 2 of a VMID, but is no vCPU's");
                findings.push(Finding::new(About::Tables, held.place(at), fact));
            }
        }
    }
    findings
}
