//! Where the bytes of pieces come from: programs that were built, packages, a person's own files,
//! and what is made here.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use paratia_config::system::File;

use super::{initrd, programs};
use crate::not_yet::NotYet;
use crate::progress::Progress;
use crate::whole::write_if_changed;
use crate::{c, catalog, debian, workspace};

/// Bytes in a file.
pub(super) struct Bytes {
    /// The same name means the same bytes.
    pub(super) name: String,
    /// The file.
    pub(super) file: PathBuf,
    /// How many.
    pub(super) size: u64,
}

impl Bytes {
    /// A file, under its path as its name, which is no program's: there is a `/` in it.
    fn in_file(file: PathBuf) -> anyhow::Result<Self> {
        let path = file.strip_prefix(workspace::root()).unwrap_or(&file);
        let path = path.display().to_string();
        let name = if path.contains('/') {
            path
        } else {
            format!("./{path}")
        };
        Self::of(name, file)
    }

    fn of(name: String, file: PathBuf) -> anyhow::Result<Self> {
        let facts = fs::metadata(&file)
            .with_context(|| format!("can't read {}", workspace::shown(&file)))?;
        Ok(Self {
            name,
            file,
            size: facts.len(),
        })
    }

    /// All of them.
    pub(super) fn read(&self) -> anyhow::Result<Vec<u8>> {
        fs::read(&self.file).with_context(|| format!("can't read {}", workspace::shown(&self.file)))
    }
}

/// Whether a path is a file's; says what it is instead, and what may be meant.
fn is_file(path: &Path) -> anyhow::Result<()> {
    let shown = workspace::shown(path);
    ensure!(!path.is_dir(), "{shown} is a folder; name a file in it");
    if path.is_file() {
        return Ok(());
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.parent().and_then(|folder| fs::read_dir(folder).ok());
    let beside = beside.into_iter().flatten().flatten();
    let names: Vec<String> = beside
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let remedy = catalog::nearest(&name, &names).map_or_else(
        || "name a file that exists".to_owned(),
        |near| format!("did you mean '{near}'?"),
    );
    bail!("{shown} doesn't exist; {remedy}")
}

/// Finds bytes, and fetches packages if somebody watches.
pub(super) struct Sources<'a, 'b> {
    /// Where what is made for this system goes.
    pub(super) folder: &'a Path,
    /// Who watches, if packages may be fetched.
    pub(super) progress: Option<&'a mut (dyn Progress + 'b)>,
}

impl Sources<'_, '_> {
    /// One of the project's own guest programs, flattened. One in C is compiled here.
    pub(super) fn program(&mut self, program: &str) -> anyhow::Result<Bytes> {
        if let Some(source) = c::program::source(program) {
            let file = c::program::build(program, &source, self.watcher())?;
            return Bytes::of(program.to_owned(), file);
        }
        if let Some(file) = programs::stored(program) {
            return Bytes::of(program.to_owned(), file);
        }
        let mut names = programs::names()?;
        names.extend(c::program::names()?);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        ensure!(
            names.contains(&program),
            "its program '{program}' doesn't exist; {}",
            catalog::nearest(program, &names).map_or_else(
                || "a program is a file partitions/src/bin/NAME.rs or partitions/c/NAME.c"
                    .to_owned(),
                |near| format!("did you mean '{near}'?")
            )
        );
        let file = workspace::guests().join(format!("{program}.bin"));
        if !file.exists() {
            bail!(NotYet(format!("its program '{program}' isn't built yet")));
        }
        Bytes::of(program.to_owned(), file)
    }

    /// A file as a system names it.
    pub(super) fn file(&mut self, file: File) -> anyhow::Result<Bytes> {
        match file {
            File::Debian { package, path } => {
                Bytes::in_file(debian::file(package, path, self.watcher())?)
            }
            File::Unikernel(name) => {
                let names = programs::unikernels()?;
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                ensure!(
                    names.contains(&name),
                    "its unikernel '{name}' doesn't exist; {}",
                    catalog::nearest(name, &names).map_or_else(
                        || "one is a file tests/unikernels/src/bin/NAME.rs".to_owned(),
                        |near| format!("did you mean '{near}'?")
                    )
                );
                let file = workspace::guest_elf(name);
                if !file.exists() {
                    bail!(NotYet(format!("its unikernel '{name}' isn't built yet")));
                }
                Bytes::in_file(file)
            }
            File::Path(path) => {
                let path = workspace::root().join(path);
                is_file(&path)?;
                Bytes::in_file(path)
            }
        }
    }

    fn watcher(&mut self) -> Option<&mut dyn Progress> {
        self.progress
            .as_mut()
            .map(|it| &mut **it as &mut dyn Progress)
    }

    /// The initial RAM disk with busybox, and with the modules that a kernel of Debian's has for a watchdog, if
    /// there is one. Other kernels have them built in, or a disk of their own.
    pub(super) fn busybox(&mut self, kernel: File, has_watchdog: bool) -> anyhow::Result<Bytes> {
        let (mut modules, mut name) = (Vec::new(), "busybox".to_owned());
        if let File::Debian { package, .. } = kernel
            && has_watchdog
        {
            name = format!("busybox-watchdog-{package}");
            for (number, module) in initrd::WATCHDOG.iter().enumerate() {
                let file = self.file(File::Debian {
                    package,
                    path: module,
                })?;
                let file_name = file.file.file_name().unwrap_or_default().to_string_lossy();
                modules.push((format!("{number}-{file_name}"), file.read()?));
            }
        }
        let busybox = self.file(File::Debian {
            package: initrd::PACKAGE,
            path: initrd::PATH,
        })?;
        let mut programs = Vec::new();
        for program in programs::FOR_LINUX {
            let file = workspace::for_linux(program);
            if !file.exists() {
                bail!(NotYet(format!(
                    "Linux's program '{program}' isn't built yet"
                )));
            }
            programs.push((program, fs::read(file)?));
        }
        let file = workspace::products().join(format!("{name}.cpio"));
        let archive = initrd::archive(&busybox.read()?, &programs, &modules)?;
        write_if_changed(&file, &archive)?;
        Bytes::in_file(file)
    }

    /// What was made for this system alone.
    pub(super) fn made(&self, name: &str, bytes: &[u8]) -> anyhow::Result<Bytes> {
        fs::create_dir_all(self.folder)?;
        let file = self.folder.join(name);
        write_if_changed(&file, bytes)?;
        Bytes::in_file(file)
    }
}
