//! What a partition links: it starts the CPU's EL1, and wraps the guest interface in safe calls.
//!
//! A partition is one program at EL1. [`entry!`] names its main function; from then on it runs with
//! the MMU on (constants and code are read-only, nothing writable is executable, below each stack is
//! a guard page), on `SP_EL0`, with interrupts masked. An exception that it doesn't expect, or a
//! panic, prints one line and goes to the hypervisor's health monitor.
//!
//! The runtime relies on two promises of the hypervisor: memory beyond the image is zero at entry,
//! so `.bss` is, and image and zeroes are in memory, not only in a cache.

#![no_std]

pub mod call;
pub mod console;
pub mod entry;
pub mod exception;
pub mod interrupt;
mod message_window;
pub mod mmu;
pub mod passport;
pub mod port;
pub mod queue;
pub mod time;

pub use entry::Context;
pub use paratia_abi as abi;
