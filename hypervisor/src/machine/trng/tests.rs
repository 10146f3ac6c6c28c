use proptest::prelude::*;
use sha2::block_api::compress256;

use super::*;
use crate::base::sha256::{Block, State};
use crate::machine::entropy::Root;

fn compress(state: &mut State, blocks: &[Block]) {
    compress256(state, blocks);
}

fn source(number: u64) -> Source {
    Source::new(&Root::of_number(number, compress), 0, compress)
}

/// The document's answer to a call, by one number of 192 bits as a row of bytes; `drawn` is what the source
/// gives next, if there is a source.
fn model(id: u32, x1: u64, drawn: Option<[u8; 32]>) -> [u64; 4] {
    const REFUSED: [u64; 3] = [u64::MAX, u64::MAX - 1, u64::MAX - 2];
    let known = [
        0x8400_0050,
        0x8400_0051,
        0x8400_0052,
        0x8400_0053,
        0xC400_0053,
    ];
    let w1 = x1 & 0xFFFF_FFFF;
    let (bits, bytes, most) = match id {
        0x8400_0050 => return [0x1_0000, 0, 0, 0],
        0x8400_0051 if known.contains(&w1) => return [0; 4],
        0x8400_0052 => return UUID,
        0x8400_0053 => (w1, 4, 96),
        0xC400_0053 => (x1, 8, 192),
        _ => return [REFUSED[0], 0, 0, 0],
    };
    if bits < 1 || bits > most {
        return [REFUSED[1], 0, 0, 0];
    }
    let Some(drawn) = drawn else {
        return [REFUSED[2], 0, 0, 0];
    };
    // Bit by bit: which register, and where in it.
    let mut answer = [0; 4];
    for bit in 0..bits {
        let byte = drawn[usize::try_from(bit / 8).unwrap()];
        let value = u64::from(byte >> (bit % 8) & 1);
        let register = 3 - usize::try_from(bit / (8 * bytes)).unwrap();
        answer[register] |= value << (bit % (8 * bytes));
    }
    answer
}

fn calls() -> impl Strategy<Value = (u32, u64)> {
    let id = prop_oneof![
        8 => prop::sample::select(&[0x8400_0053_u32, 0xC400_0053][..]),
        3 => 0x8400_0050..0x8400_0053_u32,
        1 => prop::sample::select(&[0xC400_0050_u32, 0xC400_0051, 0x8400_0054, 0xC400_0054][..]),
    ];
    let x1 = prop_oneof![
        4 => 0..200_u64,
        1 => any::<u64>(),
        1 => (0..200_u64).prop_map(|low| low | 1 << 32),
        1 => 0x8400_004F..0x8400_0055_u64,
        1 => 0xC400_0050..0xC400_0055_u64,
    ];
    (id, x1)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]
    #[test]
    fn answers_are_the_document_s((id, x1) in calls(), number: u64, there: bool) {
        let mut own = source(number);
        let [drawn] = source(number).draw(compress);
        let answered = answer(id, x1, there.then_some(&mut own), compress);
        prop_assert_eq!(answered, model(id, x1, there.then_some(drawn)));
    }
}

#[test]
fn whoever_refuses_draws_nothing() {
    let mut asked = source(1);
    for bits in [0, 193, u64::MAX] {
        let refused = answer(call::TRNG_RND64, bits, Some(&mut asked), compress);
        assert_eq!(refused[0].cast_signed(), error::INVALID_PARAMETERS);
    }
    let [left, right] = [&mut asked, &mut source(1)].map(|it| it.draw::<1>(compress));
    assert_eq!(left, right);
    assert_ne!(
        UUID[0],
        u64::from(u32::MAX),
        "it would say that there is no such call"
    );
}
