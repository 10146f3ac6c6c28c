//! What the hypervisor is to be told of (IHI 0048, `GICH_MISR`).

use super::CpuInterface;
use crate::machine::vgic::Maintenance;

/// `EOI`: the end of an interrupt that asked for it to be told.
pub const END: u32 = 1;
/// `U`: at most one list register is in use.
pub const UNDERFLOW: u32 = 1 << 1;
/// `LRENP`: an interrupt was ended that isn't in a list register.
pub const ENTRY_NOT_PRESENT: u32 = 1 << 2;
/// `NP`: no list register holds a pending interrupt.
pub const NO_PENDING: u32 = 1 << 3;

impl CpuInterface {
    /// Every reason that there is, whoever wants to know, as `GICH_MISR` has them.
    #[must_use]
    pub fn reasons(&self) -> u32 {
        let ended = |register: &&crate::machine::vgic::ListRegister| {
            !register.pending && !register.active && register.notify_end
        };
        let count = |chosen: bool, reason| if chosen { reason } else { 0 };
        let used = self
            .list
            .iter()
            .filter(|register| register.pending || register.active);
        let mut pending = self
            .list
            .iter()
            .filter(|register| register.pending && !register.active);
        count(self.list.iter().any(|register| ended(&register)), END)
            | count(used.count() < 2, UNDERFLOW)
            | count(self.ends_unlisted != 0, ENTRY_NOT_PRESENT)
            | count(pending.next().is_none(), NO_PENDING)
    }

    /// Whether a maintenance interrupt would come with what [`crate::machine::vgic::Vgic::fill`] asked for:
    /// time to collect and fill.
    #[must_use]
    pub fn needs(&self, maintenance: Maintenance) -> bool {
        // The enables are where the reasons are; the end of a list register needs none.
        let [wanted, ..] = maintenance.bits().to_le_bytes();
        self.reasons() & (u32::from(wanted) | END) != 0
    }

    /// How many interrupts were ended without a list register, counted from the last time:
    /// [`crate::machine::vgic::Vgic::end_unlisted`] once for each.
    #[must_use]
    pub fn take_unlisted_ends(&mut self) -> u32 {
        core::mem::take(&mut self.ends_unlisted)
    }
}
