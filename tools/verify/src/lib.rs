//! The checker of images.
//!
//! It reads a linked image, and what a board is, and derives what follows from the bytes: it shares no
//! code with what built them, so that a mistake of the builder isn't one of the checker, too. What was
//! declared comes to it as plain data, to be compared at the end.

#![forbid(unsafe_code)]

pub mod carry;
pub mod code;
pub mod image;
pub mod reach;
