//! Takes the serial stream apart into console lines and log frames.
//!
//! The rule is simple: a zero byte opens a frame and the next one closes it. The rest of this file
//! is about getting back in step when bytes are lost, because a reader that is out of step by one
//! zero byte would take every frame for text and every text for a frame, for ever:
//! - a frame has at least one byte, so an empty frame means that its first zero closed something;
//! - a frame that is too long, or that looks like console text, is text.

/// Longest frame; the hypervisor's longest has a few hundred bytes.
const MAX_FRAME_BYTES: usize = 4096;
/// Longest line; longer ones are cut, so that garbage can't fill the memory.
const MAX_LINE_BYTES: usize = 4096;
/// Longest name of a speaker.
const MAX_SPEAKER_BYTES: usize = 24;

/// What the stream holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A line of text, without its end.
    Line(String),
    /// A log frame, still encoded.
    Frame(Vec<u8>),
}

/// The splitter's memory between two chunks.
#[derive(Debug, Default)]
pub struct Splitter {
    text: Vec<u8>,
    frame: Option<Vec<u8>>,
}

impl Splitter {
    /// A splitter at the start of a stream.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next chunk and returns what it completes.
    pub fn push(&mut self, chunk: &[u8]) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for &byte in chunk {
            self.step(byte, &mut pieces);
        }
        pieces
    }

    /// Returns what is left at the end of the stream: a line without an end.
    pub fn finish(&mut self) -> Vec<Piece> {
        let mut pieces = Vec::new();
        if let Some(rest) = self.frame.take() {
            self.read_as_text(&rest, &mut pieces);
        }
        self.end_line(&mut pieces);
        pieces
    }

    fn step(&mut self, byte: u8, pieces: &mut Vec<Piece>) {
        match (self.frame.take(), byte) {
            (None, 0) => self.frame = Some(Vec::new()),
            (None, byte) => self.text_byte(byte, pieces),
            (Some(frame), 0) => self.end_frame(frame, pieces),
            (Some(mut frame), byte) => {
                frame.push(byte);
                if frame.len() > MAX_FRAME_BYTES {
                    self.read_as_text(&frame, pieces);
                } else {
                    self.frame = Some(frame);
                }
            }
        }
    }

    fn end_frame(&mut self, frame: Vec<u8>, pieces: &mut Vec<Piece>) {
        if frame.is_empty() {
            self.frame = Some(frame);
        } else if looks_like_text(&frame) {
            // Out of step, so what stands there as an unfinished line was a frame.
            self.text.clear();
            self.read_as_text(&frame, pieces);
            self.frame = Some(Vec::new());
        } else {
            pieces.push(Piece::Frame(frame));
        }
    }

    fn read_as_text(&mut self, bytes: &[u8], pieces: &mut Vec<Piece>) {
        for &byte in bytes {
            self.text_byte(byte, pieces);
        }
    }

    fn text_byte(&mut self, byte: u8, pieces: &mut Vec<Piece>) {
        if byte == b'\n' {
            pieces.push(self.take_line());
        } else {
            self.text.push(byte);
            if self.text.len() >= MAX_LINE_BYTES {
                pieces.push(self.take_line());
            }
        }
    }

    fn end_line(&mut self, pieces: &mut Vec<Piece>) {
        if !self.text.is_empty() {
            pieces.push(self.take_line());
        }
    }

    fn take_line(&mut self) -> Piece {
        let line = String::from_utf8_lossy(&self.text)
            .trim_end_matches('\r')
            .to_owned();
        self.text.clear();
        Piece::Line(line)
    }
}

/// Whether `bytes` are whole console lines, the first with its speaker: `name| text`.
fn looks_like_text(bytes: &[u8]) -> bool {
    let is_name = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    let name = bytes.iter().take_while(|byte| is_name(byte)).count();
    (1..=MAX_SPEAKER_BYTES).contains(&name)
        && bytes[name..].starts_with(b"| ")
        && bytes.ends_with(b"\n")
}

#[cfg(test)]
mod tests;
