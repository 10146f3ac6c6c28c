//! `cargo paratia fmu`: a system on its board as a unit for co-simulation.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::ensure;
use paratia::unit::{Package, variables};
use paratia::{declared, whole, workspace};

use super::built;
use super::selection::Selection;
use crate::present::Status;
use crate::present::paint::{BOLD, PLAIN};

/// Write a system on its board as a unit for co-simulation (FMI 3.0): QEMU, stepped exactly to the importer's
/// communication points in board time.
///
/// The same inputs give the same outputs and events, on every machine and however busy it is
/// (docs/co-simulation.md). What steps it needs QEMU 10.0 or newer, on the search path or named by PARATIA_QEMU.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    selection: Selection,
    /// Where the unit goes [default: target/paratia/SYSTEM.fmu].
    #[arg(long, value_name = "FILE.fmu")]
    out: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let default = |name| workspace::products().join(format!("{name}.fmu"));
    let choice = arguments.selection.choice()?;
    let file = arguments.out.clone();
    let file = file.unwrap_or_else(|| default(choice.name));
    ensure!(
        file.extension().is_some_and(|it| it == "fmu"),
        "importers know a unit by its ending .fmu, and '{}' has another; name it so",
        file.display()
    );
    declared::keeps_rules(&choice, &[])?;
    whole::is_writable(&file)?;
    let image = built::image(&choice)?;
    Package::build(choice, &mut Status::new())?.write(&image, &file)?;
    anstream::println!(
        "{} variables in {BOLD}{}{PLAIN}",
        variables(&choice).len(),
        workspace::shown(&file)
    );
    Ok(ExitCode::SUCCESS)
}
