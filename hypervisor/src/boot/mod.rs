//! From reset to the first window: check everything, then enable, on the first CPU and on the others. Never
//! runs again.

mod entropy;
mod fields;
pub mod first;
pub mod others;
pub mod start;
