//! How messages pass through memory that partitions share, by `paratia_abi::direct`: one writer's part of
//! [sampling] and both parts of [queuing], over whatever words and slots there are. Guests have the memory;
//! tests try here what orders of accesses can do.
//!
//! # What an end can rely on, if the other one lies
//! A partition writes what it likes into memory that it may write. So of what another end has written nothing
//! is an index, a length or a count here before it was held against what the passport says, and each is loaded
//! once and judged as loaded. Every function ends after a bounded number of steps. What remains: a lying
//! writer decides what its readers read, when and how often, and whether it is torn; a lying reader, whether
//! there is room in its own queue. Nobody's own memory is touched by that. Messages are protected end to end
//! where that matters, and a reader copies a message out before it looks at it.

#![no_std]
#![forbid(unsafe_code)]

mod atomic;
pub mod number;
pub mod queuing;
pub mod sampling;
