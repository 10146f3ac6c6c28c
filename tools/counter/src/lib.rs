//! A QEMU plugin that counts the hypervisor's instructions: every one, by function and by path.
//!
//! QEMU counts without changing what it counts, so these figures need no help from the hypervisor
//! and hold for the very image that ships. Arguments: `map=FILE`, which names the functions' places
//! (see `map`), and `out=FILE`, where the counts go at QEMU's end (see `counts`). Needs
//! `-icount`, under which all CPUs run in one thread and no instruction is started twice.
//!
//! What lies within the map is the hypervisor; every other address is a guest.

mod counts;
mod cpus;
mod map;
mod traces;
mod tree;

use std::ffi::{c_char, c_int, c_uint, c_void};
use std::sync::{Mutex, OnceLock, PoisonError};

use counts::Counts;
use cpus::Cpus;
use map::Map;
use paratia_plugin::{Arguments, Registers, api, register};

/// The version of QEMU's interface.
#[unsafe(no_mangle)]
pub static qemu_plugin_version: c_int = api::VERSION;

/// `ERET` (Arm ARM DDI 0487, C6.2.120): a guest goes on.
const RETURN: u32 = 0xD69F_03E0;

/// What the plugin was given and what it has counted.
struct Plugin {
    map: Map,
    out: String,
    seen: Mutex<Seen>,
}

/// What it has counted, and whose the next instruction is.
struct Seen {
    registers: Option<Registers>,
    cpus: Cpus,
    counts: Counts,
}

static PLUGIN: OnceLock<Plugin> = OnceLock::new();

/// QEMU's entry to the plugin.
///
/// # Safety
/// Called by QEMU, once, with `count` C strings at `arguments`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qemu_plugin_install(
    id: u64,
    _info: *const c_void,
    count: c_int,
    arguments: *const *const c_char,
) -> c_int {
    // SAFETY: QEMU hands over so many C strings.
    let arguments = unsafe { Arguments::read(count, arguments) };
    let (Some(map), Some(out)) = (arguments.value("map="), arguments.value("out=")) else {
        eprintln!("the counter needs map=FILE and out=FILE");
        return 1;
    };
    let map = match std::fs::read_to_string(map).map(|text| Map::parse(&text)) {
        Ok(Some(map)) => map,
        other => {
            eprintln!("the counter can't read its map: {:?}", other.err());
            return 1;
        }
    };
    let plugin = Plugin {
        seen: Mutex::new(Seen {
            registers: None,
            cpus: Cpus::default(),
            counts: Counts::new(),
        }),
        map,
        out: out.to_owned(),
    };
    if PLUGIN.set(plugin).is_err() {
        return 1;
    }
    register(id, cpu_is_there, translated, ended);
    0
}

/// A CPU is there: what its registers are called is known from here on.
extern "C" fn cpu_is_there(_id: u64, _cpu: c_uint) {
    with_seen(|_, seen| {
        if seen.registers.is_none() {
            // SAFETY: this is the call from which QEMU lets registers be looked up.
            seen.registers = unsafe { Registers::find() };
        }
    });
}

/// QEMU has translated a block: each of the hypervisor's instructions is to be counted, and its returns to guests.
/// A block runs on one CPU to its end.
extern "C" fn translated(_id: u64, block: *mut api::Block) {
    let Some(plugin) = PLUGIN.get() else { return };
    let nothing = std::ptr::null_mut();
    // SAFETY: QEMU's block, valid during this call.
    let count = unsafe { api::qemu_plugin_tb_n_insns(block) };
    for index in 0..count {
        // SAFETY: an instruction of that block; the index is below its length.
        let instruction = unsafe { api::qemu_plugin_tb_get_insn(block, index) };
        // SAFETY: QEMU has just handed the instruction over, and it is valid during this call.
        let (address, word) = unsafe {
            (
                api::qemu_plugin_insn_vaddr(instruction),
                api::word(instruction),
            )
        };
        let Some(place) = plugin.map.place(address) else {
            continue;
        };
        if index == 0 {
            // SAFETY: QEMU's block; the function has the type that QEMU calls it with.
            unsafe {
                api::qemu_plugin_register_vcpu_tb_exec_cb(
                    block,
                    block_runs,
                    api::READS_REGISTERS,
                    nothing,
                );
            }
        }
        let call = |call, data| {
            // SAFETY: an instruction of that block; the functions have the type that QEMU calls them with.
            unsafe {
                api::qemu_plugin_register_vcpu_insn_exec_cb(
                    instruction,
                    call,
                    api::NO_REGISTERS,
                    data,
                );
            }
        };
        call(hypervisor_runs, place.to_word() as *mut c_void);
        if word == RETURN {
            call(guest_runs, nothing);
        }
    }
}

/// A CPU starts a block of the hypervisor's.
extern "C" fn block_runs(_cpu: c_uint, _: *mut c_void) {
    with_seen(|_, seen| {
        if let Some(registers) = &mut seen.registers {
            seen.cpus.enter(registers.cpu());
        }
    });
}

extern "C" fn hypervisor_runs(_cpu: c_uint, place: *mut c_void) {
    with_seen(|map, seen| {
        let place = map::Place::of_word(place as usize);
        seen.counts.hypervisor(map, seen.cpus.current(), place);
    });
}

/// The hypervisor has run its last instruction before a guest's.
extern "C" fn guest_runs(_cpu: c_uint, _: *mut c_void) {
    with_seen(|_, seen| seen.counts.guest(seen.cpus.current()));
}

extern "C" fn ended(_id: u64, _: *mut c_void) {
    let Some(plugin) = PLUGIN.get() else { return };
    with_seen(|map, seen| {
        if let Err(error) = std::fs::write(&plugin.out, seen.counts.write(map)) {
            eprintln!("the counter can't write {}: {error}", plugin.out);
        }
    });
}

fn with_seen(change: impl FnOnce(&Map, &mut Seen)) {
    if let Some(plugin) = PLUGIN.get() {
        let mut seen = plugin.seen.lock().unwrap_or_else(PoisonError::into_inner);
        change(&plugin.map, &mut seen);
    }
}
