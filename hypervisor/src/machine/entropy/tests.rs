use std::collections::BTreeSet;
use std::vec::Vec;

use proptest::prelude::*;
use sha2::block_api::compress256;
use sha2::{Digest, Sha256};

use super::*;

/// By a library and the words of the module alone.
fn digest(key: &[u8], label: u64, number: u64) -> Drawn {
    let mut hasher = Sha256::new();
    hasher.update(key);
    hasher.update(label.to_le_bytes());
    hasher.update(number.to_le_bytes());
    hasher.finalize().into()
}

fn compress(state: &mut State, blocks: &[Block]) {
    compress256(state, blocks);
}

proptest! {
    #[test]
    fn what_is_drawn_is_a_model_s(number: u64, partition in 0..128_u64, kinds in prop::collection::vec(1..=2_usize, 1..20)) {
        let root = Root::of_number(number, compress);
        let mut source = Source::new(&root, partition, compress);
        let mut key = digest(&digest(&[0; 32], 1, number), 2, partition);
        for kind in kinds {
            let drawn: Vec<Drawn> = if kind == 1 {
                source.draw::<1>(compress).into()
            } else {
                source.draw::<2>(compress).into()
            };
            for (place, drawn) in drawn.iter().enumerate() {
                prop_assert_eq!(*drawn, digest(&key, 3, place as u64));
            }
            key = digest(&key, 4, 0);
            prop_assert_eq!(source.key, key, "and the key before is gone");
        }
    }
}

#[test]
fn nothing_is_drawn_twice_by_anybody() {
    let mut seen = BTreeSet::new();
    let roots = (0..4)
        .map(|number| Root::of_number(number, compress))
        .chain((0..4).map(|byte| Root::of_board(&[byte; BYTES], compress)));
    let mut count = 0;
    for root in roots {
        for partition in 0..8 {
            let mut source = Source::new(&root, partition, compress);
            for _ in 0..8 {
                count += 4;
                seen.insert(source.key);
                let [one] = source.draw(compress);
                let [first, second] = source.draw(compress);
                seen.extend([one, first, second]);
            }
        }
    }
    assert_eq!(seen.len(), count);
}
