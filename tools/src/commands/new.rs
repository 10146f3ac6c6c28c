//! `cargo paratia new`: files to start from.

use std::process::ExitCode;

use paratia::scaffold::{self, Language};
use paratia::workspace;

use crate::present::paint::{BOLD, PLAIN};

/// Write files to start from.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Write a first partition, and a system of the same name that runs it.
    Partition {
        /// Its name: 1 to 24 of a-z, 0-9 and '-'.
        name: String,
        /// In C, against the interface's header, instead of Rust.
        #[arg(long = "c")]
        in_c: bool,
    },
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let What::Partition { name, in_c } = &arguments.what;
    let language = if *in_c { Language::C } else { Language::Rust };
    let written = scaffold::partition(&workspace::root(), name, language)?;
    let [program, system] = written.map(|path| workspace::shown(&path));
    anstream::println!(
        "Wrote {BOLD}{program}{PLAIN}, the program,\n  and {BOLD}{system}{PLAIN}, a system that runs it.\n\n\
         Next:\n  \
         cargo paratia run {name}     see it print\n  \
         cargo paratia plan {name}    see its memory and its time\n  \
         then add it to another system: copy its `Partition` and give it windows there"
    );
    Ok(ExitCode::SUCCESS)
}
