//! Guests for tests: each probes or breaks one promise, and says on its console what it saw.
//!
//! The binaries are the guests. This library is what `plant` and `look` share: the table of the
//! registers a guest can write, and the way over a window's end with known values in all of them.

#![no_std]

pub mod crossing;
pub mod general;
pub mod system;
