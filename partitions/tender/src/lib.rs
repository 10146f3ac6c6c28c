//! What a unikernel of Solo5's tender `hvt`, the tender and the tool that lays both out in memory tell each other:
//! records and numbers, and what can be decided about them without a machine.
//!
//! The unikernel's side is Solo5's, version 2 of its ABI `hvt` on AArch64: `include/hvt_abi.h`, `include/mft_abi.h`.
//! [`page`] is between the tool and the tender alone.

#![no_std]
#![forbid(unsafe_code)]

#[cfg(test)]
extern crate std;

pub mod boot;
pub mod call;
pub mod memory;
pub mod page;
