//! `cargo paratia header`: the guest interface for C.

use std::process::ExitCode;

use paratia::c::header;
use paratia::{whole, workspace};

/// Write the guest interface's header for C anew, from the tables of the interface.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Print it, and write nothing.
    #[arg(long)]
    print: bool,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    if arguments.print {
        anstream::print!("{}", header::text());
    } else {
        whole::write_if_changed(&header::place(), header::text().as_bytes())?;
        anstream::println!("{}", workspace::shown(&header::place()));
    }
    Ok(ExitCode::SUCCESS)
}
