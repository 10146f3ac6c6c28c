//! Builds what a board runs: guests first, then the image that carries them.

mod cargo;
mod fingerprint;
pub(crate) mod formats;
mod guests;
mod hypervisor;
mod lanes;
mod seal;
mod variables;

use std::fs::{self, File, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, process, thread};

use anyhow::Context as _;
use paratia_board_support::host::Card;

use crate::catalog::{self, Choice};
use crate::declared;
use crate::flat;
use crate::pieces::{self, Piece};
use crate::progress::{Progress, Silent};
use crate::setup::{self, Toolchain};
use crate::unikernel;
use crate::whole;
use hypervisor::Stale;
pub use hypervisor::name_system;
pub use variables::Described;

/// Set by `cargo paratia test`, which has built everything before it starts the tests.
pub const PREBUILT: &str = "PARATIA_PREBUILT";
/// Set by `cargo paratia test` to the board on which tests run that aren't about another.
pub const TEST_BOARD: &str = "PARATIA_TEST_BOARD";

/// Builds the image of a system on a board, silently, and returns its path. Does nothing but return
/// the path if [`PREBUILT`] is set.
///
/// # Errors
/// If the name is unknown, a package is missing, or something doesn't compile: with the compiler's
/// own words.
pub fn image(board: &str, system: &str) -> anyhow::Result<PathBuf> {
    image_of(&catalog::choose(board, system)?)
}

/// As [`image`] for a system that was chosen. What has a person's own files is always built: nobody
/// could do that before.
///
/// # Errors
/// As [`image`].
pub fn image_of(choice: &Choice) -> anyhow::Result<PathBuf> {
    if env::var_os(PREBUILT).is_some() && !choice.is_own {
        return Ok(choice.image());
    }
    declared::keeps_rules(choice, &[])?;
    let toolchain = setup::ready(&mut Silent)?;
    let mut progress = Silent;
    let mut builder = Builder::new(toolchain, &mut progress)?;
    builder.guests_of(choice)?;
    builder.hypervisor(choice)
}

/// The bytes of a built image as they lie in memory, from the lowest on.
///
/// # Errors
/// If `elf` is no 64-bit ELF file or has nothing to load.
pub fn flat(elf: &[u8]) -> anyhow::Result<Vec<u8>> {
    flat::image(elf)
}

/// Writes what goes onto a board's card to a folder: the bytes of the built image `elf`, and the
/// firmware's options. Returns the names of the files.
///
/// # Errors
/// If `elf` can't be made flat, or a file can't be written.
pub fn write_card(card: &Card, elf: &[u8], folder: &Path) -> anyhow::Result<Vec<&'static str>> {
    fs::create_dir_all(folder)?;
    let image = flat(elf)?;
    let texts = card.texts.iter();
    let files = texts.map(|(name, text)| (*name, text.as_bytes()));
    [(card.image, image.as_slice())]
        .into_iter()
        .chain(files)
        .map(|(name, bytes)| {
            whole::write(&folder.join(name), bytes)
                .with_context(|| format!("can't write {name}"))
                .map(|()| name)
        })
        .collect()
}

/// Builds with one toolchain and shows its progress at one place.
///
/// While it exists, no other process or thread builds: what Cargo leaves in its target directory is
/// what was built last, and is picked up from there.
pub struct Builder<'a> {
    toolchain: Toolchain,
    progress: &'a mut dyn Progress,
    _lock: File,
}

/// How often is looked whether another build has ended.
const TICK: Duration = Duration::from_millis(100);

/// The lock that whoever builds holds; says for whom it waits.
fn lock(progress: &mut dyn Progress) -> anyhow::Result<File> {
    let folder = crate::workspace::products();
    fs::create_dir_all(&folder)?;
    let path = folder.join("build.lock");
    // Not emptied: it says who holds it.
    let mut lock = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)?;
    let mut waits = false;
    while let Err(error) = lock.try_lock() {
        if let TryLockError::Error(error) = error {
            return Err(error).context("can't keep other builds away");
        }
        if !waits {
            let holder = fs::read_to_string(&path).unwrap_or_default();
            progress.begin(&format!("waiting for another build: {}", holder.trim()));
            waits = true;
        }
        progress.detail("");
        thread::sleep(TICK);
    }
    if waits {
        progress.done();
    }
    let arguments: Vec<String> = env::args().skip(1).collect();
    let name = format!(
        "process {}, `paratia {}`",
        process::id(),
        arguments.join(" ")
    );
    lock.set_len(0)?;
    lock.write_all(name.as_bytes())?;
    Ok(lock)
}

impl<'a> Builder<'a> {
    /// A builder; waits until no other one is at work.
    ///
    /// # Errors
    /// If the products' folder can't be written.
    pub fn new(toolchain: Toolchain, progress: &'a mut dyn Progress) -> anyhow::Result<Self> {
        let lock = lock(progress)?;
        Ok(Self {
            toolchain,
            progress,
            _lock: lock,
        })
    }

    /// Builds every guest program and its flat image.
    ///
    /// # Errors
    /// If something doesn't compile, or an image can't be written.
    pub fn guests(&mut self) -> anyhow::Result<()> {
        guests::build(self.toolchain, self.progress)
    }

    /// Builds the guest programs that a system's partitions run, and their flat images.
    ///
    /// # Errors
    /// As [`guests`](Self::guests).
    pub fn guests_of(&mut self, choice: &Choice) -> anyhow::Result<()> {
        guests::build_of(choice.system, self.toolchain, self.progress)
    }

    /// Gathers the pieces of a system's images, and fetches those that are Debian's. The guests must
    /// have been built before.
    ///
    /// # Errors
    /// If one isn't there, can't be fetched or isn't what its image takes it for; or if a rule finds
    /// something, in the rule's words rather than the compiler's.
    pub fn pieces(&mut self, choice: &Choice) -> anyhow::Result<Vec<Piece>> {
        declared::keeps_rules(choice, &[])?;
        let pieces = pieces::of(choice, Some(self.progress))?;
        let laid_out = unikernel::laid_out(choice)?;
        declared::keeps_rules(&laid_out, &pieces)?;
        pieces::write_list(&pieces::list(choice), &pieces)?;
        unikernel::write_list(&laid_out)?;
        Ok(pieces)
    }

    /// Builds the hypervisor with a system for a board and returns the image's path. The guests
    /// must have been built before.
    ///
    /// # Errors
    /// If a piece of an image is missing, or something doesn't compile, which includes a system that
    /// breaks a rule.
    pub fn hypervisor(&mut self, choice: &Choice) -> anyhow::Result<PathBuf> {
        let pieces = self.pieces(choice)?;
        if let Some(stale) = Stale::find(self.toolchain, choice, &pieces)? {
            let step = format!("building the image of {}", stale.title());
            self.progress.begin(&step);
            stale.build(
                self.toolchain,
                &crate::workspace::bare_target(),
                self.progress,
            )?;
            self.progress.done();
        }
        Ok(choice.image())
    }

    /// Builds a partition's program with its variables described for a debugger.
    ///
    /// # Errors
    /// If something doesn't compile.
    pub fn guest_with_variables(&mut self, name: &str) -> anyhow::Result<Described> {
        variables::guest(self.toolchain, name, self.progress)
    }

    /// Builds the hypervisor with a system and these pieces likewise, and returns an image to run in place of
    /// the one that ships.
    ///
    /// # Errors
    /// If something doesn't compile.
    pub fn hypervisor_with_variables(
        &mut self,
        choice: &Choice,
        pieces: &[Piece],
    ) -> anyhow::Result<PathBuf> {
        declared::keeps_rules(choice, pieces)?;
        variables::hypervisor(self.toolchain, choice, pieces, self.progress)
    }

    /// Builds the images of many systems, several at a time, from their [`pieces`](Self::pieces).
    ///
    /// # Errors
    /// As for [`hypervisor`](Self::hypervisor): of the first that fails.
    pub fn hypervisors(&mut self, wanted: &[(Choice, Vec<Piece>)]) -> anyhow::Result<()> {
        let stale: Vec<_> = wanted
            .iter()
            .map(|(choice, pieces)| Stale::find(self.toolchain, choice, pieces))
            .filter_map(Result::transpose)
            .collect::<anyhow::Result<_>>()?;
        lanes::build(self.toolchain, stale, self.progress)
    }
}
