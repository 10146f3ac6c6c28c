//! A run with gdb at the board: it waits, with the symbols of the hypervisor and of one partition.
//!
//! What runs is built from what ships, with its variables described. The same address means another thing in
//! each partition, and yet another at EL2, while QEMU stops at an address whoever runs; so each breakpoint gets
//! a condition that says whose it is (`script.rs`), and what the partition's symbols would hide of the
//! hypervisor's is taken out of a copy (`sections.rs`).

mod script;
mod sections;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use std::{fs, thread};

use anyhow::{Context as _, bail, ensure};
use paratia_config::system::{File, Image};

use self::sections::Range;
use crate::build::{Builder, Described};
use crate::c;
use crate::catalog::Choice;
use crate::pieces::Piece;
use crate::progress::Progress;
use crate::run::{Run, RunReport, Sight};
use crate::setup::{self, Toolchain, facts};
use crate::{declared, whole, workspace};

/// gdb for other machines' programs, which has its Debian package's name.
const GDB: &str = "gdb-multiarch";
/// How long QEMU may take until it listens.
const START_LIMIT: Duration = Duration::from_secs(20);
/// How often is looked for it.
const TICK: Duration = Duration::from_millis(20);

/// What the debugger is to know: files with symbols, and whose they are.
#[derive(Clone, Debug)]
pub struct Session {
    choice: Choice,
    hypervisor: PathBuf,
    partition: Option<Symbols>,
}

/// A partition's symbols.
#[derive(Clone, Debug)]
struct Symbols {
    /// The partition's index.
    index: usize,
    /// Its program's file; none of one that has no symbols.
    file: Option<PathBuf>,
}

impl Session {
    /// Builds what is to be debugged, the image that ships, and what the debugger wants to know of it; gets
    /// the debugger if it is missing. With a `partition`, breakpoints and symbols may be that one's.
    ///
    /// # Errors
    /// If there is no such partition, something can't be installed or doesn't compile.
    pub fn prepare(
        choice: Choice,
        partition: Option<&str>,
        progress: &mut dyn Progress,
    ) -> anyhow::Result<Self> {
        let index = partition.map(|name| choice.partition(name)).transpose()?;
        declared::keeps_rules(&choice, &[])?;
        if !facts::on_path(GDB) {
            setup::packages(&[GDB], progress)?;
        }
        let toolchain: Toolchain = setup::ready(progress)?;
        let mut builder = Builder::new(toolchain, progress)?;
        builder.guests_of(&choice)?;
        let mut pieces = builder.pieces(&choice)?;
        let partition = index.map(|index| {
            let file = program(&choice, index, &mut builder, &mut pieces)?;
            Ok::<_, anyhow::Error>(Symbols { index, file })
        });
        let partition = partition.transpose()?;
        let hypervisor = builder.hypervisor_with_variables(&choice, &pieces)?;
        Ok(Self {
            choice,
            hypervisor,
            partition,
        })
    }

    /// Makes a run with the debugger at the board, which waits for it. `arguments` are gdb's, after those
    /// that prepare it; the run ends with it. Everything is shown to `observer` as it happens.
    ///
    /// # Errors
    /// If QEMU or the debugger can't be started.
    pub fn run(
        &self,
        run: Run,
        arguments: &[String],
        observer: &mut (dyn FnMut(Sight<'_>) + Send),
    ) -> anyhow::Result<(RunReport, ExitStatus)> {
        let folder = tempfile::Builder::new().prefix("paratia-").tempdir()?;
        let socket = folder.path().join("debugger");
        let file = folder.path().join("session.py");
        whole::write(&file, self.script(folder.path(), &socket)?)?;
        let ended = Arc::new(AtomicBool::new(false));
        let run = run
            .image_in(&self.hypervisor)
            .waits_for_debugger(&socket)
            .interrupted_by(Arc::clone(&ended));
        thread::scope(|scope| {
            let running = scope.spawn(|| run.execute_watched(observer));
            let status = wait_for(&socket, || running.is_finished()).and_then(|()| {
                let mut gdb = Command::new(GDB);
                gdb.args(["-q", "-nx", "-x"]).arg(&file).args(arguments);
                gdb.status()
                    .with_context(|| format!("can't start {GDB}; `apt install {GDB}` gets it"))
            });
            ended.store(true, Ordering::Relaxed);
            let Ok(report) = running.join() else {
                bail!("the run panicked")
            };
            // What became of the board says more than that nobody could talk to it.
            Ok((report?, status?))
        })
    }

    fn script(&self, folder: &Path, socket: &Path) -> anyhow::Result<String> {
        let hypervisor = fs::read(&self.hypervisor)?;
        let code = sections::code(&hypervisor)?;
        let copy = folder.join("paratia.elf");
        whole::write(
            &copy,
            sections::without(&hypervisor, &Range { start: 0, end: 0 })?,
        )?;
        let mut guest = None;
        if let Some(Symbols { index, file }) = &self.partition {
            let file = file.as_ref().map(|file| {
                let bytes = fs::read(file)?;
                let own = sections::code(&bytes)?;
                ensure!(
                    !own.overlaps(&code),
                    "the code of partition '{}' {own} lies where the hypervisor's does, {code}, and gdb can't \
                     tell their symbols apart; link the program elsewhere, or leave the partition out",
                    self.choice.system.partitions[*index].name
                );
                let copy = folder.join("partition.elf");
                whole::write(&copy, sections::without(&bytes, &code)?)?;
                Ok::<_, anyhow::Error>((copy, own))
            });
            guest = Some((*index, file.transpose()?));
        }
        Ok(script::text(&script::Facts {
            socket,
            hypervisor: &copy,
            code,
            guest,
            partitions: self.choice.system.partitions,
        }))
    }
}

/// The file with the symbols of a partition's program, whose variables are described where it is built here;
/// none of what comes without.
fn program(
    choice: &Choice,
    index: usize,
    builder: &mut Builder<'_>,
    pieces: &mut [Piece],
) -> anyhow::Result<Option<PathBuf>> {
    Ok(match choice.system.partitions[index].image {
        Image::Program(name) if c::program::source(name).is_some() => {
            Some(workspace::guest_elf(name))
        }
        Image::Program(name) => {
            let Described { elf, flat } = builder.guest_with_variables(name)?;
            let size = fs::metadata(&flat)?.len();
            for piece in pieces.iter_mut().filter(|piece| piece.name == name) {
                (piece.file, piece.size) = (flat.clone(), size);
            }
            Some(elf)
        }
        Image::Elf {
            file: File::Path(path),
            ..
        } => Some(workspace::root().join(path)),
        _ => None,
    })
}

/// Waits until QEMU listens, or has ended.
fn wait_for(socket: &Path, has_ended: impl Fn() -> bool) -> anyhow::Result<()> {
    let until = Instant::now() + START_LIMIT;
    while !socket.exists() {
        ensure!(
            !has_ended(),
            "QEMU has ended before the debugger could reach it"
        );
        ensure!(
            Instant::now() < until,
            "QEMU doesn't listen for the debugger"
        );
        thread::sleep(TICK);
    }
    Ok(())
}
