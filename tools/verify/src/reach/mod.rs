//! Who reaches what: derived from the bytes of a linked image, and compared with what was declared.
//!
//! [`image`](crate::image) says what lies where; [`known`] what the instructions write to control
//! [`registers`]; [`regimes`] finds the roots of all translations, [`walk`] reads what follows from them, a
//! [`descriptor`] at a time; [`matrix`] turns that round: who reaches which byte. [`maps`] compares each map
//! with the one that is [`expected`], [`separation`] asks the matrix what must hold of every image. What the
//! hypervisor does with its [`owners`], its [`windows`], [`passports`] and the file's [`seal`] are read
//! beside that.

pub mod changes;
pub mod compare;
pub mod declared;
pub mod descriptor;
pub mod expected;
pub mod finding;
pub mod held;
pub mod known;
pub mod maps;
pub mod matrix;
pub mod memory;
pub mod owners;
pub mod passports;
pub mod regimes;
pub mod registers;
pub mod seal;
pub mod separation;
pub mod shares;
pub mod stacks;
pub mod walk;
pub mod windows;

use serde::Serialize;

use crate::image::Image;
use declared::Declaration;
use expected::Places;
pub use finding::{About, Finding};
use held::Held;

/// What was derived from an image, and what of it is wrong.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Reach {
    /// Every write of a control register, as far as it follows from the instructions.
    pub registers: Vec<registers::Shown>,
    /// Every translation regime.
    pub regimes: Vec<regimes::Shown>,
    /// Who reaches which byte.
    pub matrix: Vec<matrix::Shown>,
    /// The same, as the second opinion prints it.
    #[serde(skip)]
    pub canonical: String,
    /// Who has which interrupt.
    pub interrupts: Vec<owners::Interrupt>,
    /// When who runs.
    pub windows: Vec<windows::Shown>,
    /// Pieces of pristine images whose digests are right.
    pub images_right: usize,
    /// Pages that are as they were linked.
    pub pages_sealed: usize,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// Derives who reaches what, and compares it with what was declared.
#[must_use]
pub fn look(image: &Image<'_>, declared: &Declaration) -> Reach {
    let mut reach = Reach::default();
    let held = Held::of(image);
    let (registers, wrong) = registers::read(image);
    reach.findings.extend(wrong);
    let places = match Places::of(image, declared) {
        Ok(places) => places,
        Err(finding) => {
            reach.findings.push(finding);
            return reach;
        }
    };
    reach.findings.extend(places.findings(image, declared));
    match regimes::tables(&held) {
        Ok(tables) => {
            let (regimes, wrong) = regimes::find(&held, declared, &registers, &tables);
            reach.findings.extend(wrong);
            reach
                .findings
                .extend(maps::findings(&regimes, &tables, declared, &places));
            let matrix = matrix::of(&regimes);
            reach
                .findings
                .extend(separation::findings(&matrix, declared, &places));
            reach.canonical = matrix::canonical(&matrix, &regimes);
            reach.regimes = regimes
                .iter()
                .map(|regime| regime.shown(declared))
                .collect();
            reach.matrix = matrix
                .iter()
                .map(|row| row.shown(declared, &places))
                .collect();
        }
        Err(finding) => reach.findings.push(finding),
    }
    let (windows, wrong) = windows::read(&held, declared);
    reach.findings.extend(wrong);
    let owners = owners::read(&held, declared, &places);
    reach.findings.extend(owners.findings);
    reach
        .findings
        .extend(passports::findings(&held, declared, &places));
    let (sealed, wrong) = seal::check(image, &places);
    reach.findings.extend(wrong);
    reach.registers = registers.writes;
    (reach.windows, reach.interrupts) = (windows, owners.interrupts);
    (reach.images_right, reach.pages_sealed) = (owners.images_right, sealed);
    reach.findings.sort();
    reach.findings.dedup();
    reach
}
