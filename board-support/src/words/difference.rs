//! How the board at hand differs from the one that was configured, in words.

use paratia_config::address::{MemoryRange, Pa};
use paratia_config::board::{BoardFacts, InterruptController};

use super::quantity::{index, ram, range, size};
use crate::device_tree::{Conduit, GicKind};
use crate::refusal::Reason;

/// How the board at hand differs from the one that was configured.
pub(super) fn difference(
    reason: Reason,
    [a, b, c]: [u64; 3],
    board: &BoardFacts,
) -> Option<String> {
    const OTHER_BOARD: &str = "start the board that was configured or configure this one";
    let subject = format!("board '{}' is configured ", board.name);
    let nothing = MemoryRange::new(Pa(0), 0);
    let configured_ram = board.ram.get(index(a)).copied().unwrap_or(nothing);
    let rest = match reason {
        Reason::LessRam => {
            let wanted = size(configured_ram.size_bytes);
            format!(
                "with {} but its device tree describes {}; start the machine with {wanted} or \
                 configure less",
                ram(configured_ram),
                size(b)
            )
        }
        Reason::NoRamThere => format!(
            "with {} but its device tree describes {}; {OTHER_BOARD}",
            ram(configured_ram),
            if c == 0 {
                "none".to_owned()
            } else {
                ram(MemoryRange::new(Pa(b), c))
            }
        ),
        Reason::Reserved => {
            let (whose, field, configured) = if a == 0 {
                (
                    "the hypervisor",
                    "hypervisor_memory",
                    board.hypervisor_memory,
                )
            } else {
                ("partitions", "partition_memory", board.partition_memory)
            };
            format!(
                "with memory for {whose} at {} but its device tree reserves {} for somebody else; \
                 leave that out of the board's {field}, or start the machine with a device tree that \
                 doesn't reserve it",
                range(configured),
                range(MemoryRange::new(Pa(b), c))
            )
        }
        Reason::OtherController => {
            let version = board.gic_version();
            let configured = if version == 3 {
                GicKind::V3
            } else {
                GicKind::V2
            };
            let found = [GicKind::V3, GicKind::V2, GicKind::Gic400]
                .into_iter()
                .find(|kind| *kind as u64 == a);
            format!(
                "with a {} but its device tree describes {}; start the machine with \
                 gic-version={version} or choose another board",
                gic(configured),
                found.map_or(
                    "no interrupt controller that is known".to_owned(),
                    |found| { format!("a {}", gic(found)) }
                )
            )
        }
        Reason::OtherRegisters => {
            let (part, configured) = part(a, board);
            format!(
                "with {part} at {} but its device tree describes {}; {OTHER_BOARD}",
                range(configured),
                if c == 0 {
                    "none".to_owned()
                } else {
                    range(MemoryRange::new(Pa(b), c))
                }
            )
        }
        Reason::BoardTooSmall => format!(
            "with {} CPUs but the system uses {a}; give the system fewer or choose another board",
            board.cpus.len()
        ),
        Reason::FewerCpus => format!(
            "for a system that uses {a} CPUs but its device tree describes {b}; start the machine \
             with {a} or give the system fewer"
        ),
        Reason::OtherAffinity => format!(
            "with affinity {:#x} for CPU {a} but its device tree describes {}; {OTHER_BOARD}",
            board.cpus.get(index(a)).copied().unwrap_or_default(),
            if b == u64::MAX {
                "none".to_owned()
            } else {
                format!("{b:#x}")
            }
        ),
        Reason::OtherStart => {
            let found = if a == Conduit::Hvc as u64 {
                "by hvc"
            } else {
                "without PSCI"
            };
            format!(
                "to start CPUs by PSCI through smc but its device tree starts them {found}; start \
                 the machine with virtualization=on or choose another board"
            )
        }
        Reason::TreeElsewhere => {
            return Some(format!(
                "board '{}': the device tree lies at {a:#x} but is configured at {b:#x}; start the \
                 image as an ELF file, or correct the board's facts",
                board.name
            ));
        }
        _ => return None,
    };
    Some(subject + &rest)
}

/// Registers that are compared: whose, and where they are configured.
fn part(number: u64, board: &BoardFacts) -> (&'static str, MemoryRange) {
    let (distributor, second) = match board.interrupt_controller {
        InterruptController::GicV3 {
            distributor,
            redistributors,
        } => (distributor, ("GIC redistributors", redistributors)),
        InterruptController::GicV2 {
            distributor,
            cpu_interface,
            ..
        } => (distributor, ("a GIC CPU interface", cpu_interface)),
        InterruptController::Bcm2836 { local, devices } => (local, ("its devices", devices)),
    };
    match number {
        0 => ("a GIC distributor", distributor),
        1 => second,
        _ => ("a PL011", board.uart),
    }
}

/// `GICv2 (arm,gic-400)`.
fn gic(kind: GicKind) -> &'static str {
    match kind {
        GicKind::V3 => "GICv3 (arm,gic-v3)",
        GicKind::V2 => "GICv2 (arm,cortex-a15-gic)",
        GicKind::Gic400 => "GICv2 (arm,gic-400)",
    }
}
