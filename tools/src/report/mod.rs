//! The evidence for one image as one document, in the order of ISO 26262-6, Annex D (freedom from interference):
//! memory, timing, exchange of information; before them what isn't proved, after them faults, claims, digests.
//!
//! docs/report.md has its schema. Nothing in it depends on the clock or on the machine's name, so the same image
//! gives the same document to the byte.

pub mod claims;
pub mod declared;
pub mod exchange;
pub mod faults;
pub mod machines;
pub mod memory;
pub mod origins;
pub mod timing;
pub mod unproved;

use std::path::Path;
use std::time::Duration;

use paratia_verify::code::Report as Code;
use paratia_verify::reach::Reach;
use serde::Serialize;

use crate::catalog::Choice;
use crate::run::{Run, RunReport};
use crate::verification;

/// Version of the document: it grows whenever a field gets another meaning or goes away.
pub const VERSION: u32 = 1;
/// What makes the counter of QEMU's own machines tick once an instruction, behind a CPU's name.
const FINEST_TICKS: &str = ",cntfrq=1000000000";

/// Everything that a reviewer is shown of an image.
#[derive(Clone, Debug, Serialize)]
pub struct Document {
    /// Which [`VERSION`] of the schema.
    pub version: u32,
    /// The system's name.
    pub system: &'static str,
    /// The board's.
    pub board: &'static str,
    /// The system in a sentence.
    pub summary: &'static str,
    /// What isn't proved, and what is assumed.
    pub unproved: Vec<unproved::Unproved>,
    /// What was looked at, and what was found.
    pub checks: Checks,
    /// Who reaches which byte.
    pub memory: memory::Memory,
    /// Who runs when.
    pub timing: timing::Timing,
    /// What machine each partition finds.
    pub partitions: Vec<machines::Machine>,
    /// Who tells whom what.
    pub channels: Vec<exchange::Channel>,
    /// Whose each interrupt is.
    pub interrupts: Vec<Interrupt>,
    /// What follows from each fault.
    pub faults: Vec<faults::Table>,
    /// What is claimed of every image, with its tests.
    pub claims: Vec<claims::Claim>,
    /// Which bytes all this is about.
    pub digests: Vec<origins::Digest>,
    /// What made and ran them.
    pub tools: Vec<origins::Tool>,
}

/// What was looked at in the image, and what was found.
#[derive(Clone, Debug, Serialize)]
pub struct Checks {
    /// Translation regimes: the hypervisor's and each partition's.
    pub regimes: usize,
    /// Tables that they consist of.
    pub tables: usize,
    /// Descriptors in these.
    pub descriptors: u64,
    /// Windows that boot makes plans of.
    pub windows: usize,
    /// Pieces of pristine images with the digest that boot will ask for.
    pub images: usize,
    /// Pages that are as they were linked.
    pub pages: usize,
    /// Instructions that were decoded.
    pub instructions: usize,
    /// Functions that they belong to.
    pub functions: usize,
    /// Instructions that touch the system, all in the reviewed list.
    pub reviewed: usize,
    /// The stack of each entry: what it needs at most, of what there is.
    pub stacks: Vec<Stack>,
    /// What is wrong, in sentences.
    pub findings: Vec<String>,
}

/// The stack of an entry.
#[derive(Clone, Debug, Serialize)]
pub struct Stack {
    /// The entry.
    pub entry: String,
    /// Bytes that it needs at most.
    pub bytes: u64,
    /// Bytes that there are.
    pub of: u64,
}

/// An interrupt that a partition has.
#[derive(Clone, Debug, Serialize)]
pub struct Interrupt {
    /// The board's number.
    pub physical: u32,
    /// Who has it.
    pub who: String,
    /// Its number there.
    pub guest: u32,
}

/// Runs an image for so long, by instructions, with the finest ticks that its machine has.
///
/// # Errors
/// If it can't be started. What happens is never an error.
pub fn run(choice: &Choice, image: &Path, time: Duration) -> anyhow::Result<RunReport> {
    let run = Run::of(*choice).image_in(image).stop_after(time);
    let qemu = &choice.listed.qemu;
    let is_qemus_own = qemu.machine.starts_with("virt,");
    let run = match is_qemus_own {
        true => run.cpu(&format!("{}{FINEST_TICKS}", qemu.cpu)),
        false => run,
    };
    run.execute()
}

/// The document of an image, from what was derived of it and a run of it that took `asked`.
///
/// # Errors
/// If a source or page can't be read, or a claim has no test.
pub fn document(
    choice: &Choice,
    image: &Path,
    (reach, code): (&Reach, &Code),
    (report, asked): (&RunReport, Duration),
) -> anyhow::Result<Document> {
    let declared = verification::declaration(choice);
    let interrupt = |it: &paratia_verify::reach::owners::Interrupt| Interrupt {
        physical: it.physical,
        who: it.who.clone(),
        guest: it.guest,
    };
    Ok(Document {
        version: VERSION,
        system: choice.name,
        board: choice.board.name,
        summary: choice.system.summary,
        unproved: unproved::read()?,
        checks: checks(reach, code),
        memory: memory::Memory::of(reach, &declared),
        timing: timing::Timing::of(choice, code, report, asked),
        partitions: machines::machines(choice.system, choice.board),
        channels: exchange::channels(choice.system, choice.board),
        interrupts: reach.interrupts.iter().map(interrupt).collect(),
        faults: faults::tables(report),
        claims: claims::read(&claims::Sources::read()?)?,
        digests: origins::digests(choice, image)?,
        tools: origins::tools(choice, image)?,
    })
}

fn checks(reach: &Reach, code: &Code) -> Checks {
    let of_reach = reach.findings.iter().map(ToString::to_string);
    let of_code = code.findings.iter().map(ToString::to_string);
    let stacks = code.stacks.iter().map(|it| Stack {
        entry: it.entry.clone(),
        bytes: it.bytes,
        of: it.of,
    });
    Checks {
        regimes: reach.regimes.len(),
        tables: reach.regimes.iter().map(|it| it.tables).sum(),
        descriptors: reach.regimes.iter().map(|it| it.descriptors).sum(),
        windows: reach.windows.len(),
        images: reach.images_right,
        pages: reach.pages_sealed,
        instructions: code.instructions,
        functions: code.functions,
        reviewed: code.reviewed.len(),
        stacks: stacks.collect(),
        findings: of_reach.chain(of_code).collect(),
    }
}

impl Document {
    /// It as JSON.
    ///
    /// # Errors
    /// Never, as it is plain data.
    pub fn json(&self) -> anyhow::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }
}
