//! Bench: the measurements of `bench-costs` with 128 partitions.

use core::marker::PhantomData;

use crate::board::Board;
use super::many::Many;
use crate::system::System;

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    /// The declaration.
    pub const SYSTEM: System = Many::<B, 128>::system(
        "bench-partitions-128",
        "the measurements of bench-costs, 128 partitions",
    );
}
