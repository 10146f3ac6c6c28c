//! Whose each piece of an image is: found in one pass over all pieces.

use crate::directory::Directory;
use crate::each;
use crate::image::{Piece, PieceKind};
use crate::layout::MAX_PARTITIONS;
use crate::solo5::MAX_SEGMENTS;
use crate::sorted::Names;

/// Pieces that are looked at. A partition has at most as many as a unikernel: its tender, tables, boot
/// information, segments.
const MAX_PIECES: usize = (3 + MAX_SEGMENTS) * MAX_PARTITIONS;

/// The pieces of all images by partition and by name.
pub(super) struct OwnedPieces<'a> {
    pieces: &'a [Piece],
    names: Names<'a, MAX_PIECES>,
    programs: Names<'a, MAX_PIECES>,
    owners: [Option<usize>; MAX_PIECES],
    /// The next piece of the same partition.
    next: [Option<usize>; MAX_PIECES],
    /// Each partition's first piece.
    first: [Option<usize>; MAX_PARTITIONS],
}

impl<'a> OwnedPieces<'a> {
    pub(super) const fn of(pieces: &'a [Piece], directory: &Directory) -> Self {
        let mut all = Self {
            pieces,
            names: Names::new(),
            programs: Names::new(),
            owners: [None; MAX_PIECES],
            next: [None; MAX_PIECES],
            first: [None; MAX_PARTITIONS],
        };
        let mut latest = [None; MAX_PARTITIONS];
        each! { index, piece in pieces => {
            if index == MAX_PIECES {
                break;
            }
            all.names.add(piece.name);
            if matches!(piece.kind, PieceKind::Program) {
                all.programs.add(piece.name);
            }
            if let Some(owner) = directory.find(piece.partition)
                && owner < MAX_PARTITIONS
            {
                all.owners[index] = Some(owner);
                match latest[owner] {
                    Some(before) => all.next[before] = Some(index),
                    None => all.first[owner] = Some(index),
                }
                latest[owner] = Some(index);
            }
        }}
        all.names.sort();
        all.programs.sort();
        all
    }

    /// The index of the partition to which a piece belongs, if it exists.
    pub(super) const fn owner(&self, piece: usize) -> Option<usize> {
        if piece < MAX_PIECES {
            self.owners[piece]
        } else {
            None
        }
    }

    /// A partition's first piece.
    pub(super) const fn first_of(&self, partition: usize) -> Option<usize> {
        if partition < MAX_PARTITIONS {
            self.first[partition]
        } else {
            None
        }
    }

    /// The piece after one that belongs to the same partition.
    pub(super) const fn next(&self, piece: usize) -> Option<usize> {
        if piece < MAX_PIECES {
            self.next[piece]
        } else {
            None
        }
    }

    /// Whether no piece before it has its name.
    pub(super) const fn is_first_of_name(&self, piece: usize) -> bool {
        match self.names.find(self.pieces[piece].name) {
            Some(first) => first == piece,
            None => true,
        }
    }

    /// Whether a program of this name is built.
    pub(super) const fn has_program(&self, name: &str) -> bool {
        self.programs.find(name).is_some()
    }

    /// Whether something of a partition is built that could run.
    pub(super) const fn has_code(&self, partition: usize) -> bool {
        let mut piece = self.first_of(partition);
        while let Some(index) = piece {
            if holds_code(&self.pieces[index]) {
                return true;
            }
            piece = self.next(index);
        }
        false
    }
}

/// Whether a piece holds instructions.
pub(super) const fn holds_code(piece: &Piece) -> bool {
    !matches!(piece.kind, PieceKind::Initrd | PieceKind::DeviceTree)
}
