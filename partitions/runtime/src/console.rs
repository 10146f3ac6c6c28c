//! The partition's console: lines of text, 40 bytes a call.
//!
//! A console that is full drops text instead of making the partition wait. What is dropped is
//! counted, and the rest of the line goes with it, so that the next line starts as a line.

use core::convert::Infallible;
use core::fmt;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use paratia_abi::call::CONSOLE_WRITE_BYTES;

use crate::call;

/// Bytes that the console didn't take since the partition's start.
static DROPPED_BYTES: AtomicU64 = AtomicU64::new(0);
/// Whether the last line lost its end.
static CUT: AtomicBool = AtomicBool::new(false);

/// How many bytes the console didn't take since the partition's start.
///
/// ```no_run
/// use paratia_runtime::{console, println};
///
/// println!("{} bytes of text are lost", console::dropped_bytes());
/// ```
#[must_use]
pub fn dropped_bytes() -> u64 {
    DROPPED_BYTES.load(Ordering::Relaxed)
}

/// Prints a line to the partition's console.
///
/// ```no_run
/// use paratia_runtime::println;
///
/// println!("fuel: {} %", 40);
/// ```
#[macro_export]
macro_rules! println {
    ($($argument:tt)*) => {
        $crate::console::print_line(format_args!($($argument)*))
    };
}

/// What [`println!`] calls.
///
/// ```no_run
/// use paratia_runtime::console;
///
/// console::print_line(format_args!("fuel: {} %", 40));
/// ```
pub fn print_line(text: fmt::Arguments) {
    let mut console = Console::new();
    // The console itself never fails, and a formatting that fails has printed what it could.
    let _ = fmt::write(&mut console, text);
    console.push(b"\n");
}

/// Text on its way to the console; the rest of it is sent when this is dropped.
///
/// ```no_run
/// use core::fmt::Write as _;
/// use paratia_runtime::console::Console;
///
/// let mut console = Console::new();
/// write!(console, "fuel:").expect("the console doesn't fail");
/// writeln!(console, " {} %", 40).expect("the console doesn't fail");
/// ```
#[derive(Debug)]
pub struct Console {
    buffer: [u8; CONSOLE_WRITE_BYTES],
    length: usize,
    full: bool,
}

impl Console {
    /// A console with nothing in it.
    ///
    /// ```no_run
    /// use embedded_io::Write as _;
    /// use paratia_runtime::console::Console;
    ///
    /// Console::new().write_all(b"bytes as they are\n").expect("the console doesn't fail");
    /// ```
    #[must_use]
    pub fn new() -> Self {
        let mut console = Self {
            buffer: [0; CONSOLE_WRITE_BYTES],
            length: 0,
            full: false,
        };
        if CUT.swap(false, Ordering::Relaxed) {
            console.push(b"...\n");
        }
        console
    }

    fn push(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.buffer[self.length] = *byte;
            self.length += 1;
            if self.length == CONSOLE_WRITE_BYTES {
                self.send();
            }
        }
    }

    fn send(&mut self) {
        let length = core::mem::take(&mut self.length);
        if length == 0 {
            return;
        }
        self.full = self.full || call::console_write(&self.buffer[..length]).is_err();
        if self.full {
            DROPPED_BYTES.fetch_add(length as u64, Ordering::Relaxed);
            CUT.store(true, Ordering::Relaxed);
        }
    }
}

impl Default for Console {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        self.send();
    }
}

impl fmt::Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text.as_bytes());
        Ok(())
    }
}

impl embedded_io::ErrorType for Console {
    type Error = Infallible;
}

impl embedded_io::Write for Console {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        self.push(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        self.send();
        Ok(())
    }
}
