//! `GICD_*` of GICv3 (IHI 0069): the distributor with affinity routing and one Security state.

use super::access::low;
use super::banks::{Bank, Vgic};
use super::block::{BLOCK, bit};
use super::effect::{Effect, VcpuSet};
use super::row::{At, LARGE, Row, Table, byte, join, starts, state_rows};

/// `GICD_CTLR`: affinity routing (`ARE`) and one Security state (`DS`), both fixed.
const FIXED: u64 = 1 << 4 | 1 << 6;
/// `GICD_CTLR.RWP`: an interrupt that was disabled may still be taken.
const WRITE_PENDING: u64 = 1 << 31;
/// `GICD_TYPER`: interrupt numbers of ten bits, no 1-of-N routing.
const TYPE: u32 = 9 << 19 | 1 << 25;
/// `GICD_IIDR` and `GICR_IIDR`: product `P`, revision 0, Arm's programmers' model.
pub const IMPLEMENTER: u32 = 0x5000_043B;
/// `GICD_IROUTER`: Aff2, Aff1 and Aff0.
const AFFINITY: u64 = 0xFF_FFFF;
const IDENTIFICATION: [u8; 12] = identification(0x92, 3);

/// `PIDR4`-`PIDR7`, `PIDR0`-`PIDR3`, `CIDR0`-`CIDR3` from offset `0xFFD0`, with the architecture's
/// revision in `PIDR2` (IHI 0069, `GICD_PIDR2`).
#[must_use]
pub const fn identification(part: u8, revision: u8) -> [u8; 12] {
    let model = revision << 4 | 0xB;
    [0x44, 0, 0, 0, part, 0xB4, model, 0, 0x0D, 0xF0, 0x05, 0xB1]
}

impl<const VCPUS: usize, const SHARED: usize> Vgic<VCPUS, SHARED> {
    /// The table. What isn't in it is reserved, or reads as zero with affinity routing.
    pub(super) const DISTRIBUTOR_V3: Table<Self> =
        Table::new(&Self::ROWS_V3, &starts::<_, LARGE>(&Self::ROWS_V3));

    const ROWS_V3: [Row<Self>; 14] = join(
        [
            // What the short way finds.
            Row::constant(0x0004, TYPE | low(SHARED as u64)),
            Row::own(0x0000, 1, Self::control, Self::set_control),
            Row::constant(0x0008, IMPLEMENTER),
        ],
        state_rows(0, 32),
        [
            Row::own(0x6100, 988, Self::route, Self::set_route).double(),
            Row::read_only(0xFFD0, 12, |_, at| byte(&IDENTIFICATION, at)),
        ],
    );

    fn control(&self, _: At) -> u64 {
        let [group0, group1] = self.groups.map(u64::from);
        let recalled = self.banks().any(|bank| {
            let Bank::Shared(_) = bank else { return false };
            self.block(bank).is_some_and(|block| block.recalled != 0)
        });
        FIXED | group0 | group1 << 1 | if recalled { WRITE_PENDING } else { 0 }
    }

    /// `GICD_CTLR.EnableGrp0` and `EnableGrp1`, of both architectures.
    pub(super) fn set_control(&mut self, _: At, value: u64) -> Effect {
        let groups = [value & 1 != 0, value & 2 != 0];
        if groups == self.groups {
            return Effect::NONE;
        }
        if (0..2).any(|group| self.groups[group] && !groups[group]) {
            for shared in &mut self.shared {
                shared.block.recalled |= shared.block.loaded;
            }
        }
        self.groups = groups;
        Effect::only(self.attention_everywhere())
    }

    fn attention_everywhere(&self) -> VcpuSet {
        self.banks().fold(VcpuSet::NONE, |set, bank| {
            set.union(self.attention(bank, u32::MAX))
        })
    }

    fn route(&self, At { index, .. }: At) -> u64 {
        let shared = self.shared.get(index / BLOCK);
        shared.map_or(0, |shared| shared.route(index).into())
    }

    fn set_route(&mut self, At { index, .. }: At, value: u64) -> Effect {
        let bit = bit(index);
        let shared = self.shared.get(index / BLOCK);
        if shared.is_none_or(|shared| shared.block.implemented & bit == 0) {
            return Effect::NONE;
        }
        self.set_route_of(index / BLOCK, index, low(value & AFFINITY));
        self.effect(Bank::Shared(index / BLOCK), bit, None)
    }
}
