//! An interrupt controller as the hypervisor sees it, whichever a board has.
//!
//! Four parts, as in a GIC: the [`Distributor`] (one, the devices' shared interrupts), each CPU's
//! [`PrivateInterrupts`], its [`CpuInterface`], and the [`VirtualInterface`] through which a guest's
//! CPU interface takes interrupts. A [`Controller`] is a kind of them all; a board names its kind,
//! so that every call is known when the image is built.
//!
//! Interrupts have a GIC's numbers on every board: 0 to 15 from CPU to CPU, 16 to 31 private
//! peripherals (26 the hypervisor's timer, 27 the virtual one), from 32 on the devices'. Targets are
//! affinities, as in `BoardFacts::cpus`. Lower priorities are more urgent.
//!
//! What is acknowledged is active and doesn't come again until it is deactivated, also on a board
//! whose hardware knows no such state: there it stays masked for that time.

use paratia_config::board::BoardFacts;

use crate::refusal::Refusal;

/// First of the devices' interrupts, which all CPUs share.
pub const FIRST_SPI: u32 = 32;
/// Software-generated interrupts, from CPU to CPU: 0 to 15.
pub const FIRST_PPI: u32 = 16;

/// How often a register is read for a write to take effect before the controller counts as broken.
/// Hardware takes some tens of cycles, QEMU none.
pub(crate) const MAX_POLLS: u32 = 100_000;

/// A kind of interrupt controller.
pub trait Controller {
    /// The devices' interrupts.
    type Distributor: Distributor + Sync;
    /// A CPU's private interrupts.
    type PrivateInterrupts: PrivateInterrupts;
    /// A CPU's way to take interrupts.
    type CpuInterface: CpuInterface;
    /// A CPU's way to hand interrupts to guests.
    type VirtualInterface: VirtualInterface;

    /// CPU 0's part of boot: every device's interrupt disabled, neither pending nor active,
    /// level-sensitive, and such that an edge is kept that comes before it is enabled; then the
    /// controller on.
    ///
    /// # Errors
    ///
    /// The hardware isn't as `board` says.
    ///
    /// # Safety
    ///
    /// `board` must be the facts of the board at hand, its interrupt controller's registers mapped
    /// as device memory at their physical addresses, and used by nothing else from now on.
    unsafe fn initialise(board: &BoardFacts) -> Result<Self::Distributor, Refusal>;

    /// Each CPU's own part of boot, on that CPU at EL2, after [`Controller::initialise`]: its
    /// private interrupts disabled, every priority let through, the interface on, the virtual one
    /// off and empty.
    ///
    /// # Errors
    ///
    /// The hardware isn't as `board` says.
    ///
    /// # Safety
    ///
    /// As for [`Controller::initialise`]; and `cpu` is the index of the CPU that runs, which calls
    /// this once.
    unsafe fn initialise_cpu(board: &BoardFacts, cpu: usize) -> Result<Parts<Self>, Refusal>
    where
        Self: Sized;
}

/// A CPU's own parts of an interrupt controller.
pub struct Parts<C: Controller> {
    /// Its private interrupts.
    pub private: C::PrivateInterrupts,
    /// Its way to take interrupts.
    pub interface: C::CpuInterface,
    /// Its way to hand them to guests.
    pub guest: C::VirtualInterface,
}

/// The devices' interrupts. Shared by all CPUs; each interrupt has one owner at a time, whose CPUs see
/// to it that one of them at a time asks for something. What owners share is the kind's to keep apart.
pub trait Distributor {
    /// Routes `intid` to the CPU with affinity `target` at `priority`, and enables it.
    ///
    /// # Errors
    ///
    /// [`Reason::NotShared`](crate::refusal::Reason::NotShared), here and below.
    fn enable_spi(&self, intid: u32, target: u64, priority: u8) -> Result<(), Refusal>;

    /// Disables `intid`; what is pending stays pending.
    ///
    /// # Errors
    ///
    /// See [`Distributor::enable_spi`].
    fn disable_spi(&self, intid: u32) -> Result<(), Refusal>;

    /// Puts `intid` to how [`Controller::initialise`] left it: disabled, level-sensitive, neither
    /// pending nor active. So an owner that starts anew finds nothing of its former life.
    ///
    /// # Errors
    ///
    /// See [`Distributor::enable_spi`].
    fn reset_spi(&self, intid: u32) -> Result<(), Refusal>;

    /// Whether `intid` is pending: of one that is active, whether its level is high. Called by the CPU
    /// to which it goes.
    fn is_spi_pending(&self, intid: u32) -> bool;

    /// Makes `intid` active, or no longer.
    ///
    /// # Errors
    ///
    /// See [`Distributor::enable_spi`].
    fn set_spi_active(&self, intid: u32, active: bool) -> Result<(), Refusal>;

    /// Makes `intid` edge-triggered or level-sensitive, as far as the hardware has the choice.
    ///
    /// # Errors
    ///
    /// See [`Distributor::enable_spi`].
    fn set_spi_edge(&self, intid: u32, edge: bool) -> Result<(), Refusal>;
}

/// A CPU's private interrupts, 0 to 31: each a bit of a mask.
pub trait PrivateInterrupts {
    /// Enables the interrupts in `mask`.
    fn enable_private(&mut self, mask: u32);

    /// Disables the interrupts in `mask`.
    fn disable_private(&mut self, mask: u32);

    /// The interrupts that are active, one that was acknowledged just now among them.
    fn private_active(&self) -> u32;

    /// Makes the interrupts in `clear` inactive, then those in `set` active.
    fn set_private_active(&mut self, set: u32, clear: u32);

    /// Gives the interrupts in `mask` the same `priority`.
    fn set_private_priority(&mut self, mask: u32, priority: u8);
}

/// A CPU's way to take interrupts.
pub trait CpuInterface {
    /// Acknowledges the most urgent pending interrupt, or nothing if there is none. It is active,
    /// and holds back others of its priority until [`CpuInterface::drop_priority`].
    #[must_use = "an acknowledged interrupt must be dropped and deactivated"]
    fn acknowledge(&mut self) -> Option<u32>;

    /// Lets other interrupts of the priority of `intid` through; `intid` itself stays active.
    fn drop_priority(&mut self, intid: u32);

    /// Deactivates `intid`, whose priority was dropped: it can become pending anew.
    fn deactivate(&mut self, intid: u32);

    /// Lets only interrupts through that are more urgent than `priority`.
    fn set_priority_mask(&mut self, priority: u8);

    /// Makes the software-generated interrupt `intid` (0 to 15) pending at the CPU with affinity
    /// `target`. What was stored for it before is there when it comes.
    fn send(&mut self, intid: u32, target: u64);
}

/// The form of a list register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListForm {
    /// `ICH_LR<n>_EL2`, 64 bits (Arm IHI 0069, 12.4).
    V3,
    /// `GICH_LR<n>`, 32 bits (Arm IHI 0048, 5.3).
    V2,
    /// There is none: the hypervisor plays the guest's CPU interface, and interrupts it by
    /// `HCR_EL2.VI` and `VF`.
    None,
}

/// A CPU's way to hand interrupts to guests.
pub trait VirtualInterface {
    /// The form of its list registers.
    const FORM: ListForm;

    /// What a guest's CPU interface holds beside the list registers, to be moved at a switch.
    type State: Copy;

    /// [`VirtualInterface::State`] after reset.
    const RESET: Self::State;

    /// Number of list registers.
    fn list_count(&self) -> usize;

    /// The value of a list register, in its form; 0 if there is none with that number.
    fn read_list(&self, index: usize) -> u64;

    /// Writes a list register.
    fn write_list(&mut self, index: usize, value: u64);

    /// The list registers that hold nothing, bit n for the n-th (`ICH_ELRSR_EL2`, `GICH_ELRSR`).
    fn empty_lists(&self) -> u64;

    /// What was written to list registers shows in [`VirtualInterface::empty_lists`] from now on. A
    /// return to the guest does the same; so this is for whoever looks again before, or may.
    #[inline]
    fn settle_lists(&mut self) {}

    /// For a guest whose CPU interface is emulated: what it would have by system registers traps, as
    /// if there were none, until [`VirtualInterface::close`].
    #[inline]
    fn refuse_registers(&mut self) {}

    /// The register by which a guest learns that its CPU interface is system registers traps from now
    /// on, for every guest: where some have an emulated one.
    fn hide_registers(&mut self) {}

    /// Shows the guest its pending interrupts, from now on. `control` are further bits of
    /// `ICH_HCR_EL2` or `GICH_HCR`: of what a maintenance interrupt tells.
    fn enable(&mut self, control: u64);

    /// Hides all virtual interrupts, and takes the ends as [`Self::take_unlisted_ends`] does.
    fn close(&mut self) -> u64;

    /// Ends of interrupts that were in no list register, since the last time; at most 31.
    fn take_unlisted_ends(&mut self) -> u64;

    /// The guest's CPU interface, out of the hardware.
    fn save(&self) -> Self::State;

    /// The guest's CPU interface, into the hardware.
    fn load(&mut self, state: &Self::State);
}
