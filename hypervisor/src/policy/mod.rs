//! What decides: the schedule, health, heartbeats, a partition's life, reloading, ports, console lines.
//! Numbers in, a decision out; never carries one out, and knows no hardware.

#![forbid(unsafe_code)]

pub mod console;
pub mod doorbell;
pub mod event;
pub mod health;
pub mod heartbeat;
pub mod latency;
pub mod lifecycle;
pub mod port;
pub mod queue;
pub mod records;
pub mod reload;
pub mod schedule;
pub mod typing;
