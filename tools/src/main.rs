//! The `paratia` command.

#![forbid(unsafe_code)]

mod commands;
mod keys;
mod present;

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser as _;
use paratia::workspace;

fn main() -> ExitCode {
    let command = commands::Command::parse();
    let ready = workspace::find().with_context(
        || "no checkout of Paratia is around this folder or the tool; change to the folder of one",
    );
    match ready.and_then(|_| commands::run(&command)) {
        Ok(code) => code,
        Err(error) => {
            present::error(&error);
            ExitCode::FAILURE
        }
    }
}
