//! The control registers that say how tables are walked, as the image's instructions set them.
//!
//! Fields by the Arm ARM, DDI 0487, D19.2 (`TCR_EL2` and `SCTLR_EL2` as they are without VHE).

use std::collections::BTreeMap;

use serde::Serialize;

use super::descriptor::is_known_type;
use super::finding::{About, Finding};
use super::known::{self, Bits, SystemRegister, Write};
use crate::image::Image;

/// What the registers hold.
#[derive(Clone, Debug, Default)]
pub struct Registers {
    /// The root of EL2's own translation.
    pub el2_root: Option<u64>,
    /// The memory types of EL2's descriptors.
    pub mair: Option<u64>,
    /// Bits of a VMID that the CPU compares: 8 or 16.
    pub vmid_bits: u32,
    /// Every write, for people.
    pub writes: Vec<Shown>,
}

/// A write of a register, for people.
#[derive(Clone, Debug, Serialize)]
pub struct Shown {
    /// The register.
    pub register: &'static str,
    /// The instruction.
    pub at: String,
    /// The bits that follow from the instructions.
    pub known: u64,
    /// What they are.
    pub value: u64,
}

/// A field of a register and what must be in it.
struct Field {
    high: u32,
    low: u32,
    name: &'static str,
    must: Must,
}

enum Must {
    Be(u64),
    /// The CPU's own: as it says of itself.
    BeTheCpus,
    /// As it comes.
    BeAnything,
}

use Must::{Be, BeAnything, BeTheCpus};

const fn field(high: u32, low: u32, name: &'static str, must: Must) -> Field {
    Field {
        high,
        low,
        name,
        must,
    }
}

const TTBR0_EL2: SystemRegister = SystemRegister::new(4, 2, 0, 0);
const TCR_EL2: SystemRegister = SystemRegister::new(4, 2, 0, 2);
const VTTBR_EL2: SystemRegister = SystemRegister::new(4, 2, 1, 0);
const VTCR_EL2: SystemRegister = SystemRegister::new(4, 2, 1, 2);
const SCTLR_EL2: SystemRegister = SystemRegister::new(4, 1, 0, 0);
const HCR_EL2: SystemRegister = SystemRegister::new(4, 1, 1, 0);
const MAIR_EL2: SystemRegister = SystemRegister::new(4, 10, 2, 0);

/// 39 bits of input, from level 1, 4 KiB granule; the walker reads tables by the caches in which they were
/// written; no feature that gives descriptors' reserved bits a meaning.
const TCR: &[Field] = &[
    field(5, 0, "T0SZ", Be(64 - 39)),
    field(7, 6, "RES0", Be(0)),
    field(9, 8, "IRGN0", Be(0b01)),
    field(11, 10, "ORGN0", Be(0b01)),
    field(13, 12, "SH0", Be(0b11)),
    field(15, 14, "TG0", Be(0b00)),
    field(18, 16, "PS", BeTheCpus),
    field(19, 19, "RES0", Be(0)),
    field(20, 20, "TBI", Be(0)),
    field(21, 21, "HA", Be(0)),
    field(22, 22, "HD", Be(0)),
    field(23, 23, "RES1", Be(1)),
    field(24, 24, "HPD", Be(0)),
    field(28, 25, "HWU", Be(0)),
    field(29, 29, "TBID", Be(0)),
    field(30, 30, "TCMA", Be(0)),
    field(31, 31, "RES1", Be(1)),
    field(32, 32, "DS", Be(0)),
    field(63, 33, "MTX and RES0", Be(0)),
];

const VTCR: &[Field] = &[
    field(5, 0, "T0SZ", Be(64 - 39)),
    field(7, 6, "SL0", Be(0b01)),
    field(9, 8, "IRGN0", Be(0b01)),
    field(11, 10, "ORGN0", Be(0b01)),
    field(13, 12, "SH0", Be(0b11)),
    field(15, 14, "TG0", Be(0b00)),
    field(18, 16, "PS", BeTheCpus),
    field(19, 19, "VS", BeAnything),
    field(20, 20, "RES0", Be(0)),
    field(21, 21, "HA", Be(0)),
    field(22, 22, "HD", Be(0)),
    field(24, 23, "RES0", Be(0)),
    field(28, 25, "HWU", Be(0)),
    field(29, 29, "NSW", Be(0)),
    field(30, 30, "NSA", Be(0)),
    field(31, 31, "RES1", Be(1)),
    field(32, 32, "DS", Be(0)),
    field(33, 33, "SL2", Be(0)),
    field(63, 34, "AssuredOnly and what came later", Be(0)),
];

/// MMU and caches on, tables little-endian, nothing both written and executed; the others as reset or RES1.
const SCTLR: &[Field] = &[
    field(0, 0, "M", Be(1)),
    field(1, 1, "A", Be(0)),
    field(2, 2, "C", Be(1)),
    field(3, 3, "SA", Be(1)),
    field(11, 4, "RES1 among RES0", Be(0b1000_0011)),
    field(12, 12, "I", Be(1)),
    field(15, 13, "RES0", Be(0)),
    field(18, 16, "RES1 among RES0", Be(0b101)),
    field(19, 19, "WXN", Be(1)),
    field(24, 20, "RES1 among RES0", Be(0b01100)),
    field(25, 25, "EE", Be(0)),
    field(29, 26, "RES1 among RES0", Be(0b1100)),
    field(63, 30, "what came later", Be(0)),
];

/// By what every guest is confined. Bits 6 and 7 signal interrupts to it, bit 26 watches its tables.
const HCR: &[Field] = &[
    field(0, 0, "VM", Be(1)),
    field(1, 1, "SWIO", Be(1)),
    field(2, 2, "PTW", Be(1)),
    field(5, 3, "AMO, IMO, FMO", Be(0b111)),
    field(7, 6, "VI, VF", BeAnything),
    field(8, 8, "VSE", Be(0)),
    field(11, 9, "FB, BSU", Be(0)),
    field(12, 12, "DC", Be(0)),
    field(13, 13, "TWI", Be(1)),
    field(15, 14, "TWE, TID0", Be(0)),
    field(16, 16, "TID1", Be(1)),
    field(17, 17, "TID2", Be(0)),
    field(18, 18, "TID3", Be(1)),
    field(19, 19, "TSC", Be(1)),
    field(20, 20, "TIDCP", Be(1)),
    field(21, 21, "TACR", Be(1)),
    field(22, 22, "TSW", Be(1)),
    field(25, 23, "TPCP, TPU, TTLB", Be(0)),
    field(26, 26, "TVM", BeAnything),
    field(27, 27, "TGE", Be(0)),
    field(30, 28, "TDZ, HCD, TRVM", Be(0)),
    field(31, 31, "RW", Be(1)),
    field(33, 32, "CD, ID", Be(0)),
    field(34, 34, "E2H", Be(0)),
    field(35, 35, "TLOR", Be(1)),
    field(36, 36, "TERR", Be(1)),
    field(57, 37, "what would lift a trap or nest", Be(0)),
    field(58, 58, "TID5", Be(1)),
    field(63, 59, "TWEDEn and what goes with it", Be(0)),
];

/// `HCR_EL2` before any guest is there: EL1 is AArch64.
const HCR_AT_RESET: u64 = 1 << 31;
/// Where the assembly before Rust begins.
const RESET: &str = "_start";

/// A table's address, and no ASID or CnP beside it.
const TTBR: &[Field] = &[
    field(0, 0, "CnP", Be(0)),
    field(11, 1, "below a table", Be(0)),
    field(47, 12, "BADDR", BeAnything),
    field(63, 48, "ASID", Be(0)),
];

/// What every CPU's instructions write, and what of it isn't as it must be.
#[must_use]
pub fn read(image: &Image<'_>) -> (Registers, Vec<Finding>) {
    let all = [
        TTBR0_EL2, TCR_EL2, VTTBR_EL2, VTCR_EL2, SCTLR_EL2, HCR_EL2, MAIR_EL2,
    ];
    let mut look = Look {
        image,
        writes: known::writes(image, &all),
        findings: Vec::new(),
    };
    let mut registers = Registers {
        vmid_bits: 8,
        ..Registers::default()
    };
    look.is_as("SCTLR_EL2", SCTLR_EL2, SCTLR);
    look.is_as("TCR_EL2", TCR_EL2, TCR);
    look.is_as("TTBR0_EL2", TTBR0_EL2, TTBR);
    look.is_as("VTCR_EL2", VTCR_EL2, VTCR);
    look.guests_control();
    registers.el2_root = look.constant("TTBR0_EL2", TTBR0_EL2);
    registers.mair = look.constant("MAIR_EL2", MAIR_EL2);
    look.types(registers.mair.unwrap_or(0));
    let width = 1 << 19;
    let wide = |write: &Write| write.value.field(width) == Some(width);
    if look.of(VTCR_EL2).iter().all(wide) && !look.of(VTCR_EL2).is_empty() {
        registers.vmid_bits = 16;
    }
    for (name, register) in [
        ("SCTLR_EL2", SCTLR_EL2),
        ("TCR_EL2", TCR_EL2),
        ("TTBR0_EL2", TTBR0_EL2),
        ("MAIR_EL2", MAIR_EL2),
        ("VTCR_EL2", VTCR_EL2),
        ("VTTBR_EL2", VTTBR_EL2),
        ("HCR_EL2", HCR_EL2),
    ] {
        let shown = look.of(register).iter().map(|write| Shown {
            register: name,
            at: image.place(write.at),
            known: write.value.known,
            value: write.value.value,
        });
        registers.writes.extend(shown);
    }
    (registers, look.findings)
}

struct Look<'a> {
    image: &'a Image<'a>,
    writes: BTreeMap<SystemRegister, Vec<Write>>,
    findings: Vec<Finding>,
}

impl Look<'_> {
    fn of(&self, register: SystemRegister) -> &[Write] {
        self.writes.get(&register).map_or(&[], Vec::as_slice)
    }

    fn complain(&mut self, at: Option<u64>, name: &str, fact: String) {
        let place = match at {
            Some(at) => format!("{name}, written at {}", self.image.place(at)),
            None => name.to_owned(),
        };
        self.findings
            .push(Finding::new(About::Registers, place, fact));
    }

    /// The one value that is written.
    fn constant(&mut self, name: &'static str, register: SystemRegister) -> Option<u64> {
        let writes = self.of(register).to_vec();
        let [write] = writes[..] else {
            let fact = format!("{} instructions write it, which must be one", writes.len());
            self.complain(None, name, fact);
            return None;
        };
        let value = write.value.field(u64::MAX);
        if value.is_none() {
            let fact =
                "its value doesn't follow from the instructions before, but must be a constant";
            self.complain(Some(write.at), name, fact.to_owned());
        }
        value
    }

    /// Each of the eight types is one that means something.
    fn types(&mut self, mair: u64) {
        let at = self.of(MAIR_EL2).first().map(|write| write.at);
        for (index, kind) in (0..).zip(mair.to_le_bytes()) {
            if !is_known_type(kind.into()) {
                let fact =
                    format!("type {index} is {kind:#x}, which is reserved or needs a feature");
                self.complain(at, "MAIR_EL2", fact);
            }
        }
    }

    fn is_as(&mut self, name: &'static str, register: SystemRegister, fields: &[Field]) {
        let writes = self.of(register).to_vec();
        if writes.is_empty() {
            self.complain(
                None,
                name,
                "no instruction writes it, but one must".to_owned(),
            );
        }
        for write in writes {
            self.fields(name, write, fields);
        }
    }

    fn fields(&mut self, name: &str, write: Write, fields: &[Field]) {
        for field in fields {
            if let Some(fact) = wrong(field, write.value) {
                self.complain(Some(write.at), name, fact);
            }
        }
    }

    /// `HCR_EL2`: where its value follows from the instructions. Elsewhere it comes from memory, where such a
    /// value was put.
    fn guests_control(&mut self) {
        let mut constants = 0;
        for write in self.of(HCR_EL2).to_vec() {
            if self.is_before_rust(write.at) {
                if write.value != Bits::all(HCR_AT_RESET) {
                    let fact = format!(
                        "holds {:#x}, which must be {HCR_AT_RESET:#x}",
                        write.value.value
                    );
                    self.complain(Some(write.at), "HCR_EL2", fact);
                }
                continue;
            }
            if write.value.known == 0 {
                continue;
            }
            constants += u32::from(write.value.field(u64::MAX).is_some());
            let partly: Vec<Field> = HCR
                .iter()
                .filter(|field| write.value.known & mask(field) != 0)
                .map(|field| Field {
                    must: same(&field.must),
                    ..*field
                })
                .collect();
            self.fields("HCR_EL2", write, &partly);
        }
        if constants == 0 {
            let fact =
                "no instruction writes a constant to it behind reset, but boot must".to_owned();
            self.complain(None, "HCR_EL2", fact);
        }
    }

    /// Whether an instruction is of the assembly before Rust: it has no function around it.
    fn is_before_rust(&self, at: u64) -> bool {
        let start = self.image.named(RESET).next().map(|symbol| symbol.address);
        let first = self.image.symbols.iter().find(|symbol| {
            symbol.kind == crate::image::SymbolKind::Function && Some(symbol.address) >= start
        });
        match (start, first) {
            (Some(start), Some(first)) => (start..first.address).contains(&at),
            _ => false,
        }
    }
}

fn same(must: &Must) -> Must {
    match must {
        Be(value) => Be(*value),
        BeTheCpus => BeTheCpus,
        BeAnything => BeAnything,
    }
}

fn mask(field: &Field) -> u64 {
    (u64::MAX >> (63 - field.high + field.low)) << field.low
}

/// What is wrong with a field.
fn wrong(field: &Field, value: Bits) -> Option<String> {
    let mask = mask(field);
    let bits = if field.high == field.low {
        format!("bit {}", field.low)
    } else {
        format!("bits {}:{}", field.high, field.low)
    };
    let must = match field.must {
        Be(must) => must,
        BeAnything => return None,
        BeTheCpus if value.known & mask == 0 => return None,
        BeTheCpus => {
            return Some(format!(
                "{bits} ({}) hold a constant, which must be as the CPU says of itself",
                field.name
            ));
        }
    };
    match value.field(mask) {
        Some(found) if found >> field.low == must => None,
        Some(found) => Some(format!(
            "{bits} ({}) hold {:#b}, which must be {must:#b}",
            field.name,
            found >> field.low
        )),
        None if (value.value ^ must << field.low) & value.known & mask != 0 => Some(format!(
            "{bits} ({}) hold {:#b} as far as it is known, which must be {must:#b}",
            field.name,
            (value.value & mask) >> field.low
        )),
        None => Some(format!(
            "{bits} ({}) don't follow from the instructions before, but must be {must:#b}",
            field.name
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_of_every_register_has_one_rule() {
        for fields in [TCR, VTCR, SCTLR, HCR, TTBR] {
            let mut seen = 0_u64;
            for field in fields {
                assert_eq!(seen & mask(field), 0, "{}", field.name);
                seen |= mask(field);
                if let Be(value) = field.must {
                    assert_eq!(value << field.low & !mask(field), 0, "{}", field.name);
                }
            }
            assert_eq!(seen, u64::MAX);
        }
    }

    /// Each register's value by the manual, with nothing wrong, and each of its bits turned over.
    #[test]
    fn a_bit_that_is_turned_over_is_wrong_unless_it_may_be_either() {
        for (fields, value, free) in [
            (TCR, 0x8080_3519_u64, 0b111_u64 << 16),
            (VTCR, 0x8000_3559, 0b1111 << 16),
            (SCTLR, 0x30CD_183D, 0),
            (HCR, 0x0400_0018_807D_203F, 1 << 26 | 0b11 << 6),
            (TTBR, 0x4023_4000, 0x0000_FFFF_FFFF_F000),
        ] {
            // What the CPU says of itself isn't known.
            let of_cpu = fields
                .iter()
                .filter(|field| matches!(field.must, BeTheCpus))
                .map(mask)
                .sum::<u64>();
            let wrongs = |value: u64| {
                let value = Bits {
                    known: !of_cpu,
                    value: value & !of_cpu,
                };
                fields
                    .iter()
                    .filter_map(|field| wrong(field, value))
                    .count()
            };
            assert_eq!(wrongs(value), 0, "{value:#x}");
            for bit in 0..64 {
                let is_free = free >> bit & 1 != 0;
                assert_eq!(
                    wrongs(value ^ 1 << bit) == 0,
                    is_free,
                    "bit {bit} of {value:#x}"
                );
            }
        }
    }

    #[test]
    fn what_is_not_known_is_wrong_where_it_must_be_something() {
        let unknown = wrong(&VTCR[0], Bits::UNKNOWN).expect("it must be known");
        assert_eq!(
            unknown,
            "bits 5:0 (T0SZ) don't follow from the instructions before, but must be 0b11001"
        );
        assert_eq!(wrong(&VTCR[6], Bits::UNKNOWN), None);
        assert_eq!(
            wrong(&VTCR[6], Bits::all(0)).as_deref(),
            Some("bits 18:16 (PS) hold a constant, which must be as the CPU says of itself")
        );
    }
}
