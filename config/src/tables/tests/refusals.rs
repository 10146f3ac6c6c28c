//! What the builder refuses, with its words.

use crate::address::Pa;
use crate::tables::attributes::Attributes;
use crate::tables::mapping::{Mapping, Mappings};
use crate::tables::pool::Pool;

fn ram(input: u64, output: u64, size_bytes: u64) -> Mapping {
    Mapping {
        input,
        output,
        size_bytes,
        attributes: Attributes::STAGE2_RAM,
    }
}

fn build(mappings: &[Mapping]) {
    let mut list: Mappings<8> = Mappings::new();
    for mapping in mappings {
        list.add(*mapping);
    }
    Pool::<4>::new(Pa(0x4000_0000)).add_regime(&list);
}

#[test]
#[should_panic(expected = "address 0x4020_1000 is mapped twice; regions overlap")]
fn a_page_twice() {
    build(&[
        ram(0x4020_0000, 0x5000_0000, 0x2000),
        ram(0x4020_1000, 0x6000_0000, 0x1000),
    ]);
}

#[test]
#[should_panic(expected = "address 0x4020_1000 is mapped twice; regions overlap")]
fn a_page_within_a_block() {
    build(&[
        ram(0x4020_0000, 0x4020_0000, 0x20_0000),
        ram(0x4020_1000, 0x6000_0000, 0x1000),
    ]);
}

#[test]
#[should_panic(expected = "address 0x4020_0000 is mapped twice; regions overlap")]
fn a_block_over_a_page() {
    build(&[
        ram(0x4020_1000, 0x6000_0000, 0x1000),
        ram(0x4020_0000, 0x4020_0000, 0x20_0000),
    ]);
}

#[test]
#[should_panic(
    expected = "mapping of 0x4020_0000..0x4020_0800 to 0x5000_0000 isn't whole pages of 4 KiB"
)]
fn half_a_page() {
    build(&[ram(0x4020_0000, 0x5000_0000, 0x800)]);
}

#[test]
#[should_panic(
    expected = "mapping of 0x0080_0000_0000..0x0080_0000_1000 to 0x5000_0000 exceeds 39 bits of input address"
)]
fn beyond_39_bits() {
    build(&[ram(0x80_0000_0000, 0x5000_0000, 0x1000)]);
}

#[test]
#[should_panic(expected = "more translation tables are needed than were counted")]
fn an_empty_pool() {
    build(&[
        ram(0x0000_1000, 0x5000_0000, 0x1000),
        ram(0x8000_1000, 0x5000_1000, 0x1000),
    ]);
}
