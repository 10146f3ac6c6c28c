//! The nouns in which a system is declared, the rules that check it, and the tables built from it.
//!
//! A system is one `const`: partitions, their memory and devices, channels between them, a cyclic
//! schedule per CPU and a health policy (see [`systems`]). Everything derived from it, such as
//! translation tables and passports, is computed by `const fn` when the image is built; nothing is
//! allocated, registered or negotiated at run time. The same functions run on the host, where the
//! tool lists every finding instead of stopping at the first.

#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

// So that unit tests share the files in `tests/support` with the integration tests.
#[cfg(test)]
extern crate self as paratia_config;

pub mod address;
pub mod board;
pub mod console;
pub mod directory;
mod each;
pub mod image;
pub mod machine;
pub mod piece;
pub mod rules;
pub mod run;
pub mod same;
pub mod solo5;
pub mod sorted;
pub mod system;
pub mod systems;
pub mod tables;
pub mod xen;

pub use address::{Ipa, MemoryRange, Pa};
pub use board::{Board, BoardFacts};
pub use rules::text;
pub use system::{Channel, Partition, Region, System, Window};
pub use tables::{layout, machines, messages, passport, ports};
