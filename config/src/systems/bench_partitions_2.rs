//! Bench: the measurements of `bench-costs` with 2 partitions.

use core::marker::PhantomData;

use crate::board::Board;
use super::many::Many;
use crate::system::System;

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    /// The declaration.
    pub const SYSTEM: System = Many::<B, 2>::system(
        "bench-partitions-2",
        "the measurements of bench-costs, 2 partitions",
    );
}
