//! The formats of traces that others' tools read.

use std::path::Path;

use anyhow::{Context as _, bail};

use super::{Timeline, btf, ctf, perfetto};
use crate::catalog::nearest;
use crate::{whole, workspace};

/// A format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Perfetto's, as protocol buffers.
    Perfetto,
    /// The Common Trace Format 1.8: a folder.
    Ctf,
    /// The Best Trace Format 2.2: lines of comma-separated values.
    Btf,
}

impl Format {
    /// The endings of files' names by which formats are told.
    pub const ENDINGS: [(&str, Self); 3] = [
        ("pftrace", Self::Perfetto),
        ("ctf", Self::Ctf),
        ("btf", Self::Btf),
    ];

    /// The format that a file's name asks for.
    ///
    /// # Errors
    /// If it asks for none that is known; with the nearest and all of them.
    pub fn of(file: &Path) -> anyhow::Result<Self> {
        let ending = file.extension().unwrap_or_default().to_string_lossy();
        let known = Self::ENDINGS.iter().find(|(it, _)| *it == ending);
        if let Some((_, format)) = known {
            return Ok(*format);
        }
        let names = Self::ENDINGS.map(|(it, _)| it);
        let hint = nearest(&ending, &names)
            .map_or_else(String::new, |near| format!("; did you mean '.{near}'?"));
        bail!(
            "{}: no format of traces has the ending '.{ending}'{hint}; there are: .pftrace (Perfetto), .ctf \
             (a folder in the Common Trace Format), .btf (Best Trace Format)",
            workspace::shown(file)
        );
    }

    /// Refuses a file or folder that can't be written, before a run is made for it.
    ///
    /// # Errors
    /// If it can't be opened or made.
    pub fn is_writable(self, path: &Path) -> anyhow::Result<()> {
        match self {
            Self::Perfetto | Self::Btf => whole::is_writable(path),
            Self::Ctf => std::fs::create_dir_all(path)
                .with_context(|| format!("can't write {}", workspace::shown(path))),
        }
    }

    /// Writes a run.
    ///
    /// # Errors
    /// If the file or folder can't be written.
    pub fn write(self, timeline: &Timeline, path: &Path) -> anyhow::Result<()> {
        let written = match self {
            Self::Perfetto => whole::write(path, perfetto::bytes(timeline)),
            Self::Btf => whole::write(path, btf::text(timeline)),
            Self::Ctf => ctf::write(timeline, path),
        };
        written.with_context(|| format!("can't write {}", workspace::shown(path)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_name_says_its_format() {
        assert_eq!(Format::of(Path::new("a/b.btf")).unwrap(), Format::Btf);
        let error = Format::of(Path::new("x.pftrac")).unwrap_err().to_string();
        assert!(
            error.starts_with(
                "x.pftrac: no format of traces has the ending '.pftrac'; did you mean '.pftrace'?"
            ),
            "{error}"
        );
        assert!(Format::of(Path::new("x")).is_err());
    }
}
