//! Guests for tests: each probes or breaks one promise, and says on its console what it saw.
//!
//! The binaries are the guests. This library is what several share: what `plant` and `look` have of the
//! registers a guest can write and of the way over a window's end with known values in all of them, and
//! how `look` and `chaos` store what was in the registers at their entry.

#![no_std]

pub mod crossing;
mod entry;
pub mod general;
pub mod system;
