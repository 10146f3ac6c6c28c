//! `cargo paratia bare`: a partition's image with nobody below it.

use std::process::{Command, ExitCode};

use anyhow::Context as _;
use paratia::build::Builder;
use paratia::pieces::bare;
use paratia::qemu::version;
use paratia::{catalog, setup, workspace};

use super::own::Files;
use crate::present::Status;

/// Run the image of one partition on the bare machine, with nobody below it: is it the guest?
///
/// QEMU takes the terminal; Ctrl-C ends it.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The system; `cargo paratia list` lists them.
    system: String,
    /// The partition.
    partition: String,
    /// The board that the system is for.
    #[arg(long, default_value = "qemu-virt")]
    board: String,
    #[command(flatten)]
    files: Files,
    /// Board time passes by instructions, so that all runs are equal.
    #[arg(long)]
    icount: bool,
    /// Only print QEMU's command line.
    #[arg(long)]
    print: bool,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let choice = catalog::choose(&arguments.board, &arguments.system)?;
    let name = &arguments.partition;
    let partition = &choice.system.partitions[choice.partition(name)?];
    let choice = arguments.files.choice(choice, Some(name))?;
    let toolchain = setup::ready(&mut Status::new())?;
    let mut status = Status::new();
    let mut builder = Builder::new(toolchain, &mut status)?;
    builder.guests()?;
    let pieces = builder.pieces(&choice)?;
    drop(builder);

    let image = workspace::products().join(format!("{}-{name}.elf", choice.name));
    bare::write_image(partition, &pieces, &image)?;
    let mut words = bare::arguments(partition, choice.board, &image);
    if arguments.icount {
        words.extend(["-icount", "shift=0,sleep=off"].map(Into::into));
    }
    let program = version::program(version::LEAST)?;
    if arguments.print {
        anstream::println!("{}", version::typed(&program, &words));
        return Ok(ExitCode::SUCCESS);
    }
    let status = Command::new(&program)
        .args(words)
        .status()
        .with_context(|| format!("can't start {}", program.display()))?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
