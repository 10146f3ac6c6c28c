//! Sentences for refusals: subject, both values, remedy. On the host only.

use std::fmt::Write as _;

use paratia_config::address::{MemoryRange, Pa, mib};
use paratia_config::board::{BoardFacts, InterruptController, UartKind};
use paratia_config::system::System;
use paratia_config::text::Text;

use crate::device_tree::{Conduit, GicKind, MAX_DEPTH};
use crate::refusal::{Reason, Refusal};

/// What the reader of device trees knows: the format's magic number and version, the longest name of
/// a node and the size of the header, in bytes.
const MAGIC: u64 = 0xD00D_FEED;
const VERSION: u32 = 17;
const MAX_NAME_BYTES: usize = 63;
const HEADER_BYTES: usize = 40;

/// The sentence for a refusal by its name and values, as they are sent.
#[must_use]
pub fn of(name: &str, values: [u64; 3], board: &BoardFacts, system: &System) -> Option<String> {
    let mut all = Reason::ALL.iter();
    let reason = *all.find(|reason| reason.name() == name)?;
    let partition = system.partitions.get(index(values[0]));
    Some(match partition.filter(|_| reason == Reason::Damaged) {
        Some(partition) => format!("partition '{}': {}", partition.name, damaged(values)),
        None => words(&Refusal { reason, values }, board),
    })
}

/// The sentence for a refusal on a board with these facts.
#[must_use]
pub fn words(refusal: &Refusal, board: &BoardFacts) -> String {
    let Refusal { reason, values } = *refusal;
    let name = board.name;
    tree(reason, values)
        .map(|fault| {
            format!(
                "board '{name}' is configured with a device tree but what lies there is none or \
                 garbled: {fault}; start the machine with the device tree of its own"
            )
        })
        .or_else(|| difference(reason, values, board))
        .or_else(|| controller(reason, values).map(|it| format!("interrupt controller: {it}")))
        .or_else(|| display(reason, values))
        .unwrap_or_else(|| others(reason, values, board))
}

/// What is wrong with a device tree.
fn tree(reason: Reason, [a, b, c]: [u64; 3]) -> Option<String> {
    Some(match reason {
        Reason::TreeMisaligned => format!("it starts at {}, which is no multiple of 8", hex(a)),
        Reason::TreeMissing => format!("it starts with {} instead of {}", hex(a), hex(MAGIC)),
        Reason::TreeSize => {
            format!("its size is given as {a} bytes where {HEADER_BYTES} to {b} can be")
        }
        Reason::TreeVersion => {
            format!("its format is version {a}, compatible with {b}, and version {VERSION} is read")
        }
        Reason::TreeBlock => {
            let block = ["reservation", "strings", "structure"];
            let block = block.into_iter().nth(index(a)).unwrap_or("unknown");
            format!(
                "its {block} block of {c} bytes at byte {b} lies outside of it or is not aligned"
            )
        }
        Reason::TreeStrings => "its strings have no end".to_owned(),
        Reason::TreeToken => format!("byte {a} of its structure has the token {b:#x}"),
        Reason::TreeName => format!(
            "the node's name at byte {a} of its structure has no end within {MAX_NAME_BYTES} bytes"
        ),
        Reason::TreeProperty => {
            format!("the property at byte {a} of its structure is misplaced, too long or nameless")
        }
        Reason::TreeNesting => format!("nodes do not nest at byte {a} of its structure"),
        Reason::TreeDepth => {
            format!("nodes nest deeper than {MAX_DEPTH} at byte {a} of its structure")
        }
        Reason::TreeUnfinished => {
            format!("its structure does not end at byte {a} as it should")
        }
        Reason::TreeReader => "it can't be read".to_owned(),
        _ => return None,
    })
}

/// How the board at hand differs from the one that was configured.
fn difference(reason: Reason, [a, b, c]: [u64; 3], board: &BoardFacts) -> Option<String> {
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

/// What is wrong with the interrupt controller.
fn controller(reason: Reason, [a, b, c]: [u64; 3]) -> Option<String> {
    Some(match reason {
        Reason::Revision => format!(
            "configured as GICv{a} but the hardware reports revision {b}; start the machine with a \
             GICv{a} or choose another board"
        ),
        Reason::InterruptCount => format!(
            "configured with {a} interrupt ids but the distributor has {b}; correct the board's \
             facts"
        ),
        Reason::ControllerKind => "its driver was given the facts of another kind; correct the \
                                   board's module"
            .to_owned(),
        Reason::CpuNumber => format!(
            "CPU {a} is configured as target {a} but the hardware reports the mask {b:#x}; correct \
             the order of CPUs in the board's facts"
        ),
        Reason::PriorityBits => format!(
            "virtual interrupts have {a} bits of priority but 5 are saved; choose another CPU"
        ),
        Reason::Redistributor => format!(
            "redistributor {a} is configured for the CPU with affinity {b:#x} but belongs to \
             {c:#x}; correct the order of CPUs in the board's facts"
        ),
        Reason::FourFrames => {
            "configured as GICv3 with two frames a redistributor but the hardware \
                               has GICv4's four; start the machine with a GICv3"
                .to_owned()
        }
        Reason::NoSystemRegisters => "configured as GICv3 but the CPU's ICC registers can't be \
                                      enabled; start the machine with a GICv3 whose system \
                                      registers EL2 may use"
            .to_owned(),
        Reason::Stuck => {
            let registers = [
                "GICD_CTLR.RWP",
                "GICR_CTLR.RWP",
                "GICR_WAKER.ChildrenAsleep",
            ];
            let register = registers.get(index(a)).unwrap_or(&"a register");
            format!("{register} still reports a write in progress; reset the machine")
        }
        Reason::NotShared => format!(
            "{a} is not a shared interrupt of this controller; use an id from 32 that the board has"
        ),
        Reason::FewerLists => {
            format!("the CPU has {a} list registers but {b} are used; choose another CPU")
        }
        _ => return None,
    })
}

/// What is wrong with the display.
fn display(reason: Reason, [a, b, c]: [u64; 3]) -> Option<String> {
    Some(match reason {
        Reason::DisplayKind => "display: its driver was given the facts of another kind; correct \
                                the board's module"
            .to_owned(),
        Reason::NoFwCfg => format!(
            "firmware configuration: its DMA port should read 0x51454d5520434647 but reads {a:#x}; \
             start the board with QEMU or configure a board without a display"
        ),
        Reason::FwCfgSize => format!(
            "firmware configuration: a record of {a} bytes was to be written to a file of {b}; use \
             a version of QEMU whose ramfb takes {a} bytes"
        ),
        Reason::FwCfgRefused => format!(
            "firmware configuration: QEMU refused a DMA access (control {a:#x}); check that the \
             image lies in the machine's RAM"
        ),
        Reason::FwCfgStuck => "firmware configuration: QEMU did not finish a DMA access; restart \
                               the machine"
            .to_owned(),
        Reason::NoRamfb => {
            "display: configured as ramfb but the machine has none; start QEMU with \
                            `-device ramfb` or configure a board without a display"
                .to_owned()
        }
        Reason::NoAnswer => "display: the VideoCore's mailbox doesn't answer; correct the board's \
                             facts, or start the machine anew"
            .to_owned(),
        Reason::VideoCoreRefused => format!(
            "display: the VideoCore refused to set up a frame buffer, its answer is {a:#x}; give it \
             more memory (gpu_mem in config.txt) or choose a smaller picture"
        ),
        Reason::OtherPicture => format!(
            "display: the VideoCore offers {a} x {b} pixels in lines of {c} bytes instead; \
             configure a picture that it can show"
        ),
        Reason::OtherPlace => format!(
            "display: the frame buffer is configured at {a:#x} but the VideoCore has put it at \
             {b:#x} with {c:#x} bytes; correct the board's facts"
        ),
        _ => return None,
    })
}

/// Everything else.
fn others(reason: Reason, [a, b, c]: [u64; 3], board: &BoardFacts) -> String {
    match reason {
        Reason::Range => format!(
            "board '{}': the registers at {a:#x} are given {b:#x} bytes and need {c:#x}; correct \
             the board's facts",
            board.name
        ),
        Reason::UartRate => {
            let (UartKind::Pl011 { clock_hz } | UartKind::Cadence { clock_hz }) = board.uart_kind;
            format!(
                "debug UART: with a clock of {clock_hz} Hz it can't be set to 115200 baud; correct \
                 the board's facts"
            )
        }
        Reason::EntryLevel => format!(
            "board '{}': the image was entered at EL{a} and needs EL2; start QEMU with \
             virtualization=on and without secure=on, or have the firmware hand over at EL2",
            board.name
        ),
        Reason::EntryMmu => format!(
            "board '{}': the image was entered with the MMU on; have the boot loader turn it off, as \
             for a Linux kernel",
            board.name
        ),
        Reason::EntryHost => format!(
            "board '{}': HCR_EL2.E2H stays set on this CPU; choose a CPU on which EL2 can be without \
             it (FEAT_E2H0)",
            board.name
        ),
        Reason::NoClock => {
            "the firmware left CNTFRQ_EL0 at zero; the board's clock is not set up".to_owned()
        }
        Reason::Damaged => format!("partition {a}: {}", damaged([a, b, c])),
        Reason::NoCpu => {
            format!("CPU {a}: the board has no such CPU; give the system fewer plans")
        }
        Reason::CpuRefused => format!(
            "CPU {a}: the firmware's CPU_ON answers {}; give the board as many CPUs as the system \
             has plans, or the system fewer",
            b.cast_signed()
        ),
        Reason::NoSlot => {
            format!("CPU {a}: the spin table has no slot for it; correct the board's facts")
        }
        Reason::CpusMissing => {
            format!("{a} of {b} CPUs came up within {c} ms; look at the board's start-up of CPUs")
        }
        _ => format!("{} ({a:#x}, {b:#x}, {c:#x})", reason.name()),
    }
}

/// What is wrong with a partition's image.
fn damaged([_, piece, digests]: [u64; 3]) -> String {
    format!(
        "piece {piece} of its image has SHA-256 {:08x}.. but {:08x}.. was built; the image file is \
         damaged, build or copy it again",
        digests >> 32,
        digests & 0xFFFF_FFFF
    )
}

fn index(value: u64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

/// `GICv2 (arm,gic-400)`.
fn gic(kind: GicKind) -> &'static str {
    match kind {
        GicKind::V3 => "GICv3 (arm,gic-v3)",
        GicKind::V2 => "GICv2 (arm,cortex-a15-gic)",
        GicKind::Gic400 => "GICv2 (arm,gic-400)",
    }
}

/// `0x4000_0000`.
fn hex(value: u64) -> Text<24> {
    Text::new().hex(value)
}

/// A range of registers as `0x0900_0000..0x0900_1000`.
fn range(range: MemoryRange) -> String {
    let text: Text<48> = Text::new().range(range.base.0, range.size_bytes);
    text.to_string()
}

/// RAM as people say it: `256 MiB of RAM at 0x4000_0000`.
fn ram(range: MemoryRange) -> String {
    let mut text = size(range.size_bytes);
    let _ = write!(text, " of RAM at {}", hex(range.base.0));
    text
}

/// A size in the largest unit of which it is a whole number.
fn size(bytes: u64) -> String {
    if bytes.is_multiple_of(mib(1)) {
        format!("{} MiB", bytes / mib(1))
    } else if bytes.is_multiple_of(1024) {
        format!("{} KiB", bytes / 1024)
    } else {
        format!("{bytes} bytes")
    }
}

#[cfg(test)]
mod tests {
    use paratia_config::{Board, systems};

    use super::*;
    use crate::qemu_virt::QemuVirt;

    const BOARD: &BoardFacts = &<QemuVirt as Board>::FACTS;
    const SYSTEM: &System = &systems::cluster::Definition::<QemuVirt>::SYSTEM;

    #[test]
    fn every_reason_has_a_sentence_with_a_remedy() {
        for reason in Reason::ALL {
            let said = of(reason.name(), [0, 0, 0], BOARD, SYSTEM).unwrap();
            assert!(!said.contains(reason.name()), "{said}");
            assert!(said.contains("; "), "{said}");
        }
        assert_eq!(of("Unknown", [0; 3], BOARD, SYSTEM), None);
    }

    #[test]
    fn both_values_are_said() {
        let said = |reason: Reason, a, b, c| words(&reason.with(a, b, c), BOARD);
        assert_eq!(
            said(Reason::Revision, 2, 3, 0),
            "interrupt controller: configured as GICv2 but the hardware reports revision 3; start \
             the machine with a GICv2 or choose another board"
        );
        assert_eq!(
            said(Reason::InterruptCount, 289, 288, 0),
            "interrupt controller: configured with 289 interrupt ids but the distributor has 288; \
             correct the board's facts"
        );
        assert_eq!(
            said(Reason::Redistributor, 2, 2, 0x102),
            "interrupt controller: redistributor 2 is configured for the CPU with affinity 0x2 but \
             belongs to 0x102; correct the order of CPUs in the board's facts"
        );
        assert_eq!(
            said(Reason::CpuNumber, 1, 4, 0),
            "interrupt controller: CPU 1 is configured as target 1 but the hardware reports the \
             mask 0x4; correct the order of CPUs in the board's facts"
        );
        assert_eq!(
            said(Reason::Range, 0x080A_0000, 0x8_0000, 0xA_0000),
            "board 'qemu-virt': the registers at 0x80a0000 are given 0x80000 bytes and need \
             0xa0000; correct the board's facts"
        );
        assert_eq!(
            said(Reason::OtherPlace, 0x3C10_0000, 0x3E40_0000, 0x20_0800),
            "display: the frame buffer is configured at 0x3c100000 but the VideoCore has put it at \
             0x3e400000 with 0x200800 bytes; correct the board's facts"
        );
        assert_eq!(
            said(Reason::Damaged, 1, 0, 0xABCD_EF01_0000_0002),
            "partition 1: piece 0 of its image has SHA-256 abcdef01.. but 00000002.. was built; the \
             image file is damaged, build or copy it again"
        );
        assert_eq!(
            said(Reason::UartRate, 0, 0, 0),
            "debug UART: with a clock of 24000000 Hz it can't be set to 115200 baud; correct the \
             board's facts"
        );
    }
}
