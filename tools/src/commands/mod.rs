//! The commands, one file each. Their help texts are the doc comments.

mod bare;
mod bench;
mod build;
mod built;
mod check;
mod clock;
mod count;
mod diff;
mod fmu;
mod header;
mod image;
mod interrupt;
mod lint;
mod list;
mod new;
mod own;
mod packages;
mod page;
mod plan;
mod profile;
mod report;
mod run;
mod run_argument;
mod seed;
mod selection;
mod setup;
mod test;
mod trace;
mod verify;

use std::process::ExitCode;

/// Paratia, a separation hypervisor for AArch64: set up, build, run, check and show its systems.
#[derive(Debug, clap::Parser)]
#[command(
    name = "cargo paratia",
    bin_name = "cargo paratia",
    version,
    max_term_width = 100
)]
pub(crate) enum Command {
    Run(run::Arguments),
    Test(test::Arguments),
    Plan(plan::Arguments),
    Trace(trace::Arguments),
    Fmu(fmu::Arguments),
    Check(check::Arguments),
    Verify(verify::Arguments),
    Report(report::Arguments),
    Diff(diff::Arguments),
    Bench(bench::Arguments),
    Profile(profile::Arguments),
    Count(count::Arguments),
    Header(header::Arguments),
    New(new::Arguments),
    Build(build::Arguments),
    Bare(bare::Arguments),
    Image(image::Arguments),
    List(list::Arguments),
    Lint(lint::Arguments),
    Setup(setup::Arguments),
}

/// Runs a command.
pub(crate) fn run(command: &Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Run(arguments) => run::run(arguments),
        Command::Test(arguments) => test::run(arguments),
        Command::Plan(arguments) => plan::run(arguments),
        Command::Trace(arguments) => trace::run(arguments),
        Command::Fmu(arguments) => fmu::run(arguments),
        Command::Check(arguments) => check::run(arguments),
        Command::Verify(arguments) => verify::run(arguments),
        Command::Report(arguments) => report::run(arguments),
        Command::Diff(arguments) => diff::run(arguments),
        Command::Bench(arguments) => bench::run(arguments),
        Command::Profile(arguments) => profile::run(arguments),
        Command::Count(arguments) => count::run(arguments),
        Command::Header(arguments) => header::run(arguments),
        Command::New(arguments) => new::run(arguments),
        Command::Build(arguments) => build::run(arguments),
        Command::Bare(arguments) => bare::run(arguments),
        Command::Image(arguments) => image::run(arguments),
        Command::List(arguments) => list::run(arguments),
        Command::Lint(arguments) => lint::run(arguments),
        Command::Setup(arguments) => setup::run(arguments),
    }
}
