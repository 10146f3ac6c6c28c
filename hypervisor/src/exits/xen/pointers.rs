//! Structures that the running guest's pointers name, copied in and out: by its stage 1 as it is in the CPU's
//! registers, and out of its own regions alone.

use zerocopy::{FromBytes, Immutable, IntoBytes};

use super::caller;
use crate::arch::cpu as arch_cpu;
use crate::arch::memory::Physical;
use crate::machine::xen::pointer::Pointers;
use crate::machine::xen::status::Refusal::{self, Fault};
use crate::state::running::Guest;

fn pointers(guest: &mut Guest) -> Result<Pointers, Refusal> {
    Ok(Pointers {
        stage1: arch_cpu::guest_stage1(),
        own: caller(guest)?.own,
    })
}

/// The structure that a pointer names.
///
/// # Errors
/// The guest itself couldn't read it, or it isn't in the guest's own memory.
pub fn read<T: FromBytes + IntoBytes>(guest: &mut Guest, pointer: u64) -> Result<T, Refusal> {
    pointers(guest)?.read(&Physical, pointer).ok_or(Fault)
}

/// The bytes that a pointer names; as [`read`].
///
/// # Errors
/// As for [`read`].
pub fn read_bytes(guest: &mut Guest, pointer: u64, bytes: &mut [u8]) -> Result<(), Refusal> {
    let pointers = pointers(guest)?;
    pointers.read_bytes(&Physical, pointer, bytes).ok_or(Fault)
}

/// Writes a structure to where a pointer says.
///
/// # Errors
/// The guest itself couldn't write it, or it isn't in the guest's own memory; then nothing is written.
pub fn write<T: IntoBytes + Immutable>(
    guest: &mut Guest,
    pointer: u64,
    value: &T,
) -> Result<(), Refusal> {
    let pointers = pointers(guest)?;
    pointers.write(&mut Physical, pointer, value).ok_or(Fault)
}
