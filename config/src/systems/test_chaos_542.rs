//! Test: a system that chance draws, for `tests/chaos`.

use core::marker::PhantomData;

use super::chaos::Drawn;
use crate::board::Board;
use crate::system::System;

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    /// The declaration.
    pub const SYSTEM: System = Drawn::<B, 542>::system("test-chaos-542", "an attacker at random, drawn by 542");
}
