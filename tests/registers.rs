//! The registers that confine guests: the very value of each on each CPU, read from outside of the board.
//! What a bit does may show nowhere on QEMU (memory types, say), or only together with others.
//!
//! Names and numbers of bits are those of Arm ARM DDI 0487, written down here once more: nothing is
//! taken from the hypervisor.

use std::collections::BTreeMap;
use std::time::Duration;

use object::Object as _;
use paratia::log::Event;
use paratia::run::Run;
use paratia_tests::debugger::{Registers, registers_at};
use paratia_tests::{DEFAULT_BOARD, image_of, is_about, run};

/// Bits by their numbers.
fn bits(numbers: &[u32]) -> u64 {
    numbers.iter().fold(0, |value, number| value | 1 << number)
}

/// A field's value at its lowest bit.
const fn field(value: u64, lowest: u32) -> u64 {
    value << lowest
}

/// What differs between CPU models.
struct Cpu {
    /// QEMU's name.
    model: &'static str,
    midr: u64,
    /// `PS`: the CPU's physical addresses, at most 48 bits.
    address_size: u64,
    /// `MDCR_EL2.HPMN`: its event counters, all of them guests'.
    counters: u64,
    /// Bits that only this CPU has, by register.
    more: &'static [(&'static str, &'static [u32])],
    /// Registers that only this CPU has, all zero.
    zeros: &'static [&'static str],
}

const CORTEX_A57: Cpu = Cpu {
    model: "cortex-a57",
    midr: 0x411F_D070,
    address_size: 0b100,
    counters: 6,
    more: &[],
    zeros: &[],
};

/// Nearly everything that has been added since.
const MAX: Cpu = Cpu {
    model: "max",
    midr: 0x000F_0510,
    address_size: 0b101,
    counters: 6,
    more: &[
        // TLOR, TERR; TID5 (58) comes with tags, which QEMU's has only if asked for.
        ("HCR_EL2", &[35, 36]),
        // TCPAC, as the CPU has SVE.
        ("CPTR_EL2", &[31]),
        // HPMD, HCCD: counters stand still at EL2.
        ("MDCR_EL2", &[17, 23]),
        // TALLINT, as the CPU has ALLINT; nothing is granted.
        ("HCRX_EL2", &[6]),
    ],
    zeros: &[
        "HFGRTR_EL2",
        "HFGWTR_EL2",
        "HFGITR_EL2",
        "HDFGRTR_EL2",
        "HDFGWTR_EL2",
    ],
};

/// The value that each register must have.
fn expected(cpu: &Cpu) -> BTreeMap<&'static str, u64> {
    // T0SZ 25 of 64; IRGN0 and ORGN0 1: write-back, write-allocate; SH0 3: inner shareable; TG0 0: 4 KiB.
    let walk = 25 | field(1, 8) | field(1, 10) | field(3, 12) | field(cpu.address_size, 16);
    let mut all = BTreeMap::from([
        (
            "HCR_EL2",
            // VM SWIO PTW FMO IMO AMO; no VF VI VSE FB BSU DC TWE; TWI; TID1 TID3 TSC TIDCP TACR TSW; RW.
            bits(&[0, 1, 2, 3, 4, 5, 13, 16, 18, 19, 20, 21, 22, 31]),
        ),
        (
            "CPTR_EL2",
            // RES1 0 to 7, 9, 13; TZ 8, TSM 12, TTA 20, TAM 30; not TFP 10.
            bits(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 20, 30]),
        ),
        (
            "MDCR_EL2",
            // TPMCR TPM; not TDE 8; TDA TDOSA TDRA; TPMS; TTRF.
            cpu.counters | bits(&[5, 6, 9, 10, 11, 14, 19]),
        ),
        ("HSTR_EL2", 0),
        // EL1PCTEN, EL1PCEN: trapped by being zero.
        ("CNTHCTL_EL2", 0),
        ("ACTLR_EL2", 0),
        ("HACR_EL2", 0),
        ("MDSCR_EL1", 0),
        ("VPIDR_EL2", cpu.midr),
        // SL0 1: from level 1 on; VS 0: VMIDs of 8 bits; RES1 31.
        ("VTCR_EL2", walk | field(1, 6) | bits(&[31])),
        // RES1 23, 31; TBI 0.
        ("TCR_EL2", walk | bits(&[23, 31])),
        // Device-nGnRnE; Normal write-back; Normal non-cacheable.
        ("MAIR_EL2", 0x44_FF_00),
        (
            "SCTLR_EL2",
            // M, not A, C, SA, I, WXN; RES1 4 5 11 16 18 22 23 28 29; EE 0.
            bits(&[0, 2, 3, 4, 5, 11, 12, 16, 18, 19, 22, 23, 28, 29]),
        ),
    ]);
    for (register, numbers) in cpu.more {
        *all.entry(register).or_default() |= bits(numbers);
    }
    all.extend(cpu.zeros.iter().map(|register| (*register, 0)));
    all
}

/// The registers of a board whose four CPUs all are in their plans.
fn registers_of(cpu: &Cpu) -> Registers {
    let run = run("test-cpus-4")
        .cpu(cpu.model)
        .stop_after(Duration::from_millis(100));
    registers_in(run)
}

/// The registers of four CPUs in a run of `test-cpus-4`.
fn registers_in(run: Run) -> Registers {
    let is_last_cpus = |event: &Event| event.name == "window" && event.integer("cpu") == Some(3);
    let registers = registers_at(run, is_last_cpus);
    assert_eq!(registers.len(), 4, "CPUs");
    registers
}

fn assert_all_are_as_expected(cpu: &Cpu, all: &Registers) {
    let expected = expected(cpu);
    for (number, registers) in all.iter().enumerate() {
        for (name, value) in &expected {
            let found = registers.get(*name).copied();
            let found = found.unwrap_or_else(|| panic!("QEMU doesn't show {name}"));
            let (missing, added) = (value & !found, found & !value);
            assert_eq!(
                found, *value,
                "CPU {number}: {name} is {found:#x}; missing {missing:#x}, added {added:#x}"
            );
        }
    }
}

#[test]
fn every_cpu_confines_its_guests_by_the_same_values() {
    if is_about(DEFAULT_BOARD) {
        assert_all_are_as_expected(&CORTEX_A57, &registers_of(&CORTEX_A57));
    }
}

#[test]
fn every_cpu_confines_its_guests_by_the_same_values_on_the_newest() {
    if is_about(DEFAULT_BOARD) {
        assert_all_are_as_expected(&MAX, &registers_of(&MAX));
    }
}

/// A loader at EL2 that leaves everything open that it can, and something in each register, before it
/// goes to the image: instructions for any address, after which the image's entry stands.
const CARELESS_LOADER: [u32; 22] = [
    0x9280_0001, // mov x1, #-1
    0xD51C_115F, // msr cptr_el2, xzr
    0xD51C_113F, // msr mdcr_el2, xzr
    0xD51C_1161, // msr hstr_el2, x1
    0xD51C_E101, // msr cnthctl_el2, x1
    0xD51C_0001, // msr vpidr_el2, x1
    0xD51C_2141, // msr vtcr_el2, x1
    0xD51C_2101, // msr vttbr_el2, x1
    0xD51C_1021, // msr actlr_el2, x1
    0xD51C_11E1, // msr hacr_el2, x1
    0xD510_0241, // msr mdscr_el1, x1
    0xD510_0201, // msr mdccint_el1, x1
    0xD51C_D041, // msr tpidr_el2, x1
    0xD51C_1241, // msr hcrx_el2, x1
    0xD51C_1181, // msr hfgrtr_el2, x1
    0xD51C_11A1, // msr hfgwtr_el2, x1
    0xD51C_11C1, // msr hfgitr_el2, x1
    0xD51C_3181, // msr hdfgrtr_el2, x1
    0xD51C_31A1, // msr hdfgwtr_el2, x1
    0xD503_3FDF, // isb
    0x5800_0041, // ldr x1, the word after the next
    0xD61F_0020, // br x1
];

/// Where it lies: in RAM that the image doesn't fill.
const LOADER_PLACE: u64 = 0x7FF0_0000;

/// What firmware or a loader leaves in registers is gone before a guest runs.
#[test]
fn nothing_is_left_of_a_careless_loader() {
    if !is_about(DEFAULT_BOARD) {
        return;
    }
    let image = std::fs::read(image_of("test-cpus-4")).expect("it was built");
    let entry = object::File::parse(image.as_slice())
        .expect("it is ELF")
        .entry();
    let words = CARELESS_LOADER.iter().flat_map(|word| word.to_le_bytes());
    let bytes: Vec<u8> = words.chain(entry.to_le_bytes()).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("loader");
    std::fs::write(&file, bytes).expect("it can be written");
    let load = format!(
        "loader,file={},addr={LOADER_PLACE:#x},force-raw=on",
        file.display()
    );
    let enter = format!("loader,addr={LOADER_PLACE:#x},cpu-num=0");
    let run = run("test-cpus-4")
        .cpu(MAX.model)
        .stop_after(Duration::from_millis(100));
    let run = ["-device", &load, "-device", &enter]
        .into_iter()
        .fold(run, Run::qemu_argument);
    assert_all_are_as_expected(&MAX, &registers_in(run));
}

/// Guests of different partitions have different translations: numbers (VMIDs) that are neither 0 nor
/// another's, in the 8 bits that every CPU has, and roots that are nobody else's.
#[test]
fn every_guest_has_a_translation_of_its_own() {
    if !is_about(DEFAULT_BOARD) {
        return;
    }
    let all = registers_of(&CORTEX_A57);
    let translations: Vec<_> = all.iter().map(|registers| registers["VTTBR_EL2"]).collect();
    let mut numbers: Vec<_> = translations.iter().map(|value| value >> 48).collect();
    let mut roots: Vec<_> = translations
        .iter()
        .map(|value| value & ((1 << 48) - 1))
        .collect();
    assert!(
        numbers.iter().all(|number| (1..256).contains(number)),
        "{numbers:x?}"
    );
    for values in [&mut numbers, &mut roots] {
        values.sort_unstable();
        values.dedup();
        assert_eq!(values.len(), 4, "{translations:x?}");
    }
}
