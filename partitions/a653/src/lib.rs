//! ARINC 653 part 1 inside a partition of Paratia: the traits of the crate `a653rs`, version 0.6.
//!
//! A partition is one program at EL1, and the hypervisor gives it windows, ports and a health monitor.
//! Processes are this crate's: a fixed table of them, each with a stack of its own in the partition's RAM, of
//! which the highest priority that is ready runs. The virtual timer preempts, so that a release, a time-out or
//! a missed deadline takes effect at its moment, in the partition's own windows.
//!
//! What decides is plain data and tested on the host: [`clock`] (nanoseconds and ticks), [`processes`] (the
//! table, priorities, deadlines, the error handler), [`ports`] (names and parameters). What acts is `target`:
//! the switch between processes, the timer, and the traits themselves, on the type `Paratia`.
//!
//! ```ignore
//! use a653rs::prelude::*;
//! use paratia_a653::{Paratia, partition};
//!
//! partition!(Hello);
//!
//! struct Hello;
//!
//! impl Partition<Paratia> for Hello {
//!     fn cold_start(&self, context: &mut StartContext<Paratia>) { /* ports and processes */ }
//!     fn warm_start(&self, context: &mut StartContext<Paratia>) { self.cold_start(context) }
//! }
//! ```

#![no_std]
#![cfg_attr(not(target_os = "none"), forbid(unsafe_code))]

pub mod clock;
#[cfg(doctest)]
mod macros;
pub mod ports;
pub mod processes;

#[cfg(target_os = "none")]
mod target;
#[cfg(target_os = "none")]
pub use target::{Paratia, interrupted, run};

/// What the traits are declared in, for the expansion of [`partition!`].
#[doc(hidden)]
pub use a653rs;
#[cfg(target_os = "none")]
#[doc(hidden)]
pub use paratia_runtime;

/// Starts a partition: the value of a type that implements `a653rs`'s `Partition<Paratia>`.
#[macro_export]
macro_rules! partition {
    ($partition:expr) => {
        $crate::paratia_runtime::entry!(start_partition, interrupts = $crate::interrupted);

        fn start_partition(context: $crate::paratia_runtime::Context) -> ! {
            $crate::run(context, $partition)
        }
    };
}
