//! A person's own files in place of those that a system's Linux is declared with.
//!
//! What is declared stays as it is; the image that is built from it with other files lies apart.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use paratia_config::image::{File, Image, Initrd};
use paratia_config::{Partition, System};

use crate::catalog::Choice;
use crate::pieces::kernel;
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
    /// The kernel's command line.
    pub command_line: Option<String>,
}

impl Files {
    fn is_empty(&self) -> bool {
        let is_named = self.kernel.is_some() || self.initrd.is_some();
        !is_named && !self.no_initrd && self.command_line.is_none()
    }

    /// The system with these files in the partition called `partition`, or in the one that runs a
    /// Linux; as it was if nothing is named.
    ///
    /// # Errors
    /// If there is no such partition, it isn't clear which, or a file isn't there or is no kernel.
    pub fn in_place(&self, choice: Choice, partition: Option<&str>) -> anyhow::Result<Choice> {
        if self.is_empty() {
            return Ok(choice);
        }
        let place = place(&choice, partition)?;
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

    fn image(&self, partition: &Partition) -> anyhow::Result<Image> {
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

/// The index of the partition whose Linux is meant.
fn place(choice: &Choice, wanted: Option<&str>) -> anyhow::Result<usize> {
    let (system, partitions) = (choice.name, choice.system.partitions);
    let runs_linux = |it: &&Partition| matches!(it.image, Image::Linux { .. });
    let names: Vec<&str> = partitions
        .iter()
        .filter(runs_linux)
        .map(|it| it.name)
        .collect();
    let name = match (wanted, names.as_slice()) {
        (_, []) => bail!(
            "system '{system}' has no partition that runs a Linux, so nothing can take files of \
             your own; system 'linux' has one"
        ),
        (None, [name]) => name,
        (None, several) => bail!(
            "system '{system}' has several partitions that run a Linux; say which is meant: \
             --partition {}",
            several.join(" or ")
        ),
        (Some(name), _) if names.contains(&name) => name,
        (Some(name), _) => bail!(
            "system '{system}' has no partition '{name}' that runs a Linux; those that do: {}",
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
