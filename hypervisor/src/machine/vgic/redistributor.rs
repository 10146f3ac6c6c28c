//! `GICR_*` (IHI 0069): what is private to a vCPU, in its two frames of 64 KiB.

use super::banks::Vgic;
use super::distributor_v3::{IMPLEMENTER, identification};
use super::effect::{Effect, VcpuSet};
use super::row::{At, DOUBLE, Row, Table, byte, join, starts, state_rows};

/// A vCPU's frames: `RD_base` and `SGI_base`.
pub const BYTES: u64 = 0x2_0000;

/// `GICR_CTLR.RWP`.
const WRITE_PENDING: u64 = 1 << 3;
/// `GICR_TYPER.Last`.
const LAST: u64 = 1 << 4;
/// `GICR_WAKER`: `ProcessorSleep`, and `ChildrenAsleep` that follows it.
const PROCESSOR_SLEEP: u64 = 1 << 1;
const CHILDREN_ASLEEP: u64 = 1 << 2;
/// `GICR_ICFGR0`: SGIs are edge-triggered for ever.
pub const SGI_CONFIGURATION: u32 = 0xAAAA_AAAA;
const IDENTIFICATION: [u8; 12] = identification(0x93, 3);

impl<const VCPUS: usize, const SHARED: usize> Vgic<VCPUS, SHARED> {
    /// The table. What isn't in it is reserved, or for LPIs, of which there are none.
    pub(super) const REDISTRIBUTOR: Table<Self> = Table::new(
        &Self::ROWS_REDISTRIBUTOR,
        &starts::<_, DOUBLE>(&Self::ROWS_REDISTRIBUTOR),
    );

    const ROWS_REDISTRIBUTOR: [Row<Self>; 16] = join(
        [
            Row::read_only(0x0000, 1, Self::redistributor_control),
            Row::constant(0x0004, IMPLEMENTER),
            Row::read_only(0x0008, 1, Self::redistributor_type).double(),
            Row::own(0x0014, 1, Self::waker, Self::set_waker),
            Row::constant(0x1_0C00, SGI_CONFIGURATION),
        ],
        [
            Row::read_only(0xFFD0, 12, |_, at| byte(&IDENTIFICATION, at)),
            Row::read_only(0x1_FFD0, 12, |_, at| byte(&IDENTIFICATION, at)),
        ],
        state_rows(0x1_0000, 1),
    );

    fn redistributor_control(&self, At { vcpu, .. }: At) -> u64 {
        let private = self.vcpus.get(vcpu);
        let recalled = private.is_some_and(|private| private.block.recalled != 0);
        if recalled { WRITE_PENDING } else { 0 }
    }

    /// Affinity 0.0.0.n, processor number n.
    fn redistributor_type(&self, At { vcpu, .. }: At) -> u64 {
        let number = vcpu as u64;
        let is_last = vcpu.wrapping_add(1) == self.vcpu_count();
        number << 32 | number << 8 | if is_last { LAST } else { 0 }
    }

    fn waker(&self, At { vcpu, .. }: At) -> u64 {
        match self.vcpus.get(vcpu) {
            Some(private) if !private.awake => PROCESSOR_SLEEP | CHILDREN_ASLEEP,
            _ => 0,
        }
    }

    fn set_waker(&mut self, At { vcpu, .. }: At, value: u64) -> Effect {
        if let Some(private) = self.vcpus.get_mut(vcpu) {
            private.awake = value & PROCESSOR_SLEEP == 0;
        }
        Effect::only(VcpuSet::of(vcpu))
    }
}
