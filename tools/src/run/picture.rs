//! The picture at the end of a run: from the display, or out of memory on a board that has none.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, ensure};
use paratia_config::board::DisplayKind;
use paratia_config::system::RegionKind;

use crate::catalog::Choice;
use crate::qemu::Control;
use crate::whole;

/// Bytes of a pixel: blue, green, red, unused.
const PIXEL_BYTES: usize = 4;

/// Writes the picture as PNG.
pub(super) fn take(control: &mut Control, choice: Choice, file: &Path) -> anyhow::Result<()> {
    if choice.board.display != Some(DisplayKind::Memory) {
        return control.screendump(file);
    }
    let system = choice.system;
    let display = system
        .display
        .as_ref()
        .context("the system has no display")?;
    let mut regions = system.partitions.iter().flat_map(|it| it.regions);
    let region = regions
        .find(|region| region.kind == RegionKind::FrameBuffer)
        .context("the system has no frame buffer")?;
    let raw = file.with_extension("raw");
    control.save_memory(region.pa.0, display.size_bytes(), &raw)?;
    let pixels = fs::read(&raw)?;
    fs::remove_file(&raw)?;
    write_png(file, display.width, display.height, &pixels)
}

fn write_png(file: &Path, width: u32, height: u32, pixels: &[u8]) -> anyhow::Result<()> {
    let needed = width as usize * height as usize * PIXEL_BYTES;
    ensure!(
        pixels.len() == needed,
        "the picture has {} bytes, not {needed}",
        pixels.len()
    );
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let colours: Vec<u8> = pixels
        .chunks_exact(PIXEL_BYTES)
        .flat_map(|pixel| [pixel[2], pixel[1], pixel[0]])
        .collect();
    encoder.write_header()?.write_image_data(&colours)?;
    Ok(whole::write(file, bytes)?)
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    #[test]
    fn pixels_become_colours() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("two.png");
        write_png(&file, 2, 1, &[0x30, 0x20, 0x10, 0, 0, 0, 0xFF, 0]).unwrap();
        let decoder = png::Decoder::new(std::io::BufReader::new(File::open(&file).unwrap()));
        let mut reader = decoder.read_info().unwrap();
        let mut bytes = [0; 6];
        reader.next_frame(&mut bytes).unwrap();
        assert_eq!(bytes, [0x10, 0x20, 0x30, 0xFF, 0, 0]);
        assert!(write_png(&file, 2, 2, &[0; 8]).is_err());
    }
}
