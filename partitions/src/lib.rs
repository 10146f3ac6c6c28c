//! The demo's partitions are the binaries of this package, one file or folder each.

#![no_std]
