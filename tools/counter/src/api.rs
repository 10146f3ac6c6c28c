//! QEMU's interface for plugins, as far as it is used here (`include/qemu/qemu-plugin.h`): these
//! functions are the same in versions 2 to 4 of it, and QEMU 10 takes each.

use std::ffi::{c_int, c_uint, c_void};

/// The version that QEMU asks for.
#[unsafe(no_mangle)]
pub static qemu_plugin_version: c_int = 2;

/// A block of translated instructions.
#[repr(C)]
pub struct Block([u8; 0]);

/// An instruction in a block.
#[repr(C)]
pub struct Instruction([u8; 0]);

/// A callback doesn't look at the CPU's registers.
pub const NO_REGISTERS: c_int = 0;

unsafe extern "C" {
    pub fn qemu_plugin_register_vcpu_tb_trans_cb(id: u64, call: extern "C" fn(u64, *mut Block));
    pub fn qemu_plugin_register_atexit_cb(
        id: u64,
        call: extern "C" fn(u64, *mut c_void),
        data: *mut c_void,
    );
    pub fn qemu_plugin_tb_n_insns(block: *const Block) -> usize;
    pub fn qemu_plugin_tb_get_insn(block: *const Block, index: usize) -> *mut Instruction;
    pub fn qemu_plugin_insn_vaddr(instruction: *const Instruction) -> u64;
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
}
