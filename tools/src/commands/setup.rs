//! `cargo paratia setup`: what the other commands do first, alone.

use std::process::ExitCode;

use paratia::{catalog, setup};

use crate::present::Status;

/// Install what is missing: QEMU and the Rust parts for the boards. `run` and `test` do this first.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Also what this board needs beside, such as a newer QEMU.
    #[arg(long)]
    board: Option<String>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let toolchain = setup::ready(&mut Status::new())?;
    if let Some(board) = &arguments.board {
        let least = catalog::board(board)?.qemu.least_version;
        setup::qemu_for(least, &mut Status::new())?;
    }
    anstream::println!(
        "Nothing is missing. Images are built with {}.",
        toolchain.name()
    );
    Ok(ExitCode::SUCCESS)
}
