//! `cargo paratia image`: what goes onto the card that a board starts from.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use paratia::{build, declared, workspace};

use super::built;
use super::own::Own;
use super::selection::Selection;
use crate::present::paint::{BOLD, PLAIN};

/// Write the files that a person copies to the SD card of a Raspberry Pi.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    own: Own,
    /// Where they go [default: target/paratia/cards/BOARD-SYSTEM, with -own behind it if files of
    /// your own are in it].
    #[arg(long, value_name = "FOLDER")]
    output: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let choice = arguments.own.choice(&arguments.selection)?;
    declared::keeps_rules(&choice, &[])?;
    let card = choice.listed.card.with_context(|| {
        format!(
            "board '{}' doesn't start from a card; `cargo paratia run` starts it",
            choice.board.name
        )
    })?;
    let image = built::image(&choice)?;

    let default = || {
        let own = if choice.is_own { "-own" } else { "" };
        workspace::card(choice.board.name, &format!("{}{own}", choice.name))
    };
    let folder = arguments.output.clone().unwrap_or_else(default);
    let names = build::write_card(&card, &fs::read(image)?, &folder)?;
    anstream::println!(
        "Wrote {} to {BOLD}{}{PLAIN}.\n\
         Copy them to the card's first partition, beside the firmware's own files. Not tried on a \
         board yet, only on QEMU.",
        names.join(" and "),
        workspace::shown(&folder)
    );
    Ok(ExitCode::SUCCESS)
}
