//! The Raspberry Pis' display: a frame buffer that the VideoCore shows, asked for through its
//! mailbox (the firmware's "mailbox property interface").
//!
//! The VideoCore chooses the frame buffer's place, and the partition's map is a constant; so the
//! place is a fact of the board, and set-up refuses if the VideoCore chose another. It must also be
//! as large as the region that the partition gets, for what lies behind it is the VideoCore's own:
//! the picture is given more lines than are shown until it fills the region.
//!
//! The mailbox takes an address to which the VideoCore writes by itself; so it is the hypervisor's
//! alone, and used at boot only.

mod mailbox;
mod message;

use core::fmt;

use paratia_config::address::Pa;
use paratia_config::board::{BoardFacts, DisplayKind};

use crate::display::{Display, DisplayError, Picture};
use mailbox::Mailbox;
pub use message::Message;

/// The VideoCore as a display.
#[derive(Debug)]
pub struct VideoCore;

/// Why the VideoCore doesn't show the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VideoCoreError {
    /// The mailbox isn't where the facts say, or doesn't answer.
    NoAnswer,
    /// It answered that it couldn't do as asked.
    Refused {
        /// Its answer.
        code: u32,
    },
    /// It can't show this size or this format.
    Picture {
        /// Width, height and bytes in a line that it offers.
        offered: [u32; 3],
    },
    /// The frame buffer lies elsewhere or is smaller than the region.
    Place {
        /// Where the facts have it.
        configured: Pa,
        /// Where it is.
        found: Pa,
        /// Its size in bytes.
        found_bytes: u32,
    },
}

impl Display for VideoCore {
    type Buffer = Message;

    const BUFFER: Message = Message::EMPTY;

    unsafe fn start(
        board: &BoardFacts,
        buffer: &mut Message,
        picture: &Picture,
    ) -> Result<(), DisplayError> {
        let Some(DisplayKind::VideoCore { mailbox }) = board.display else {
            return Err(DisplayError::Kind);
        };
        // SAFETY: the caller's promise, passed on.
        let mailbox = unsafe { Mailbox::claim(mailbox) }.ok_or(VideoCoreError::NoAnswer);
        let asked = mailbox.and_then(|mut mailbox| ask(&mut mailbox, buffer, picture));
        asked.map_err(DisplayError::VideoCore)
    }
}

/// Asks for the frame buffer, and checks what comes back.
fn ask(
    mailbox: &mut Mailbox,
    message: &mut Message,
    picture: &Picture,
) -> Result<(), VideoCoreError> {
    *message = Message::request(picture);
    mailbox.call(message)?;
    message.check(picture)
}

impl fmt::Display for VideoCoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NoAnswer => f.write_str(
                "display: the VideoCore's mailbox doesn't answer; correct the board's facts, or \
                 start the machine anew",
            ),
            Self::Refused { code } => write!(
                f,
                "display: the VideoCore refused to set up a frame buffer, its answer is {code:#x}; \
                 give it more memory (gpu_mem in config.txt) or choose a smaller picture"
            ),
            Self::Picture {
                offered: [width, height, stride_bytes],
            } => write!(
                f,
                "display: the VideoCore offers {width} x {height} pixels in lines of {stride_bytes} \
                 bytes instead; configure a picture that it can show"
            ),
            Self::Place {
                configured,
                found,
                found_bytes,
            } => write!(
                f,
                "display: the frame buffer is configured at {:#x} but the VideoCore has put it at \
                 {:#x} with {found_bytes:#x} bytes; correct the board's facts",
                configured.0, found.0
            ),
        }
    }
}

impl core::error::Error for VideoCoreError {}
