//! A person's own files for a Linux or a unikernel: the arguments of commands that build one.

use std::path::PathBuf;

use paratia::catalog::Choice;
use paratia::own;

use super::selection::Selection;

/// The files, and in which partition.
#[derive(Debug, clap::Args)]
pub(crate) struct Own {
    #[command(flatten)]
    files: Files,
    /// The partition that takes these files, if several could.
    #[arg(long, value_name = "PARTITION", requires = "files")]
    partition: Option<String>,
}

impl Own {
    /// The declared system with these files.
    pub(crate) fn choice(&self, selection: &Selection) -> anyhow::Result<Choice> {
        self.files
            .choice(selection.choice()?, self.partition.as_deref())
    }
}

/// Files of a person's own.
#[derive(Clone, Debug, clap::Args)]
#[group(id = "files", multiple = true)]
pub(crate) struct Files {
    /// Run this kernel, an uncompressed arm64 Image, in place of the declared one.
    #[arg(long, value_name = "FILE")]
    kernel: Option<PathBuf>,
    /// Give the kernel this initial RAM disk, compressed or not, in place of the declared one.
    #[arg(long, value_name = "FILE")]
    initrd: Option<PathBuf>,
    /// Give the kernel no initial RAM disk.
    #[arg(long, conflicts_with = "initrd")]
    no_initrd: bool,
    /// Give the kernel or unikernel this command line in place of the declared one.
    #[arg(long, value_name = "TEXT")]
    command_line: Option<String>,
    /// Run this unikernel, an ELF file for Solo5's tender hvt, in place of the declared one.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["kernel", "initrd", "no_initrd"])]
    unikernel: Option<PathBuf>,
}

impl Files {
    /// The system with these files in one of its partitions.
    pub(crate) fn choice(
        &self,
        declared: Choice,
        partition: Option<&str>,
    ) -> anyhow::Result<Choice> {
        let files = own::Files {
            kernel: self.kernel.clone(),
            initrd: self.initrd.clone(),
            no_initrd: self.no_initrd,
            command_line: self.command_line.clone(),
            unikernel: self.unikernel.clone(),
        };
        files.in_place(declared, partition)
    }
}
