//! A QEMU plugin that holds the board at a moment of board time, to the nanosecond, until it is told to go on.
//!
//! **How.** Under `-icount shift=0,sleep=off` QEMU runs instructions up to the next deadline of its virtual
//! clock, and no further; where all CPUs wait, it moves the clock to that deadline. So a timer of ours on that
//! clock, due at the moment asked for, makes both stop there: its callback comes in the thread that runs the CPUs,
//! after exactly so many nanoseconds of instructions and waiting, with no CPU within an instruction. The callback
//! holds QEMU's lock and doesn't return until it is told to (`gate`): nothing else of the machine moves
//! meanwhile, memory can be read and written, and board time doesn't pass.
//!
//! **Why so.** Counting instructions by QEMU's own interface for plugins would cost each block a callback and see
//! nothing of time in which all CPUs wait, for a plugin can't ask for the virtual clock. A breakpoint moves the
//! clock to the next timer (`findings/qemu-icount-breakpoint.sh`), and pausing by the control socket comes when
//! it comes. A partition that waits for the host would be part of the system, and see itself wait. Nothing runs at
//! EL2 or in a guest for this: the image is the one that ships.
//!
//! **What it rests on.** QEMU's functions of `symbols` aren't part of its interface for plugins. They have had
//! these shapes for ten years, and are there for QEMU's own modules; a QEMU that is built without modules hides
//! them, which the plugin says, and doesn't start. That the clock stands at the moment asked for is looked at each
//! time, on both sides.
//!
//! Argument: `socket=PATH`, where who steps the board listens. When that one closes its end, or is killed, QEMU
//! ends, also in the midst of a step.

mod gate;
mod symbols;

use std::ffi::{c_char, c_int, c_uint, c_void};
use std::os::unix::net::UnixStream;
use std::sync::{Mutex, OnceLock, PoisonError};

use gate::{Gate, Machine, Next};
use paratia_plugin::{Arguments, api};
use symbols::Symbols;

/// The version of QEMU's interface.
#[unsafe(no_mangle)]
pub static qemu_plugin_version: c_int = api::VERSION;

/// The gate, and what it takes to move the machine.
struct Plugin {
    symbols: Symbols,
    gate: Mutex<Gate<UnixStream>>,
    /// QEMU's timer, as a number; 0 until there is one.
    timer: Mutex<usize>,
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
            eprintln!("the board can't be stepped: {error}");
            return 1;
        }
    };
    if PLUGIN.set(plugin).is_err() {
        return 1;
    }
    // SAFETY: the function has the type that QEMU calls it with; the id is the plugin's own.
    unsafe { api::qemu_plugin_register_vcpu_init_cb(id, cpu_is_there) };
    0
}

/// The plugin by its arguments.
fn prepare(arguments: &Arguments) -> Result<Plugin, String> {
    let path = arguments.value("socket=").ok_or("it needs socket=PATH")?;
    let symbols = Symbols::find()?;
    let stream = UnixStream::connect(path).map_err(|it| format!("{path}: {it}"))?;
    let watched = stream.try_clone().map_err(|it| it.to_string())?;
    std::thread::spawn(move || end_with(&watched));
    Ok(Plugin {
        symbols,
        gate: Mutex::new(Gate::new(stream)),
        timer: Mutex::new(0),
    })
}

/// Ends QEMU once the other side is gone: closed, or killed.
fn end_with(stream: &UnixStream) {
    use rustix::event::{PollFd, PollFlags, poll};
    loop {
        let mut watched = [PollFd::new(stream, PollFlags::RDHUP)];
        match poll(&mut watched, None) {
            Err(rustix::io::Errno::INTR) => {}
            _ => end(),
        }
    }
}

/// Ends this process at once: nothing of the board is kept, and QEMU's own way out would wait for the lock.
fn end() -> ! {
    symbols::leave()
}

/// A CPU is there. With the first, there is a first moment to be held at: the board's reset.
extern "C" fn cpu_is_there(_id: u64, _cpu: c_uint) {
    let Some(plugin) = PLUGIN.get() else { return };
    let mut timer = plugin.timer.lock().unwrap_or_else(PoisonError::into_inner);
    if *timer == 0 {
        *timer = plugin.symbols.timer(due);
        plugin.symbols.set(*timer, 0);
    }
}

/// The moment asked for has come, in the thread that runs the CPUs, between two instructions.
extern "C" fn due(_: *mut c_void) {
    let Some(plugin) = PLUGIN.get() else { end() };
    let mut gate = plugin.gate.lock().unwrap_or_else(PoisonError::into_inner);
    match gate.hold(&plugin.symbols) {
        Ok(Next::GoTo { time_ns }) => {
            let timer = plugin.timer.lock().unwrap_or_else(PoisonError::into_inner);
            plugin.symbols.set(*timer, time_ns);
        }
        // Whoever steps the board is gone, or speaks another language.
        Err(_) => end(),
    }
}

impl Machine for Symbols {
    fn time_ns(&self) -> u64 {
        self.clock()
    }

    fn read(&self, address: u64, bytes: &mut [u8]) {
        self.memory(address, bytes, false);
    }

    fn write(&self, address: u64, bytes: &mut [u8]) {
        self.memory(address, bytes, true);
    }
}
