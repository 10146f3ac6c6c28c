//! Lines that an application says, by the one service for text that every hypervisor has.

use core::fmt::{self, Write as _};

use a653rs::prelude::{ApexErrorP4Ext, MAX_ERROR_MESSAGE_SIZE};

/// Says a line.
macro_rules! say {
    ($hypervisor:ty, $($text:tt)*) => {
        $crate::words::line::<$hypervisor>(format_args!($($text)*))
    };
}
pub(crate) use say;

/// A message, which takes what fits.
struct Line {
    bytes: [u8; MAX_ERROR_MESSAGE_SIZE],
    length: usize,
}

impl fmt::Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let rest = &mut self.bytes[self.length..];
        let rest = rest.get_mut(..text.len()).ok_or(fmt::Error)?;
        rest.copy_from_slice(text.as_bytes());
        self.length += text.len();
        Ok(())
    }
}

/// What [`say!`] calls. A line that is too long is cut at its last piece that fits.
pub(crate) fn line<H: ApexErrorP4Ext>(text: fmt::Arguments) {
    let mut line = Line {
        bytes: [0; MAX_ERROR_MESSAGE_SIZE],
        length: 0,
    };
    let _ = line.write_fmt(text);
    // A line that isn't empty and not too long is never refused.
    let _ = <H as ApexErrorP4Ext>::report_application_message(&line.bytes[..line.length]);
}
