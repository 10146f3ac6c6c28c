//! `cargo paratia bench`: what Paratia costs, beside the bare machine, beside Xen, and beside what it cost in
//! another commit.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use paratia::bench;
use paratia::bench::against::{self, Commit};
use paratia::bench::budget::Verdict;
use paratia::{whole, workspace};

use crate::present::{self, Status};

/// Measure what Paratia costs in instructions, beside the bare machine and beside Xen.
///
/// One small guest measures itself bare, on Paratia and under Xen; every run is made twice and has
/// to say the same, or else a third has to agree with one of them. Fails if a figure is over its
/// budget in tests/budgets.toml; lines of code are shown and have none. With `--against`, another commit is
/// checked out, built and measured, too, and the ratio of each figure to that one's is shown.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The hypervisor to measure beside: `none` needs no network.
    #[arg(long, value_enum, default_value_t = Peer::Xen)]
    peer: Peer,
    /// Measure this commit beside the state in this checkout, and no peer. Its files are kept in
    /// ~/.cache/paratia/against.
    #[arg(long, value_name = "COMMIT", conflicts_with = "peer")]
    against: Option<String>,
    /// Print the figures as JSON.
    #[arg(long)]
    json: bool,
    /// Draw the figures, too.
    #[arg(long, value_name = "FILE.svg")]
    svg: Option<PathBuf>,
}

/// A hypervisor to measure beside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Peer {
    /// Xen, from Debian's package.
    Xen,
    /// None.
    None,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let commit = arguments.against.as_deref().map(Commit::find).transpose()?;
    let theirs = commit
        .as_ref()
        .map(|commit| against::measure(commit, &mut Status::new()))
        .transpose()?;
    let with_peer = arguments.peer == Peer::Xen && commit.is_none();
    bench::build(&mut Status::new())?;
    let rows = bench::measure(with_peer, &mut Status::new())?;
    if let Some(file) = &arguments.svg {
        whole::write(file, bench::chart::svg(&rows))
            .with_context(|| format!("can't write {}", workspace::shown(file)))?;
    }
    if let (Some(commit), Some(theirs)) = (&commit, theirs) {
        let compared = against::compare(theirs, &rows);
        against::ensure_common(&compared, commit)?;
        if arguments.json {
            println!("{}", serde_json::to_string_pretty(&compared)?);
        } else {
            present::against(&compared, commit.short(), &against::here()?);
        }
    } else if arguments.json {
        println!("{}", serde_json::to_string_pretty(&rows)?);
    } else {
        present::bench(&rows);
    }
    Ok(if rows.iter().any(|row| row.verdict == Verdict::Over) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}
