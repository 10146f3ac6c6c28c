//! A QEMU plugin that notes each exit of a guest, each return to one and each interrupt that the hypervisor
//! takes, with the time on the board to the instruction.
//!
//! QEMU looks on without running an instruction of its own, so the image is the one that ships, and board
//! time passes as without the plugin. Arguments: `points=FILE`, which names the instructions to look at (see
//! `points`), and `out=FILE`, where the notes go (see `notes`). Needs `-icount shift=0`, under which all CPUs
//! run in one thread and an instruction takes 1 ns (see `clock`).

mod clock;
mod executed;
mod notes;
mod points;
mod registers;

use std::ffi::{c_char, c_int, c_uint, c_void};
use std::fs::File;
use std::sync::{Mutex, OnceLock, PoisonError};

use clock::Clock;
use executed::{Block, Executed};
use notes::Notes;
use paratia_plugin::{Arguments, Registers, api, register};
use points::{Kind, Points};
use registers::{Exit, Guest};

/// The version of QEMU's interface.
#[unsafe(no_mangle)]
pub static qemu_plugin_version: c_int = api::VERSION;

/// `WFI` and `WFE` (Arm ARM DDI 0487, C6.2.456, C6.2.453): board time may jump behind one.
const WAITS: [u32; 2] = [0xD503_207F, 0xD503_205F];
/// The vectors of what a guest's own instructions cause: synchronous exceptions.
const SYNCHRONOUS: [u32; 2] = [0x400, 0x600];

/// What the plugin was given, and what it has seen.
struct Plugin {
    points: Points,
    seen: Mutex<Seen>,
}

/// What was seen so far.
struct Seen {
    registers: Option<Registers>,
    clock: Option<Clock>,
    notes: Notes<File>,
    executed: Executed,
    /// The instruction whose result is looked at before the next one, and the CPU that runs it.
    read: Option<(u64, u64)>,
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
    let plugin = match prepare(&arguments) {
        Ok(plugin) => plugin,
        Err(error) => {
            eprintln!("the tracer can't start: {error}");
            return 1;
        }
    };
    if PLUGIN.set(plugin).is_err() {
        return 1;
    }
    register(id, cpu_is_there, translated, ended);
    0
}

/// The plugin by its arguments.
fn prepare(arguments: &Arguments) -> Result<Plugin, String> {
    let (points, out) = (arguments.value("points="), arguments.value("out="));
    let (Some(points), Some(out)) = (points, out) else {
        return Err("it needs points=FILE and out=FILE".to_owned());
    };
    let text = std::fs::read_to_string(points).map_err(|it| format!("{points}: {it}"))?;
    let points = Points::parse(&text).ok_or_else(|| format!("{points}: not as it should be"))?;
    let out = File::create(out).map_err(|it| format!("{out}: {it}"))?;
    Ok(Plugin {
        points,
        seen: Mutex::new(Seen {
            registers: None,
            clock: None,
            notes: Notes::new(out),
            executed: Executed::default(),
            read: None,
        }),
    })
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

/// QEMU has translated a block: its instructions are counted, and those at points are looked at.
extern "C" fn translated(_id: u64, block: *mut api::Block) {
    let Some(plugin) = PLUGIN.get() else { return };
    // SAFETY: QEMU's block, valid during this call; the index is below its length.
    let (count, instructions) = unsafe {
        let count = api::qemu_plugin_tb_n_insns(block);
        (
            count,
            (0..count).map(|at| api::qemu_plugin_tb_get_insn(block, at)),
        )
    };
    let call = |instruction, call, registers, data| {
        // SAFETY: an instruction of that block; the functions have the type that QEMU calls them with.
        unsafe { api::qemu_plugin_register_vcpu_insn_exec_cb(instruction, call, registers, data) }
    };
    for (index, instruction) in instructions.enumerate() {
        // SAFETY: an instruction of that block.
        let (address, word) = unsafe {
            (
                api::qemu_plugin_insn_vaddr(instruction),
                api::word(instruction),
            )
        };
        let nothing = std::ptr::null_mut();
        if plugin.points.is_privileged(address) {
            call(instruction, hypervisor_runs, api::NO_REGISTERS, nothing);
            if plugin.points.acknowledge().is_some() {
                // SAFETY: an instruction of that block; the function has the type that QEMU calls it with.
                unsafe {
                    api::qemu_plugin_register_vcpu_mem_cb(
                        instruction,
                        hypervisor_loads,
                        api::READS_REGISTERS,
                        api::LOADS,
                        nothing,
                    );
                }
            }
        } else if index == 0 {
            let start = Box::new(Block {
                start: address,
                count: count as u64,
            });
            // QEMU keeps translated code for as long as it likes, so this stays.
            let data = std::ptr::from_ref(Box::leak(start)).cast_mut().cast();
            // SAFETY: QEMU's block; the function has the type that QEMU calls it with.
            unsafe {
                api::qemu_plugin_register_vcpu_tb_exec_cb(
                    block,
                    guest_runs,
                    api::NO_REGISTERS,
                    data,
                );
            }
        }
        if plugin.points.is_one(address) {
            let data = address as *mut c_void;
            call(instruction, at_point, api::READS_REGISTERS, data);
        }
        if WAITS.contains(&word) {
            call(instruction, waits, api::NO_REGISTERS, nothing);
        }
    }
}

extern "C" fn hypervisor_runs(_cpu: c_uint, _: *mut c_void) {
    with_seen(|_, seen| seen.executed.instruction());
}

/// The hypervisor has loaded something; its addresses are physical ones.
extern "C" fn hypervisor_loads(_cpu: c_uint, access: u32, address: u64, _: *mut c_void) {
    with_seen(|plugin, seen| {
        let Some(registers) = &mut seen.registers else {
            return;
        };
        if plugin.points.acknowledge() == Some(address) {
            // SAFETY: QEMU calls for this access.
            let moved = unsafe { api::qemu_plugin_mem_get_value(access) };
            // Bits 12 to 10 are the CPU that sent a software-generated one (Arm IHI 0048, 4.4.4).
            let number = moved.value[0] & 0x3FF;
            let cpu = registers.cpu();
            seen.notes.interrupt(cpu, seen.executed.count(), number);
        }
    });
}

extern "C" fn guest_runs(_cpu: c_uint, block: *mut c_void) {
    // SAFETY: what `translated` handed over for this block, which is never taken back.
    let block = unsafe { *block.cast::<Block>() };
    with_seen(|_, seen| seen.executed.block(block));
}

/// A CPU is about to run the instruction at a point.
extern "C" fn at_point(_cpu: c_uint, address: *mut c_void) {
    let address = address as u64;
    with_seen(|plugin, seen| {
        let Some(registers) = &mut seen.registers else {
            return;
        };
        let cpu = registers.cpu();
        // Before the instruction at hand, which is counted already.
        let executed = seen.executed.count() - 1;
        let read = seen.read.take_if(|(by, _)| *by == cpu);
        if let Some((kind, register)) = read
            .filter(|(_, at)| at + 4 == address)
            .and_then(|(_, at)| plugin.points.reading(at))
        {
            let value = registers::general(registers, register);
            if kind == Kind::Clock {
                let clock = seen
                    .clock
                    .get_or_insert_with(|| Clock::new(registers::frequency_hz(registers)));
                clock.read(executed, value);
                seen.notes.settle(clock);
            } else {
                seen.notes.interrupt(cpu, executed, value);
            }
        }
        match plugin.points.kind(address) {
            Some(Kind::Exit(vector)) => {
                let exit = Exit::of(registers);
                if SYNCHRONOUS.contains(&vector) {
                    seen.executed.left_at(exit.elr);
                }
                let executed = seen.executed.count() - 1;
                seen.notes.exit(cpu, executed, vector, &exit);
            }
            Some(Kind::Return) => seen.notes.enter(cpu, executed, &Guest::of(registers)),
            Some(Kind::Clock | Kind::Interrupt) => seen.read = Some((cpu, address)),
            None => {}
        }
    });
}

/// A CPU is about to wait.
extern "C" fn waits(_cpu: c_uint, _: *mut c_void) {
    with_seen(|_, seen| {
        if let Some(clock) = &mut seen.clock {
            clock.may_jump(seen.executed.count());
        }
    });
}

extern "C" fn ended(_id: u64, _: *mut c_void) {
    with_seen(|_, seen| {
        if let Err(error) = seen.notes.finish(seen.clock.as_ref()) {
            eprintln!("the tracer can't write all: {error}");
        }
    });
}

fn with_seen(change: impl FnOnce(&Plugin, &mut Seen)) {
    if let Some(plugin) = PLUGIN.get() {
        let mut seen = plugin.seen.lock().unwrap_or_else(PoisonError::into_inner);
        change(plugin, &mut seen);
    }
}
