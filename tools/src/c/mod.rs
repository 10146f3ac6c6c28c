//! C for partitions: the interface as a header, and programs compiled against it.

pub mod header;
pub mod program;
