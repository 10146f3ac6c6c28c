//! The seal: the pages and symbols that were linked, by their digests.
//!
//! `cargo paratia build` notes them in the section `.seal` of the file: the word "PARASEAL", a SHA-256 of
//! each page from the first instruction to the last passport, and one of the symbols' tables. The run
//! parameters count as zeros. It says that bytes are those that were linked; not that what was linked is
//! right.

use sha2::{Digest, Sha256};

use super::expected::{PAGE, Places};
use super::finding::{About, Finding};
use crate::image::{Image, Section};

const MARK: &[u8; 8] = b"PARASEAL";
const DIGEST: usize = 32;
const UNSEALED: &str =
    "build the image anew, or take one that hasn't been touched since it was built";

/// How many pages are as they were linked, and which aren't.
#[must_use]
pub fn check(image: &Image<'_>, places: &Places) -> (usize, Vec<Finding>) {
    let seal = image
        .section(".seal")
        .and_then(|section| image.section_bytes(section));
    let digests = seal.and_then(|seal| seal.strip_prefix(MARK));
    let pages = (places.passports.end() - places.text.base) / PAGE;
    let count = usize::try_from(pages)
        .unwrap_or(usize::MAX)
        .saturating_add(1);
    let Some(digests) = digests.filter(|digests| digests.len() == count.saturating_mul(DIGEST))
    else {
        let fact = format!("it isn't the mark and {count} digests that the image's parts take");
        return (0, vec![finding(".seal".to_owned(), fact)]);
    };
    let mut digests = digests.chunks(DIGEST);
    let (mut right, mut findings) = (0, Vec::new());
    for (page, noted) in (0..pages).zip(&mut digests) {
        let address = places.text.base + page * PAGE;
        let digest = Sha256::digest(content(image, address));
        if digest[..] == *noted {
            right += 1;
        } else {
            let place = format!(
                "page {address:#x}..{:#x}{}",
                address + PAGE,
                names(image, address)
            );
            findings.push(finding(place, differs(&digest, noted)));
        }
    }
    let digest = symbols(image);
    let noted = digests.next().unwrap_or_default();
    if digest[..] != *noted {
        findings.push(finding(
            "the symbols' tables, .symtab and its names".to_owned(),
            differs(&digest, noted),
        ));
    }
    (right, findings)
}

fn finding(place: String, fact: String) -> Finding {
    Finding {
        remedy: UNSEALED,
        ..Finding::new(About::Seal, place, fact)
    }
}

fn differs(digest: &[u8], noted: &[u8]) -> String {
    let start = |bytes: &[u8]| {
        bytes
            .iter()
            .take(4)
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    format!(
        "its SHA-256 begins with {}, but with {} when it was linked",
        start(digest),
        start(noted)
    )
}

/// A page as a loader makes it, but for the run parameters.
fn content(image: &Image<'_>, address: u64) -> Vec<u8> {
    let mut page = vec![0; usize::try_from(PAGE).unwrap_or(0)];
    for segment in &image.segments {
        let bytes = &image.file[segment.in_file.clone()];
        lay(&mut page, address, segment.address, bytes);
    }
    if let Some(section) = image.section(".run_parameters") {
        let zeros = vec![0; usize::try_from(section.size_bytes.min(1 << 20)).unwrap_or(0)];
        lay(&mut page, address, section.address, &zeros);
    }
    page
}

/// Puts the bytes at an address into a page, as far as they lie in it.
fn lay(page: &mut [u8], page_address: u64, address: u64, bytes: &[u8]) {
    let (start, end) = (
        page_address.max(address),
        (page_address + PAGE).min(address.saturating_add(bytes.len() as u64)),
    );
    if start < end {
        let offset = |from: u64| usize::try_from(start - from).unwrap_or(0);
        let length = usize::try_from(end - start).unwrap_or(0);
        page[offset(page_address)..][..length].copy_from_slice(&bytes[offset(address)..][..length]);
    }
}

/// The first and the last name in a page.
fn names(image: &Image<'_>, address: u64) -> String {
    let is_here = |symbol: &&crate::image::Symbol| {
        symbol.size_bytes > 0 && symbol.address < address + PAGE && symbol.range().end > address
    };
    let mut here = image.symbols.iter().filter(is_here);
    match (here.next(), here.next_back()) {
        (Some(first), Some(last)) => format!(" ({} to {})", first.name, last.name),
        (Some(only), None) => format!(" ({})", only.name),
        _ => String::new(),
    }
}

fn symbols(image: &Image<'_>) -> Vec<u8> {
    let mut digest = Sha256::new();
    for name in [".symtab", ".strtab"] {
        let bytes = image
            .section(name)
            .and_then(|section: &Section| image.section_bytes(section));
        digest.update(bytes.unwrap_or_default());
    }
    digest.finalize().to_vec()
}
