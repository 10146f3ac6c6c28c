//! What is typed at the board's UART: to whom it goes.
//!
//! Three times Ctrl-A switches to the next partition that has a UART, as at Xen's console; a single
//! one, or two, go to the partition as they are.

/// Ctrl-A.
const ESCAPE: u8 = 1;
/// How often it must be typed.
const TIMES: u8 = 3;

/// The state of typing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Typing {
    escapes: u8,
}

/// What a byte means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    /// It goes to the partition that has the focus.
    Byte(u8),
    /// The focus moves on.
    NextFocus,
}

impl Typing {
    /// Nothing typed yet.
    pub const NEW: Self = Self { escapes: 0 };

    /// A byte is typed. The third escape in a row isn't for the partition; it has seen two.
    pub fn take(&mut self, byte: u8) -> Typed {
        if byte != ESCAPE {
            self.escapes = 0;
            return Typed::Byte(byte);
        }
        self.escapes = self.escapes.wrapping_add(1);
        if self.escapes < TIMES {
            return Typed::Byte(byte);
        }
        self.escapes = 0;
        Typed::NextFocus
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_escapes_in_a_row_move_the_focus() {
        let mut typing = Typing::NEW;
        let typed: std::vec::Vec<_> = b"a\x01\x01b\x01\x01\x01c"
            .iter()
            .map(|byte| typing.take(*byte))
            .collect();
        let bytes = |text: &[u8]| {
            text.iter()
                .map(|byte| Typed::Byte(*byte))
                .collect::<std::vec::Vec<_>>()
        };
        assert_eq!(typed[..6], bytes(b"a\x01\x01b\x01\x01")[..]);
        assert_eq!(typed[6..], [Typed::NextFocus, Typed::Byte(b'c')]);
    }
}
