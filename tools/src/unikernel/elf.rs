//! The ELF file of a unikernel of Solo5's: what it has to be for the tender `hvt`, and its segments.
//!
//! The rules are those of Solo5's own loader (`tenders/common/elf.c`): an executable at fixed addresses, segments in
//! ascending order on pages of their own, none both written and executed.

use anyhow::{Context as _, bail, ensure};
use object::Endianness;
use object::elf::{self, FileHeader64, PF_R, PF_W, PF_X, PT_LOAD, PT_NOTE};
use object::read::elf::{FileHeader as _, ProgramHeader as _};
use paratia_config::address::PAGE_BYTES;
use paratia_config::solo5::{LOWEST_SEGMENT, MAX_SEGMENTS};
use paratia_config::system::RegionKind;

use super::notes::{self, Entry};

/// A unikernel, as its file has it.
#[derive(Clone, Debug)]
pub(super) struct Unikernel {
    /// Where it is entered.
    pub(super) entry: u64,
    /// What it loads, in ascending order.
    pub(super) segments: Vec<Segment>,
    /// The devices of its manifest, the first of which is none.
    pub(super) manifest: Vec<Entry>,
}

/// A segment: whole pages in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    /// The page that it begins in.
    pub(super) base: u64,
    /// One past its last page.
    pub(super) end: u64,
    /// What its partition may do there.
    pub(super) kind: RegionKind,
    /// Its bytes from `base` on; zeros follow.
    pub(super) bytes: Vec<u8>,
}

impl Segment {
    /// What a region with it is called.
    pub(super) fn name(&self) -> &'static str {
        match self.kind {
            RegionKind::Text => "text",
            RegionKind::Constant => "constants",
            _ => "variables",
        }
    }
}

impl Unikernel {
    /// One past its last byte.
    pub(super) fn end(&self) -> u64 {
        self.segments.last().map_or(LOWEST_SEGMENT.0, |it| it.end)
    }
}

/// Reads a file.
///
/// # Errors
/// If it isn't a unikernel for `hvt`: what it is instead, and what to do about it.
pub(super) fn read(file: &[u8]) -> anyhow::Result<Unikernel> {
    let header: &FileHeader64<Endianness> = elf::FileHeader64::parse(file)
        .ok()
        .context("it is no 64-bit ELF file; name what Solo5's toolchain has linked for hvt")?;
    let endian = header.endian()?;
    let machine = header.e_machine(endian);
    ensure!(
        machine == elf::EM_AARCH64 && endian == Endianness::Little,
        "it is for {}, and the board's CPU is AArch64; build it with Solo5's toolchain for aarch64",
        machine_name(machine)
    );
    ensure!(
        header.e_type(endian) == elf::ET_EXEC,
        "its ELF type is {}, a unikernel's is 2, an executable at fixed addresses; link it with Solo5's \
         toolchain, without -pie",
        header.e_type(endian)
    );
    let programs = header.program_headers(endian, file)?;
    let mut all_notes = Vec::new();
    let mut segments = Vec::new();
    for program in programs {
        let bytes = program.data(endian, file).ok();
        let bytes =
            bytes.context("a segment's bytes lie outside of the file; build or copy it again")?;
        match program.p_type(endian) {
            PT_NOTE => all_notes.push(bytes),
            PT_LOAD if program.p_memsz(endian) > 0 => {
                segments.push(segment(program, endian, bytes)?);
            }
            _ => {}
        }
    }
    notes::check_abi(&all_notes)?;
    let manifest = notes::manifest(&all_notes)?;
    in_order(&segments)?;
    let unikernel = Unikernel {
        entry: header.e_entry(endian),
        segments: merged(segments),
        manifest,
    };
    let is_code = |it: &&Segment| it.kind == RegionKind::Text;
    let mut code = unikernel.segments.iter().filter(is_code);
    ensure!(
        code.any(|it| (it.base..it.end).contains(&unikernel.entry)),
        "it is entered at {:#x}, where none of its segments is executed; build it again",
        unikernel.entry
    );
    ensure!(
        unikernel.segments.len() <= MAX_SEGMENTS,
        "it has {} segments of different rights, and {MAX_SEGMENTS} have room; link it with Solo5's linker script",
        unikernel.segments.len()
    );
    Ok(unikernel)
}

fn segment(
    program: &elf::ProgramHeader64<Endianness>,
    endian: Endianness,
    bytes: &[u8],
) -> anyhow::Result<Segment> {
    let (start, size) = (program.p_vaddr(endian), program.p_memsz(endian));
    let alignment = program.p_align(endian).max(PAGE_BYTES);
    let shown = format!("its segment {start:#x} with {size:#x} bytes");
    ensure!(
        size >= bytes.len() as u64 && alignment.is_power_of_two(),
        "{shown} has more bytes in the file, {:#x}, or is aligned to {alignment:#x}; build it again",
        bytes.len()
    );
    let end = start
        .checked_add(size)
        .and_then(|end| end.checked_next_multiple_of(PAGE_BYTES));
    let end = end.with_context(|| format!("{shown} ends behind all addresses; build it again"))?;
    ensure!(
        start >= LOWEST_SEGMENT.0,
        "{shown} lies below {:#x}, where what the tender tells a unikernel lies; link it with Solo5's linker script",
        LOWEST_SEGMENT.0
    );
    let kind = match program.p_flags(endian) & (PF_R | PF_W | PF_X) {
        flags if flags & PF_W != 0 && flags & PF_X != 0 => bail!(
            "{shown} is both written and executed, which Solo5 doesn't load; link it with Solo5's linker script"
        ),
        flags if flags & PF_X != 0 => RegionKind::Text,
        flags if flags & PF_W != 0 => RegionKind::Data,
        _ => RegionKind::Constant,
    };
    let base = start / PAGE_BYTES * PAGE_BYTES;
    let mut all = vec![0; usize::try_from(start - base)?];
    all.extend(bytes);
    Ok(Segment {
        base,
        end,
        kind,
        bytes: all,
    })
}

fn in_order(segments: &[Segment]) -> anyhow::Result<()> {
    for pair in segments.windows(2) {
        let [before, after] = pair else { continue };
        ensure!(
            before.end <= after.base,
            "its segments {:#x}..{:#x} and {:#x}..{:#x} share a page or aren't in ascending order; link it with \
             Solo5's linker script",
            before.base,
            before.end,
            after.base,
            after.end
        );
    }
    Ok(())
}

/// Segments of one kind without a gap between them as one.
fn merged(segments: Vec<Segment>) -> Vec<Segment> {
    let mut all: Vec<Segment> = Vec::new();
    for segment in segments {
        match all.last_mut() {
            Some(last) if last.kind == segment.kind && last.end == segment.base => {
                if !segment.bytes.is_empty() {
                    let skipped = usize::try_from(last.end - last.base).unwrap_or(usize::MAX);
                    last.bytes.resize(skipped, 0);
                    last.bytes.extend(segment.bytes);
                }
                last.end = segment.end;
            }
            _ => all.push(segment),
        }
    }
    all
}

/// A machine that people know, or its number.
fn machine_name(machine: u16) -> String {
    match machine {
        elf::EM_X86_64 => "x86-64".to_owned(),
        elf::EM_PPC64 => "64-bit PowerPC".to_owned(),
        elf::EM_AARCH64 => "big-endian AArch64".to_owned(),
        other => format!("machine {other} of the ELF specification's"),
    }
}
