use super::*;

/// Device-nGnRnE, Normal write-back, Normal non-cacheable.
const MAIR: u64 = 0x44_FF_00;
const ONE: Stage = Stage::One(MAIR);
const NEVER: u64 = 1 << 54;

fn leaf(descriptor: u64, level: u32, stage: Stage) -> Leaf {
    match decode(descriptor, level, stage) {
        (Meaning::Leaf(leaf), wrong) if wrong.is_empty() => leaf,
        other => panic!("{descriptor:#x} is {other:?}"),
    }
}

#[test]
fn every_bit_of_every_form_has_one_rule() {
    for (form, levels) in [
        (Form::Invalid, 1..=3),
        (Form::Table, 1..=2),
        (Form::LeafOne, 1..=3),
        (Form::LeafTwo, 1..=3),
    ] {
        for level in levels {
            let mut seen = [0; 64];
            for field in fields(form, level) {
                assert!(field.low <= field.high, "{field:?}");
                for bit in field.low..=field.high {
                    seen[bit as usize] += 1;
                }
            }
            assert_eq!(seen, [1; 64], "{form:?} at level {level}");
        }
    }
}

/// By the manual's figures, not by what a builder writes.
#[test]
fn stage_2_is_the_manuals() {
    let page = |attributes: u64| leaf(0x4012_3000 | attributes | 0b11, 3, Stage::Two);
    let ram = page(0b11 << 8 | 1 << 10 | 0b11 << 6 | 0b1111 << 2);
    assert_eq!(
        (ram.output, ram.rights, ram.memory),
        (0x4012_3000, Rights::ALL, Memory::WRITE_BACK)
    );
    let passport = page(NEVER | 0b11 << 8 | 1 << 10 | 0b01 << 6 | 0b1111 << 2);
    assert_eq!(
        (passport.rights, passport.memory),
        (Rights::READ, Memory::WRITE_BACK)
    );
    let pixels = page(NEVER | 1 << 10 | 0b11 << 6 | 0b0101 << 2);
    assert_eq!(
        (pixels.rights, pixels.memory),
        (Rights::READ_WRITE, Memory::NonCacheable)
    );
    let device = page(NEVER | 1 << 10 | 0b10 << 6 | 0b0001 << 2);
    assert_eq!(device.rights.to_string(), "-w-");
    assert_eq!(device.memory, Memory::REGISTERS);
    let through = page(1 << 10 | 0b10 << 8 | 0b01 << 6 | 0b1110 << 2);
    assert_eq!(
        through.memory.to_string(),
        "outer-write-back-inner-write-through-outer-shareable"
    );
}

#[test]
fn stage_1_of_el2_is_the_manuals() {
    let page = |attributes: u64| leaf(0x4012_3000 | attributes | 0b11, 3, ONE);
    let common = 0b11 << 8 | 1 << 10 | 1 << 6;
    let text = page(common | 1 << 7 | 1 << 2);
    assert_eq!(
        (text.rights, text.memory),
        (Rights::READ_EXECUTE, Memory::WRITE_BACK)
    );
    let data = page(common | NEVER | 1 << 2);
    assert_eq!(
        (data.rights, data.memory),
        (Rights::READ_WRITE, Memory::WRITE_BACK)
    );
    let device = page(common | NEVER);
    assert_eq!(
        (device.rights, device.memory),
        (Rights::READ_WRITE, Memory::STRICT_REGISTERS)
    );
    let pixels = page(common | NEVER | 2 << 2);
    assert_eq!(pixels.memory, Memory::NonCacheable);
    let both = page(common | 1 << 2);
    assert_eq!(both.rights, Rights::ALL);
}

#[test]
fn blocks_have_the_address_of_their_level() {
    let attributes = 0x7FC | 0b01;
    assert_eq!(
        leaf(0x4020_0000 | attributes, 2, Stage::Two).output,
        0x4020_0000
    );
    assert_eq!(
        leaf(0xC000_0000 | attributes, 1, Stage::Two).output,
        0xC000_0000
    );
    // An address that is finer than the block: the bits are reserved.
    let (meaning, wrong) = decode(0x4030_1000 | attributes, 2, Stage::Two);
    assert_eq!(
        meaning,
        Meaning::Leaf(leaf(0x4020_0000 | attributes, 2, Stage::Two))
    );
    let names: Vec<(&str, u64)> = wrong
        .iter()
        .map(|wrong| (wrong.field.name, wrong.value))
        .collect();
    assert_eq!(names, [("RES0", 1), ("RES0", 0b1000)]);
}

#[test]
fn what_is_not_valid_means_nothing() {
    for (descriptor, level) in [
        (0, 1),
        (0xFFFF_FFFF_FFFF_FFFC, 2),
        (0b10, 3),
        (0x4000_07FD, 3),
    ] {
        assert_eq!(
            decode(descriptor, level, Stage::Two),
            (Meaning::Nothing, vec![]),
            "{descriptor:#x}"
        );
    }
    assert_eq!(
        decode(0x4012_3003, 2, ONE),
        (Meaning::Table(0x4012_3000), vec![])
    );
}

/// Each bit of a good descriptor turned over: it means the same only where hardware ignores it or the bit
/// has no effect on the memory's type; else it means something else or is wrong.
#[test]
fn a_bit_that_is_turned_over_is_noticed_unless_it_is_ignored() {
    let page = 0x4012_3000 | 0x7FC | 0b11;
    let device = NEVER | 0x901_0000 | 0x7C4 | 0b11;
    for (descriptor, same) in [
        (page, vec![55, 56, 57, 58]),
        // Device memory is outer shareable, whatever the field says; 0b01 is reserved there, too.
        (device, vec![8, 55, 56, 57, 58]),
    ] {
        let before = decode(descriptor, 3, Stage::Two);
        assert!(before.1.is_empty());
        let unnoticed: Vec<u32> = (0..64)
            .filter(|bit| decode(descriptor ^ 1 << bit, 3, Stage::Two) == before)
            .collect();
        assert_eq!(unnoticed, same, "{descriptor:#x}");
    }
    let table = 0x4012_3003;
    let unnoticed: Vec<u32> = (0..64)
        .filter(|bit| decode(table ^ 1 << bit, 1, ONE) == decode(table, 1, ONE))
        .collect();
    let ignored: Vec<u32> = (2..=11).chain(51..=58).collect();
    assert_eq!(unnoticed, ignored);
}
