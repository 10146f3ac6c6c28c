//! The pieces of partitions' images: what the hypervisor's image carries, and where each goes.

pub mod bare;
mod count;
mod cpio;
mod initrd;
pub(crate) mod kernel;
mod place;
pub(crate) mod programs;
mod source;
mod symbols;
pub mod tree;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use paratia_config::Ipa;
use paratia_config::image::{self, PieceKind};
use paratia_config::rules::{Finding, Message};

use crate::catalog::Choice;
use crate::not_yet::NotYet;
use crate::progress::Progress;
use crate::whole::write_if_changed;

pub use symbols::{symbol, symbol_of_image};

/// A piece of a partition's image.
#[derive(Clone, Debug)]
pub struct Piece {
    /// The partition's name.
    pub partition: &'static str,
    /// What it is.
    pub kind: PieceKind,
    /// Where the partition sees it.
    pub at: Ipa,
    /// Bytes that it needs from there on.
    pub room_bytes: u64,
    /// The program's name or the file's path; the same name means the same bytes.
    pub name: String,
    /// The file with its bytes.
    pub file: PathBuf,
    /// How many these are.
    pub size: u64,
}

impl Piece {
    /// The piece as the rules see it.
    #[must_use]
    pub fn for_rules(&self) -> image::Piece {
        image::Piece {
            partition: self.partition,
            kind: self.kind,
            // A handful in the life of the program.
            name: self.name.clone().leak(),
            at: self.at,
            bytes: self.size,
            room_bytes: self.room_bytes,
        }
    }

    /// Its line in the list that the hypervisor's build script reads.
    fn line(&self) -> String {
        let (partition, kind, name) = (self.partition, self.kind.name(), &self.name);
        let (at, room, file) = (self.at.0, self.room_bytes, self.file.display());
        format!("{partition}\t{kind}\t{at:x}\t{room:x}\t{name}\t{file}\n")
    }
}

/// All pieces of a system, partition by partition. What isn't there is fetched if somebody watches;
/// guest programs must have been built before.
///
/// # Errors
/// If a file isn't there, can't be fetched or isn't what its image takes it for.
pub fn of(choice: &Choice, progress: Option<&mut dyn Progress>) -> anyhow::Result<Vec<Piece>> {
    let folder = folder(choice);
    let mut sources = source::Sources {
        folder: &folder,
        progress,
    };
    let mut all = Vec::new();
    for partition in choice.system.partitions {
        let pieces = place::pieces(choice.system, partition, choice.board, &mut sources)
            .with_context(|| format!("partition '{}'", partition.name))?;
        all.extend(pieces);
    }
    Ok(all)
}

/// What is there of a system's images without building or fetching anything.
pub struct Look {
    /// All pieces, if nothing is wrong and nothing is missing.
    pub pieces: Vec<Piece>,
    /// What is wrong with what partitions are to run.
    pub findings: Vec<Finding>,
    /// What could be right but isn't there yet, as a sentence each.
    pub not_yet: Vec<String>,
}

/// Looks at a system's images.
#[must_use]
pub fn look(choice: &Choice) -> Look {
    let folder = folder(choice);
    let mut sources = source::Sources {
        folder: &folder,
        progress: None,
    };
    let mut look = Look {
        pieces: Vec::new(),
        findings: Vec::new(),
        not_yet: Vec::new(),
    };
    for partition in choice.system.partitions {
        let error = match place::pieces(choice.system, partition, choice.board, &mut sources) {
            Ok(pieces) => {
                look.pieces.extend(pieces);
                continue;
            }
            Err(error) => error,
        };
        let text = format!("partition '{}': {error:#}", partition.name);
        if error.downcast_ref::<NotYet>().is_some() {
            look.not_yet.push(text);
        } else {
            look.findings.push(Finding {
                rule: "image_readable",
                message: Message::new().str(&text),
            });
        }
    }
    if !look.findings.is_empty() || !look.not_yet.is_empty() {
        look.pieces.clear();
    }
    look
}

/// The instruction that a partition's image has at an address, if a piece lies there. A guest that has
/// moved or translates addresses otherwise has another one there, or none.
#[must_use]
pub fn instruction(choice: &Choice, partition: &str, address: u64) -> Option<u32> {
    let pieces = of(choice, None).ok()?;
    let holds = |piece: &&Piece| {
        piece.partition == partition && (piece.at.0..piece.at.0 + piece.size).contains(&address)
    };
    let piece = pieces.iter().find(holds)?;
    let bytes = fs::read(&piece.file).ok()?;
    let at = usize::try_from(address - piece.at.0).ok()?;
    let word = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(word.try_into().ok()?))
}

/// Writes the list of all pieces for the hypervisor's build script.
///
/// # Errors
/// If it can't be written.
pub fn write_list(list: &Path, pieces: &[Piece]) -> anyhow::Result<()> {
    if let Some(folder) = list.parent() {
        fs::create_dir_all(folder)?;
    }
    let lines: String = pieces.iter().map(Piece::line).collect();
    write_if_changed(list, lines.as_bytes())
}

/// The list of a system's pieces.
#[must_use]
pub fn list(choice: &Choice) -> PathBuf {
    choice.image().with_extension("pieces")
}

/// Where what is made for one system goes, its device trees among it.
fn folder(choice: &Choice) -> PathBuf {
    choice.image().with_extension("")
}
