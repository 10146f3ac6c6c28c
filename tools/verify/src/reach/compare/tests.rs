use super::super::memory::{Memory, Rights};
use super::*;

fn mapping(input: u64, output: u64, bytes: u64, rights: Rights) -> Mapping {
    Mapping {
        input,
        output,
        bytes,
        rights,
        memory: Memory::WRITE_BACK,
    }
}

#[test]
fn what_is_alike_has_no_difference_however_it_is_cut() {
    let whole = [mapping(0x1000, 0x8000, 0x4000, Rights::ALL)];
    let cut = [
        mapping(0x1000, 0x8000, 0x1000, Rights::ALL),
        mapping(0x2000, 0x9000, 0x3000, Rights::ALL),
    ];
    assert_eq!(differences(&whole, &cut, 0, u64::MAX), []);
    assert_eq!(differences(&cut, &whole, 0x1800, 0x2800), []);
}

#[test]
fn a_difference_has_both_sides_and_their_addresses() {
    let expected = [mapping(0x1000, 0x8000, 0x3000, Rights::READ)];
    let derived = [
        mapping(0x1000, 0x8000, 0x1000, Rights::READ),
        mapping(0x2000, 0x9000, 0x3000, Rights::ALL),
    ];
    let found = differences(&expected, &derived, 0, 0x10_0000);
    let sides = |found: &Difference| {
        let output = |side: Option<Mapping>| side.map(|side| (side.output, side.bytes));
        (
            found.input,
            found.bytes,
            output(found.expected),
            output(found.derived),
        )
    };
    let found: Vec<_> = found.iter().map(sides).collect();
    assert_eq!(
        found,
        [
            (
                0x2000,
                0x2000,
                Some((0x9000, 0x2000)),
                Some((0x9000, 0x2000))
            ),
            (0x4000, 0x1000, None, Some((0xB000, 0x1000))),
        ]
    );
}

/// Maps by chance, against a comparison of each unit by itself.
#[test]
fn no_unit_is_missed_and_none_invented() {
    let mut seed = 1_u64;
    let mut next = |below: u64| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    for _ in 0..2_000 {
        let mut map = || {
            let (mut at, mut all) = (0, Vec::new());
            while at < 24 {
                at += next(4);
                let bytes = 1 + next(5);
                all.push(mapping(at, 100 + at + 7 * next(2), bytes, Rights::READ));
                at += bytes;
            }
            all
        };
        let (one, other) = (map(), map());
        let (start, end) = (next(10), 10 + next(20));
        let found = differences(&one, &other, start, end);
        let here = |map: &[Mapping], at: u64| map.iter().find_map(|one| one.within(at, at + 1));
        for at in 0..40 {
            let differs = (start..end).contains(&at) && here(&one, at) != here(&other, at);
            let told = found
                .iter()
                .any(|one| (one.input..one.input + one.bytes).contains(&at));
            assert_eq!(differs, told, "{at} of {one:?} and {other:?}");
        }
    }
}
