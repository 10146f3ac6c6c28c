//! The registers that are looked at, by QEMU's handles.

use std::collections::HashMap;
use std::ffi::{CStr, c_void};
use std::slice;

use crate::api;

/// Why and where a guest was left.
#[derive(Clone, Copy, Debug)]
pub struct Exit {
    /// `ESR_EL2`.
    pub esr: u64,
    /// `FAR_EL2`.
    pub far: u64,
    /// `HPFAR_EL2`.
    pub hpfar: u64,
    /// `ELR_EL2`.
    pub elr: u64,
    /// `X0` to `X2`.
    pub general: [u64; 3],
}

/// Which guest goes on.
#[derive(Clone, Copy, Debug)]
pub struct Guest {
    /// `VTTBR_EL2`, whose VMID says which partition's memory it has.
    pub vttbr: u64,
    /// `VMPIDR_EL2`, which says which of its vCPUs it is.
    pub vmpidr: u64,
}

/// The registers that are looked at.
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

    /// The value of the register called `name` of the CPU at hand; 0 if there is none.
    fn value(&mut self, name: &str) -> u64 {
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

    /// General register `X0` to `X30`; the zero register is 0.
    pub fn general(&mut self, number: u32) -> u64 {
        self.value(&format!("x{number}"))
    }

    /// What tells the CPU from others: the hypervisor keeps its own anchor's address in `TPIDR_EL2`.
    pub fn cpu(&mut self) -> u64 {
        self.value("tpidr_el2")
    }

    /// The counter's frequency, as firmware has set it.
    pub fn frequency_hz(&mut self) -> u64 {
        self.value("cntfrq_el0")
    }

    /// Why and where a guest was left.
    pub fn exit(&mut self) -> Exit {
        Exit {
            esr: self.value("esr_el2"),
            far: self.value("far_el2"),
            hpfar: self.value("hpfar_el2"),
            elr: self.value("elr_el2"),
            general: [0, 1, 2].map(|number| self.general(number)),
        }
    }

    /// Which guest goes on.
    pub fn guest(&mut self) -> Guest {
        Guest {
            vttbr: self.value("vttbr_el2"),
            vmpidr: self.value("vmpidr_el2"),
        }
    }
}
