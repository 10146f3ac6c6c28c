//! Console framing: a partition's bytes become whole lines with its name before them.
//!
//! What a partition writes never breaks the frame: control characters are replaced, so no zero
//! byte (which fences log frames), no escape sequence and no forged prefix gets through.

use heapless::Vec;

/// Longest line; a longer one is cut into several.
pub const LINE_BYTES: usize = 160;

/// A line in the making.
#[derive(Debug, Default)]
pub struct Line {
    bytes: Vec<u8, LINE_BYTES>,
}

impl Line {
    /// An empty line.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: Vec::new() }
    }

    /// Takes one byte; whether the line is now complete and wants to be taken.
    #[must_use]
    pub fn push(&mut self, byte: u8) -> bool {
        match byte {
            b'\n' => return true,
            b'\r' => {}
            _ => {
                let _ = self.bytes.push(printable(byte));
            }
        }
        self.bytes.is_full()
    }

    /// Whether there is nothing of a line yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The line so far; the next one starts empty.
    pub fn take(&mut self) -> Vec<u8, LINE_BYTES> {
        let mut line = core::mem::take(&mut self.bytes);
        blot_out_foreign(&mut line);
        line
    }
}

/// Replaces what isn't UTF-8, and the control characters U+0080 to U+009F, which some terminals obey
/// like escape sequences.
fn blot_out_foreign(line: &mut [u8]) {
    let mut at = 0;
    while at < line.len() {
        let length = match core::str::from_utf8(&line[at..]) {
            Ok(_) => line.len() - at,
            Err(error) => error.valid_up_to(),
        };
        at += length;
        // The byte that breaks the text, if there is one.
        if let Some(byte) = line.get_mut(at) {
            *byte = b'.';
            at += 1;
        }
    }
    for index in 1..line.len() {
        if line[index - 1] == 0xC2 && (0x80..0xA0).contains(&line[index]) {
            line[index - 1..=index].fill(b'.');
        }
    }
}

/// Tabs and everything from space up is text, UTF-8 bytes included; the rest is shown as a dot.
fn printable(byte: u8) -> u8 {
    match byte {
        b'\t' | b' '..=b'~' | 0x80..=0xFF => byte,
        _ => b'.',
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(text: &[u8]) -> std::vec::Vec<std::string::String> {
        let mut line = Line::new();
        let mut lines = std::vec::Vec::new();
        for byte in text {
            if line.push(*byte) {
                lines.push(std::string::String::from_utf8_lossy(&line.take()).into_owned());
            }
        }
        lines
    }

    #[test]
    fn lines_end_at_newlines_or_when_full() {
        assert_eq!(lines(b"one\r\ntwo\nrest"), ["one", "two"]);
        assert_eq!(
            lines(&[b'x'; 2 * LINE_BYTES]),
            ["x".repeat(LINE_BYTES), "x".repeat(LINE_BYTES)]
        );
    }

    #[test]
    fn a_forged_frame_or_escape_is_only_dots() {
        assert_eq!(lines(b"\0\x1b[2J\x07\n"), ["..[2J."]);
    }

    #[test]
    fn text_that_is_no_utf8_and_c1_controls_are_only_dots() {
        assert_eq!(lines(b"a\x9b2Jb\n"), ["a.2Jb"]);
        assert_eq!(
            lines("a\u{9b}2J \u{e9} \u{20ac}\n".as_bytes()),
            ["a..2J \u{e9} \u{20ac}"]
        );
        assert_eq!(lines(b"cut \xe2\x82\n"), ["cut .."]);
    }

    proptest! {
        #[test]
        fn no_line_holds_a_control_byte(text in proptest::collection::vec(any::<u8>(), 0..1000)) {
            for line in lines(&text) {
                prop_assert!(!line.bytes().any(|byte| byte < b' ' && byte != b'\t'));
                prop_assert!(!line.chars().any(char::is_control) || line.contains('\t'));
                prop_assert!(!line.contains(char::REPLACEMENT_CHARACTER));
                prop_assert!(line.chars().count() <= LINE_BYTES);
            }
        }
    }
}
