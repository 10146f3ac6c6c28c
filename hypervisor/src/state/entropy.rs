//! Where each partition's random numbers come from: a source of its own, under its partition's lock. In a system
//! in which nobody is given any this is nothing at all.

use sha2::block_api::compress256;

use crate::base::sha256::{Block, State};
use crate::built::chosen::ANY;
use crate::machine::entropy::Source;

/// A partition's source, if it has one; no room in a system in which none has.
pub type Place = [Option<Source>; ANY.entropy as usize];

/// No source, as before boot has given one.
pub const NONE: Place = [const { None }; ANY.entropy as usize];

/// Takes account of blocks in a digest, without FP registers, which a guest's state may be in.
pub fn compress(state: &mut State, blocks: &[Block]) {
    compress256(state, blocks);
}
