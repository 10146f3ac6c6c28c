//! Console framing: a partition's bytes become whole lines with its name before them.
//!
//! What a partition writes never breaks the frame: control characters are replaced by their symbols
//! (U+2400 and on), so no zero byte (which fences log frames), no escape sequence and no forged
//! prefix gets through. Whoever shows one partition's console alone can turn them back.

use heapless::Vec;
use paratia_config::console::UNFINISHED;

/// Longest line; a longer one is cut into several. The symbol of a control character may exceed it.
pub const LINE_BYTES: usize = 160;

/// Bytes of a symbol in UTF-8.
const SYMBOL_BYTES: usize = 3;
/// Room for a line that lacks a byte, two symbols (a carriage return's is added with the byte after
/// it), and the mark behind them.
const ROOM_BYTES: usize = LINE_BYTES - 1 + 2 * SYMBOL_BYTES + UNFINISHED.len();

/// The text of a line.
pub type LineText = Vec<u8, ROOM_BYTES>;

/// A line in the making.
#[derive(Debug, Default)]
pub struct Line {
    bytes: LineText,
    /// Whether a carriage return came, which says nothing if a newline follows.
    returned: bool,
    ended: bool,
}

impl Line {
    /// An empty line.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            bytes: Vec::new(),
            returned: false,
            ended: false,
        }
    }

    /// Takes one byte; whether the line is now complete and wants to be taken.
    #[must_use]
    pub fn push(&mut self, byte: u8) -> bool {
        if byte == b'\n' {
            self.ended = true;
            self.returned = false;
            return true;
        }
        if core::mem::replace(&mut self.returned, byte == b'\r') {
            self.add(b'\r');
        }
        if byte != b'\r' {
            self.add(byte);
        }
        self.bytes.len() >= LINE_BYTES
    }

    /// Adds a byte that isn't a newline: tabs and everything from space up is text, UTF-8 bytes
    /// included; the rest is shown by its symbol. There is room: a line is taken when it is full.
    fn add(&mut self, byte: u8) {
        let symbol = [0xE2, 0x90, if byte == 0x7F { 0xA1 } else { 0x80 | byte }];
        let is_text = matches!(byte, b'\t' | b' '..=b'~' | 0x80..=0xFF);
        let text: &[u8] = if is_text { &[byte] } else { &symbol };
        append(&mut self.bytes, text);
    }

    /// Whether there is nothing of a line yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Shows the line so far, with [`UNFINISHED`] at its end if it goes on; the next one starts empty.
    pub fn take(&mut self, show: impl FnOnce(&[u8])) {
        blot_out_foreign(&mut self.bytes);
        if !core::mem::take(&mut self.ended) {
            append(&mut self.bytes, UNFINISHED.as_bytes());
        }
        show(&self.bytes);
        self.bytes.clear();
    }
}

/// Adds bytes, for which there is room.
fn append(line: &mut LineText, bytes: &[u8]) {
    for byte in bytes {
        let _ = line.push(*byte);
    }
}

/// Replaces what isn't UTF-8, and the control characters U+0080 to U+009F, which some terminals obey
/// like escape sequences.
fn blot_out_foreign(line: &mut [u8]) {
    let mut at = 0;
    while at < line.len() {
        let length = match core::str::from_utf8(&line[at..]) {
            Ok(_) => line.len().wrapping_sub(at),
            Err(error) => error.valid_up_to(),
        };
        at = at.wrapping_add(length);
        // The byte that breaks the text, if there is one.
        if let Some(byte) = line.get_mut(at) {
            *byte = b'.';
            at = at.wrapping_add(1);
        }
    }
    for index in 1..line.len() {
        if line[index - 1] == 0xC2 && (0x80..0xA0).contains(&line[index]) {
            line[index - 1..=index].fill(b'.');
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn taken(line: &mut Line) -> std::vec::Vec<u8> {
        let mut all = std::vec::Vec::new();
        line.take(|text| all.extend_from_slice(text));
        all
    }

    fn lines(text: &[u8]) -> std::vec::Vec<std::string::String> {
        let mut line = Line::new();
        let mut lines = std::vec::Vec::new();
        for byte in text {
            if line.push(*byte) {
                let text = taken(&mut line);
                lines.push(std::string::String::from_utf8(text).expect("a line is UTF-8"));
            }
        }
        lines
    }

    #[test]
    fn lines_end_at_newlines_or_when_full() {
        assert_eq!(lines(b"one\r\ntwo\nrest"), ["one", "two"]);
        assert_eq!(
            lines(&[b'x'; 2 * LINE_BYTES]),
            [
                "x".repeat(LINE_BYTES) + UNFINISHED,
                "x".repeat(LINE_BYTES) + UNFINISHED
            ]
        );
    }

    #[test]
    fn a_forged_frame_or_escape_is_only_symbols() {
        assert_eq!(
            lines(b"\0\x1b[2J\x07\x7f\n"),
            ["\u{2400}\u{241B}[2J\u{2407}\u{2421}"]
        );
    }

    #[test]
    fn a_carriage_return_is_shown_unless_it_ends_a_line() {
        assert_eq!(lines(b"9 %\r10 %\r\n"), ["9 %\u{240D}10 %"]);
        assert_eq!(lines(b"a\r\r\nb\n"), ["a\u{240D}", "b"]);
    }

    #[test]
    fn a_line_that_is_taken_early_goes_on() {
        let mut line = Line::new();
        assert!(b"/ # ".iter().all(|byte| !line.push(*byte)));
        assert!(!line.is_empty());
        assert_eq!(taken(&mut line), "/ # \u{241F}".as_bytes());
        assert!(!line.push(b'x') && line.push(b'\n'));
        assert_eq!(taken(&mut line), b"x");
        assert!(line.is_empty());
    }

    /// A line that lacks a byte, a carriage return and a control character: nothing is lost, and there is
    /// no room for more.
    #[test]
    fn the_longest_line_fills_its_room() {
        let text = "x".repeat(LINE_BYTES - 1) + "\r\x01";
        let expected = "x".repeat(LINE_BYTES - 1) + "\u{240D}\u{2401}" + UNFINISHED;
        assert_eq!(lines(text.as_bytes()), [expected.as_str()]);
        assert_eq!(LineText::new().capacity(), expected.len());
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
                prop_assert!(line.len() <= ROOM_BYTES);
                let content = line.strip_suffix(UNFINISHED).unwrap_or(&line);
                prop_assert!(content.chars().count() <= LINE_BYTES);
            }
        }
    }
}
