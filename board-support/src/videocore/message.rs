//! The message that asks for a frame buffer, in the form of the mailbox property interface: size,
//! code, then tags of (number, bytes, answer's bytes, values), then zero.

use paratia_config::address::Pa;

use crate::display::{PIXEL_BYTES, Picture};
use crate::refusal::{Reason, Refusal};

/// Words of the message.
const WORDS: usize = 36;

/// The message: it lies alone in its cache lines, since the VideoCore reads and writes it in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
#[repr(C, align(64))]
pub struct Message(pub(super) [u32; WORDS]);

/// The code of a request, and of its answer if all was done.
const REQUEST: u32 = 0;
pub(super) const DONE: u32 = 0x8000_0000;

const SET_SHOWN_SIZE: u32 = 0x4_8003;
const SET_VIRTUAL_SIZE: u32 = 0x4_8004;
const SET_VIRTUAL_OFFSET: u32 = 0x4_8009;
const SET_DEPTH: u32 = 0x4_8005;
const SET_PIXEL_ORDER: u32 = 0x4_8006;
const ALLOCATE: u32 = 0x4_0001;
const GET_STRIDE: u32 = 0x4_0008;
const BITS_A_PIXEL: u32 = 8 * PIXEL_BYTES;
/// Red first in memory; 0 would be blue first.
const ORDER_RGB: u32 = 1;
/// The frame buffer's alignment: a page, which the partition's map needs.
const ALIGNMENT: u32 = 4096;

/// Places of values in the message.
const SHOWN: usize = 5;
const DEPTH: usize = 20;
const ORDER: usize = 24;
const PLACE: usize = 28;
const STRIDE: usize = 33;

/// Addresses on the VideoCore's bus have the way through its caches in bits 31:30.
const BUS_ADDRESS: u32 = 0x3FFF_FFFF;

impl Message {
    /// Nothing, to be overwritten.
    pub const EMPTY: Self = Self([0; WORDS]);

    /// Asks for a frame buffer for `picture`.
    pub(super) fn request(picture: &Picture) -> Self {
        let (width, height) = (picture.frame.width, picture.frame.height);
        let lines = picture
            .size_bytes
            .div_ceil(u64::from(picture.frame.stride_bytes.max(1)));
        let lines = u32::try_from(lines).unwrap_or(u32::MAX).max(height);
        #[rustfmt::skip]
        let words = [
            4 * 36, REQUEST,
            SET_SHOWN_SIZE, 8, 0, width, height,
            SET_VIRTUAL_SIZE, 8, 0, width, lines,
            SET_VIRTUAL_OFFSET, 8, 0, 0, 0,
            SET_DEPTH, 4, 0, BITS_A_PIXEL,
            SET_PIXEL_ORDER, 4, 0, ORDER_RGB,
            ALLOCATE, 8, 0, ALIGNMENT, 0,
            GET_STRIDE, 4, 0, 0,
            0, 0,
        ];
        Self(words)
    }

    /// Whether the answer is the frame buffer that was asked for.
    pub(super) fn check(&self, picture: &Picture) -> Result<(), Refusal> {
        let Self(words) = self;
        if words[1] != DONE {
            return Err(Reason::VideoCoreRefused.with(words[1].into(), 0, 0));
        }
        let frame = &picture.frame;
        let offered = [words[SHOWN], words[SHOWN + 1], words[STRIDE]];
        let wanted = [frame.width, frame.height, frame.stride_bytes];
        if offered != wanted || words[DEPTH] != BITS_A_PIXEL || words[ORDER] != ORDER_RGB {
            let [width, height, stride] = offered.map(u64::from);
            return Err(Reason::OtherPicture.with(width, height, stride));
        }
        let found = Pa(u64::from(words[PLACE] & BUS_ADDRESS));
        let found_bytes = words[PLACE + 1];
        if found != frame.address || u64::from(found_bytes) < picture.size_bytes {
            return Err(Reason::OtherPlace.with(frame.address.0, found.0, found_bytes.into()));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::display::FrameBuffer;

    fn picture() -> Picture {
        Picture {
            frame: FrameBuffer::packed(Pa(0x3C10_0000), 800, 480).unwrap(),
            size_bytes: 2 << 20,
        }
    }

    /// The answer of a VideoCore that does as asked.
    fn answer() -> Message {
        let mut message = Message::request(&picture());
        message.0[1] = DONE;
        message.0[PLACE] = 0xFC10_0000;
        message.0[PLACE + 1] = 656 * 3200;
        message.0[STRIDE] = 3200;
        message
    }

    #[test]
    fn the_request_is_well_formed() {
        let Message(words) = Message::request(&picture());
        assert_eq!(words[0] as usize, size_of_val(&words));
        let mut at = 2;
        let mut tags = Vec::new();
        while words[at] != 0 {
            tags.push(words[at]);
            at += 3 + words[at + 1] as usize / 4;
        }
        assert_eq!(tags.len(), 7);
        assert_eq!(at, 34);
        assert_eq!(&words[SHOWN..SHOWN + 2], [800, 480]);
        assert_eq!(words[11], 656, "lines until the region is full");
        assert_eq!((words[DEPTH], words[ORDER], words[PLACE]), (32, 1, 4096));
    }

    #[test]
    fn what_was_asked_for_is_accepted() {
        assert_eq!(answer().check(&picture()), Ok(()));
    }

    #[test]
    fn another_place_is_refused_with_both() {
        let mut answer = answer();
        answer.0[PLACE] = 0xFE40_0000;
        let expected = Reason::OtherPlace.with(0x3C10_0000, 0x3E40_0000, 0x20_0800);
        assert_eq!(answer.check(&picture()), Err(expected));
    }

    /// What lies behind a smaller one is the VideoCore's own memory.
    #[test]
    fn one_smaller_than_the_region_is_refused() {
        let mut answer = answer();
        answer.0[PLACE + 1] = (2 << 20) - 1;
        let refused = answer.check(&picture()).unwrap_err();
        assert_eq!(refused.reason, Reason::OtherPlace);
    }

    #[test]
    fn another_picture_is_refused() {
        for (place, value) in [(SHOWN, 1024), (STRIDE, 3328), (DEPTH, 16), (ORDER, 0)] {
            let mut answer = answer();
            answer.0[place] = value;
            let refused = answer.check(&picture()).unwrap_err();
            assert_eq!(refused.reason, Reason::OtherPicture, "{place}");
        }
    }

    #[test]
    fn no_answer_is_a_refusal() {
        let refused = Message::request(&picture()).check(&picture());
        assert_eq!(refused, Err(Reason::VideoCoreRefused.with(0, 0, 0)));
    }
}
