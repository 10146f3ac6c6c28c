//! The registers of the CPU at hand, by QEMU's handles.

use std::collections::HashMap;
use std::ffi::{CStr, c_void};
use std::slice;

use crate::api;

/// The registers of whatever CPU is at hand.
pub struct Registers {
    handles: HashMap<String, *mut c_void>,
    buffer: *mut api::Array,
}

// SAFETY: handles are names to QEMU and point to nothing; the buffer is used by who has the plugin's lock.
unsafe impl Send for Registers {}

impl Registers {
    /// QEMU's list; nothing if it has none.
    ///
    /// # Safety
    /// QEMU is calling the plugin for a CPU.
    #[must_use]
    pub unsafe fn find() -> Option<Self> {
        // SAFETY: the caller promises that registers may be looked up now.
        let listed = unsafe { api::qemu_plugin_get_registers().as_ref() }?;
        // SAFETY: QEMU's array has so many of these, with names that stay.
        let handles = unsafe {
            slice::from_raw_parts(listed.data.cast::<api::Described>(), listed.length as usize)
                .iter()
                .map(|it| {
                    let name = CStr::from_ptr(it.name).to_string_lossy();
                    (name.to_lowercase(), it.handle)
                })
                .collect()
        };
        // SAFETY: GLib makes one.
        let buffer = unsafe { api::g_byte_array_new() };
        Some(Self { handles, buffer })
    }

    /// The value of the register called `name`, in small letters; 0 if there is none. Only in a callback that reads
    /// registers.
    pub fn value(&mut self, name: &str) -> u64 {
        let Some(handle) = self.handles.get(name) else {
            return 0;
        };
        // SAFETY: the handle is QEMU's, for the CPU that called; the array is GLib's, and nobody else has it.
        unsafe {
            api::g_byte_array_set_size(self.buffer, 0);
            let length = api::qemu_plugin_read_register(*handle, self.buffer);
            let mut bytes = [0; 8];
            let length = usize::try_from(length).unwrap_or(0).min(bytes.len());
            let read = slice::from_raw_parts((*self.buffer).data, length);
            bytes[..length].copy_from_slice(read);
            u64::from_le_bytes(bytes)
        }
    }

    /// What tells the CPU from others: the hypervisor keeps its own anchor's address in `TPIDR_EL2`.
    pub fn cpu(&mut self) -> u64 {
        self.value("tpidr_el2")
    }
}
