//! The `paratia` command.

#![forbid(unsafe_code)]

mod commands;
mod keys;
mod present;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let command = commands::Command::parse();
    match commands::run(&command) {
        Ok(code) => code,
        Err(error) => {
            present::error(&error);
            ExitCode::FAILURE
        }
    }
}
