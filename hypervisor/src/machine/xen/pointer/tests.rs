use proptest::prelude::*;

use super::*;
use crate::machine::xen::memory::tests::{Fake, OWN, is_own};
use crate::machine::xen::structures::AddToPhysmap;

const OFF: Pointers = Pointers {
    stage1: Stage1 {
        control: 0,
        translation: 0,
        tables: [0; 2],
    },
    own: OWN,
};

#[test]
fn a_structure_comes_back_as_it_was_written_wherever_it_lies() {
    let given = AddToPhysmap {
        domain: 0x7FF0,
        size: 1,
        space: 2,
        index: 3,
        frame: 0x1234_5678_9ABC_DEF0,
    };
    for start in [0x4000_0000, 0x4000_0003, 0x4000_0FF1, 0x4000_0FFF] {
        let mut memory = Fake::default();
        assert_eq!(OFF.write(&mut memory, start, &given), Some(()));
        let found: AddToPhysmap = OFF.read(&memory, start).expect("it is its own");
        assert_eq!(found.as_bytes(), given.as_bytes(), "{start:#x}");
    }
}

#[test]
fn what_lies_outside_even_by_a_byte_is_a_miss_and_nothing_is_written() {
    for start in [
        0x400F_FFE9,
        0x3FFF_FFFF,
        0x3800_1FF0,
        0x5000_0000,
        u64::MAX - 3,
        0,
    ] {
        let mut memory = Fake::default();
        let read: Option<AddToPhysmap> = OFF.read(&memory, start);
        assert!(read.is_none(), "{start:#x}");
        let written = OFF.write(&mut memory, start, &AddToPhysmap::default());
        assert_eq!(written, None, "{start:#x}");
        assert!(memory.words.is_empty());
    }
    let mut long = [0; MOST_BYTES + 1];
    let memory = Fake::default();
    assert_eq!(OFF.read_bytes(&memory, 0x4000_0000, &mut long), None);
    assert_eq!(OFF.read_bytes(&memory, 0x4000_0000, &mut []), None);
}

proptest! {
    /// Whatever a guest has in its registers, only its own memory is touched.
    #[test]
    fn no_copy_leaves_the_guests_memory(
        control: u64,
        translation: u64,
        tables: [u64; 2],
        start: u64,
        near: bool,
        length in 0_usize..140,
    ) {
        let start = if near { 0x4000_0000 | start & 0x1F_FFFF } else { start };
        let pointers = Pointers {
            stage1: Stage1 { control, translation, tables },
            own: OWN,
        };
        let mut memory = Fake::default();
        let mut bytes = [0; 140];
        let _ = pointers.read_bytes(&memory, start, &mut bytes[..length]);
        let _ = pointers.write_bytes(&mut memory, start, &bytes[..length]);
        for word in memory.touched.borrow().iter().chain(memory.words.keys()) {
            prop_assert!(is_own(*word), "{word:#x}");
        }
    }
}
