//! A partition's pristine image: what a restart copies, and its digests.

use sha2::{Digest, Sha256};

use super::{Look, Of};
use crate::reach::declared::Span;
use crate::reach::finding::{About, Finding};
use crate::reach::held::Record;

impl Look<'_> {
    /// Its pristine image: every piece goes into its own RAM, and its bytes have the digest that is noted.
    pub(super) fn image(&mut self, of: &Of<'_>) -> Result<(), Finding> {
        let held = self.held;
        let image = held.refers(self.facts(of)?, "image", "BuiltImage")?;
        let (first, count) = held.slice(image, "pieces")?;
        if count == 0 || count > 64 {
            let fact = format!("its image has {count} pieces, but 1 to 64 are possible");
            self.complain(About::Images, self.at(of, "the image", image.at), fact);
            return Ok(());
        }
        for index in 0..count {
            let piece = Record {
                at: first + index * held.size("Piece")?,
                kind: "Piece",
            };
            let content = held.refers(piece, "content", "Content")?;
            let (start, length) = held.slice(content, "bytes")?;
            let to = Span {
                base: held.word(piece, "to")?,
                bytes: length,
            };
            let mut ram = of
                .partition
                .regions
                .iter()
                .filter(|region| region.kind.takes_pieces());
            if !ram.any(|region| region.physical().has(to)) {
                let fact = format!(
                    "it is copied to {:#x}..{:#x}, which isn't the partition's RAM",
                    to.base,
                    to.end()
                );
                self.complain(About::Images, self.at(of, "piece", piece.at), fact);
            }
            self.content(of, content, start, length)?;
            if index == 0 {
                self.program(of, content, to)?;
            }
        }
        Ok(())
    }

    fn content(
        &mut self,
        of: &Of<'_>,
        content: Record,
        start: u64,
        length: u64,
    ) -> Result<(), Finding> {
        let held = self.held;
        let noted = held.bytes(held.field(content, "sha256")?, 32)?;
        let span = Span {
            base: start,
            bytes: length,
        };
        let bytes = if self.places.images.has(span) {
            held.bytes(start, length).ok()
        } else {
            None
        };
        let Some(bytes) = bytes else {
            let fact = format!(
                "its bytes are {:#x}..{:#x}, which aren't pristine images",
                start,
                span.end()
            );
            self.complain(About::Images, self.at(of, "content", content.at), fact);
            return Ok(());
        };
        let digest = Sha256::digest(bytes);
        if digest[..] == *noted {
            self.owners.images_right += 1;
            return Ok(());
        }
        let fact = format!(
            "its SHA-256 begins with {}, but {} is noted",
            start_of(&digest),
            start_of(noted)
        );
        let place = format!(
            "{}, the bytes of which are at {}",
            self.at(of, "content", content.at),
            held.place(start)
        );
        self.complain(About::Images, place, fact);
        Ok(())
    }

    /// One of the project's own programs lies at its partition's first byte.
    fn program(&mut self, of: &Of<'_>, content: Record, to: Span) -> Result<(), Finding> {
        let (Some(program), Some(ram)) = (&of.partition.program, of.partition.regions.first())
        else {
            return Ok(());
        };
        let (name, length) = self.held.slice(content, "name")?;
        let name = String::from_utf8_lossy(self.held.bytes(name, length.min(256))?).into_owned();
        if name != *program || to.base != ram.pa {
            let fact = format!(
                "it is '{name}' at {:#x}, but '{program}' at {:#x} is declared",
                to.base, ram.pa
            );
            self.complain(About::Images, self.at(of, "content", content.at), fact);
        }
        Ok(())
    }
}

/// The first bytes of a digest.
fn start_of(digest: &[u8]) -> String {
    digest
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
