//! What the linked code can do: the checker of code finds nothing in good images, and whatever is planted in
//! one, at its place.

use std::collections::BTreeSet;

use paratia::{build, catalog, limits};
use paratia_tests::{DEFAULT_BOARD, all_boards, board, is_about};
use paratia_verify::code::{Finding, Limits, Report, examine, reviewed};
use paratia_verify::image::{Image, SymbolKind};

/// Systems that have between them all that an image may have: plain partitions; monitors and debug
/// registers; several vCPUs of a partition on one CPU and on several; ports; emulated devices;
/// a GICv2 on a board with a GICv3; random numbers.
const SYSTEMS: [&str; 11] = [
    "cluster",
    "hello",
    "test-monitors",
    "test-numbers",
    "test-kicks",
    "test-messages",
    "test-interrupts",
    "test-gicv2-only",
    "test-entropy",
    "test-solo5",
    "bench-windows",
];
/// The system in whose image mistakes are planted.
const PLAIN: &str = "cluster";

fn bytes(board: &str, system: &str) -> Vec<u8> {
    let image = build::image(board, system).expect("it can be built");
    std::fs::read(image).expect("it was built")
}

fn examined(elf: &[u8], limits: &Limits) -> Report {
    let image = Image::parse(elf).expect("it is an image");
    examine(&image, limits).expect("it has code")
}

/// The report of a system on a board.
fn report(board: &str, system: &str) -> Report {
    let choice = catalog::choose(board, system).expect("they are there");
    examined(&bytes(board, system), &limits::of(&choice))
}

/// Good images have no finding, and the list of what was reviewed has nothing that none of them has.
#[test]
fn good_images_have_no_finding_and_the_list_no_row_too_many() {
    let mut reports = Vec::new();
    for system in SYSTEMS {
        reports.push((system, board(), report(&board(), system)));
    }
    if all_boards() {
        for listed in paratia_board_support::list::BOARDS {
            let name = listed.facts.name;
            reports.push((PLAIN, name.into(), report(name, PLAIN)));
        }
    }
    for (system, board, report) in &reports {
        assert_eq!(report.findings, [], "{system} on {board}");
        assert!(report.instructions > 10_000, "{system} on {board}");
    }
    if all_boards() {
        let all = reports.iter().flat_map(|(.., report)| &report.reviewed);
        let seen = all.map(|it| (&*it.instruction, &*it.function)).collect();
        assert_eq!(reviewed::unused(&seen), [""; 0]);
    }
}

/// Every vector has a stack that is deep enough, with half of it to spare.
#[test]
fn no_stack_gets_half_as_deep_as_it_is() {
    for system in SYSTEMS {
        let report = report(&board(), system);
        assert_eq!(report.stacks.len(), 16 + 2, "{system}: vectors and starts");
        for stack in &report.stacks {
            assert!(
                stack.bytes > 0 && stack.bytes * 2 < stack.of,
                "{system}: {stack:?}"
            );
        }
    }
}

/// An image to plant in.
struct Plant {
    elf: Vec<u8>,
    limits: Limits,
}

impl Plant {
    fn new() -> Option<Self> {
        is_about(DEFAULT_BOARD).then(|| Self {
            elf: bytes(DEFAULT_BOARD, PLAIN),
            limits: limits::of(&catalog::choose(DEFAULT_BOARD, PLAIN).expect("they are there")),
        })
    }

    /// The first and last instruction of the one function whose name ends so.
    fn function(&self, name: &str) -> (u64, u64) {
        let image = Image::parse(&self.elf).expect("it is an image");
        let mut found = image.symbols.iter().filter(|it| it.name.ends_with(name));
        let found = found
            .find(|it| it.kind == SymbolKind::Function)
            .expect(name);
        (found.address, found.address + found.size_bytes - 4)
    }

    fn word(&self, address: u64) -> u32 {
        let image = Image::parse(&self.elf).expect("it is an image");
        let bytes = image
            .bytes(address..address + 4)
            .expect("it is in the image");
        u32::from_le_bytes(bytes.try_into().expect("four bytes"))
    }

    /// The address of the first instruction of a function for which this is so.
    fn find(&self, name: &str, is_it: impl Fn(u32) -> bool) -> u64 {
        let (start, end) = self.function(name);
        let mut all = (start..=end).step_by(4);
        all.find(|at| is_it(self.word(*at))).expect("it has one")
    }

    /// What is found once these words are at their places.
    fn with(&self, words: &[(u64, u32)]) -> Report {
        let mut elf = self.elf.clone();
        let image = Image::parse(&self.elf).expect("it is an image");
        for (address, word) in words {
            let place = image
                .in_file(*address..address + 4)
                .expect("it is in the image");
            elf[place].copy_from_slice(&word.to_le_bytes());
        }
        examined(&elf, &self.limits)
    }

    /// Asserts that the words are found, in a sentence with these parts at a place with this part.
    fn finds(&self, words: &[(u64, u32)], place: &str, parts: &[&str]) {
        let findings = self.with(words).findings;
        let is_it = |it: &Finding| {
            it.place.contains(place) && parts.iter().all(|part| it.text.contains(part))
        };
        assert!(
            findings.iter().any(is_it),
            "{words:x?} {place} {parts:?}: {findings:#?}"
        );
    }
}

/// `BL` from one address to another.
fn call(from: u64, to: u64) -> u32 {
    let words = (to.wrapping_sub(from).cast_signed() / 4) & 0x3FF_FFFF;
    0x9400_0000 | u32::try_from(words).expect("26 bits")
}

const fn is_call(word: u32) -> bool {
    word & 0xFC00_0000 == 0x9400_0000
}

/// An instruction that touches the system where it was not reviewed.
#[test]
fn a_planted_instruction_is_found_with_the_row_that_would_allow_it() {
    let Some(plant) = Plant::new() else { return };
    let (start, _) = plant.function("::raise_after");
    for (word, row) in [
        (0xD51C_2100, "MSR VTTBR_EL2 (3 4 2 1 0) | "),
        (0xD51C_1100, "MSR HCR_EL2 (3 4 1 1 0) | "),
        (0xD51E_C100, "MSR S3_6_C12_C1_0 | "),
        (0xD503_42DF, "MSR DAIFSet (3 6) | "),
        (0xD50C_871F, "TLBI ALLE2 (1 4 8 7 0) | "),
        (0xD50C_83DF, "TLBI VMALLS12E1IS (1 4 8 3 6) | "),
        (0xD508_7800, "AT S1_0_C7_C8_0 | "),
        (0xD50B_7E20, "DC CIVAC (1 3 7 14 1) | "),
        (0xD508_751F, "IC IALLU (1 0 7 5 0) | "),
        (0xD69F_03E0, "ERET | "),
        (0xD400_0002, "HVC | "),
        (0xD400_0003, "SMC | "),
        (0xD440_0000, "HLT | "),
        (0xD420_0000, "BRK | "),
        (0xD503_207F, "WFI | "),
        (0xD503_205F, "WFE | "),
        (0xD538_CC00, "MRS ICC_IAR1_EL1 (3 0 12 12 0) | "),
        (0x9E67_0020, "FP | "),
        (0x3DC0_0020, "FP | "),
        (0xAD0A_0400, "FP | "),
        (0x9100_001F, "SP | "),
    ] {
        // Beyond what saves registers.
        plant.finds(
            &[(start + 40, word)],
            " at hypervisor/src/",
            &["reviewed.txt", row],
        );
    }
}

/// What confines guests can't be changed by way of a function that is for boot.
#[test]
fn a_way_from_an_exit_to_boot_is_found() {
    let Some(plant) = Plant::new() else { return };
    let at = plant.find("::raise_after", is_call);
    let (boot, _) = plant.function("::set_up_cpu");
    let words = [(at, call(at, boot))];
    plant.finds(
        &words,
        "set_stage2_control",
        &["for boot alone", "VTCR_EL2"],
    );
    plant.finds(&words, "enable_traps", &["for boot alone", "CPTR_EL2"]);
}

/// Jumps and calls through a register, and returns by another than `x30`.
#[test]
fn control_that_nobody_can_follow_is_found() {
    let Some(plant) = Plant::new() else { return };
    let (start, _) = plant.function("::raise_after");
    let at = start + 40;
    for (word, part) in [
        (
            0xD61F_0200,
            "an indirect branch whose targets aren't listed",
        ), // br x16
        (
            0xD63F_0200,
            "an indirect branch whose targets aren't listed",
        ), // blr x16
        (
            0xD65F_0200,
            "an indirect branch whose targets aren't listed",
        ), // ret x16
        (0xFFFF_FFFF, "is no instruction that the disassembler knows"),
    ] {
        plant.finds(
            &[(at, word)],
            "linked in paratia_hypervisor::exits::fault::raise_after",
            &[part],
        );
    }
    let (other, _) = plant.function("::choose_next");
    plant.finds(
        &[(at, call(at, other + 8))],
        "raise_after",
        &["a call goes to", "where no function begins"],
    );
    let branch = call(at, other + 8) & !0x8000_0000;
    plant.finds(
        &[(at, branch)],
        "raise_after",
        &["control gets to", "choose_next"],
    );
}

/// A call of itself, and of a caller's caller.
#[test]
fn a_circle_of_calls_is_found() {
    let Some(plant) = Plant::new() else { return };
    let at = plant.find("::check_heartbeat", is_call);
    let (itself, _) = plant.function("::check_heartbeat");
    plant.finds(
        &[(at, call(at, itself))],
        "exits/fault",
        &["in a circle", "check_heartbeat"],
    );
    let (leave, _) = plant.function("way::exit::leave");
    let parts = ["in a circle", "check_heartbeat", "leave", "choose_next"];
    plant.finds(&[(at, call(at, leave))], "", &parts);
}

/// Frames that are too large, and frames that aren't given back.
#[test]
fn a_stack_that_is_too_deep_or_uneven_is_found() {
    let Some(plant) = Plant::new() else { return };
    let is = |word: u32, bits: u32| word & 0xFFC0_03FF == bits;
    let sub = plant.find("way::exit::leave", |word| is(word, 0xD100_03FF));
    let add = plant.find("way::exit::leave", |word| is(word, 0x9100_03FF));
    // The same number of pages down and up, where it was bytes.
    let (down, up) = (0xD140_13FF, 0x9140_13FF);
    plant.finds(
        &[(sub, down), (add, up)],
        "vectors",
        &["the stack may get", "has 16384", "leave"],
    );
    plant.finds(&[(sub, down)], "way/exit", &["depends on the way"]);
}

/// Systems without what another CPU may prolong.
const BOUNDED: [&str; 3] = ["cluster", "hello", "bench-windows"];

/// The ways from an exit have bounds.
#[test]
fn every_way_from_an_exit_is_bounded() {
    if !is_about(DEFAULT_BOARD) {
        return;
    }
    let reports = BOUNDED.map(|system| (system, report(DEFAULT_BOARD, system)));
    for (system, report) in &reports {
        assert_eq!(report.without_bound, [""; 0], "{system}");
        let bounds = report.bounds.as_ref().expect(system);
        assert_eq!((bounds.exits.len(), bounds.ends.len()), (9, 10), "{system}");
        assert!(
            bounds.exit < bounds.end && bounds.end <= bounds.path,
            "{system}: {bounds:?}"
        );
        println!(
            "{system}: exit {}, end {}, path {}",
            bounds.exit, bounds.end, bounds.path
        );
    }
}

/// A loop that nobody has bounded, by its place; and one that waits, which needs none.
#[test]
fn a_loop_without_a_bound_is_told() {
    let Some(plant) = Plant::new() else { return };
    let (start, _) = plant.function("way::exit::leave");
    // cbnz x9, back to the instruction before
    let report = plant.with(&[(start + 40, 0xB5FF_FFE9)]);
    let place = |it: &String| it.contains("linked in paratia_hypervisor::way::exit::leave");
    assert!(
        report.without_bound.iter().any(place),
        "{:?}",
        report.without_bound
    );
    assert_eq!(report.bounds, None);
}

/// An image that is larger than its declaration says isn't bounded by that in silence.
#[test]
fn an_image_of_another_declaration_is_found() {
    let Some(mut plant) = Plant::new() else {
        return;
    };
    plant.limits.quantities.insert("BLOCKS".into(), 1);
    plant.finds(
        &[],
        "vgic",
        &["the image has BLOCKS = 2", "and 1 was declared"],
    );
}

/// Mistakes of every kind at places by chance, the same in each run: none is missed.
#[test]
fn three_hundred_planted_by_chance_are_all_found() {
    const KINDS: [u32; 6] = [
        0xD51C_2100, // msr vttbr_el2, x0
        0xD51C_1000, // msr sctlr_el2, x0
        0xD50C_87DF, // tlbi vmalls12e1
        0x9E67_0020, // fmov d0, x1
        0xD400_0003, // smc #0
        0xD61F_0200, // br x16
    ];
    let Some(plant) = Plant::new() else { return };
    let image = Image::parse(&plant.elf).expect("it is an image");
    let functions = image
        .symbols
        .iter()
        .filter(|it| it.kind == SymbolKind::Function);
    let functions: Vec<_> = functions
        .filter(|it| it.section == ".text" && it.size_bytes > 0)
        .collect();
    let mut seed = 17_u64;
    let mut missed = BTreeSet::new();
    for index in 0..300 {
        // Knuth's generator for 64 bits.
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let chance = seed >> 33;
        let function = functions[usize::try_from(chance).expect("31 bits") % functions.len()];
        let address = function.address + chance / 7 % (function.size_bytes / 4) * 4;
        let word = KINDS[index % KINDS.len()];
        let findings = plant.with(&[(address, word)]).findings;
        if !findings.iter().any(|it| it.address == address) {
            missed.insert((function.name.clone(), address, word));
        }
    }
    assert_eq!(missed, BTreeSet::new());
}
