//! What a partition links: it starts the CPU's EL1, and wraps the guest interface in safe calls.
//!
//! A partition is one program at EL1. [`entry!`] names its main function; from then on it runs with
//! the MMU on (constants and code are read-only, nothing writable is executable, below each stack is
//! a guard page), on `SP_EL0`, with interrupts masked. An exception that it doesn't expect, or a
//! panic, prints one line and goes to the hypervisor's health monitor.
//!
//! ```no_run
//! use paratia_runtime::typed::SamplingSource;
//! use paratia_runtime::{Context, entry, println};
//!
//! entry!(run);
//!
//! fn run(context: Context) {
//!     let mut speed = SamplingSource::<u32>::named("speed");
//!     println!("start {} of '{}'", context.restarts + 1, context.name());
//!     for window in context.windows() {
//!         speed.write(&1_341).expect("the channel takes four bytes");
//!         window.heartbeat();
//!     }
//! }
//! # fn main() {}
//! ```
//!
//! | for | see |
//! |---|---|
//! | the start, windows, heartbeats | [`entry!`], [`Context`], [`window`] |
//! | text | [`println!`], [`console`] (`embedded-io`), [`logging`] (the `log` crate) |
//! | messages | [`typed`] ports over [`port`] (sampling) and [`queue`] (queuing) |
//! | messages of up to 64 KiB, without a call | [`direct`] ports; [`shared_memory`] |
//! | a bit that interrupts, without a message | [`event`] ports |
//! | time | [`time`] (`embedded-hal`'s `DelayNs`), [`interrupt`] |
//! | everything else | [`call`], [`passport`], [`abi`] |
//!
//! The runtime relies on two promises of the hypervisor: memory beyond the image is zero at entry,
//! so `.bss` is, and image and zeroes are in memory, not only in a cache.
//!
//! On the host it compiles, so that its documentation and tests do; there is nobody there to answer calls.

#![no_std]

#[cfg(test)]
extern crate std;

pub mod call;
pub mod console;
pub mod direct;
pub mod entry;
pub mod event;
#[cfg(target_os = "none")]
pub mod exception;
#[cfg(target_os = "none")]
mod first;
#[cfg(not(target_os = "none"))]
mod host;
pub mod interrupt;
pub mod logging;
mod message_window;
#[cfg(target_os = "none")]
pub mod mmu;
mod no_port;
pub mod passport;
pub mod port;
pub mod queue;
pub mod shared_memory;
mod slots;
#[cfg(test)]
mod testing;
pub mod time;
pub mod typed;
pub mod window;

pub use entry::Context;
pub use log;
pub use no_port::NoPort;
pub use paratia_abi as abi;
pub use zerocopy;
