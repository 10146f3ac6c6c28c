//! Words that every other room is written in: bits, times, counters, cells with one owner. Touches nothing
//! but its own values; knows no partition, no register and no device.

pub mod atomic;
pub mod bits;
pub mod image;
pub mod owned;
pub mod sha256;
pub mod step;
pub mod time;
pub mod total;
