//! QEMU: the machine for a board, the process, and its control socket.

pub mod control;
pub mod gdb;
pub mod machine;
pub mod process;
pub mod version;

pub use control::Control;
pub use machine::{Machine, Time};
pub use process::Process;

/// The program.
pub const PROGRAM: &str = "qemu-system-aarch64";
