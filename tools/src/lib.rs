//! The library behind the `paratia` command: set up, build, run, decode, check and show.
//!
//! A run on QEMU in three steps, as the tests do it:
//!
//! ```no_run
//! use std::time::Duration;
//! use paratia::run::Run;
//!
//! # fn main() -> anyhow::Result<()> {
//! paratia::build::image("qemu-virt", "cluster")?;
//! let report = Run::new("qemu-virt", "cluster")?
//!     .stop_after(Duration::from_secs(2))
//!     .argument("infotainment", 1)
//!     .execute()?;
//! assert_eq!(report.statistics("speedometer").unwrap().heartbeats_missed, 0);
//! # Ok(())
//! # }
//! ```

#![forbid(unsafe_code)]

pub mod bench;
pub mod build;
pub mod c;
pub mod catalog;
pub mod changes;
pub mod count;
pub mod debian;
pub mod debugger;
pub mod declared;
pub mod entries;
pub mod flat;
pub mod limits;
pub mod log;
mod not_yet;
pub mod own;
pub mod pieces;
pub mod plugin;
pub mod progress;
pub mod qemu;
pub mod report;
pub mod run;
pub mod scaffold;
pub mod setup;
pub mod sources;
pub mod trace;
pub mod unikernel;
pub mod unit;
pub mod verification;
pub mod whole;
pub mod workspace;
