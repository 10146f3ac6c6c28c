//! What a unikernel for Solo5's tender `hvt` links: its notes, its entry, its calls. Written to the ABI, without a
//! line of Solo5's.

#![no_std]
#![allow(
    clippy::cast_possible_truncation,
    reason = "usize has 64 bits; lengths and times are small"
)]

use core::arch::{asm, global_asm};
use core::fmt;

use paratia_tender::boot::{
    BootInformation, FIRST, MANIFEST_VERSION, ManifestEntry, ManifestHeader,
};
use paratia_tender::call::{Block, Halt, Net, PAGE, Poll, Puts, STATUS_ABORT, WallTime};

/// A note of Solo5's: `ABI1`.
#[repr(C)]
pub struct Abi {
    header: [u32; 3],
    owner: [u8; 8],
    /// Target, version, and nothing.
    numbers: [u32; 4],
}

impl Abi {
    /// That of `hvt`, version 2.
    pub const HVT: Self = Self {
        header: [6, 16, u32::from_le_bytes(*b"ABI1")],
        owner: *b"Solo5\0\0\0",
        numbers: [1, 2, 0, 0],
    };
}

/// A note of Solo5's: `MFT1`. The record begins at a multiple of 8, and the length counts that padding.
#[repr(C)]
pub struct Manifest<const N: usize> {
    header: [u32; 3],
    owner: [u8; 8],
    padding: u32,
    manifest: ManifestHeader,
    entries: [ManifestEntry; N],
}

impl<const N: usize> Manifest<N> {
    /// A manifest with these devices, of which the first is none.
    #[must_use]
    pub const fn of(devices: [(&str, u32); N]) -> Self {
        let mut entries = [const { entry("", FIRST) }; N];
        let mut index = 1;
        while index < N {
            entries[index] = entry(devices[index].0, devices[index].1);
            index += 1;
        }
        let content = size_of::<Self>() as u32 - 20;
        Self {
            header: [6, content, u32::from_le_bytes(*b"MFT1")],
            owner: *b"Solo5\0\0\0",
            padding: 0,
            manifest: ManifestHeader {
                version: MANIFEST_VERSION,
                entries: N as u32,
            },
            entries,
        }
    }
}

const fn entry(name: &str, kind: u32) -> ManifestEntry {
    let mut bytes = [0; 68];
    let mut index = 0;
    while index < name.len() {
        bytes[index] = name.as_bytes()[index];
        index += 1;
    }
    ManifestEntry {
        name: bytes,
        kind,
        facts: [0; 16],
        host: 0,
        attached: 0,
        padding: [0; 7],
    }
}

/// Names a unikernel's main function, `fn(&str) -> i32`, from its command line to its exit status, and its devices.
#[macro_export]
macro_rules! unikernel {
    ($main:path $(, $name:literal: $kind:expr)*) => {
        #[used]
        #[unsafe(link_section = ".note.solo5.abi")]
        static ABI: $crate::Abi = $crate::Abi::HVT;

        #[used]
        #[unsafe(link_section = ".note.solo5.manifest")]
        static MANIFEST: $crate::Manifest<{ 1 $(+ { let _ = $kind; 1 })* }> =
            $crate::Manifest::of([("", 0) $(, ($name, $kind))*]);

        #[unsafe(no_mangle)]
        extern "Rust" fn unikernel_main(command_line: &str) -> i32 {
            $main(command_line)
        }
    };
}

unsafe extern "Rust" {
    safe fn unikernel_main(command_line: &str) -> i32;
}

// In: x0 = the boot information; the tender has set up all else.
global_asm!(
    r#"
    .pushsection .text.start, "ax"
    .global _start
_start:
    adrp    x1, vectors
    add     x1, x1, :lo12:vectors
    msr     vbar_el1, x1
    bl      {start}

    .balign 0x800
vectors:
    .rept   16
    .balign 0x80
    b       {exception}
    .endr
    .popsection
"#,
    start = sym start,
    exception = sym exception,
);

extern "C" fn start(boot: &'static BootInformation) -> ! {
    let line = boot.command_line as usize;
    // SAFETY: the tender puts a text there that ends with a zero.
    let line = unsafe { core::ffi::CStr::from_ptr(core::ptr::with_exposed_provenance(line)) };
    halt(unikernel_main(line.to_str().unwrap_or("?")))
}

/// What Solo5's bindings do about an exception, too: say so, and abort.
extern "C" fn exception() -> ! {
    let (syndrome, address): (u64, u64);
    // SAFETY: reads.
    unsafe {
        asm!("mrs {}, esr_el1", "mrs {}, far_el1", out(reg) syndrome, out(reg) address);
    }
    say!(
        "ABORT: exception, class {:#x}, at {address:#x}",
        syndrome >> 26
    );
    halt(STATUS_ABORT)
}

/// Makes call `number` with a pointer.
pub fn call(number: u64, pointer: u64) {
    // SAFETY: what the tender reads and writes because of it is for the caller to have there.
    unsafe {
        asm!(
            "str {pointer:w}, [{place}]",
            pointer = in(reg) pointer,
            place = in(reg) PAGE + 8 * number,
            options(nostack),
        );
    }
}

fn ask<T>(number: u64, asked: &mut T) {
    call(
        number,
        core::ptr::from_mut(asked).expose_provenance() as u64,
    );
}

/// Nanoseconds since 1970.
#[must_use]
pub fn wall_time() -> u64 {
    let mut asked = WallTime { nanoseconds: 0 };
    ask(1, &mut asked);
    asked.nanoseconds
}

/// Prints text.
pub fn puts(text: &str) {
    let mut asked = Puts {
        data: text.as_ptr().expose_provenance() as u64,
        length: text.len() as u64,
    };
    ask(2, &mut asked);
}

/// Waits for frames, `nanoseconds` at most: the handles at which some wait.
#[must_use]
pub fn poll(nanoseconds: u64) -> u64 {
    let mut asked = Poll {
        nanoseconds,
        ready: 0,
        count: 0,
        padding: 0,
    };
    ask(3, &mut asked);
    asked.ready
}

/// Moves a block to (`writes`) or from a device: the result.
pub fn block(writes: bool, handle: u64, offset: u64, data: &mut [u8]) -> i32 {
    let mut asked = Block {
        handle,
        offset,
        data: data.as_mut_ptr().expose_provenance() as u64,
        length: data.len() as u64,
        result: -1,
        padding: 0,
    };
    ask(if writes { 4 } else { 5 }, &mut asked);
    asked.result
}

/// Sends (`sends`) or receives a frame: the result, and the frame's length.
pub fn net(sends: bool, handle: u64, data: &mut [u8]) -> (i32, usize) {
    let mut asked = Net {
        handle,
        data: data.as_mut_ptr().expose_provenance() as u64,
        length: data.len() as u64,
        result: -1,
        padding: 0,
    };
    ask(if sends { 6 } else { 7 }, &mut asked);
    (asked.result, asked.length as usize)
}

/// Ends.
pub fn halt(status: i32) -> ! {
    let mut asked = Halt {
        cookie: 0,
        status,
        padding: 0,
    };
    ask(8, &mut asked);
    loop {
        core::hint::spin_loop();
    }
}

/// Nanoseconds by the counter, which the tender says the frequency of.
#[must_use]
pub fn monotonic() -> u64 {
    let (ticks, frequency): (u64, u64);
    // SAFETY: reads.
    unsafe {
        asm!("isb", "mrs {}, cntvct_el0", "mrs {}, cntfrq_el0", out(reg) ticks, out(reg) frequency);
    }
    (u128::from(ticks) * 1_000_000_000 / u128::from(frequency)) as u64
}

/// A line of text; what is longer than it has room for is left out.
pub struct Line {
    bytes: [u8; 160],
    length: usize,
}

impl Line {
    /// None yet.
    pub const EMPTY: Self = Self {
        bytes: [0; 160],
        length: 0,
    };

    /// Prints it.
    pub fn print(&self) {
        puts(core::str::from_utf8(&self.bytes[..self.length]).unwrap_or("?"));
    }
}

impl fmt::Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = &mut self.bytes[self.length..];
        let length = text.len().min(room.len());
        room[..length].copy_from_slice(&text.as_bytes()[..length]);
        self.length += length;
        Ok(())
    }
}

/// Prints a line.
#[macro_export]
macro_rules! say {
    ($($text:tt)*) => {{
        use core::fmt::Write as _;
        let mut line = $crate::Line::EMPTY;
        let _ = writeln!(line, $($text)*);
        line.print();
    }};
}

#[panic_handler]
fn panicked(panic: &core::panic::PanicInfo) -> ! {
    say!("ABORT: {panic}");
    halt(STATUS_ABORT)
}
