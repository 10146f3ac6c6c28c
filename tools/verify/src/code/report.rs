//! All checks of an image's code, and what they found.

use std::collections::BTreeMap;

use serde::Serialize;

use super::bounded::{self, Bounds};
use super::bounds::Quantities;
use super::checks::{self, Code};
use super::finding::Finding;
use super::flow::Program;
use super::indirect;
use super::places::Places;
use super::reviewed::Reviewed;
use super::shapes;
use super::stack::{Frame, deepest, frame};
use super::text::Text;
use crate::carry::table::Interface;
use crate::carry::{self, Carried};
use crate::image::Image;

/// What was declared that code is held against.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    /// A CPU's stack in bytes; below it lies a guard page.
    pub stack_bytes: u64,
    /// The stack in bytes on which a CPU says its last words.
    pub emergency_stack_bytes: u64,
    /// What makes loops long.
    pub quantities: Quantities,
    /// What of a guest's CPU interface is in hardware.
    pub interface: Interface,
    /// Whether the hypervisor plays the CPU interface of some guest, and so computes its traps.
    pub is_interface_played: bool,
}

/// The stack that an entry needs at most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stack {
    /// The entry: a vector, or where a CPU starts.
    pub entry: String,
    /// Bytes that it needs at most, with all that it calls.
    pub bytes: u64,
    /// Bytes that the stack has on which it runs.
    pub of: u64,
    /// The functions on the way to the deepest place.
    pub way: Vec<String>,
}

/// What an image's code can do.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// Instructions that were decoded.
    pub instructions: usize,
    /// Functions that they belong to.
    pub functions: usize,
    /// Instructions that touch the system or FP registers, of those in the reviewed list.
    pub reviewed: Vec<Reviewed>,
    /// Calls through a register.
    pub indirect: usize,
    /// The stack that each entry needs.
    pub stacks: Vec<Stack>,
    /// How long the ways from an exit can take; nothing if a loop on them has no bound.
    pub bounds: Option<Bounds>,
    /// Loops on these ways that have none, by place.
    pub without_bound: Vec<String>,
    /// What a switch carries.
    pub carried: Carried,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// Examines the code of an image.
///
/// # Errors
/// If the image executes nothing, or its debug information is damaged.
pub fn examine(image: &Image, limits: &Limits) -> Result<Report, String> {
    let text = Text::of(image)?;
    let places = Places::of(image.file)?;
    let program = Program::of(&text, &indirect::calls(&text, &places));
    let code = Code {
        text: &text,
        places: &places,
        program: &program,
    };
    let mut findings = Vec::new();
    checks::followed(&code, &mut findings);
    let reviewed = checks::are_reviewed(&code, &mut findings);
    shapes::are_as_declared(&code, &limits.quantities, &mut findings);
    let known = findings.len();
    checks::have_no_circles(&code, &mut findings);
    let frames = program.functions.values();
    let frames: BTreeMap<u64, Frame> = frames
        .map(|it| (it.entry, frame(&text, &program, it)))
        .collect();
    checks::frames_are_even(&code, &frames, &mut findings);
    // With a circle there is no deepest place.
    let has_circles = findings.len() > known;
    let (mut stacks, mut bounds, mut without_bound) = (Vec::new(), None, Vec::new());
    if !has_circles {
        stacks = self::stacks(&code, &frames, limits, &mut findings);
        let found = bounded::bounds(&code, &limits.quantities);
        match found {
            Ok(found) => bounds = Some(found),
            Err(loops) => without_bound = loops.into_iter().collect(),
        }
    }
    let carried = carry::examine(&code, image, limits, &mut findings);
    let is_indirect = text
        .instructions()
        .filter(|it| indirect::is_indirect(it.word.flow));
    findings.sort();
    findings.dedup();
    Ok(Report {
        instructions: text.instructions().count(),
        functions: program.functions.len(),
        reviewed: reviewed.into_iter().collect(),
        indirect: is_indirect.count(),
        stacks,
        bounds,
        without_bound,
        carried,
        findings,
    })
}

/// The stack of each entry, and a finding for each that needs more than there is.
fn stacks(
    code: &Code,
    frames: &BTreeMap<u64, Frame>,
    limits: &Limits,
    findings: &mut Vec<Finding>,
) -> Vec<Stack> {
    let mut known = BTreeMap::new();
    let mut all = Vec::new();
    let vectors = code
        .text
        .functions()
        .filter(|(_, name)| name.starts_with("vectors: "));
    let vectors: Vec<u64> = vectors.map(|(address, _)| address).collect();
    for entry in vectors.into_iter().chain(code.starts()) {
        let name = code.text.name_at(entry).to_owned();
        let of = match name.starts_with("vectors: EL2") {
            true => limits.emergency_stack_bytes,
            false => limits.stack_bytes,
        };
        let bytes = deepest(frames, entry, &mut known);
        let next = |at: &u64| known.get(at).and_then(|(_, next)| *next);
        let way = std::iter::successors(Some(entry), next).skip(1);
        let way: Vec<_> = way.map(|at| code.text.name_at(at).to_owned()).collect();
        if bytes > of {
            let what = format!(
                "the stack may get {bytes} bytes deep, and has {of}: by way of {}; make frames smaller, or the \
                 stack larger",
                way.join(", ")
            );
            findings.push(Finding::at(code.text, code.places, entry, what));
        }
        all.push(Stack {
            entry: name,
            bytes,
            of,
            way,
        });
    }
    all
}
