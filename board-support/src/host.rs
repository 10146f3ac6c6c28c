//! What tools on the host know of a board beside its facts: QEMU's machine, and what goes onto the
//! card that the board starts from.

use paratia_config::Board;

/// A board that the tool can start or write a card for.
pub trait Hosted: Board {
    /// QEMU's machine.
    const QEMU: QemuMachine;

    /// What goes onto its card, if it starts from one.
    const CARD: Option<Card> = None;
}

/// How QEMU is asked for a board.
#[derive(Clone, Copy, Debug)]
pub struct QemuMachine {
    /// The machine and its properties, as after `-M`.
    pub machine: &'static str,
    /// The CPU model, as after `-cpu`.
    pub cpu: &'static str,
    /// Memory in MiB, as after `-m`. It may be more than the board's facts have: a display
    /// controller takes its share of it.
    pub memory_mib: u64,
    /// Further arguments.
    pub arguments: &'static [&'static str],
    /// Arguments that versions from this one on need and earlier ones don't know.
    pub arguments_since: &'static [((u32, u32), &'static [&'static str])],
    /// The least version of QEMU that has the machine: major, minor.
    pub least_version: (u32, u32),
}

/// Files on the card from which a board's firmware starts, beside the firmware's own.
#[derive(Clone, Copy, Debug)]
pub struct Card {
    /// The name under which it looks for the image.
    pub image: &'static str,
    /// The other files: name and text.
    pub texts: &'static [(&'static str, &'static str)],
}
