//! What Paratia costs, counted in instructions: beside the bare machine, beside Xen, and beside the
//! budgets that the project has set itself.
//!
//! One guest image measures itself in three places ([`guest`]); a QEMU plugin counts what no guest
//! can see ([`counter`]); sizes come from the image's file (`size`). [`figures`] is the table of
//! what is measured, [`budget`] what it may be, [`against`] what it was in another commit.

pub mod against;
mod bare;
pub mod budget;
pub mod chart;
pub mod counter;
pub mod figures;
pub mod guest;
mod paratia;
mod size;
pub mod xen;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::build::Builder;
use crate::progress::{Progress, Silent};
use crate::{catalog, setup, workspace};
use budget::{Budget, Verdict};
use figures::{FIGURES, Figure};

/// The board on which it is measured.
pub const BOARD: &str = "qemu-virt";
/// The systems that are measured.
pub const SYSTEMS: [&str; 11] = [
    "bench-costs",
    "bench-events",
    "bench-partitions-2",
    "bench-partitions-16",
    "bench-partitions-128",
    "bench-ports",
    "bench-signals",
    "bench-signals-cpus",
    "test-direct",
    "bench-windows",
    "cluster",
];

/// Values by the figure's key.
pub type Values = BTreeMap<&'static str, u64>;

/// A figure with its values, beside its budget.
#[derive(Clone, Debug, Serialize)]
pub struct Measurement {
    /// What was measured.
    #[serde(flatten)]
    pub figure: &'static Figure,
    /// On the bare machine.
    pub floor: Option<u64>,
    /// On Paratia; nothing if it hasn't got what is measured.
    pub paratia: Option<u64>,
    /// Under Xen.
    pub xen: Option<u64>,
    /// What it may be.
    pub budget: Option<Budget>,
    /// Whether it is.
    pub verdict: Verdict,
}

/// Builds everything that is measured.
///
/// # Errors
/// If something is missing or doesn't compile.
pub fn build(progress: &mut dyn Progress) -> anyhow::Result<()> {
    let toolchain = setup::ready(progress)?;
    let mut builder = Builder::new(toolchain, progress)?;
    for system in SYSTEMS {
        let choice = catalog::choose(BOARD, system)?;
        builder.guests_of(&choice)?;
        builder.hypervisor(&choice)?;
    }
    drop(builder);
    counter::build(progress)
}

/// As [`build`], silently and for tests: images that are known to be built are left alone.
///
/// # Errors
/// As [`build`].
pub fn build_for_tests() -> anyhow::Result<()> {
    for system in SYSTEMS {
        crate::build::image(BOARD, system)?;
    }
    counter::build(&mut Silent)
}

/// Measures everything; what it needs has been built ([`build`]). Xen only if asked for.
///
/// # Errors
/// If a run doesn't reach its end, two equal runs differ, or a file is missing.
pub fn measure(peer: bool, progress: &mut dyn Progress) -> anyhow::Result<Vec<Measurement>> {
    let image = workspace::guests().join("bench.bin");
    progress.begin("measuring the bare machine");
    let floor = figures::of_guest(&bare::measure(&image)?);
    progress.done();
    let xen = if peer {
        figures::of_guest(&xen::measure(&image, progress)?)
    } else {
        Values::new()
    };
    progress.begin("measuring Paratia");
    let paratia = paratia::measure(progress)?;
    progress.done();
    let budgets = budget::load(&workspace::root().join("tests/budgets.toml"))?;
    let row = |figure: &'static Figure| {
        let value = |values: &Values| values.get(figure.key).copied();
        let budget = budgets.get(figure.key).cloned();
        Measurement {
            figure,
            floor: value(&floor),
            paratia: value(&paratia),
            xen: value(&xen),
            verdict: Verdict::of(value(&paratia), budget.as_ref()),
            budget,
        }
    };
    Ok(FIGURES.iter().map(row).collect())
}
