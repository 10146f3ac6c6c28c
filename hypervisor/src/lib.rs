//! The EL2 core: the only code of Paratia that runs privileged.
//!
//! It is a house of rooms, listed here from the ground up. A room uses the rooms above it in this list and
//! never one below (the test `rooms` holds that); its first sentence says what it is, what it
//! may touch and what it never does. The first three know no hardware and are tested on the host.
//!
//! What several places call, and no short way needs, is marked `inline(never)`: each mark keeps 40 to 800
//! bytes out of the image and makes no counted path longer. Nothing else is said to the inliner but where a
//! few instructions are all that an exit takes.

#![cfg_attr(not(test), no_std)]

pub mod base;
pub mod machine;
pub mod policy;
#[cfg(test)]
mod properties;

#[cfg(target_os = "none")]
pub mod arch;
#[cfg(target_os = "none")]
pub mod boot;
#[cfg(target_os = "none")]
pub mod built;
#[cfg(target_os = "none")]
pub mod exits;
#[cfg(target_os = "none")]
pub mod interrupts;
#[cfg(target_os = "none")]
pub mod report;
#[cfg(target_os = "none")]
pub mod state;
#[cfg(target_os = "none")]
pub mod way;
#[cfg(target_os = "none")]
pub mod windows;
