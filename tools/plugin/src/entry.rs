//! QEMU's entry to a plugin: what it hands over, and what it is to call.

use std::ffi::{CStr, c_char, c_int, c_uint, c_void};

use crate::api;

/// What a plugin was given on QEMU's command line.
pub struct Arguments(Vec<String>);

impl Arguments {
    /// Reads them.
    ///
    /// # Safety
    /// They are what QEMU hands over to `qemu_plugin_install`: `count` C strings at `arguments`.
    #[must_use]
    pub unsafe fn read(count: c_int, arguments: *const *const c_char) -> Self {
        let words = (0..usize::try_from(count).unwrap_or(0))
            // SAFETY: the caller promises so many C strings.
            .map(|index| unsafe { CStr::from_ptr(*arguments.add(index)) })
            .map(|word| word.to_string_lossy().into_owned());
        Self(words.collect())
    }

    /// What stands behind `key`, such as `out=`.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<&str> {
        self.0.iter().find_map(|word| word.strip_prefix(key))
    }
}

/// Has QEMU call these when a CPU is there, when it has translated a block, and at its end.
pub fn register(
    id: u64,
    cpu_is_there: extern "C" fn(u64, c_uint),
    translated: extern "C" fn(u64, *mut api::Block),
    ended: extern "C" fn(u64, *mut c_void),
) {
    // SAFETY: the functions have the types that QEMU calls them with; another id than the plugin's own is none.
    unsafe {
        api::qemu_plugin_register_vcpu_init_cb(id, cpu_is_there);
        api::qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
        api::qemu_plugin_register_atexit_cb(id, ended, std::ptr::null_mut());
    }
}
