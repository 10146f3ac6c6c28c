//! Sentences for refusals: subject, both values, remedy. On the host only.

mod difference;
mod hardware;
mod quantity;
mod tree;

use paratia_config::board::{BoardFacts, UartKind};
use paratia_config::system::System;

use crate::refusal::{Reason, Refusal};
use difference::difference;
use hardware::{controller, display};
use quantity::index;
use tree::tree;

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
