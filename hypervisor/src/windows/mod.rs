//! What a window is used for: its end, the next one's beginning, the switch between them, and a restart
//! within its partition's own windows. Touches the CPU whose windows these are.

pub mod restart;
mod seeds;
pub mod switch;
pub mod window;
