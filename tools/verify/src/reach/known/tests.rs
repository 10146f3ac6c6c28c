use super::*;

const MAIR: SystemRegister = SystemRegister::new(4, 10, 2, 0);

/// What is written to `MAIR_EL2` by these instructions, which nothing else leads to.
fn written(instructions: &[u32]) -> Vec<Bits> {
    let bytes: Vec<u8> = instructions
        .iter()
        .flat_map(|word| word.to_le_bytes())
        .collect();
    let image = Image {
        file: &bytes,
        entry: 0x1000,
        segments: vec![crate::image::Segment {
            address: 0x1000,
            memory_bytes: bytes.len() as u64,
            in_file: 0..bytes.len(),
            is_writable: false,
            is_executable: true,
        }],
        sections: Vec::new(),
        symbols: Vec::new(),
        constants: BTreeMap::new(),
    };
    writes(&image, &[MAIR])[&MAIR]
        .iter()
        .map(|write| write.value)
        .collect()
}

const WRITE_X9: u32 = 0xD51C_A209; // msr mair_el2, x9
const WRITE_X8: u32 = 0xD51C_A208;

#[test]
fn a_constant_is_known_however_it_is_made() {
    for (instructions, value) in [
        // mov w9, #0x3559; movk w9, #0x8000, lsl #16
        (&[0x5286_AB29, 0x72B0_0009, WRITE_X9][..], 0x8000_3559),
        // mov x9, #-2
        (&[0x9280_0029, WRITE_X9], u64::MAX - 1),
        // mov x9, #0x80000000 (orr with a logical immediate)
        (&[0xB261_03E9, WRITE_X9], 0x8000_0000),
        // ldr x9, .+8; b .+12; .quad (after it)
        (
            &[0x5800_0049, WRITE_X9, 0x0044_FF00, 0x1234],
            0x1234_0044_FF00,
        ),
        // mov x8, #1; lsl x9, x8, #5
        (&[0xD280_0028, 0xD37B_E909, WRITE_X9], 0x20),
        // mov x8, #7; mov x9, #0; bfi x9, x8, #4, #3
        (&[0xD280_00E8, 0xD280_0009, 0xB37C_0909, WRITE_X9], 0x70),
        // adr x9, .+4
        (&[0x1000_0029, WRITE_X9], 0x1004),
    ] {
        assert_eq!(
            written(instructions),
            [Bits::all(value)],
            "{instructions:x?}"
        );
    }
}

#[test]
fn a_field_from_the_cpu_leaves_the_other_bits_known() {
    let code = [
        0xD538_0708, // mrs x8, id_aa64mmfr0_el1
        0x9240_0D08, // and x8, x8, #0xf
        0xF100_151F, // cmp x8, #5
        0xD280_00A9, // mov x9, #5
        0x9A89_3108, // csel x8, x8, x9, lo
        0x5286_AB29, // mov w9, #0x3559
        0xAA08_4128, // orr x8, x9, x8, lsl #16
        WRITE_X8,
    ];
    let [bits] = written(&code)[..] else {
        panic!("it is written once")
    };
    // At most 5, by the comparison.
    assert_eq!(bits.known, !(0b111 << 16));
    assert_eq!(bits.value, 0x3559);
}

/// A bound holds for the register that was compared alone, until it or the flags change.
#[test]
fn a_comparison_bounds_what_it_compared() {
    const COMPARE: u32 = 0xF100_151F; // cmp x8, #5
    const CHOOSE: u32 = 0x9A89_3108; // csel x8, x8, x9, lo
    const LOAD: u32 = 0xF940_0008; // ldr x8, [x0]
    const FIVE: u32 = 0xD280_00A9; // mov x9, #5
    const AT_LEAST: u32 = 0x9A89_2108; // csel x8, x8, x9, hs
    const OTHERS: u32 = 0xF100_101F; // cmp x0, #4
    const ADD: u32 = 0x9100_0508; // add x8, x8, #1
    for (code, known) in [
        ([LOAD, FIVE, COMPARE, CHOOSE, WRITE_X8], !0b111),
        ([LOAD, FIVE, COMPARE, AT_LEAST, WRITE_X8], 0),
        ([FIVE, COMPARE, LOAD, CHOOSE, WRITE_X8], 0),
        ([FIVE, COMPARE, ADD, CHOOSE, WRITE_X8], 0),
        ([FIVE, COMPARE, OTHERS, CHOOSE, WRITE_X8], 0),
    ] {
        let [bits] = written(&code)[..] else {
            panic!("it is written once")
        };
        assert_eq!(bits.known, known, "{code:x?}");
    }
}

#[test]
fn ways_that_meet_keep_what_they_agree_on() {
    let code = [
        0xD280_0069, // mov x9, #3
        0xB400_0040, // cbz x0, .+8
        0xD280_00A9, // mov x9, #5
        WRITE_X9,
    ];
    assert_eq!(written(&code), [Bits::new(!0b110, 1)]);
}

#[test]
fn what_may_be_changed_elsewhere_is_unknown() {
    for (code, why) in [
        (&[0xD280_0069, 0x9400_0010, WRITE_X9][..], "a call"),
        (&[0xD280_0069, 0xF940_0009, WRITE_X9], "a load"),
        (&[0xD280_0069, 0xA940_2400, WRITE_X9], "a load of a pair"),
        (&[0xD280_0069, WRITE_X9, 0xD280_00A9, 0x17FF_FFFE], "a loop"),
        (&[0xD280_0069, 0xD61F_0000, WRITE_X9], "a jump by a table"),
        (
            &[0xD280_0069, 0xF840_8529, WRITE_X9],
            "an index that a load changes",
        ),
    ] {
        assert_eq!(written(code), [Bits::UNKNOWN], "{why}");
    }
}

#[test]
fn logical_immediates_are_the_manuals() {
    // orr x0, xzr, #imm, by what an assembler prints for them.
    for (word, value) in [
        (0xB200_F3E0_u32, 0x5555_5555_5555_5555_u64),
        (0xB200_C3E0, 0x0101_0101_0101_0101),
        (0xB240_3FE0, 0xFFFF),
        (0xB270_BFE0, 0xFFFF_FFFF_FFFF_0000),
        (0xB241_FBE0, 0xBFFF_FFFF_FFFF_FFFF),
        (0xB27F_FBE0, 0xFFFF_FFFF_FFFF_FFFE),
    ] {
        assert_eq!(logical_immediate(word), Some(value), "{word:#x}");
    }
    // All ones have no such form.
    assert_eq!(logical_immediate(0xB240_FFE0), None);
}

/// Between instructions lie constants, which may look like anything.
#[test]
fn no_word_is_too_much() {
    let mut seed = 1_u64;
    let words: Vec<u32> = (0..400_000)
        .map(|_| {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            // Mostly of the forms that are read.
            let word = (seed >> 32) as u32;
            if seed >> 31 & 1 == 0 {
                word
            } else {
                word & 0x83FF_FFFF | 0x1000_0000
            }
        })
        .collect();
    let _ = written(&words);
}
