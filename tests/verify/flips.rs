//! Every bit of `cluster`'s translation tables, turned over by itself.
//!
//! A descriptor at a time: what it says is derived anew, and compared with what the regime must map there, by
//! the same code that looks at a whole image. A sample is looked at as a whole, to show that both agree.

use paratia_tests::DEFAULT_BOARD;
use paratia_verify::image::Image;
use paratia_verify::reach::About;
use paratia_verify::reach::descriptor::{decode, level_bytes};
use paratia_verify::reach::expected::Places;
use paratia_verify::reach::held::Held;
use paratia_verify::reach::maps::Expected;
use paratia_verify::reach::regimes::{self, Regime, Whose};
use paratia_verify::reach::registers;
use paratia_verify::reach::walk::{ENTRIES, Tables, Visited, Walk};

use crate::{Built, look};

/// What became of the flips.
#[derive(Debug, Default, PartialEq, Eq)]
struct Count {
    found: u64,
    same: u64,
}

/// One flip: where the descriptor is, and which bit.
type Flip = (u64, u32);

struct Look<'a> {
    built: &'a Built,
    places: Places,
    tables: Tables<'a>,
    count: Count,
    missed: Vec<Flip>,
    /// Every so many-th flip, and whether it was found.
    sample: Vec<(Flip, bool)>,
    /// For every bit, how often it means the same in a descriptor that is valid.
    same_in_valid: [u64; 64],
}

/// One flip of so many is looked at in a whole image, too.
const SAMPLED: u64 = 2003;

#[test]
fn every_bit_of_the_tables_is_noticed_or_means_nothing() {
    let built = Built::of(DEFAULT_BOARD, "cluster");
    let image = Image::parse(&built.file).expect("an image");
    let held = Held::of(&image);
    let (registers, _) = registers::read(&image);
    let tables = regimes::tables(&held).expect("it has tables");
    let (regimes, _) = regimes::find(&held, &built.declared, &registers, &tables);
    let mut look = Look {
        built: &built,
        places: Places::of(&image, &built.declared).expect("it has all parts"),
        tables,
        count: Count::default(),
        missed: Vec::new(),
        sample: Vec::new(),
        same_in_valid: [0; 64],
    };
    for regime in &regimes {
        let expected = Expected::of(regime, &built.declared, &look.places);
        for visited in &regime.walk.tables {
            look.table(regime, &expected, *visited);
        }
    }
    assert_eq!(look.missed, [], "of {:?}", look.count);
    let all = tables.bytes.len() as u64 * 8;
    assert_eq!(look.count.found + look.count.same, all);
    println!("{all} bits: {:?}", look.count);

    // What means the same in a valid descriptor is what hardware ignores, and in which ones.
    let same: Vec<(usize, u64)> = (0..)
        .zip(look.same_in_valid)
        .filter(|(_, count)| *count > 0)
        .collect();
    println!("{same:?}");
    for (bit, _) in same {
        assert!(
            (2..=11).contains(&bit) || (51..=58).contains(&bit),
            "bit {bit}"
        );
    }
    agree(
        &built,
        &look.sample,
        tables.base,
        image.section(regimes::TABLES),
    );
}

impl Look<'_> {
    fn table(&mut self, regime: &Regime, expected: &Expected, visited: Visited) {
        for entry in 0..ENTRIES {
            let at = visited.table + 8 * entry;
            let input = visited.input + entry * level_bytes(visited.level);
            let descriptor = self.tables.word(at).expect("it is in the table");
            let before = decode(descriptor, visited.level, regime.stage);
            for bit in 0..64 {
                let turned = descriptor ^ 1 << bit;
                let is_same = decode(turned, visited.level, regime.stage) == before;
                let place = (at, visited.level, input);
                let is_found = !is_same && self.is_found(regime, expected, place, turned);
                match (is_same, is_found) {
                    (true, _) => self.count.same += 1,
                    (false, true) => self.count.found += 1,
                    (false, false) => self.missed.push((at, bit)),
                }
                if is_same && descriptor & 1 == 1 {
                    self.same_in_valid[bit as usize] += 1;
                }
                let number = (at - self.tables.base) * 8 + u64::from(bit);
                if number.is_multiple_of(SAMPLED) {
                    self.sample.push(((at, bit), is_found));
                }
            }
        }
    }

    fn is_found(
        &self,
        regime: &Regime,
        expected: &Expected,
        (at, level, input): (u64, u32, u64),
        descriptor: u64,
    ) -> bool {
        let range = (input, input + level_bytes(level));
        let mut walk = Walk::below(&self.tables, at, (level, input), descriptor, regime.stage);
        let area = self.places.stacks;
        let meets_stacks =
            regime.whose == Whose::Hypervisor && range.0 < area.end() && area.base < range.1;
        if meets_stacks {
            // Whether a stack is as it must be, follows from all of its pages.
            walk = regime.walk.with(range, walk);
        }
        let findings = expected.findings(&walk, range, &self.built.declared, &self.places);
        !findings.is_empty()
    }
}

/// The same flips in the file, looked at as a whole.
fn agree(
    built: &Built,
    sample: &[(Flip, bool)],
    base: u64,
    section: Option<&paratia_verify::image::Section>,
) {
    let in_file = section.and_then(|section| section.in_file.clone());
    let start = in_file.expect("the tables are in the file").start;
    assert!(sample.len() > 200 && sample.iter().any(|(_, is_found)| *is_found));
    for ((at, bit), is_found) in sample {
        let mut file = built.file.clone();
        let byte = start + usize::try_from(at - base).expect("within the file") + *bit as usize / 8;
        file[byte] ^= 1 << (bit % 8);
        let findings = look(&file, &built.declared).findings;
        // The seal notices every change, and says nothing of what it means.
        let meaning = findings
            .iter()
            .filter(|finding| finding.about != About::Seal);
        assert_eq!(meaning.count() > 0, *is_found, "bit {bit} of {at:#x}");
        assert!(findings.iter().any(|finding| finding.about == About::Seal));
    }
}
