//! What the display shows: looked at when somebody asks, and once for each picture.

use anyhow::Context as _;
use paratia::unit::Meaning;
use paratia_config::System;
use paratia_config::system::RegionKind;
use paratia_instruments::dashboard::{
    DisplayedSpeed, communication_lamp_is_lit, lit_telltales, read_needle_back, read_speed_back,
};
use paratia_instruments::message::Telltales;
use xxhash_rust::xxh3::xxh3_64;

use crate::board::Board;

/// Bytes of a pixel: blue, green, red, unused.
const PIXEL_BYTES: usize = 4;

/// A display.
pub struct Display {
    width: usize,
    height: usize,
    /// Where the pixels lie on the board.
    address: u64,
    bytes: Vec<u8>,
    seen: Seen,
    /// Whether the board has moved since it was looked at.
    may_have_changed: bool,
}

/// What is seen in a picture, once somebody has asked.
#[derive(Default)]
struct Seen {
    hash: Option<u64>,
    dashboard: Option<Dashboard>,
}

/// What the dashboard shows.
#[derive(Clone, Copy)]
struct Dashboard {
    /// In m/s; none if the digits show none.
    speed: Option<f64>,
    needle: Option<f64>,
    communication_fault: bool,
    lamps: Telltales,
}

impl Display {
    /// The display of a system, if it has one.
    pub fn of(system: &System) -> Option<Self> {
        let display = system.display.as_ref()?;
        let mut regions = system.partitions.iter().flat_map(|it| it.regions);
        let region = regions.find(|region| region.kind == RegionKind::FrameBuffer)?;
        let (width, height) = (display.width as usize, display.height as usize);
        Some(Self {
            width,
            height,
            address: region.pa.0,
            bytes: vec![0; width * height * PIXEL_BYTES],
            seen: Seen::default(),
            may_have_changed: true,
        })
    }

    /// The board has moved.
    pub fn moved(&mut self) {
        self.may_have_changed = true;
    }

    /// Looks at the board, if it has moved.
    ///
    /// # Errors
    /// If QEMU has ended.
    pub fn look(&mut self, board: &mut Board) -> anyhow::Result<()> {
        if std::mem::take(&mut self.may_have_changed)
            && let Some(bytes) = board.changed(self.address, self.bytes.len())?
        {
            self.bytes = bytes;
            self.seen = Seen::default();
        }
        Ok(())
    }

    /// A digest of the pixels.
    pub fn hash(&mut self) -> u64 {
        *self.seen.hash.get_or_insert_with(|| xxh3_64(&self.bytes))
    }

    /// A speed in m/s, 0 where there is none; nothing if the variable is no speed.
    pub fn speed(&mut self, meaning: Meaning) -> Option<f64> {
        let dashboard = self.dashboard();
        match meaning {
            Meaning::ShownSpeed => Some(dashboard.speed.unwrap_or(0.0)),
            Meaning::Needle => Some(dashboard.needle.unwrap_or(0.0)),
            _ => None,
        }
    }

    /// Whether something is shown; nothing if the variable is none of these.
    pub fn is_shown(&mut self, meaning: Meaning) -> Option<bool> {
        let dashboard = self.dashboard();
        match meaning {
            Meaning::ShownValid => Some(dashboard.speed.is_some()),
            Meaning::CommunicationLamp => Some(dashboard.communication_fault),
            Meaning::ShownLamp(lamp) => Some(dashboard.lamps.contains(lamp)),
            _ => None,
        }
    }

    /// The picture as PNG.
    ///
    /// # Errors
    /// If it can't be encoded.
    pub fn png(&self) -> anyhow::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let size = |it: usize| u32::try_from(it).context("a picture so large");
        let mut encoder = png::Encoder::new(&mut bytes, size(self.width)?, size(self.height)?);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let colours: Vec<u8> = self
            .bytes
            .chunks_exact(PIXEL_BYTES)
            .flat_map(|pixel| [pixel[2], pixel[1], pixel[0]])
            .collect();
        encoder.write_header()?.write_image_data(&colours)?;
        Ok(bytes)
    }

    fn dashboard(&mut self) -> Dashboard {
        let (width, height) = (self.width, self.height);
        *self.seen.dashboard.get_or_insert_with(|| {
            let words = self.bytes.chunks_exact(PIXEL_BYTES);
            let pixels: Vec<u32> = words
                .map(|it| u32::from_le_bytes([it[0], it[1], it[2], 0]))
                .collect();
            let speed = match read_speed_back(&pixels, width, height) {
                Some(DisplayedSpeed::KilometresPerHour(speed)) => Some(f64::from(speed) / 3.6),
                _ => None,
            };
            Dashboard {
                speed,
                needle: read_needle_back(&pixels, width, height).map(|it| f64::from(it.0) / 1000.0),
                communication_fault: communication_lamp_is_lit(&pixels, width, height),
                lamps: lit_telltales(&pixels, width, height),
            }
        })
    }
}
