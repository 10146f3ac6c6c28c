//! What the program needs of Linux: its start, a handful of system calls, and the end of a panic.

use core::arch::{asm, global_asm};
use core::ffi::{CStr, c_char};
use core::fmt;
use core::panic::PanicInfo;

// System calls by their numbers (Linux, include/uapi/asm-generic/unistd.h).
const OPENAT: u64 = 56;
const CLOSE: u64 = 57;
const GETDENTS64: u64 = 61;
const READ: u64 = 63;
const WRITE: u64 = 64;
const EXIT: u64 = 93;
const MMAP: u64 = 222;

/// Relative to the current folder (`include/uapi/linux/fcntl.h`).
const AT_FDCWD: i64 = -100;
/// How a file is opened: to read, or to read and write past all caches (`asm-generic/fcntl.h`).
const O_RDONLY: u64 = 0;
const O_RDWR: u64 = 2;
const O_SYNC: u64 = 0o4_010_000;
/// How memory is mapped (`asm-generic/mman-common.h`).
const PROT_READ: u64 = 1;
const PROT_WRITE: u64 = 2;
const MAP_SHARED: u64 = 1;

// In: the stack as Linux hands it over: the count of arguments, pointers to them, 0.
global_asm!(
    ".global _start",
    "_start:",
    "mov x29, xzr",
    "mov x30, xzr",
    "mov x0, sp",
    "b {start}",
    start = sym start,
);

/// # Safety
/// `stack` is the stack as Linux hands it over to a program.
unsafe extern "C" fn start(stack: *const u64) -> ! {
    // SAFETY: the count lies there, and as many pointers to strings follow, which end with a zero byte and stay
    // for the life of the program.
    let arguments = unsafe {
        let count = usize::try_from(*stack).unwrap_or(0);
        let pointers = stack.add(1).cast::<*const c_char>();
        core::slice::from_raw_parts(pointers, count)
    };
    let texts = arguments.iter().skip(1).map(|it| {
        // SAFETY: Linux ends each argument with a zero byte, and leaves it there for the life of the program.
        let text = unsafe { CStr::from_ptr(*it) };
        // No port's name is anything else.
        text.to_str().unwrap_or("?")
    });
    exit(crate::main(texts))
}

/// A system call. Its answer; an error is a small negative number.
///
/// # Safety
/// What it does to this program's memory is nothing that Rust relies on.
unsafe fn call<const N: usize>(number: u64, arguments: [u64; N]) -> i64 {
    let mut x = [0; 6];
    x[..N].copy_from_slice(&arguments);
    let answer;
    // SAFETY: Linux keeps all registers but x0 (Documentation/arch/arm64); the rest is the caller's promise.
    unsafe {
        asm!(
            "svc #0",
            in("x8") number, inlateout("x0") x[0].cast_signed() => answer, in("x1") x[1], in("x2") x[2],
            in("x3") x[3], in("x4") x[4], in("x5") x[5],
            options(nostack),
        );
    }
    answer
}

/// Ends the program.
pub fn exit(status: i32) -> ! {
    loop {
        // SAFETY: nothing comes after it.
        unsafe { call(EXIT, [i64::from(status).cast_unsigned()]) };
    }
}

/// An open file.
pub struct File(u64);

/// Standard input. One for all: whoever has it leaves it open.
pub static INPUT: File = File(0);

impl File {
    /// Opens a file or a folder to read; `path` ends with a zero byte.
    pub fn open(path: &CStr) -> Option<Self> {
        Self::open_as(path, O_RDONLY)
    }

    /// Opens memory, to be mapped; to write there, too, if that is asked for.
    pub fn open_memory(path: &CStr, writable: bool) -> Option<Self> {
        let access = if writable { O_RDWR } else { O_RDONLY };
        Self::open_as(path, access | O_SYNC)
    }

    fn open_as(path: &CStr, how: u64) -> Option<Self> {
        let folder = AT_FDCWD.cast_unsigned();
        // SAFETY: it reads a string, which ends.
        let answer = unsafe { call(OPENAT, [folder, path.as_ptr() as u64, how, 0]) };
        u64::try_from(answer).ok().map(Self)
    }

    /// Reads what there is, up to the buffer's length; 0 bytes at the end. Nothing on an error.
    pub fn read(&self, buffer: &mut [u8]) -> Option<usize> {
        self.fill(READ, buffer)
    }

    /// Reads entries of a folder (`struct linux_dirent64`), as [`Self::read`].
    pub fn entries(&self, buffer: &mut [u8]) -> Option<usize> {
        self.fill(GETDENTS64, buffer)
    }

    fn fill(&self, number: u64, buffer: &mut [u8]) -> Option<usize> {
        let (address, length) = (buffer.as_mut_ptr() as u64, buffer.len() as u64);
        // SAFETY: it writes into the buffer, which is borrowed for that.
        let answer = unsafe { call(number, [self.0, address, length]) };
        usize::try_from(answer).ok()
    }

    /// Maps so many bytes of memory from a page on: their address.
    pub fn map(&self, from: u64, bytes: u64, writable: bool) -> Option<usize> {
        let rights = PROT_READ | if writable { PROT_WRITE } else { 0 };
        // SAFETY: it finds an address that this program doesn't use.
        let answer = unsafe { call(MMAP, [0, bytes, rights, MAP_SHARED, self.0, from]) };
        usize::try_from(answer).ok()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        // SAFETY: nobody else has the file. What is mapped stays so.
        unsafe { call(CLOSE, [self.0]) };
    }
}

/// Where text and bytes go.
#[derive(Clone, Copy)]
pub enum Output {
    /// Standard output.
    Standard = 1,
    /// Standard error.
    Error = 2,
}

impl Output {
    /// Writes all of them, or says that it couldn't.
    pub fn bytes(self, mut bytes: &[u8]) -> fmt::Result {
        while !bytes.is_empty() {
            let (address, length) = (bytes.as_ptr() as u64, bytes.len() as u64);
            // SAFETY: it reads these bytes.
            let answer = unsafe { call(WRITE, [self as u64, address, length]) };
            let written = usize::try_from(answer).unwrap_or(0);
            bytes = bytes
                .get(written..)
                .filter(|_| written > 0)
                .ok_or(fmt::Error)?;
        }
        Ok(())
    }

    /// Says something beside the output.
    pub fn error(text: &str) {
        // Whoever closed it doesn't want to know.
        let _ = Self::Error.bytes(text.as_bytes());
    }
}

impl fmt::Write for Output {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.bytes(text.as_bytes())
    }
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    // There is nowhere else to say it.
    let _ = fmt::write(&mut Output::Error, format_args!("{info}\n"));
    exit(101)
}
