//! From a log frame to an event, with the formats that the image's own ELF file holds.

use anyhow::Context as _;
use defmt_decoder::{DecodeError, Table};

use super::event::Event;

/// Decodes the frames of one image.
pub struct Decoder {
    table: Table,
}

impl Decoder {
    /// The decoder for an image, given its ELF file.
    ///
    /// # Errors
    /// If the file is no ELF file, or holds no formats.
    pub fn new(elf: &[u8]) -> anyhow::Result<Self> {
        let table = Table::parse(elf)
            .context("can't read the log's formats from the image")?
            .context("the image holds no log formats (no .defmt section)")?;
        Ok(Self { table })
    }

    /// The event in a frame; `None` if the frame is damaged.
    #[must_use]
    pub fn decode(&self, frame: &[u8]) -> Option<Event> {
        let mut decoder = self.table.new_stream_decoder();
        decoder.received(frame);
        decoder.received(&[0]);
        let frame = match decoder.decode() {
            Ok(frame) => frame,
            Err(DecodeError::UnexpectedEof | DecodeError::Malformed) => return None,
        };
        let time = frame.display_timestamp().map(|time| time.to_string());
        let time_ticks = time.and_then(|time| time.trim().parse().ok()).unwrap_or(0);
        Some(Event::parse(
            time_ticks,
            &frame.display_message().to_string(),
        ))
    }
}
