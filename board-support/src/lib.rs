//! The boards: one module of facts each, their drivers, and the check that the board at hand is the
//! one that was configured.
//!
//! The drivers build for the target; those that are more than one register deep build for the
//! host's tests too, over memory that stands in for the registers.

#![cfg_attr(target_os = "none", no_std)]

#[cfg(any(test, target_os = "none"))]
mod barrier;
#[cfg(any(test, target_os = "none"))]
pub mod bcm2836;
#[cfg(any(test, target_os = "none"))]
mod cache;
#[cfg(target_os = "none")]
pub mod cpu_start;
pub mod device_tree;
#[cfg(any(test, target_os = "none"))]
pub mod display;
#[cfg(target_os = "none")]
mod drivers;
#[cfg(test)]
mod fake;
#[cfg(any(test, target_os = "none"))]
pub mod fw_cfg;
#[cfg(any(test, target_os = "none"))]
pub mod gic_v2;
#[cfg(any(test, target_os = "none"))]
pub mod gic_v3;
pub mod host;
#[cfg(any(test, target_os = "none"))]
pub mod interrupt;
#[cfg(not(target_os = "none"))]
pub mod list;
pub mod qemu_virt;
pub mod qemu_virt_gicv2;
#[cfg(any(test, target_os = "none"))]
pub mod ramfb;
pub mod raspi3b;
pub mod raspi4b;
pub mod refusal;
#[cfg(any(test, target_os = "none"))]
mod registers;
#[cfg(any(test, target_os = "none"))]
mod shared_word;
#[cfg(any(test, target_os = "none"))]
pub mod uart;
#[cfg(any(test, target_os = "none"))]
pub mod videocore;
#[cfg(not(target_os = "none"))]
pub mod words;
pub mod zcu102;

#[cfg(target_os = "none")]
pub use drivers::Drivers;
