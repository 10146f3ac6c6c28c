//! Is the board at hand the one that was configured? Its device tree says (Devicetree
//! Specification 0.4), and a hypervisor whose tables are constants must ask before it relies on
//! them.
//!
//! The tree comes from outside, so it is walked twice: `validate` checks every token in safe code
//! with a bound on everything, and only what passed is given to the reader of the `fdt-rs` crate,
//! whose constructors are `unsafe` and which asserts and searches without bounds.
//!
//! Devices are looked for directly below the root, where addresses are the CPU's own. A board
//! that has them on a bus needs that bus's `ranges` followed, which is not done yet.

mod mismatch;
mod nodes;
mod survey;
mod validate;

use fdt_rs::base::DevTree;
use paratia_config::address::MemoryRange;
use paratia_config::board::{BoardFacts, CpuStart, InterruptController};

pub use mismatch::Mismatch;
pub use survey::{Conduit, GicKind};
pub use validate::{Fault, MAX_DEPTH};

use survey::Survey;

/// What was compared and found in order, for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Nodes that the tree has.
    pub nodes: usize,
    /// Ranges of RAM in the board's facts, each covered by the tree's.
    pub ram_ranges: usize,
    /// Bytes of RAM that the tree describes.
    pub ram_bytes: u64,
    /// CPUs that the tree describes.
    pub cpus: usize,
    /// CPUs whose affinity was compared.
    pub affinities: usize,
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
/// The first [`Mismatch`]: no tree or a garbled one, then RAM, interrupt controller, CPUs, their
/// start, and the UART.
pub fn check(tree: &[u8], board: &BoardFacts, cpus_needed: usize) -> Result<Found, Mismatch> {
    let garbled = |fault| Mismatch::Garbled {
        board: board.name,
        fault,
    };
    let tree = validate::validate(tree).map_err(garbled)?;
    // SAFETY: `validate` found the slice aligned and exactly as long as its header says.
    let reader = unsafe { DevTree::new(tree) }.map_err(|_| garbled(Fault::Reader))?;
    let survey = Survey::of(&reader).map_err(garbled)?;

    for range in board.ram {
        memory(board, range, &survey)?;
    }
    let controller_ranges = interrupt_controller(board, &survey)?;
    let affinities = cpus(board, cpus_needed, &survey)?;
    cpu_start(board, &survey)?;
    uart(board, &survey)?;
    Ok(Found {
        nodes: survey.nodes,
        ram_ranges: board.ram.len(),
        ram_bytes: survey.ram_bytes(),
        cpus: survey.cpu_count,
        affinities,
        register_ranges: controller_ranges + 1,
    })
}

/// Every byte of a configured range of RAM must be described.
fn memory(board: &BoardFacts, configured: &MemoryRange, survey: &Survey) -> Result<(), Mismatch> {
    let found_bytes = survey.ram_from(configured.base);
    if found_bytes >= configured.size_bytes {
        Ok(())
    } else if found_bytes == 0 {
        Err(Mismatch::NoRamThere {
            board: board.name,
            configured: *configured,
            found: survey.ram.first().copied(),
        })
    } else {
        Err(Mismatch::LessRam {
            board: board.name,
            configured: *configured,
            found_bytes,
        })
    }
}

/// The interrupt controller must be of the configured kind, its registers where configured; says
/// how many ranges were compared.
fn interrupt_controller(board: &BoardFacts, survey: &Survey) -> Result<usize, Mismatch> {
    let (is_kind, configured, parts) = match board.interrupt_controller {
        InterruptController::GicV3 {
            distributor,
            redistributors,
        } => (
            survey.gic == Some(GicKind::V3),
            GicKind::V3,
            [
                ("a GIC distributor", distributor),
                ("GIC redistributors", redistributors),
            ],
        ),
        InterruptController::GicV2 {
            distributor,
            cpu_interface,
            ..
        } => (
            matches!(survey.gic, Some(GicKind::V2 | GicKind::Gic400)),
            GicKind::V2,
            [
                ("a GIC distributor", distributor),
                ("a GIC CPU interface", cpu_interface),
            ],
        ),
        // No tree describes it where this check looks.
        InterruptController::Bcm2836 { .. } => return Ok(0),
    };
    if !is_kind {
        return Err(Mismatch::InterruptController {
            board: board.name,
            configured,
            found: survey.gic,
        });
    }
    for ((part, configured), found) in parts.into_iter().zip(survey.gic_registers) {
        if !found.is_some_and(|found| holds(&found, &configured)) {
            return Err(Mismatch::Registers {
                board: board.name,
                part,
                configured,
                found,
            });
        }
    }
    Ok(parts.len())
}

/// The CPUs that the system needs must exist, with the configured affinities; says how many were
/// compared.
fn cpus(board: &BoardFacts, needed: usize, survey: &Survey) -> Result<usize, Mismatch> {
    let configured = board.cpus.get(..needed).ok_or(Mismatch::BoardTooSmall {
        board: board.name,
        needed,
        configured: board.cpus.len(),
    })?;
    if survey.cpu_count < needed {
        return Err(Mismatch::FewerCpus {
            board: board.name,
            needed,
            found: survey.cpu_count,
        });
    }
    for (index, affinity) in configured.iter().enumerate() {
        if !survey.cpus.contains(affinity) {
            return Err(Mismatch::Affinity {
                board: board.name,
                cpu: index,
                configured: *affinity,
                found: survey.cpus.get(index).copied(),
            });
        }
    }
    Ok(needed)
}

/// CPUs must start the way that is configured. A spin table's place is in no node that is read.
fn cpu_start(board: &BoardFacts, survey: &Survey) -> Result<(), Mismatch> {
    if board.cpu_start != CpuStart::PsciSmc || survey.conduit == Conduit::Smc {
        Ok(())
    } else {
        Err(Mismatch::CpuStart {
            board: board.name,
            found: survey.conduit,
        })
    }
}

/// A PL011 must be where the debug UART is configured.
fn uart(board: &BoardFacts, survey: &Survey) -> Result<(), Mismatch> {
    if survey.uarts.iter().any(|found| holds(found, &board.uart)) {
        Ok(())
    } else {
        Err(Mismatch::Registers {
            board: board.name,
            part: "a PL011",
            configured: board.uart,
            found: survey.uarts.first().copied(),
        })
    }
}

/// Whether `found` are the registers meant by `configured`: the same start, and room for them.
fn holds(found: &MemoryRange, configured: &MemoryRange) -> bool {
    found.base == configured.base && found.size_bytes >= configured.size_bytes
}
