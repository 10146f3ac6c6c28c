//! In and out: the vectors, and the one procedure behind them: save, decode, act, choose next, restore.
//! Calls every room below; nothing calls it but the vectors.

pub mod calls;
pub mod exit;
pub mod vectors;
