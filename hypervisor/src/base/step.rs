//! How much memory one exit works on.

/// Bytes of memory that one exit, or one step of work in a window, handles at most: filled, copied, or
/// cleaned. Each of their lines may have to go to memory, and the guard of a window that ends in between
/// has to hold that.
pub const STEP_BYTES: usize = 4096;
