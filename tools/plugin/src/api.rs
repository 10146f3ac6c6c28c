//! QEMU's interface for plugins, as far as it is used here (`include/qemu/qemu-plugin.h` of QEMU 10.0), and the
//! two functions of GLib that its registers need.

use std::ffi::{c_char, c_int, c_uint, c_void};

/// The version that a plugin says it was made for, as its `qemu_plugin_version`: it has all that is here.
pub const VERSION: c_int = 4;

/// A block of translated instructions.
#[repr(C)]
pub struct Block([u8; 0]);

/// An instruction in a block.
#[repr(C)]
pub struct Instruction([u8; 0]);

/// A callback doesn't look at the CPU's registers.
pub const NO_REGISTERS: c_int = 0;
/// A callback reads the CPU's registers.
pub const READS_REGISTERS: c_int = 1;

/// A callback for loads.
pub const LOADS: c_int = 1;

/// What an access has moved: 1 to 16 bytes, the lowest first.
#[repr(C)]
pub struct Moved {
    /// The power of two of its size in bytes.
    pub size: c_int,
    /// The lower and the upper half.
    pub value: [u64; 2],
}

/// A call about an access: CPU, the access, its virtual address, and what was handed over.
pub type AccessCall = extern "C" fn(c_uint, u32, u64, *mut c_void);

/// GLib's array: elements and how many.
#[repr(C)]
pub struct Array {
    /// The first.
    pub data: *mut u8,
    /// How many.
    pub length: c_uint,
}

/// A register, as QEMU lists it.
#[repr(C)]
pub struct Described {
    /// What it is asked for by.
    pub handle: *mut c_void,
    /// Its name.
    pub name: *const c_char,
    /// The set of registers that it belongs to.
    pub feature: *const c_char,
}

#[expect(missing_docs, reason = "they are QEMU's and GLib's, described there")]
unsafe extern "C" {
    pub fn qemu_plugin_register_vcpu_init_cb(id: u64, call: extern "C" fn(u64, c_uint));
    pub fn qemu_plugin_register_vcpu_tb_trans_cb(id: u64, call: extern "C" fn(u64, *mut Block));
    pub fn qemu_plugin_register_atexit_cb(
        id: u64,
        call: extern "C" fn(u64, *mut c_void),
        data: *mut c_void,
    );
    pub fn qemu_plugin_tb_n_insns(block: *const Block) -> usize;
    pub fn qemu_plugin_tb_get_insn(block: *const Block, index: usize) -> *mut Instruction;
    pub fn qemu_plugin_insn_vaddr(instruction: *const Instruction) -> u64;
    fn qemu_plugin_insn_data(
        instruction: *const Instruction,
        bytes: *mut c_void,
        length: usize,
    ) -> usize;
    pub fn qemu_plugin_register_vcpu_insn_exec_cb(
        instruction: *mut Instruction,
        call: extern "C" fn(c_uint, *mut c_void),
        registers: c_int,
        data: *mut c_void,
    );
    pub fn qemu_plugin_register_vcpu_tb_exec_cb(
        block: *mut Block,
        call: extern "C" fn(c_uint, *mut c_void),
        registers: c_int,
        data: *mut c_void,
    );
    pub fn qemu_plugin_register_vcpu_mem_cb(
        instruction: *mut Instruction,
        call: AccessCall,
        registers: c_int,
        direction: c_int,
        data: *mut c_void,
    );
    pub fn qemu_plugin_mem_get_value(access: u32) -> Moved;
    pub fn qemu_plugin_get_registers() -> *mut Array;
    pub fn qemu_plugin_read_register(handle: *mut c_void, bytes: *mut Array) -> c_int;
    pub fn g_byte_array_new() -> *mut Array;
    pub fn g_byte_array_set_size(array: *mut Array, length: c_uint) -> *mut Array;
}

/// The four bytes of an instruction; 0 if QEMU doesn't know them.
///
/// # Safety
/// `instruction` is of the block that QEMU translates at present.
#[must_use]
pub unsafe fn word(instruction: *const Instruction) -> u32 {
    let mut bytes = [0; 4];
    // SAFETY: the caller promises the instruction; there is room for so many bytes.
    let length = unsafe {
        qemu_plugin_insn_data(
            instruction,
            bytes.as_mut_ptr().cast::<c_void>(),
            bytes.len(),
        )
    };
    if length == bytes.len() {
        u32::from_le_bytes(bytes)
    } else {
        0
    }
}
