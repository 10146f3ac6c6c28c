//! A fault of the hypervisor itself: a crash record in memory, last words, and the safe state.
//!
//! Nothing here relies on what may be broken: no log, no queue, no stack but the emergency one. A
//! CPU other than 0 leaves its record and asks all to stop; CPU 0, which has the UART, speaks for it.

use core::panic::PanicInfo;

use paratia_board_support::refusal::Refusal;

use crate::arch::cpu as arch_cpu;
use crate::arch::registers::read_register;
use crate::base::owned::Owned;
use crate::built::chosen::{BOARD, CPU_COUNT, DebugUart};
use crate::report::log;
use crate::state::shared;

/// First word of a record that is in use: "CRASHED!" in little-endian ASCII.
const MAGIC: u64 = u64::from_le_bytes(*b"CRASHED!");

/// What is left of a crash, for a debugger or the next boot.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct CrashRecord {
    magic: u64,
    /// By [`KEYS`].
    values: [u64; KEYS.len()],
}

/// What a record says: the CPU; the vector that was taken (Arm ARM DDI 0487, D1.3.1), or 16 for a panic;
/// `ESR_EL2`, `ELR_EL2`, `FAR_EL2` and `SP`; and of a panic the line of the source file.
const KEYS: [&str; 7] = ["cpu", "kind", "esr", "elr", "far", "sp", "line"];

const PANIC: u64 = 16;

// For whoever looks into memory afterwards, even if no other CPU reads it.
#[used]
#[unsafe(link_section = ".crash")]
static RECORDS: [Owned<CrashRecord>; CPU_COUNT] = [const {
    Owned::new(CrashRecord {
        magic: 0,
        values: [0; KEYS.len()],
    })
}; CPU_COUNT];

/// Clears old records: memory that isn't zeroed at reset keeps them until here.
pub fn clear() {
    for record in &RECORDS {
        // SAFETY: boot calls this on CPU 0, before any other CPU is started, so nobody has a reference.
        unsafe { record.get() }.magic = 0;
    }
}

/// An exception at EL2. Called by the vector on the emergency stack.
pub extern "C" fn own_exception(kind: u64, sp: u64) -> ! {
    crash(kind, sp, 0)
}

#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    let line = info.location().map_or(0, |location| location.line().into());
    crash(PANIC, 0, line)
}

fn crash(kind: u64, sp: u64, line: u64) -> ! {
    let cpu = this_cpu();
    let record = CrashRecord {
        magic: MAGIC,
        values: [
            cpu as u64,
            kind,
            arch_cpu::syndrome(),
            arch_cpu::return_address(),
            arch_cpu::fault_address(),
            sp,
            line,
        ],
    };
    if let Some(place) = RECORDS.get(cpu) {
        // SAFETY: each CPU writes its own record, and comes here once: it never goes on.
        unsafe { place.pointer().write_volatile(record) };
    }
    shared::ask_to_stop();
    shared::count_cpu_stopped();
    if cpu == 0 {
        // Ends a frame or line that was cut off.
        // SAFETY: this is CPU 0, which parks below: it returns to nobody who has the log in use.
        let is_inside_frame = unsafe { log::is_inside_frame() };
        speak(&record, if is_inside_frame { b"\0\r\n" } else { b"\r\n" });
    }
    arch_cpu::park()
}

/// The CPU by its anchor; CPU 0 before it has one.
fn this_cpu() -> usize {
    let anchor = read_register!("tpidr_el2") as *const arch_cpu::CpuAnchor;
    if anchor.is_null() {
        return 0;
    }
    // SAFETY: the register holds the address of this CPU's static anchor or null.
    usize::try_from(unsafe { (*anchor).index }).unwrap_or(0)
}

/// Speaks for other CPUs that have crashed. On CPU 0, with the log flushed.
pub fn report_others() {
    for place in &RECORDS[1..] {
        // SAFETY: a CPU writes its record once and then parks, and no reference to it is made. One that is just
        // writing is seen as not crashed, or with some fields still zero.
        let record = unsafe { (place.pointer() as *const CrashRecord).read_volatile() };
        if record.magic == MAGIC {
            speak(&record, b"");
        }
    }
}

/// A crash's last words, after what ends what was said before.
fn speak(record: &CrashRecord, end: &[u8]) {
    // SAFETY: this is CPU 0, which doesn't return to whoever holds the UART or is in the safe state with
    // the log flushed and idle; the others never use it.
    if let Some(mut uart) = unsafe { DebugUart::new(BOARD.uart) } {
        let _ = uart.write_blocking(end);
        say(&mut uart, &["crash"], &KEYS, &record.values);
        let safe = "the hypervisor has stopped in its safe state; no partition runs";
        say(&mut uart, &[safe], &[], &[]);
    }
}

/// A line of plain text that needs no decoder: `paratia| words key=number ...`. Numbers beyond 9 are
/// hexadecimal.
fn say(uart: &mut DebugUart, words: &[&str], keys: &[&str], values: &[u64]) {
    let mut write = |text: &[u8]| {
        // A line that doesn't move has nobody to read it.
        let _ = uart.write_blocking(text);
    };
    write(b"paratia| ");
    words.iter().for_each(|word| write(word.as_bytes()));
    for (key, value) in keys.iter().zip(values) {
        write(b" ");
        write(key.as_bytes());
        write(if *value > 9 { b"=0x" } else { b"=" });
        let digits = (u64::BITS - value.leading_zeros()).div_ceil(4).max(1);
        for digit in (0..digits).rev() {
            let digit = (value.wrapping_shr(4 * digit) & 0xF) as usize;
            write(&b"0123456789abcdef"[digit..=digit]);
        }
    }
    write(b"\r\n");
}

/// Refuses to go on at boot, and says why as plain text; nothing has been started. On CPU 0.
pub fn refuse(refusal: Refusal) -> ! {
    // SAFETY: boot calls this on CPU 0 in between its own steps, and the log calls no step of boot.
    unsafe { log::flush() };
    // SAFETY: this is CPU 0 at boot, which parks below, so whoever had the UART doesn't go on; no other CPU
    // uses it.
    if let Some(mut uart) = unsafe { DebugUart::new(BOARD.uart) } {
        let words = ["refused reason=", refusal.reason.name()];
        say(&mut uart, &words, &["a", "b", "c"], &refusal.values);
    }
    arch_cpu::park()
}
