//! The machine that a guest sees: models of its interrupt controller, UART, power states, ID registers and
//! decoded accesses, as plain values. Touches the values that it is given; never hardware, never another
//! partition's.

#![forbid(unsafe_code)]

pub mod device_map;
pub mod entropy;
pub mod id_registers;
pub mod inject;
pub mod mmio;
pub mod physical_timer;
pub mod psci;
pub mod register_names;
pub mod rtc;
pub mod set_way;
pub mod syndrome;
pub mod trng;
pub mod vgic;
pub mod vuart;
pub mod watchdog;
pub mod xen;
