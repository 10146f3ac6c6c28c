//! Where the bytes of pieces come from: programs that were built, packages, a person's own files,
//! and what is made here.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use paratia_config::system::File;

use super::initrd;
use crate::progress::Progress;
use crate::whole::write_if_changed;
use crate::{debian, workspace};

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

/// Finds bytes, and fetches packages if somebody watches.
pub(super) struct Sources<'a, 'b> {
    /// Where what is made for this system goes.
    pub(super) folder: &'a Path,
    /// Who watches, if packages may be fetched.
    pub(super) progress: Option<&'a mut (dyn Progress + 'b)>,
}

impl Sources<'_, '_> {
    /// One of the project's own guest programs, flattened.
    pub(super) fn program(&self, program: &str) -> anyhow::Result<Bytes> {
        let file = workspace::guests().join(format!("{program}.bin"));
        Bytes::of(program.to_owned(), file)
            .with_context(|| format!("the partitions' program '{program}' isn't built"))
    }

    /// A file as a system names it.
    pub(super) fn file(&mut self, file: File) -> anyhow::Result<Bytes> {
        match file {
            File::Debian { package, path } => {
                let progress = self
                    .progress
                    .as_mut()
                    .map(|it| &mut **it as &mut dyn Progress);
                Bytes::in_file(debian::file(package, path, progress)?)
            }
            File::Path(path) => Bytes::in_file(workspace::root().join(path)),
        }
    }

    /// The initial RAM disk with busybox.
    pub(super) fn busybox(&mut self) -> anyhow::Result<Bytes> {
        let busybox = self.file(File::Debian {
            package: initrd::PACKAGE,
            path: initrd::PATH,
        })?;
        let file = workspace::products().join("busybox.cpio");
        write_if_changed(&file, &initrd::archive(&busybox.read()?)?)?;
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
