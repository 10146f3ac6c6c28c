//! Random mappings of one regime.

use proptest::prelude::*;

use super::walker::walk;
use super::{ONE_GIB, PAGE, TWO_MIB, largest_leaf, pages_to_look_at};
use crate::address::Pa;
use crate::tables::attributes::Attributes;
use crate::tables::count::count;
use crate::tables::mapping::{Mapping, Mappings};
use crate::tables::pool::Pool;

const BASE: u64 = 0x7_4000_0000;

/// A gap before a mapping, its size, and the output address behind it.
type Piece = (Gap, u64, u64, usize);

#[derive(Clone, Copy, Debug)]
enum Gap {
    Bytes(u64),
    AlignTo(u64),
}

fn gap() -> impl Strategy<Value = Gap> {
    prop_oneof![
        Just(Gap::Bytes(0)),
        (1u64..1000).prop_map(|pages| Gap::Bytes(pages * PAGE)),
        Just(Gap::AlignTo(TWO_MIB)),
        Just(Gap::AlignTo(ONE_GIB)),
    ]
}

fn size() -> impl Strategy<Value = u64> {
    prop_oneof![
        (1u64..600).prop_map(|pages| pages * PAGE),
        (1u64..5).prop_map(|blocks| blocks * TWO_MIB),
        (1u64..5, 1u64..512).prop_map(|(blocks, pages)| blocks * TWO_MIB + pages * PAGE),
        Just(ONE_GIB),
        Just(ONE_GIB + TWO_MIB + PAGE),
        Just(3 * ONE_GIB),
    ]
}

/// The output address of a mapping, from its input address: congruent to it by 1 GiB, by 2 MiB, or
/// not at all.
fn output() -> impl Strategy<Value = u64> {
    prop_oneof![
        (0u64..64).prop_map(|gib| gib * ONE_GIB),
        (0u64..4096).prop_map(|blocks| blocks * TWO_MIB),
        (0u64..4096).prop_map(|pages| pages * PAGE),
    ]
}

const KINDS: [Attributes; 5] = [
    Attributes::STAGE2_RAM,
    Attributes::STAGE2_DEVICE,
    Attributes::EL2_TEXT,
    Attributes::EL2_CONSTANT,
    Attributes::EL2_DATA,
];

fn lay_out(pieces: &[Piece]) -> Vec<Mapping> {
    let mut next = 0;
    let mut mappings = Vec::new();
    for &(gap, size_bytes, distance, kind) in pieces {
        let input = match gap {
            Gap::Bytes(bytes) => next + bytes,
            Gap::AlignTo(bytes) => u64::next_multiple_of(next, bytes),
        };
        next = input + size_bytes;
        mappings.push(Mapping {
            input,
            output: input + distance,
            size_bytes,
            attributes: KINDS[kind],
        });
    }
    mappings
}

/// What the mappings say about an address, found by looking through all of them.
fn expected(mappings: &[Mapping], input: u64) -> Option<(u64, u64, u64)> {
    let mapping = mappings
        .iter()
        .find(|mapping| (mapping.input..mapping.input + mapping.size_bytes).contains(&input))?;
    let range = mapping.input..mapping.input + mapping.size_bytes;
    Some((
        mapping.output + (input - mapping.input),
        largest_leaf(&range, mapping.output, input),
        mapping.attributes.0,
    ))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn every_page_translates_as_its_mapping_says_and_every_other_page_faults(
        pieces in prop::collection::vec((gap(), size(), output(), 0..KINDS.len()), 1..8),
        order in any::<prop::sample::Index>(),
    ) {
        let mut mappings = lay_out(&pieces);
        let turns = order.index(mappings.len());
        mappings.rotate_left(turns);
        let mut list: Mappings<32> = Mappings::new();
        for mapping in &mappings {
            list.add(*mapping);
        }

        // Three GiB of pages need 1500 tables: too many to be worth it here.
        let needed = count(&list);
        prop_assume!(needed <= 128);
        let mut pool = Box::new(Pool::<128>::new(Pa(BASE)));
        prop_assert_eq!(pool.add_regime(&list), 0);
        let tables = pool.used();
        prop_assert_eq!(tables.len(), needed);
        prop_assert!(tables.iter().all(|table| table.iter().any(|entry| *entry != 0)));

        let mut look_at = vec![0, (1 << 39) - PAGE];
        for mapping in &mappings {
            let range = mapping.input..mapping.input + mapping.size_bytes;
            look_at.extend(pages_to_look_at(&range));
            look_at.extend([range.start.saturating_sub(PAGE), range.end]);
        }
        for page in look_at {
            for input in [page, page + PAGE - 1] {
                let leaf = walk(tables, BASE, BASE, input)
                    .map(|leaf| (leaf.output, leaf.leaf_bytes, leaf.attributes));
                prop_assert_eq!(leaf, expected(&mappings, input), "at {:#x}", input);
            }
        }
    }
}
