//! QEMU's own functions, which its modules find in the program as well.

use std::ffi::{c_int, c_void};

use libloading::os::unix::Library;

/// `QEMU_CLOCK_VIRTUAL` of QEMU's `include/qemu/timer.h`: board time.
const VIRTUAL: c_int = 1;
/// `SCALE_NS` there: a timer's unit is a nanosecond.
const NANOSECONDS: c_int = 1;
/// Words of memory for a `QEMUTimer`, which has seven; QEMU alone looks at it.
const TIMER_WORDS: usize = 32;

type TimerCall = extern "C" fn(*mut c_void);

/// The functions.
pub struct Symbols {
    /// `timer_init_full(timer, group or null, clock, scale, attributes, callback, data)`.
    timer_init_full:
        unsafe extern "C" fn(*mut c_void, *mut c_void, c_int, c_int, c_int, TimerCall, *mut c_void),
    /// `timer_mod_ns(timer, when)`.
    timer_mod_ns: unsafe extern "C" fn(*mut c_void, i64),
    /// `qemu_clock_get_ns(clock)`.
    qemu_clock_get_ns: unsafe extern "C" fn(c_int) -> i64,
    /// `cpu_physical_memory_rw(address, bytes, length, writes)`.
    cpu_physical_memory_rw: unsafe extern "C" fn(u64, *mut c_void, u64, bool),
}

impl Symbols {
    /// Looks them up in this very program.
    pub fn find() -> Result<Self, String> {
        let program = Library::this();
        macro_rules! find {
            ($name:ident) => {
                // SAFETY: the types are those in QEMU's headers from version 4 to 10.
                unsafe { program.get(concat!(stringify!($name), "\0").as_bytes()) }
                    .map(|it| *it)
                    .map_err(|_| {
                        concat!(
                            "this QEMU hides its function ",
                            stringify!($name),
                            ", as one that is built without modules does; take Debian's, or build with --enable-modules"
                        )
                    })?
            };
        }
        Ok(Self {
            timer_init_full: find!(timer_init_full),
            timer_mod_ns: find!(timer_mod_ns),
            qemu_clock_get_ns: find!(qemu_clock_get_ns),
            cpu_physical_memory_rw: find!(cpu_physical_memory_rw),
        })
    }

    /// A timer on board time, not set yet; it stays for ever.
    pub fn timer(&self, call: TimerCall) -> usize {
        let timer = Box::leak(Box::new([0_u64; TIMER_WORDS])).as_mut_ptr();
        let nothing = std::ptr::null_mut();
        // SAFETY: there is room for a timer, zeroed and never taken back; called with QEMU's lock held.
        unsafe {
            (self.timer_init_full)(
                timer.cast(),
                nothing,
                VIRTUAL,
                NANOSECONDS,
                0,
                call,
                nothing,
            );
        }
        timer.expose_provenance()
    }

    /// Sets a timer to a moment of board time.
    pub fn set(&self, timer: usize, time_ns: u64) {
        let when = i64::try_from(time_ns).unwrap_or(i64::MAX);
        // SAFETY: what `timer` made; QEMU takes a lock of the timers' own.
        unsafe { (self.timer_mod_ns)(std::ptr::with_exposed_provenance_mut(timer), when) }
    }

    /// Board time.
    pub fn clock(&self) -> u64 {
        // SAFETY: it may be asked at any time in which no CPU is within an instruction.
        let now = unsafe { (self.qemu_clock_get_ns)(VIRTUAL) };
        u64::try_from(now).unwrap_or(0)
    }

    /// Reads or writes the machine's memory as a bus master of the board would; translated code that changes is
    /// translated anew.
    pub fn memory(&self, address: u64, bytes: &mut [u8], writes: bool) {
        let length = bytes.len() as u64;
        // SAFETY: so many bytes are there; called with QEMU's lock held, in a thread that QEMU knows.
        unsafe {
            (self.cpu_physical_memory_rw)(address, bytes.as_mut_ptr().cast(), length, writes);
        }
    }
}

unsafe extern "C" {
    fn _exit(status: c_int) -> !;
}

/// Ends this process without what is to be done at its end.
pub fn leave() -> ! {
    // SAFETY: it may be called by any thread at any time (POSIX.1-2024, _Exit).
    unsafe { _exit(0) }
}
