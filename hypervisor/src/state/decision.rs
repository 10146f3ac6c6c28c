//! What is decided about a guest, and what the assembly does about it.

use crate::arch::context::Context;
use crate::state::vcpu::Vcpu;

/// What follows from an exit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Decision {
    /// The guest goes on, in this window.
    Resume,
    /// The guest has nothing to do until one of its interrupts comes.
    WaitForInterrupt,
    /// The window is over for the guest: by time, by its wish, or because it doesn't live on.
    EndWindow,
}

/// What the assembly does next; see [`crate::way::vectors`].
#[repr(C)]
#[must_use]
pub struct Next {
    /// Where to save the context in the CPU; null if it stays.
    pub save: *mut Context,
    /// The context to go on with; null for the long way.
    pub load: *mut Context,
}

impl Next {
    /// The guest goes on, whose vCPU this is.
    #[inline]
    pub fn same(vcpu: *mut Vcpu) -> Self {
        Self {
            save: core::ptr::null_mut(),
            // The context comes first.
            load: vcpu.cast(),
        }
    }

    /// The exit is handled anew with all of the guest's general registers in its context.
    #[inline]
    pub fn long_way(vcpu: *mut Vcpu) -> Self {
        Self {
            save: vcpu.cast(),
            load: core::ptr::null_mut(),
        }
    }
}
