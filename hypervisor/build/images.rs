//! The partitions' images as code: every content once, and each partition's pieces.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use paratia_config::image::PieceKind;
use paratia_config::system::System;
use sha2::{Digest, Sha256};

use super::seeds;

/// A piece as the tool lists it.
pub struct Piece {
    partition: String,
    kind: PieceKind,
    at: u64,
    room_bytes: u64,
    name: String,
    /// The file with its bytes.
    pub file: PathBuf,
}

impl Piece {
    /// A line of the list: partition, kind, guest-physical address, room in bytes, name and file,
    /// with tabs between them; numbers are hexadecimal without a prefix.
    pub fn parse(line: &str) -> Option<Self> {
        let mut fields = line.split('\t');
        let mut next = || fields.next();
        Some(Self {
            partition: next()?.to_owned(),
            kind: kind(next()?)?,
            at: u64::from_str_radix(next()?, 16).ok()?,
            room_bytes: u64::from_str_radix(next()?, 16).ok()?,
            name: next()?.to_owned(),
            file: next()?.into(),
        })
    }
}

fn kind(name: &str) -> Option<PieceKind> {
    PieceKind::ALL.into_iter().find(|kind| kind.name() == name)
}

/// The statics and constants of all images.
pub fn code(system: &System, pieces: &[Piece]) -> String {
    let mut contents: Vec<&Piece> = Vec::new();
    for piece in pieces {
        if contents.iter().all(|other| other.name != piece.name) {
            contents.push(piece);
        }
    }
    let mut code = String::new();
    let mut list = String::new();
    let mut sizes = Vec::new();
    for (index, content) in contents.iter().enumerate() {
        let bytes = fs::read(&content.file)
            .unwrap_or_else(|error| panic!("cannot read {}: {error}", content.file.display()));
        let digest: [u8; 32] = Sha256::digest(&bytes).into();
        let (name, file, size) = (&content.name, &content.file, bytes.len());
        add(
            &mut code,
            &format!(
                "#[unsafe(link_section = \".images\")]\n\
                 static CONTENT_{index}: Page<[u8; {size}]> = Page(*include_bytes!({file:?}));"
            ),
        );
        add(
            &mut list,
            &format!(
                "    Content {{ name: {name:?}, bytes: &CONTENT_{index}.0, sha256: {digest:?} }},"
            ),
        );
        sizes.push(size);
    }
    add(
        &mut code,
        &format!(
            "/// Everything that the images consist of.\n\
             static CONTENTS: [Content; {}] = [\n{list}];",
            contents.len()
        ),
    );
    let place = |piece: &Piece| contents.iter().position(|other| other.name == piece.name);
    let content_of = |piece: &Piece| place(piece).expect("every piece has a content");
    let built: String = pieces
        .iter()
        .map(|piece| built(piece, sizes[content_of(piece)]))
        .collect();
    add(
        &mut code,
        &format!("/// All pieces, for the rules.\nconst PIECES: &[BuiltPiece] = &[\n{built}];"),
    );
    let mut seen = BTreeSet::new();
    let mut content_of = |piece: &Piece| (content_of(piece), seen.insert(content_of(piece)));
    let images: String = (0..system.partitions.len())
        .map(|partition| image(system, partition, pieces, &mut content_of))
        .collect();
    add(
        &mut code,
        &format!(
            "/// The partitions' images, by the partition's index.\n\
             pub static IMAGES: [BuiltImage; {}] = [\n{images}];",
            system.partitions.len()
        ),
    );
    code
}

/// A piece for the rules.
fn built(piece: &Piece, size: usize) -> String {
    let Piece {
        partition,
        kind,
        at,
        room_bytes,
        name,
        ..
    } = piece;
    format!(
        "    BuiltPiece {{ partition: {partition:?}, kind: PieceKind::{kind:?}, name: {name:?}, \
         at: Ipa({at:#x}), bytes: {size}, room_bytes: {room_bytes} }},\n"
    )
}

/// A partition's image: its pieces, of each the content's index and whether it is the first with it.
fn image(
    system: &System,
    partition: usize,
    pieces: &[Piece],
    content_of: &mut impl FnMut(&Piece) -> (usize, bool),
) -> String {
    let own = || {
        pieces
            .iter()
            .filter(|piece| piece.partition == system.partitions[partition].name)
    };
    let list: String = own()
        .map(|piece| {
            let (at, (content, is_first)) = (piece.at, content_of(piece));
            format!(
                "        Piece {{\n            \
                 to: SYSTEM.partitions[{partition}].ram_at(Ipa({at:#x}), \
                 CONTENTS[{content}].bytes.len() as u64)\n            \
                     .expect(\"a piece of an image lies outside its partition's RAM\"),\n            \
                 content: &CONTENTS[{content}],\n            \
                 is_first: {is_first},\n        }},\n"
            )
        })
        .collect();
    let tree = own().find(|piece| piece.kind == PieceKind::DeviceTree);
    let seeds = tree
        .filter(|_| system.partitions[partition].machine.entropy)
        .map_or("None".to_owned(), |piece| seeds(partition, piece));
    let tree = tree.map_or("None".to_owned(), |piece| {
        format!("Some(Ipa({:#x}))", piece.at)
    });
    format!(
        "    BuiltImage {{\n        pieces: &[\n{list}        ],\n        device_tree: {tree},\n        \
         seeds: {seeds},\n    }},\n"
    )
}

/// Where a partition's tree has its seeds; nothing if it lacks one, or has one of another size.
fn seeds(partition: usize, piece: &Piece) -> String {
    let tree = fs::read(&piece.file)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", piece.file.display()));
    let place = |name: &str, bytes: u64| {
        let offset = seeds::place(&tree, name, bytes)?;
        let at = piece.at + offset;
        Some(format!(
            "SYSTEM.partitions[{partition}].ram_at(Ipa({at:#x}), {bytes})\n            \
             .expect(\"a seed lies outside its partition's RAM\")"
        ))
    };
    match (place("kaslr-seed", 8), place("rng-seed", 32)) {
        (Some(kaslr), Some(random)) => {
            format!("Some(crate::base::image::Seeds {{ kaslr: {kaslr}, random: {random} }})")
        }
        _ => "None".to_owned(),
    }
}

fn add(code: &mut String, text: &str) {
    writeln!(code, "{text}").expect("writing to a string");
}
