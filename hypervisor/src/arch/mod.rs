//! Everything that is AArch64: assembly, system registers, barriers. The rest of the hypervisor
//! uses only the names that this module and its children export.

pub mod context;
pub mod cpu;
pub mod debug;
pub mod inherited;
pub mod memory;
pub mod performance;
pub mod random;
pub mod registers;
pub mod sha2;
pub mod system_error;
pub mod timer;
