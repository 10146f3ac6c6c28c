//! What tools on the host know of a board beside its facts: QEMU's machine, and what goes onto the
//! card that the board starts from.

use paratia_config::Board;

/// The least version of QEMU that runs any board: major, minor.
///
/// With `CNTVOFF_EL2` in use, versions up to 7 don't survive some deadlines of a guest's virtual timer that
/// lie far ahead: the whole machine stands still, whatever else runs on it. They also let CPUs that are
/// busy at once take turns of any length under `-icount`, so that time jumps for those that wait; later
/// ones share it out between two deadlines (`icount_percpu_budget`). 10.0 is what everything was
/// tried with.
pub const LEAST_QEMU: (u32, u32) = (10, 0);

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
    /// The least version of QEMU that has the machine: [`LEAST_QEMU`], or a newer one.
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
