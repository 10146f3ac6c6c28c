//! Is it noticed if the switch from one guest to the next loses or leaves something?
//!
//! The instructions by which registers are moved are taken out one by one, in the linked image.

use std::collections::BTreeSet;

use paratia::{catalog, limits};
use paratia_tests::is_about;
use paratia_verify::carry::{self, Carried};
use paratia_verify::code::checks::Code;
use paratia_verify::code::flow::Program;
use paratia_verify::code::places::Places;
use paratia_verify::code::text::Text;
use paratia_verify::code::word::Flow;
use paratia_verify::code::{Finding, Limits, indirect};

use super::*;

const NOP: u32 = 0xD503_201F;
/// The assembly of a switch, and what it calls that moves registers.
const SWITCH: [&str; 6] = [
    "vectors: guest",
    "long_way",
    "switch",
    "resume",
    "switch_system",
    "switch_ras",
];
/// What a switch carries on the default board: `x0` to `x30`, `q0` to `q31`, and 35 system registers.
const CARRIED: usize = 31 + 32 + 35;

fn limits_of(board: &str, system: &str) -> Limits {
    limits::of(&catalog::choose(board, system).expect("it exists"))
}

/// What is carried by the code of a file.
fn examine(file: &[u8], limits: &Limits) -> (Carried, Vec<Finding>) {
    with(file, |code, image| {
        let mut findings = Vec::new();
        let carried = carry::examine(code, image, limits, &mut findings);
        (carried, findings)
    })
}

fn with<T>(file: &[u8], then: impl Fn(&Code, &Image) -> T) -> T {
    let image = Image::parse(file).expect("an image");
    let text = Text::of(&image).expect("it has code");
    let places = Places::of(file).expect("debug information");
    let program = Program::of(&text, &indirect::calls(&text, &places));
    let code = Code {
        text: &text,
        places: &places,
        program: &program,
    };
    then(&code, &image)
}

/// The file with one instruction in place of another.
fn with_instruction(file: &[u8], at: u64, bits: u32) -> Vec<u8> {
    let place = Image::parse(file)
        .expect("an image")
        .in_file(at..at + 4)
        .expect("it is loaded");
    let mut file = file.to_vec();
    file[place].copy_from_slice(&bits.to_le_bytes());
    file
}

/// Instructions of the switch with what they are, by the name of what they stand in.
fn of_switch(file: &[u8], limits: &Limits) -> Vec<(u64, String, String)> {
    let (carried, _) = examine(file, limits);
    with(file, |code, _| {
        let all = carried
            .instructions
            .iter()
            .filter_map(|at| code.text.at(*at));
        let named = all.map(|it| (it, code.text.name_at(it.address)));
        let named = named.filter_map(|(it, name)| {
            let of = SWITCH
                .iter()
                .find(|of| name.starts_with(**of) || name.ends_with(**of))?;
            Some((it.address, (*of).to_owned(), it.spelled()))
        });
        named.collect()
    })
}

#[test]
fn a_switch_carries_all_that_a_guest_reaches() {
    for (board, system) in good_images() {
        let limits = limits_of(&board, system);
        let (carried, findings) = examine(&Built::of(&board, system).file, &limits);
        assert_eq!(findings, [], "{system} on {board}");
        let interface = if board == DEFAULT_BOARD {
            CARRIED
        } else {
            CARRIED - 3
        };
        assert!(carried.registers.len() >= interface, "{system} on {board}");
        // Each in a place of its own.
        let places: BTreeSet<i64> = carried.registers.values().copied().collect();
        assert_eq!(places.len(), carried.registers.len(), "{system} on {board}");
        assert!(
            carried.functions > 100 && carried.ends >= 3,
            "{system} on {board}"
        );
    }
}

/// What may be missing and carries nothing: those that ask which handler is to be called, or whether this CPU
/// has registers that not all have, and a branch to what follows anyhow.
const CARRY_NOTHING: [(&str, &[&str]); 4] = [
    ("vectors: guest", &["b $"]),
    // ESR_EL2.
    ("long_way", &["mrs x2, s3_4_c5_c2_0", "tbnz w2"]),
    // TPIDR_EL2; behind the return lies the branch to `switch_ras`.
    ("switch_system", &["mrs x8, s3_4_c13_c0_2", "ret"]),
    // ID_AA64PFR1_EL1 and ID_AA64MMFR0_EL1.
    (
        "switch_ras",
        &[
            "mrs x8, s3_0_c0_c4_1",
            "mrs x8, s3_0_c0_c7_0",
            "tst",
            "b.eq",
            "ret",
        ],
    ),
];

fn carries_nothing(of: &str, spelled: &str) -> bool {
    let mut all = CARRY_NOTHING.iter();
    all.any(|(stands_in, those)| *stands_in == of && those.iter().any(|it| spelled.starts_with(it)))
}

#[test]
fn no_instruction_of_the_switch_can_be_taken_out() {
    if !is_about(DEFAULT_BOARD) {
        return;
    }
    let built = Built::of(DEFAULT_BOARD, "cluster");
    let limits = limits_of(DEFAULT_BOARD, "cluster");
    let all = of_switch(&built.file, &limits);
    let mut found = 0;
    for (at, of, spelled) in &all {
        let (_, findings) = examine(&with_instruction(&built.file, *at, NOP), &limits);
        found += usize::from(!findings.is_empty());
        let is_noticed = !findings.is_empty() || carries_nothing(of, spelled);
        assert!(
            is_noticed,
            "{of}: `{spelled}` at {at:#x} is missed by nobody"
        );
    }
    let asked = all.len() - found;
    assert!(
        found > 300 && asked < 16,
        "{found} are noticed, {asked} carry nothing"
    );
}

/// Stage 2 and the traps: taken out, or taken from elsewhere, they aren't the next guest's.
#[test]
fn what_confines_is_what_the_next_guests_state_names() {
    if !is_about(DEFAULT_BOARD) {
        return;
    }
    let built = Built::of(DEFAULT_BOARD, "cluster");
    let limits = limits_of(DEFAULT_BOARD, "cluster");
    let (carried, _) = examine(&built.file, &limits);
    let writes = with(&built.file, |code, _| {
        let all = carried
            .instructions
            .iter()
            .filter_map(|at| code.text.at(*at));
        let confines = all.filter(|it| {
            let spelled = it.spelled();
            ["msr s3_4_c2_c1_0", "msr s3_4_c1_c1_0"]
                .iter()
                .any(|it| spelled.starts_with(it))
        });
        confines.map(|it| it.address).collect::<Vec<_>>()
    });
    assert_eq!(writes.len(), 2);
    for at in writes {
        // The write itself, and the load before it.
        for at in [at, at - 4] {
            let (_, findings) = examine(&with_instruction(&built.file, at, NOP), &limits);
            assert!(!findings.is_empty(), "{at:#x}");
        }
        // The load from the word behind: the offset is in bits 21:10, in words.
        let bits = with(&built.file, |code, _| {
            code.text.at(at - 4).map(|it| it.bits)
        });
        let bits = bits.expect("an instruction") + (1 << 10);
        let (_, findings) = examine(&with_instruction(&built.file, at - 4, bits), &limits);
        let is_stage2 = findings.iter().any(|it| it.text.starts_with("VTTBR_EL2"));
        let is_traps = findings.is_empty();
        assert!(is_stage2 || is_traps, "{findings:?}");
    }
}

/// What a function gives back to its caller, it gives back: loads from its frame, one in a few.
#[test]
fn no_function_loses_what_it_has_to_keep() {
    const ONE_IN: usize = 16;
    if !is_about(DEFAULT_BOARD) {
        return;
    }
    let built = Built::of(DEFAULT_BOARD, "cluster");
    let limits = limits_of(DEFAULT_BOARD, "cluster");
    let (carried, _) = examine(&built.file, &limits);
    let restores = with(&built.file, |code, _| {
        let functions = carried
            .relied_upon
            .iter()
            .filter_map(|it| code.program.functions.get(it));
        let blocks = functions
            .flat_map(|it| it.blocks.values())
            .filter(|it| it.returns);
        let all = blocks.flat_map(|block| (block.start..block.end).step_by(4));
        let all = all.filter_map(|at| code.text.at(at));
        let is_restore = |spelled: &str| {
            let mut kept = (19..=30).map(|it| format!("x{it},"));
            let is_load = spelled.starts_with("ldp x") || spelled.starts_with("ldr x");
            is_load && spelled.contains("[sp") && kept.any(|it| spelled.contains(&it))
        };
        let all = all.filter(|it| it.word.flow == Flow::Next && is_restore(&it.spelled()));
        all.map(|it| it.address).collect::<Vec<_>>()
    });
    assert!(restores.len() > 100, "{}", restores.len());
    for at in restores.iter().step_by(ONE_IN) {
        let (_, findings) = examine(&with_instruction(&built.file, *at, NOP), &limits);
        let is_found = findings
            .iter()
            .any(|it| it.text.contains("doesn't give back"));
        assert!(is_found, "{at:#x}");
    }
}
