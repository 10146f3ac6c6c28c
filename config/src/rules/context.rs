//! What the rules look at: the declaration, and what one pass over it tells.
//!
//! A rule that asked of each partition for its windows, or of each end of a channel for the others,
//! would take n² steps; here all of that is found once, for all rules.

use super::ends::Ends;
use super::image::can_lay_out;
use super::owned_pieces::OwnedPieces;
use super::owners::Owners;
use super::usage::Usages;
use crate::board::BoardFacts;
use crate::directory::Directory;
use crate::image::Piece;
use crate::layout::Layout;
use crate::machine::MAX_VCPUS;
use crate::system::System;
use crate::tables;

/// What the rules look at.
pub(super) struct Context<'a> {
    pub(super) system: &'a System,
    pub(super) board: &'a BoardFacts,
    /// Empty while no image is built; the rules on images say nothing then.
    pub(super) pieces: &'a [Piece],
    /// The partitions by name.
    pub(super) directory: Directory<'a>,
    /// The windows of each partition.
    pub(super) usages: Usages,
    /// The ends of channels at each partition.
    pub(super) ends: Ends<'a>,
    /// The devices in partitions' hands.
    pub(super) owners: Owners<'a>,
    /// The pieces of each partition's image.
    pub(super) owned_pieces: OwnedPieces<'a>,
    /// Where the parts of the image lie, if what is declared is right enough to tell.
    pub(super) layout: Option<Layout>,
}

impl<'a> Context<'a> {
    /// Of a system on a board, with the pieces of its images if they are built.
    pub(super) const fn new(
        system: &'a System,
        board: &'a BoardFacts,
        pieces: &'a [Piece],
    ) -> Self {
        let directory = Directory::new(system);
        let usages = Usages::of(system, &directory);
        let ends = Ends::of(system, &directory);
        let owners = Owners::of(system, board);
        let owned_pieces = OwnedPieces::of(pieces, &directory);
        let mut context = Self {
            system,
            board,
            pieces,
            directory,
            usages,
            ends,
            owners,
            owned_pieces,
            layout: None,
        };
        if can_lay_out(&context) {
            context.layout = Some(tables::layout(system, board));
        }
        context
    }

    /// The CPUs on which each vCPU of a partition has windows, bit n for CPU n, if it has as many vCPUs
    /// as it may.
    pub(super) const fn vcpu_cpus(&self, partition: usize) -> Option<&[u64]> {
        let vcpus = self.system.partitions[partition].machine.vcpus as usize;
        match self.usages.at(partition) {
            Some(usage) if vcpus <= MAX_VCPUS => Some(usage.cpus.split_at(vcpus).0),
            _ => None,
        }
    }
}
