//! A person's own files in place of those that a system's Linux or unikernel is declared with.
//!
//! What is declared stays as it is; the image that is built from it with other files lies apart.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use paratia_config::image::{File, Image, Initrd};
use paratia_config::{Partition, System};

use crate::catalog::Choice;
use crate::pieces::kernel;
use crate::unikernel;
use crate::workspace;

/// What a person names; what isn't named is as declared.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// The kernel, an uncompressed `Image`.
    pub kernel: Option<PathBuf>,
    /// The initial RAM disk, compressed or not.
    pub initrd: Option<PathBuf>,
    /// Whether there is no initial RAM disk; nothing then names one.
    pub no_initrd: bool,
    /// The kernel's or the unikernel's command line.
    pub command_line: Option<String>,
    /// The unikernel, an ELF file for Solo5's tender `hvt`.
    pub unikernel: Option<PathBuf>,
}

impl Files {
    fn is_empty(&self) -> bool {
        let is_named = self.needs_linux() || self.unikernel.is_some();
        !is_named && self.command_line.is_none()
    }

    fn needs_linux(&self) -> bool {
        self.kernel.is_some() || self.initrd.is_some() || self.no_initrd
    }

    /// The system with these files in the partition called `partition`, or in the one that runs a
    /// Linux, or a unikernel if one is named; as it was if nothing is named.
    ///
    /// # Errors
    /// If there is no such partition, it isn't clear which, or a file isn't there or isn't what it is named as.
    pub fn in_place(&self, choice: Choice, partition: Option<&str>) -> anyhow::Result<Choice> {
        if self.is_empty() {
            return Ok(choice);
        }
        let kind = self.kind(&choice)?;
        let place = place(&choice, partition, kind)?;
        let mut partitions = choice.system.partitions.to_vec();
        partitions[place].image = self.image(&partitions[place])?;
        // Once in the life of the program.
        let system = Box::leak(Box::new(System {
            partitions: partitions.leak(),
            ..*choice.system
        }));
        Ok(Choice {
            system,
            is_own: true,
            ..choice
        })
    }

    /// What these files are for: a command line alone is for whichever the system runs, first a Linux.
    fn kind(&self, choice: &Choice) -> anyhow::Result<Kind> {
        let runs = |kind: Kind| choice.system.partitions.iter().any(|it| kind.is(it));
        ensure!(
            self.unikernel.is_none() || !self.needs_linux(),
            "--unikernel names a file for a unikernel, and --kernel, --initrd and --no-initrd are for a Linux; \
             leave one out"
        );
        let is_clear = self.needs_linux() || runs(Kind::Linux);
        Ok(match self.unikernel {
            None if is_clear || !runs(Kind::Unikernel) => Kind::Linux,
            _ => Kind::Unikernel,
        })
    }

    fn image(&self, partition: &Partition) -> anyhow::Result<Image> {
        if let Image::Unikernel {
            mut file,
            mut command_line,
            devices,
        } = partition.image
        {
            if let Some(path) = &self.unikernel {
                let bytes = read(path, "unikernel")?;
                unikernel::check(&bytes)
                    .with_context(|| format!("the unikernel {}", workspace::shown(path)))?;
                file = self::file(path)?;
            }
            if let Some(text) = &self.command_line {
                command_line = text.clone().leak();
            }
            return Ok(Image::Unikernel {
                file,
                command_line,
                devices,
            });
        }
        let Image::Linux {
            mut kernel,
            mut initrd,
            mut command_line,
        } = partition.image
        else {
            bail!("partition '{}' doesn't run a Linux", partition.name);
        };
        if let Some(path) = &self.kernel {
            let bytes = read(path, "kernel")?;
            kernel::header(&bytes)
                .with_context(|| format!("the kernel {}", workspace::shown(path)))?;
            kernel = file(path)?;
        }
        if let Some(path) = &self.initrd {
            let bytes = read(path, "initial RAM disk")?;
            ensure!(
                !bytes.is_empty(),
                "the initial RAM disk {} is empty; --no-initrd leaves it out",
                workspace::shown(path)
            );
            initrd = Initrd::File(file(path)?);
        }
        if self.no_initrd {
            initrd = Initrd::None;
        }
        if let Some(text) = &self.command_line {
            command_line = text.clone().leak();
        }
        Ok(Image::Linux {
            kernel,
            initrd,
            command_line,
        })
    }
}

/// What can have a person's own files.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Linux,
    Unikernel,
}

impl Kind {
    fn is(self, partition: &Partition) -> bool {
        match self {
            Self::Linux => matches!(partition.image, Image::Linux { .. }),
            Self::Unikernel => matches!(partition.image, Image::Unikernel { .. }),
        }
    }

    /// What it is called, and the system that has one.
    fn names(self) -> [&'static str; 2] {
        match self {
            Self::Linux => ["Linux", "linux"],
            Self::Unikernel => ["unikernel", "solo5"],
        }
    }
}

/// The index of the partition that is meant.
fn place(choice: &Choice, wanted: Option<&str>, kind: Kind) -> anyhow::Result<usize> {
    let (system, partitions) = (choice.name, choice.system.partitions);
    let own = partitions.iter().filter(|it| kind.is(it));
    let names: Vec<&str> = own.map(|it| it.name).collect();
    let [what, example] = kind.names();
    let name = match (wanted, names.as_slice()) {
        (_, []) => bail!(
            "system '{system}' has no partition that runs a {what}, so nothing can take files of \
             your own; system '{example}' has one"
        ),
        (None, [name]) => name,
        (None, several) => bail!(
            "system '{system}' has several partitions that run a {what}; say which is meant: \
             --partition {}",
            several.join(" or ")
        ),
        (Some(name), _) if names.contains(&name) => name,
        (Some(name), _) => bail!(
            "system '{system}' has no partition '{name}' that runs a {what}; those that do: {}",
            names.join(", ")
        ),
    };
    let place = choice.system.partition_index(name);
    place.with_context(|| format!("system '{system}' has no partition '{name}'"))
}

fn read(path: &Path, what: &str) -> anyhow::Result<Vec<u8>> {
    fs::read(path).with_context(|| {
        let path = workspace::shown(path);
        format!("can't read the {what} {path}; name a file that exists")
    })
}

/// The file as a system names it. The list of pieces is text with tabs.
fn file(path: &Path) -> anyhow::Result<File> {
    let path = std::path::absolute(path)?;
    match path.to_str() {
        Some(text) if !text.contains(char::is_control) => Ok(File::Path(text.to_owned().leak())),
        _ => bail!(
            "the path {} isn't plain text; rename it",
            path.display().to_string().escape_debug()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::choose;

    /// What is said when the command line alone is replaced in a system.
    fn refusal(system: &str, partition: Option<&str>) -> String {
        let files = Files {
            command_line: Some(String::new()),
            ..Files::default()
        };
        let choice = choose("qemu-virt", system).unwrap();
        files.in_place(choice, partition).unwrap_err().to_string()
    }

    #[test]
    fn the_partition_must_be_clear() {
        assert!(refusal("cluster", None).starts_with("system 'cluster' has no partition that"));
        assert!(refusal("test-linux", None).ends_with("--partition linux or again"));
        assert!(refusal("linux", Some("vehicle")).ends_with("those that do: linux"));
    }

    #[test]
    fn nothing_named_changes_nothing() {
        let choice = choose("qemu-virt", "cluster").unwrap();
        let same = Files::default().in_place(choice, None).unwrap();
        assert!(!same.is_own);
        assert_eq!(same.image(), choice.image());
    }

    #[test]
    fn what_is_named_takes_the_place_of_what_is_declared() {
        let folder = tempfile::tempdir().unwrap();
        let disk = folder.path().join("disk");
        fs::write(&disk, [1]).unwrap();
        let files = Files {
            initrd: Some(disk.clone()),
            command_line: Some("quiet".to_owned()),
            ..Files::default()
        };
        let declared = choose("qemu-virt", "test-linux").unwrap();
        let own = files.in_place(declared, Some("again")).unwrap();
        assert_ne!(own.image(), declared.image());
        assert_eq!(
            own.system.partitions[0].image,
            declared.system.partitions[0].image
        );
        let expected = Image::Linux {
            kernel: File::LINUX_CLOUD,
            initrd: Initrd::File(File::Path(disk.to_str().unwrap().to_owned().leak())),
            command_line: "quiet",
        };
        assert_eq!(own.system.partitions[1].image, expected);
    }
}
