//! Is the board at hand the one that was configured? Its device tree says (Devicetree
//! Specification 0.4), and a hypervisor whose tables are constants must ask before it relies on
//! them.
//!
//! The tree comes from outside, so it is walked twice: `validate` checks every token in safe code
//! with a bound on everything, and only what passed is given to the reader of the `fdt-rs` crate,
//! whose functions are `unsafe` and which asserts and searches without bounds.
//!
//! Devices are looked for directly below the root, where addresses are the CPU's own. A board
//! that has them on a bus needs that bus's `ranges` followed, which is not done yet.

mod nodes;
mod seed;
mod survey;
mod validate;

use paratia_config::address::MemoryRange;
use paratia_config::board::{BoardFacts, CpuStart, InterruptController};

pub use seed::seed;
pub use survey::{Conduit, GicKind};
pub use validate::MAX_DEPTH;

use survey::Survey;

use crate::refusal::{Reason, Refusal};

/// The UART's number in [`Reason::OtherRegisters`].
const UART: usize = 2;

/// What was compared and found in order, for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(target_os = "none", derive(defmt::Format))]
pub struct BoardChecked {
    /// Nodes that the tree has.
    pub nodes: usize,
    /// Bytes of RAM that the tree describes.
    pub ram_bytes: u64,
    /// CPUs that the tree describes.
    pub cpus: usize,
    /// Register ranges that were compared: the interrupt controller's and the UART's.
    pub register_ranges: usize,
}

/// Compares the device tree at the start of `tree` with `board`, for a system that uses the first
/// `cpus_needed` of its CPUs.
///
/// `tree` may be longer than the tree; it must be aligned to 8 bytes, as the specification has it
/// of the tree (5.6).
///
/// # Errors
///
/// The first difference: no tree or a garbled one, then RAM and what is reserved of it, interrupt
/// controller, CPUs, their start, and the UART.
pub fn check(tree: &[u8], board: &BoardFacts, cpus_needed: usize) -> Result<BoardChecked, Refusal> {
    let used = [board.hypervisor_memory, board.partition_memory];
    let mut survey = Survey::new(&used, board.device_tree);
    survey.read(validate::validate(tree)?)?;

    for (index, range) in board.ram.iter().enumerate() {
        memory(index, range, &survey)?;
    }
    if let Some((used, range)) = survey.reserved {
        return Err(Reason::Reserved.with(used as u64, range.base.0, range.size_bytes));
    }
    let controller_ranges = interrupt_controller(board, &survey)?;
    cpus(board, cpus_needed, &survey)?;
    cpu_start(board, &survey)?;
    registers(UART, &board.uart, &survey.uarts)?;
    Ok(BoardChecked {
        nodes: survey.nodes,
        ram_bytes: survey.ram_bytes(),
        cpus: survey.cpu_count,
        register_ranges: controller_ranges + 1,
    })
}

/// Every byte of a configured range of RAM must be described.
fn memory(index: usize, configured: &MemoryRange, survey: &Survey) -> Result<(), Refusal> {
    let found_bytes = survey.ram_from(configured.base);
    if found_bytes >= configured.size_bytes {
        Ok(())
    } else if found_bytes == 0 {
        let (base, size_bytes) = numbers(survey.ram.first());
        Err(Reason::NoRamThere.with(index as u64, base, size_bytes))
    } else {
        Err(Reason::LessRam.with(index as u64, found_bytes, 0))
    }
}

/// The interrupt controller must be of the configured kind, its registers where configured; says
/// how many ranges were compared.
fn interrupt_controller(board: &BoardFacts, survey: &Survey) -> Result<usize, Refusal> {
    let (is_kind, configured) = match board.interrupt_controller {
        InterruptController::GicV3 {
            distributor,
            redistributors,
        } => (
            survey.gic == Some(GicKind::V3),
            [distributor, redistributors],
        ),
        InterruptController::GicV2 {
            distributor,
            cpu_interface,
            ..
        } => (
            matches!(survey.gic, Some(GicKind::V2 | GicKind::Gic400)),
            [distributor, cpu_interface],
        ),
        // No tree describes it where this check looks.
        InterruptController::Bcm2836 { .. } => return Ok(0),
    };
    if !is_kind {
        let found = survey.gic.map_or(0, |kind| kind as u64);
        return Err(Reason::OtherController.with(found, 0, 0));
    }
    for (part, (configured, found)) in configured.iter().zip(&survey.gic_registers).enumerate() {
        registers(part, configured, found.as_slice())?;
    }
    Ok(configured.len())
}

/// The CPUs that the system needs must exist, with the configured affinities.
fn cpus(board: &BoardFacts, needed: usize, survey: &Survey) -> Result<(), Refusal> {
    let too_small = Reason::BoardTooSmall.with(needed as u64, 0, 0);
    let configured = board.cpus.get(..needed).ok_or(too_small)?;
    if survey.cpu_count < needed {
        return Err(Reason::FewerCpus.with(needed as u64, survey.cpu_count as u64, 0));
    }
    let missing = configured
        .iter()
        .position(|affinity| !survey.cpus.contains(affinity));
    missing.map_or(Ok(()), |index| {
        let found = survey.cpus.get(index).copied().unwrap_or(u64::MAX);
        Err(Reason::OtherAffinity.with(index as u64, found, 0))
    })
}

/// CPUs must start the way that is configured. A spin table's place is in no node that is read.
fn cpu_start(board: &BoardFacts, survey: &Survey) -> Result<(), Refusal> {
    let is_configured = board.cpu_start != CpuStart::PsciSmc || survey.conduit == Conduit::Smc;
    let other = Reason::OtherStart.with(survey.conduit as u64, 0, 0);
    other.unless(is_configured)
}

/// A device's registers must be where they are configured, among those that the tree has of its kind.
fn registers(part: usize, configured: &MemoryRange, found: &[MemoryRange]) -> Result<(), Refusal> {
    let (base, size_bytes) = numbers(found.first());
    let is_there = found.iter().any(|found| holds(found, configured));
    let other = Reason::OtherRegisters.with(part as u64, base, size_bytes);
    other.unless(is_there)
}

/// Base and size of what was found instead; 0 of nothing.
fn numbers(found: Option<&MemoryRange>) -> (u64, u64) {
    found.map_or((0, 0), |found| (found.base.0, found.size_bytes))
}

/// Whether `found` are the registers meant by `configured`: the same start, and room for them.
fn holds(found: &MemoryRange, configured: &MemoryRange) -> bool {
    found.base == configured.base && found.size_bytes >= configured.size_bytes
}
