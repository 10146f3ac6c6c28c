//! Telling: events and consoles on their way to the UART, last words, a run's end. Works in time that is
//! nobody's; never in a partition's window.

pub mod crash;
pub mod idle;
pub mod log;
pub mod stop;
