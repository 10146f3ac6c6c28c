//! One file for each cause of an exit: what a guest asks for or does, and the decision that follows. Touches
//! the guest that the exit is about; never chooses who runs next.

pub mod caches;
pub mod call;
pub mod device;
pub mod entropy;
pub mod events;
pub mod fault;
pub mod heartbeat;
pub mod messages;
pub mod ports;
pub mod power;
pub mod register;
pub mod tender;
pub mod watchdog;
pub mod xen;
