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

use paratia_config::board::{BoardFacts, DisplayKind};

use crate::display::{Display, Picture};
use crate::refusal::{Reason, Refusal};
use mailbox::Mailbox;
pub use message::Message;

/// The VideoCore as a display.
#[derive(Debug)]
pub struct VideoCore;

impl Display for VideoCore {
    type Buffer = Message;

    const BUFFER: Message = Message::EMPTY;

    unsafe fn start(
        board: &BoardFacts,
        buffer: &mut Message,
        picture: &Picture,
    ) -> Result<(), Refusal> {
        let Some(DisplayKind::VideoCore { mailbox }) = board.display else {
            return Err(Reason::DisplayKind.into());
        };
        // SAFETY: the caller's promise, passed on.
        let mut mailbox = unsafe { Mailbox::claim(mailbox) }?;
        ask(&mut mailbox, buffer, picture)
    }
}

/// Asks for the frame buffer, and checks what comes back.
fn ask(mailbox: &mut Mailbox, message: &mut Message, picture: &Picture) -> Result<(), Refusal> {
    *message = Message::request(picture);
    mailbox.call(message)?;
    message.check(picture)
}
