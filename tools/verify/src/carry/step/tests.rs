use super::super::value::{Base, Owner};
use super::*;

fn guest(number: u8) -> Value {
    Value::Guest(Register::General(number))
}

fn place(offset: i64) -> Place {
    Place::of(Base::Left).and(offset)
}

/// What holds after some words, as an assembler makes them.
fn after(words: &[u32]) -> State {
    let mut state = State::of_exit(false);
    for word in words {
        step(&mut state, *word).expect("no store goes anywhere");
    }
    state
}

#[test]
fn a_pair_goes_to_memory_and_comes_back() {
    // stp x2, x3, [sp, #16]; ldp x4, x5, [sp, #16]
    let state = after(&[0xA901_0FE2, 0xA941_17E4]);
    assert_eq!(state.general(4), guest(2));
    assert_eq!(state.general(5), guest(3));
    assert_eq!(state.load(place(24), 8), guest(3));
    // What wasn't stored is what was there.
    assert_eq!(state.load(place(32), 8), Value::Held(place(32), 8));
}

#[test]
fn vectors_move_whole_or_not_at_all() {
    // stp q0, q1, [sp, #320]; ldr q2, [sp, #336]; ldr d3, [sp, #320]
    let state = after(&[0xAD0A_07E0, 0x3DC0_57E2, 0xFD40_A3E3]);
    assert_eq!(state.vector(2), Value::Guest(Register::Vector(1)));
    assert_eq!(state.vector(3), Value::Unknown);
}

#[test]
fn a_base_moves_before_or_after() {
    // str x30, [sp, #-16]!; ldr x1, [sp], #16
    let state = after(&[0xF81F_0FFE]);
    assert_eq!(state.sp(), Value::Address(place(-16)));
    let state = after(&[0xF81F_0FFE, 0xF841_07E1]);
    assert_eq!(
        (state.sp(), state.general(1)),
        (Value::Address(place(0)), guest(30))
    );
}

#[test]
fn system_registers_hold_what_was_written() {
    // mrs x10, esr_el1; msr far_el1, x10; mrs x11, far_el1
    let state = after(&[0xD538_520A, 0xD518_600A, 0xD538_600B]);
    let esr = Value::Guest(Register::System([3, 0, 5, 2, 0]));
    assert_eq!(state.general(11), esr);
}

#[test]
fn addresses_are_followed_by_constants() {
    // mov x1, sp; add x9, x1, #832; sub x9, x9, #32; mov sp, x9
    let state = after(&[0x9100_03E1, 0x910D_0029, 0xD100_8129, 0x9100_013F]);
    assert_eq!(state.sp(), Value::Address(place(800)));
    // mrs x8, tpidr_el2; ldr x9, [x8, #64]; add x9, x9, #256
    let state = after(&[0xD53C_D048, 0xF940_2109, 0x9104_0129]);
    let through = Place::of(Base::Through(Owner::Cpu, 64));
    assert_eq!(state.general(9), Value::Address(through.and(256)));
}

#[test]
fn a_part_of_a_value_is_unknown() {
    // str x2, [sp]; ldr w3, [sp]
    let state = after(&[0xF900_03E2, 0xB940_03E3]);
    assert_eq!(state.general(3), Value::Unknown);
    // str x2, [sp]; strb w4, [sp, #3]; ldr x3, [sp]
    let state = after(&[0xF900_03E2, 0x3900_0FE4, 0xF940_03E3]);
    assert_eq!(state.general(3), Value::Unknown);
    // str w2, [sp]; ldr w3, [sp]: the upper half of x2 is lost.
    let state = after(&[0xB900_03E2, 0xB940_03E3]);
    assert_eq!(state.general(3), Value::Unknown);
}

#[test]
fn what_another_form_may_write_is_unknown() {
    // add x2, x3, x4; mul x5, x6, x7; eor x8, x8, x9; ldr x10, [x11, x12]; ldadd x13, x14, [x15]
    let state = after(&[0x8B04_0062, 0x9B07_7CC5, 0xCA09_0108, 0xF86C_696A]);
    for register in [2, 5, 8, 10] {
        assert_eq!(state.general(register), Value::Unknown, "x{register}");
    }
    assert_eq!(state.general(3), guest(3));
    // add v0.2d, v1.2d, v2.2d
    let state = after(&[0x4EE2_8420]);
    assert_eq!(state.vector(0), Value::Unknown);
    // A compare writes no register.
    assert_eq!(after(&[0xEB01_001F]), after(&[]));
}

#[test]
fn a_store_to_anywhere_is_told() {
    let mut state = State::of_exit(false);
    // str x1, [x2]; stlr x1, [x2]; stp x0, x1, [x2]
    for word in [0xF900_0041, 0xC89F_FC41, 0xA900_0440] {
        assert_eq!(step(&mut state, word), Err(StoresAnywhere), "{word:#x}");
    }
}

#[test]
fn both_contexts_may_be_one() {
    let next = Place::of(Base::Next).and(16);
    for (is_alone, held) in [(true, guest(2)), (false, Value::Held(next, 8))] {
        let mut state = State::of_exit(is_alone);
        state.store(place(16), 8, guest(2));
        assert_eq!(state.load(next, 8), held);
    }
}
