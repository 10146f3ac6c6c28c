//! The EL2 core: the only code of Paratia that runs privileged.
//!
//! Boot checks everything and then enables it (`boot`); from then on every way through the
//! hypervisor is the same: save, decode, act, choose next, restore (`exit`). What is decided by
//! pure logic (schedule, health, heartbeats, ports, console lines, reloading) knows no hardware and
//! is tested on the host; what is AArch64 lives under `arch`.

#![cfg_attr(not(test), no_std)]

pub mod bits;
pub mod console;
pub mod doorbell;
pub mod health;
pub mod heartbeat;
pub mod id_registers;
pub mod image;
pub mod inject;
pub mod life;
pub mod mmio;
pub mod path;
pub mod physical_timer;
pub mod places;
pub mod port;
#[cfg(test)]
mod properties;
pub mod psci;
pub mod records;
pub mod reload;
pub mod sched;
pub mod set_way;
pub mod time;
pub mod total;
pub mod typing;
pub mod vgic;
pub mod vuart;

#[cfg(target_os = "none")]
pub mod arch;
#[cfg(target_os = "none")]
pub use arch::syndrome;
#[cfg(not(target_os = "none"))]
#[path = "arch/syndrome.rs"]
pub mod syndrome;

#[cfg(target_os = "none")]
pub mod boot;
#[cfg(target_os = "none")]
pub mod bring_up;
#[cfg(target_os = "none")]
pub mod caches;
#[cfg(target_os = "none")]
pub mod call;
#[cfg(target_os = "none")]
pub mod controller;
#[cfg(target_os = "none")]
pub mod cpu;
#[cfg(target_os = "none")]
pub mod crash;
#[cfg(target_os = "none")]
pub mod device;
#[cfg(target_os = "none")]
pub mod event;
#[cfg(target_os = "none")]
pub mod exit;
#[cfg(target_os = "none")]
pub mod facts;
#[cfg(target_os = "none")]
pub mod fault;
#[cfg(target_os = "none")]
pub mod granted;
#[cfg(target_os = "none")]
pub mod guest;
#[cfg(target_os = "none")]
pub mod idle;
#[cfg(target_os = "none")]
pub mod interrupt;
#[cfg(target_os = "none")]
pub mod lock;
#[cfg(target_os = "none")]
pub mod log;
#[cfg(target_os = "none")]
pub mod owned;
#[cfg(target_os = "none")]
pub mod partition;
#[cfg(target_os = "none")]
pub mod power;
#[cfg(target_os = "none")]
pub mod register;
#[cfg(target_os = "none")]
pub mod restart;
#[cfg(target_os = "none")]
pub mod selected;
#[cfg(target_os = "none")]
pub mod state;
#[cfg(target_os = "none")]
pub mod stolen;
#[cfg(target_os = "none")]
pub mod stop;
#[cfg(target_os = "none")]
pub mod straight;
#[cfg(target_os = "none")]
pub mod switch;
#[cfg(target_os = "none")]
pub mod terminal;
#[cfg(target_os = "none")]
pub mod vcpu;
#[cfg(target_os = "none")]
pub mod window;
