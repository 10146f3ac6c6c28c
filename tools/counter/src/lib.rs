//! A QEMU plugin that counts the hypervisor's instructions: every one, by function and by path.
//!
//! QEMU counts without changing what it counts, so these figures need no help from the hypervisor
//! and hold for the very image that ships. Arguments: `map=FILE`, which names the functions' places
//! (see `map`), and `out=FILE`, where the counts go at QEMU's end (see `counts`). Needs
//! `-icount`, under which all CPUs run in one thread and no instruction is started twice.
//!
//! What lies within the map is the hypervisor; every other address is a guest.

mod api;
mod counts;
mod map;
mod traces;
mod tree;

use std::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::sync::{Mutex, OnceLock, PoisonError};

use counts::Counts;
use map::Map;

/// What the plugin was given and what it has counted.
struct Plugin {
    map: Map,
    out: String,
    counts: Mutex<Counts>,
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
    let words: Vec<String> = (0..usize::try_from(count).unwrap_or(0))
        // SAFETY: QEMU hands over so many C strings.
        .map(|index| unsafe { CStr::from_ptr(*arguments.add(index)) })
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let value = |key| words.iter().find_map(|word| word.strip_prefix(key));
    let (Some(map), Some(out)) = (value("map="), value("out=")) else {
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
        counts: Mutex::new(Counts::new()),
        map,
        out: out.to_owned(),
    };
    if PLUGIN.set(plugin).is_err() {
        return 1;
    }
    // SAFETY: the functions have the types that QEMU calls them with.
    unsafe {
        api::qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
        api::qemu_plugin_register_atexit_cb(id, ended, std::ptr::null_mut());
    }
    0
}

/// QEMU has translated a block: each of the hypervisor's instructions is to be counted, and of a
/// guest's that it ran.
extern "C" fn translated(_id: u64, block: *mut api::Block) {
    let Some(plugin) = PLUGIN.get() else { return };
    // SAFETY: QEMU's block, valid during this call; the index is below its length.
    let instructions = unsafe {
        (0..api::qemu_plugin_tb_n_insns(block)).map(|at| api::qemu_plugin_tb_get_insn(block, at))
    };
    for (index, instruction) in instructions.enumerate() {
        // SAFETY: an instruction of that block.
        let address = unsafe { api::qemu_plugin_insn_vaddr(instruction) };
        // SAFETY: an instruction of that block, and the functions have the types that QEMU calls them with.
        unsafe {
            match plugin.map.place(address) {
                Some(place) => api::qemu_plugin_register_vcpu_insn_exec_cb(
                    instruction,
                    hypervisor_runs,
                    api::NO_REGISTERS,
                    place.to_word() as *mut c_void,
                ),
                None if index == 0 => api::qemu_plugin_register_vcpu_tb_exec_cb(
                    block,
                    guest_runs,
                    api::NO_REGISTERS,
                    std::ptr::null_mut(),
                ),
                None => {}
            }
        }
    }
}

extern "C" fn hypervisor_runs(cpu: c_uint, place: *mut c_void) {
    with_counts(|map, counts| {
        counts.hypervisor(map, cpu as usize, map::Place::of_word(place as usize));
    });
}

extern "C" fn guest_runs(cpu: c_uint, _: *mut c_void) {
    with_counts(|_, counts| counts.guest(cpu as usize));
}

extern "C" fn ended(_id: u64, _: *mut c_void) {
    let Some(plugin) = PLUGIN.get() else { return };
    with_counts(|map, counts| {
        if let Err(error) = std::fs::write(&plugin.out, counts.write(map)) {
            eprintln!("the counter can't write {}: {error}", plugin.out);
        }
    });
}

fn with_counts(change: impl FnOnce(&Map, &mut Counts)) {
    if let Some(plugin) = PLUGIN.get() {
        let mut counts = plugin.counts.lock().unwrap_or_else(PoisonError::into_inner);
        change(&plugin.map, &mut counts);
    }
}
