//! A partition's interrupt controller as its guest sees it: GICv3 (Arm IHI 0069) or GICv2 (Arm IHI
//! 0048), as plain state and functions that know no hardware.
//!
//! The CPU interface is the hardware's own virtual one, or [`interface::CpuInterface`] where that
//! isn't what the guest wants; its list registers show the guest up to
//! [`list_register::ListRegister`]s' worth of interrupts at a time. All else is here: what the guest
//! programs ([`Vgic::read`], [`Vgic::write`]), what devices say ([`Vgic::set_line`],
//! [`Vgic::pulse`]), what CPUs send each other ([`Vgic::send`]), and the movement between this state
//! and the list registers ([`Vgic::collect`], [`Vgic::fill`]).
//!
//! # One way through
//! On the way in from a guest, before anything below is called for its vCPU: [`Vgic::end_unlisted`]
//! once for each end that `ICH_HCR_EL2.EOIcount` counted (and that is cleared then), and
//! [`Vgic::collect`] with the list registers as the hardware left them. On the way out: [`Vgic::fill`],
//! the list registers written, and [`Maintenance`]'s bits put into `ICH_HCR_EL2`. An exit that
//! touches no interrupt may skip both, for collecting late is only collecting later. At the end of a
//! window a vCPU is always collected: then nothing of it is anywhere but here.
//!
//! What comes to a vCPU that has nothing else in hand may be placed in a list register at once, as
//! [`Vgic::ready`] says. That is told by [`Vgic::placed`], before anything else is read or changed; not
//! at all, if the guest has taken and ended it by then and is the only one to look.
//!
//! Every function that changes something answers with the vCPUs that need [attention](VcpuSet):
//! the one that is on its way out fills its list registers, another that is running is interrupted
//! so that it collects and fills, and one that isn't running does so at its next start anyhow. Others
//! are attended only after one's own list registers are filled: in between they hold nothing, and
//! what was filled twice would be lost. The vCPUs of a partition share this state, so those that
//! run on several CPUs hold the partition's lock around each call.
//!
//! # What the guest finds
//! One Security state (`GICD_CTLR.DS` = 1), affinity routing always on, vCPU n at affinity 0.0.0.n,
//! no LPIs, no message-based SPIs, no 1-of-N routing (`GICD_TYPER.No1N` = 1), 32 priorities. After
//! reset it is as firmware leaves it for a system: redistributors awake and, in GICv3, all
//! interrupts in Group 1. An access that no register's row allows (reserved offset, width, alignment)
//! reads as zero and is ignored; the architecture leaves that choice.

pub mod effect;
pub mod interface;
pub mod list_register;

mod access;
mod banks;
mod block;
mod delivery;
mod distributor_v2;
mod distributor_v3;
mod lines;
mod redistributor;
mod row;
mod sgi;
#[cfg(test)]
mod tests;

pub use access::{Levels, Plain, Read, low};
pub use banks::{Interrupts, Link, Model, Vgic};
pub use delivery::Maintenance;
pub use effect::{Change, Effect, Physical, VcpuSet};
pub use interface::{CpuInterface, Done};
pub use list_register::ListRegister;
pub use sgi::Request;

/// The architecture that all partitions of this image see, if it is one: `build.rs` says so. The host's
/// tests see both.
const ONLY_MODEL: Option<Model> = if cfg!(only_gic = "v3") {
    Some(Model::V3)
} else if cfg!(only_gic = "v2") {
    Some(Model::V2)
} else {
    None
};

/// Part of the controller that a guest's access goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// `GICD_*`: 64 KiB in GICv3, 4 KiB in GICv2.
    Distributor,
    /// `GICR_*`, all of them: 128 KiB a vCPU, in their order. GICv3 only.
    Redistributors,
}

pub use paratia_config::machine::FIRST_SHARED;

/// Bits of a priority that are kept: the five that every implementation's list registers have.
pub const PRIORITY_BITS: u8 = 0xF8;
