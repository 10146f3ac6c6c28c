//! The notes by which Solo5's toolchain says what a unikernel is built for, `ABI1`, and which devices it wants, `MFT1`
//! (`include/elf_abi.h`, `include/mft_abi.h`).
//!
//! They are taken apart here: what a note holds begins at a multiple of its own alignment behind a header that
//! Solo5 has padded to 4, and its length counts that padding, which no reader of notes expects.

use anyhow::{Context as _, bail, ensure};
use paratia_tender::boot::{FIRST, MANIFEST_VERSION, MAX_ENTRIES, ManifestEntry, ManifestHeader};
use zerocopy::FromBytes as _;

/// The owner of both, with the zero at its end and its padding.
const OWNER: &[u8; 8] = b"Solo5\0\0\0";
/// Bytes of a note's header with that.
const HEADER_BYTES: usize = 12 + OWNER.len();
const ABI: u32 = u32::from_le_bytes(*b"ABI1");
const MANIFEST: u32 = u32::from_le_bytes(*b"MFT1");
/// `enum abi_target`, from 1 on.
const TARGETS: [&str; 6] = ["hvt", "spt", "virtio", "muen", "genode", "xen"];
/// The version of `hvt`'s ABI that is answered.
const VERSION: u32 = 2;

/// An entry of a manifest.
pub(super) type Entry = ManifestEntry;

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

/// What a note of Solo5's of this type holds, from a multiple of `alignment` on.
fn find<'a>(notes: &[&'a [u8]], kind: u32, alignment: usize) -> Option<&'a [u8]> {
    notes.iter().find_map(|note| {
        let name_bytes = usize::try_from(word(note, 0)?).ok()?;
        let content_bytes = usize::try_from(word(note, 4)?).ok()?;
        let is_it =
            name_bytes == 6 && word(note, 8)? == kind && note.get(12..HEADER_BYTES)? == OWNER;
        if !is_it {
            return None;
        }
        let end = HEADER_BYTES.checked_add(content_bytes)?;
        note.get(HEADER_BYTES.next_multiple_of(alignment)..end)
    })
}

/// Whether a unikernel is built for `hvt` in the version that is answered.
///
/// # Errors
/// If it isn't, or says nothing.
pub(super) fn check_abi(notes: &[&[u8]]) -> anyhow::Result<()> {
    let note = find(notes, ABI, 4);
    let note = note.context(
        "it has no note 'ABI1' of Solo5's, so it is no unikernel; link it with Solo5's bindings for hvt",
    )?;
    let numbers = word(note, 0).zip(word(note, 4));
    let (target, version) = numbers.with_context(|| {
        format!(
            "its note 'ABI1' has {} bytes, and 16 are needed; build it again",
            note.len()
        )
    })?;
    if target != 1 {
        let place = (target as usize).wrapping_sub(1);
        let name = TARGETS
            .get(place)
            .map_or_else(|| format!("number {target}"), |it| format!("'{it}'"));
        bail!(
            "its note 'ABI1' says that it is built for Solo5's target {name}, not for 'hvt'; build it for hvt"
        );
    }
    ensure!(
        version == VERSION,
        "its note 'ABI1' says version {version} of hvt's ABI, and version {VERSION} is answered; build it with a \
         Solo5 that has that"
    );
    Ok(())
}

/// The entries of a unikernel's manifest.
///
/// # Errors
/// If there is none, or it isn't as Solo5's own check wants it (`mft_validate`).
pub(super) fn manifest(notes: &[&[u8]]) -> anyhow::Result<Vec<Entry>> {
    let note = find(notes, MANIFEST, 8).context(
        "it has no note 'MFT1' of Solo5's, its manifest; link what solo5-elftool gen-manifest has written",
    )?;
    let header = ManifestHeader::read_from_prefix(note).ok();
    let (header, rest) = header.with_context(|| {
        format!(
            "its manifest has {} bytes, too few for its header; build it again",
            note.len()
        )
    })?;
    let ManifestHeader { version, entries } = header;
    ensure!(
        version == MANIFEST_VERSION,
        "its manifest has version {version}, and {MANIFEST_VERSION} is known; build it with a Solo5 that has that"
    );
    let count = entries as usize;
    let wanted = count.checked_mul(size_of::<Entry>());
    ensure!(
        (1..=MAX_ENTRIES).contains(&count) && wanted == Some(rest.len()),
        "its manifest says {entries} entries and has {} bytes of them, of {} each; 1 to {MAX_ENTRIES} are allowed; \
         build it again",
        rest.len(),
        size_of::<Entry>()
    );
    let mut all = Vec::new();
    for (index, bytes) in rest.chunks_exact(size_of::<Entry>()).enumerate() {
        let entry = Entry::read_from_bytes(bytes).ok();
        let entry = entry.context("an entry of its manifest is cut off; build it again")?;
        let is_first = entry.kind == FIRST && entry.name[0] == 0;
        ensure!(
            is_first == (index == 0) && entry.name.ends_with(&[0]) && entry.attached == 0,
            "entry {index} of its manifest is of kind {:#x} and called {:?}, which Solo5 refuses; build it again",
            entry.kind,
            name(&entry)
        );
        all.push(entry);
    }
    Ok(all)
}

/// An entry's name.
pub(super) fn name(entry: &Entry) -> String {
    let bytes = entry.name.split(|byte| *byte == 0).next();
    String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned()
}
