//! What our plugins for QEMU share: its interface, its entry, and the registers of the CPU at hand.
//!
//! A plugin is told by QEMU which CPU runs, but not truly: with one thread for several CPUs, as under `-icount`,
//! version 10.0 names the CPU that translated the code (`findings/qemu-plugin-cpu.sh`). [`Registers::cpu`] tells.

pub mod api;
mod entry;
mod registers;

pub use entry::{Arguments, register};
pub use registers::Registers;
