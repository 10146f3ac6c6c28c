//! The boards: one module of facts each, their drivers, and the check that the board at hand is the
//! one that was configured.
//!
//! The drivers build for the target; those that are more than one register deep build for the
//! host's tests too, over memory that stands in for the registers.

#![cfg_attr(not(test), no_std)]

#[cfg(any(test, target_os = "none"))]
mod barrier;
#[cfg(any(test, target_os = "none"))]
pub mod bcm2836;
#[cfg(any(test, target_os = "none"))]
mod cache;
pub mod device_tree;
#[cfg(any(test, target_os = "none"))]
pub mod display;
#[cfg(test)]
mod fake;
#[cfg(any(test, target_os = "none"))]
pub mod fw_cfg;
#[cfg(any(test, target_os = "none"))]
pub mod gic_v2;
#[cfg(any(test, target_os = "none"))]
pub mod gic_v3;
#[cfg(any(test, target_os = "none"))]
pub mod interrupt;
pub mod qemu_virt;
#[cfg(any(test, target_os = "none"))]
pub mod ramfb;
#[cfg(any(test, target_os = "none"))]
mod registers;
#[cfg(any(test, target_os = "none"))]
pub mod uart;
#[cfg(any(test, target_os = "none"))]
pub mod videocore;

use paratia_config::board::{Board, BoardFacts};

/// Every board's facts.
pub const ALL: [&BoardFacts; 1] = [&<qemu_virt::QemuVirt as Board>::FACTS];
