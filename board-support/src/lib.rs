//! The boards: one module of facts each, their drivers, and the check that the board at hand is the
//! one that was configured.

#![cfg_attr(not(test), no_std)]

pub mod qemu_virt;

use paratia_config::board::{Board, BoardFacts};

/// Every board's facts.
pub const ALL: [&BoardFacts; 1] = [&<qemu_virt::QemuVirt as Board>::FACTS];
