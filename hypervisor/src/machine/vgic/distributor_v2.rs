//! `GICD_*` of GICv2 (IHI 0048, 4.3), over the same state: private interrupts are banked by the vCPU
//! that accesses them, and targets are a bit a vCPU.

use super::access::low;
use super::banks::{Bank, Vgic};
use super::block::{BLOCK, bit};
use super::distributor_v3::{IMPLEMENTER, identification};
use super::effect::{Effect, VcpuSet};
use super::redistributor::SGI_CONFIGURATION;
use super::row::{At, Row, SMALL, Table, byte, join, starts, state_rows};

/// The four bytes of a register that holds a byte an interrupt.
const BYTES: usize = 4;
const IDENTIFICATION: [u8; 12] = identification(0x92, 2);

impl<const VCPUS: usize, const SHARED: usize> Vgic<VCPUS, SHARED> {
    /// The table.
    pub(super) const DISTRIBUTOR_V2: Table<Self> =
        Table::new(&Self::ROWS_V2, &starts::<_, SMALL>(&Self::ROWS_V2));

    const ROWS_V2: [Row<Self>; 18] = join(
        [
            Row::own(0x000, 1, Self::control_v2, Self::set_control),
            Row::read_only(0x004, 1, Self::type_v2),
            Row::constant(0x008, IMPLEMENTER),
            Row::constant(0xC00, SGI_CONFIGURATION),
        ],
        state_rows(0, 32),
        [
            Row::own(0x800, 256, Self::targets, Self::set_targets).also(1),
            Row::own(0xF00, 1, |_, _| 0, Self::send_by_register).commands(),
            Row::own(0xF10, 4, Self::senders, Self::remove_senders)
                .commands()
                .also(1),
            Row::own(0xF20, 4, Self::senders, Self::add_senders)
                .commands()
                .also(1),
            Row::read_only(0xFD0, 12, |_, at| byte(&IDENTIFICATION, at)),
        ],
    );

    fn control_v2(&self, _: At) -> u64 {
        let [group0, group1] = self.groups.map(u64::from);
        group0 | group1 << 1
    }

    fn type_v2(&self, _: At) -> u64 {
        SHARED as u64 | (self.vcpu_count() as u64).saturating_sub(1) << 5
    }

    /// A private interrupt's target is whoever asks; a lone CPU's targets read as zero.
    fn targets(&self, At { vcpu, index }: At) -> u64 {
        let first = index.wrapping_mul(BYTES);
        if self.vcpu_count() == 1 {
            return 0;
        }
        let target = |byte: usize| match (first | byte) / BLOCK {
            0 => VcpuSet::of(vcpu).0.into(),
            block => self
                .shared
                .get(block - 1)
                .map_or(0, |shared| shared.route(first | byte)),
        };
        (0..BYTES).fold(0, |value, byte| {
            value | u64::from(target(byte) & 0xFF) << (8 * byte)
        })
    }

    fn set_targets(&mut self, At { index, .. }: At, value: u64) -> Effect {
        let first = index.wrapping_mul(BYTES);
        let Some(block) = (first / BLOCK).checked_sub(1) else {
            return Effect::NONE;
        };
        let exist = u32::from(VcpuSet::first(self.vcpu_count()).0);
        let Some(shared) = self.shared.get(block) else {
            return Effect::NONE;
        };
        if self.vcpu_count == 1 {
            return Effect::NONE;
        }
        let implemented = shared.block.implemented;
        for (byte, target) in low(value).to_le_bytes().into_iter().enumerate() {
            let place = first | byte;
            if implemented & bit(place) != 0 {
                self.set_route_of(block, place, u32::from(target) & exist);
            }
        }
        self.effect(Bank::Shared(block), 0xF << (first % BLOCK), None)
    }

    /// `GICD_SPENDSGIR` and `GICD_CPENDSGIR`: who sent each of four SGIs.
    fn senders(&self, At { vcpu, index }: At) -> u64 {
        let Some(private) = self.vcpus.get(vcpu) else {
            return 0;
        };
        let sgis = private
            .sources
            .iter()
            .skip(index.wrapping_mul(BYTES))
            .take(BYTES);
        sgis.rev()
            .fold(0, |value, senders| value << 8 | u64::from(*senders))
    }

    fn add_senders(&mut self, At { vcpu, index }: At, value: u64) -> Effect {
        for (byte, senders) in low(value).to_le_bytes().into_iter().enumerate() {
            self.add_sources(vcpu, index.wrapping_mul(BYTES) | byte, senders);
        }
        Effect::only(VcpuSet::of(vcpu))
    }

    fn remove_senders(&mut self, At { vcpu, index }: At, value: u64) -> Effect {
        for (byte, senders) in low(value).to_le_bytes().into_iter().enumerate() {
            self.remove_sources(vcpu, index.wrapping_mul(BYTES) | byte, senders);
        }
        Effect::only(VcpuSet::of(vcpu))
    }

    /// `GICD_SGIR` (IHI 0048, 4.3.15).
    fn send_by_register(&mut self, At { vcpu, .. }: At, value: u64) -> Effect {
        let all = VcpuSet::first(self.vcpu_count());
        let targets = match value >> 24 & 3 {
            0 => VcpuSet(value.to_le_bytes()[2] & all.0),
            1 => all.without(VcpuSet::of(vcpu)),
            2 => VcpuSet::of(vcpu),
            _ => return Effect::NONE,
        };
        let sgi = usize::from(value.to_le_bytes()[0] & 0xF);
        for target in targets.iter() {
            self.add_sources(target, sgi, VcpuSet::of(vcpu).0);
        }
        Effect::only(targets)
    }
}
