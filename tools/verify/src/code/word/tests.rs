//! Words as an assembler makes them, and two libraries as second opinions about words by chance.

use std::collections::BTreeMap;

use disarm64::decoder;
use disarm64_defn::InsnClass;
use disarm64_defn::defn::InsnOpcode as _;
use yaxpeax_arch::{Decoder as _, U8Reader};
use yaxpeax_arm::armv8::a64::{InstDecoder, Opcode};

use super::*;

#[test]
fn control_flow_is_told() {
    for (word, expected, spelled) in [
        (0x1400_0002, Flow::Branch(8), "b #8"),
        (0x17FF_FFFF, Flow::Branch(-4), "b #-4"),
        (0x9400_0002, Flow::Call(8), "bl #8"),
        (0x5400_0040, Flow::Maybe(8), "b.eq #8"),
        (0x54FF_FFC1, Flow::Maybe(-8), "b.ne #-8"),
        (0xB400_0040, Flow::Maybe(8), "cbz x0, #8"),
        (0x3500_0040, Flow::Maybe(8), "cbnz w0, #8"),
        (0x3618_0048, Flow::Maybe(8), "tbz w8, #3, #8"),
        (0x74C2_9188, Flow::Maybe(560), "cbbeq w8, w2, #560"),
        (0xB7F8_0040, Flow::Maybe(8), "tbnz x0, #63, #8"),
        (0xD61F_0100, Flow::Jump(8), "br x8"),
        (0xD71F_0800, Flow::Jump(0), "braa x0, x0"),
        (0xD63F_0100, Flow::CallRegister(8), "blr x8"),
        (0xD73F_0800, Flow::CallRegister(0), "blraa x0, x0"),
        (0xD65F_03C0, Flow::Return(30), "ret"),
        (0xD65F_0020, Flow::Return(1), "ret x1"),
        (0xD65F_0BFF, Flow::Return(30), "retaa"),
        (0xD69F_03E0, Flow::ExceptionReturn, "eret"),
        (0xD69F_0BFF, Flow::ExceptionReturn, "eretaa"),
        (0xD420_0020, Flow::Nowhere, "brk #1"),
        (0x0000_0000, Flow::Nowhere, "udf #0"),
        (0xD6BF_03E0, Flow::Nowhere, "drps"),
        (0xD400_0002, Flow::Next, "hvc #0"),
        (0xF940_0020, Flow::Next, "ldr x0, [x1]"),
    ] {
        assert_eq!(Word::of(word).flow, expected, "{spelled}");
    }
}

#[test]
fn effects_are_told_by_their_numbers() {
    for (word, expected, spelled) in [
        (
            0xD51C_1100,
            Effect::Write([3, 4, 1, 1, 0]),
            "msr hcr_el2, x0",
        ),
        (
            0xD53C_1100,
            Effect::Read([3, 4, 1, 1, 0]),
            "mrs x0, hcr_el2",
        ),
        (0xD50C_871F, Effect::System([1, 4, 8, 7, 0]), "tlbi alle2"),
        (0xD508_871F, Effect::System([1, 0, 8, 7, 0]), "tlbi vmalle1"),
        (
            0xD50B_7E20,
            Effect::System([1, 3, 7, 14, 1]),
            "dc civac, x0",
        ),
        (0xD508_7640, Effect::System([1, 0, 7, 6, 2]), "dc isw, x0"),
        (0xD508_751F, Effect::System([1, 0, 7, 5, 0]), "ic iallu"),
        (0xD508_7800, Effect::System([1, 0, 7, 8, 0]), "at s1e1r, x0"),
        (
            0xD50C_7880,
            Effect::System([1, 4, 7, 8, 4]),
            "at s12e1r, x0",
        ),
        (0xD503_42DF, Effect::WriteField(3, 6), "msr daifset, #2"),
        (0xD503_48FF, Effect::WriteField(3, 7), "msr daifclr, #8"),
        (0xD500_41BF, Effect::WriteField(0, 5), "msr spsel, #1"),
        (0xD400_0001, Effect::SupervisorCall, "svc #0"),
        (0xD400_0002, Effect::HypervisorCall, "hvc #0"),
        (0xD400_0003, Effect::MonitorCall, "smc #0"),
        (0xD420_0020, Effect::Breakpoint, "brk #1"),
        (0xD440_0000, Effect::Halt, "hlt #0"),
        (0xD460_0000, Effect::Transaction, "tcancel #0"),
        (0xD4A0_0001, Effect::DebugState, "dcps1"),
        (0xD6BF_03E0, Effect::DebugState, "drps"),
        (0xD69F_03E0, Effect::ExceptionReturn, "eret"),
        (0xD503_205F, Effect::WaitForEvent, "wfe"),
        (0xD503_1000, Effect::WaitForEvent, "wfet x0"),
        (0xD503_207F, Effect::WaitForInterrupt, "wfi"),
        (0xD503_1020, Effect::WaitForInterrupt, "wfit x0"),
        (0xD503_201F, Effect::Order, "nop"),
        (0xD503_203F, Effect::Order, "yield"),
        (0xD503_3FDF, Effect::Order, "isb"),
        (0xD503_3B9F, Effect::Order, "dsb ish"),
        (0xD503_305F, Effect::Order, "clrex"),
    ] {
        assert_eq!(Word::of(word).effect, Some(expected), "{spelled}");
    }
    for (word, spelled) in [
        (0xF940_0020, "ldr x0, [x1]"),
        (0x9100_43E0, "add x0, sp, #16"),
    ] {
        assert_eq!(Word::of(word).effect, None, "{spelled}");
    }
}

#[test]
fn fp_registers_and_stores_are_told() {
    for (word, is_vector, is_store, spelled) in [
        (0xAD0A_0400, true, true, "stp q0, q1, [x0, #320]"),
        (0x3DC0_0020, true, false, "ldr q0, [x1]"),
        (0x9E67_0020, true, false, "fmov d0, x1"),
        (0x1E62_2820, true, false, "fadd d0, d1, d2"),
        (0x4E08_0D08, true, false, "dup v8.2d, x8"),
        (0x2581_4800, true, false, "orr p0.b, p2/z, p0.b, p1.b"),
        (0x0C9F_7020, true, true, "st1 {v0.8b}, [x1], #8"),
        (0x0CDF_7020, true, false, "ld1 {v0.8b}, [x1], #8"),
        (0xF900_0020, false, true, "str x0, [x1]"),
        (0xF940_0020, false, false, "ldr x0, [x1]"),
        (0xA901_2D2A, false, true, "stp x10, x11, [x9, #16]"),
        (0xA941_2D2A, false, false, "ldp x10, x11, [x9, #16]"),
        (0x3800_0420, false, true, "strb w0, [x1], #0"),
        (0x3840_0420, false, false, "ldrb w0, [x1], #0"),
        (0xC89F_FC20, false, true, "stlr x0, [x1]"),
        (0xC8DF_FC20, false, false, "ldar x0, [x1]"),
        (0xC800_7C20, false, true, "stxr w0, x0, [x1]"),
        (0xC85F_7C20, false, false, "ldxr x0, [x1]"),
        (0xC8E0_FC41, false, true, "casal x0, x1, [x2]"),
        (0xF820_0041, false, true, "ldadd x0, x1, [x2]"),
        (0xF8BF_C020, false, false, "ldapr x0, [x1]"),
        (0xD900_1020, false, true, "stlur x0, [x1, #1]"),
        (0xD940_0020, false, false, "ldapur x0, [x1]"),
        (0x5800_0040, false, false, "ldr x0, #8"),
        (0xF980_0000, false, false, "prfm pldl1keep, [x0]"),
        (0x8B01_0000, false, false, "add x0, x0, x1"),
    ] {
        let it = Word::of(word);
        let told = (it.is_vector, it.is_store && it.effect.is_none());
        assert_eq!(told, (is_vector, is_store), "{spelled}");
    }
}

/// What kind of flow an opcode of yaxpeax-arm has, in words shared with [`kind`].
fn kind_by_yaxpeax(opcode: Opcode) -> &'static str {
    match opcode {
        Opcode::B => "branch",
        Opcode::Bcc(_)
        | Opcode::BCcc(_)
        | Opcode::CBZ
        | Opcode::CBNZ
        | Opcode::TBZ
        | Opcode::TBNZ => "maybe",
        Opcode::BL => "call",
        Opcode::BR | Opcode::BRAA | Opcode::BRAAZ | Opcode::BRAB | Opcode::BRABZ => "jump",
        Opcode::BLR | Opcode::BLRAA | Opcode::BLRAAZ | Opcode::BLRAB | Opcode::BLRABZ => {
            "call register"
        }
        Opcode::RET | Opcode::RETAA | Opcode::RETAB | Opcode::RETAASPPC | Opcode::RETABSPPC => {
            "return"
        }
        Opcode::ERET | Opcode::ERETAA | Opcode::ERETAB => "exception return",
        Opcode::BRK | Opcode::UDF | Opcode::DRPS => "nowhere",
        _ => "next",
    }
}

fn kind(flow: Flow) -> &'static str {
    match flow {
        Flow::Next => "next",
        Flow::Branch(_) => "branch",
        Flow::Maybe(_) => "maybe",
        Flow::Call(_) => "call",
        Flow::Jump(_) => "jump",
        Flow::CallRegister(_) => "call register",
        Flow::Return(_) => "return",
        Flow::ExceptionReturn => "exception return",
        Flow::Nowhere => "nowhere",
    }
}

/// Words by chance, the same in each run: a full-period generator (Numerical Recipes' constants).
fn words() -> impl Iterator<Item = u32> {
    let next = |word: &u32| Some(word.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
    let branches = std::iter::successors(Some(1), next).take(400_000);
    let branches = branches.map(|word| word & !0x1E00_0000 | 0x1400_0000);
    std::iter::successors(Some(2), next)
        .take(1_000_000)
        .chain(branches)
}

#[test]
fn a_library_sees_the_same_flow() {
    let (mut count, mut differ) = (0, BTreeMap::new());
    for word in words() {
        let bytes = word.to_le_bytes();
        if let Ok(it) = InstDecoder::default().decode(&mut U8Reader::new(&bytes)) {
            let own = kind(Word::of(word).flow);
            let theirs = kind_by_yaxpeax(it.opcode);
            if own != theirs {
                differ
                    .entry((own, theirs))
                    .or_insert_with(|| format!("{word:#010x} {it}"));
            }
            count += 1;
        }
    }
    assert_eq!(differ, BTreeMap::new());
    assert!(count > 300_000, "{count} words had a meaning to it");
}

/// Classes of disarm64 (binutils' names) that are what this file asks about.
#[test]
fn another_library_sees_the_same_classes() {
    let (mut count, mut differ) = (0, BTreeMap::new());
    for word in words() {
        let Some(it) = decoder::decode(word) else {
            continue;
        };
        let (own, class) = (Word::of(word), it.definition().class);
        let name = it.definition().mnemonic;
        count += 1;
        let is_branch = own.flow != Flow::Next && own.flow != Flow::Nowhere;
        let expected = matches!(
            class,
            InsnClass::BRANCH_IMM
                | InsnClass::BRANCH_REG
                | InsnClass::COMPBRANCH
                | InsnClass::CONDBRANCH
                | InsnClass::TESTBRANCH
        ) || name.starts_with("cb");
        // UDF and RMIF are in classes of theirs, TCANCEL and TCHANGE in others.
        let is_system = matches!(class, InsnClass::IC_SYSTEM | InsnClass::EXCEPTION)
            && !matches!(name, "udf" | "rmif")
            || matches!(name, "tcancel" | "tchangeb" | "tchangef");
        let is_return = matches!(name, "eret" | "eretaa" | "eretab" | "drps");
        let theirs = (expected && name != "drps", is_system || is_return);
        let own = (is_branch, own.effect.is_some());
        if own != theirs {
            differ
                .entry((name, own, theirs))
                .or_insert_with(|| format!("{word:#010x}"));
        }
    }
    assert_eq!(differ, BTreeMap::new());
    assert!(count > 300_000, "{count} words had a meaning to it");
}
