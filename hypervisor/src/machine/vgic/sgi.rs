//! Interrupts that vCPUs send each other: `ICC_SGI1R_EL1`, `ICC_SGI0R_EL1` and `ICC_ASGI1R_EL1`
//! (IHI 0069), and GICv2's memory of who sent one.

use super::banks::{Bank, Model, Vgic};
use super::block::bit;
use super::effect::{MAX_VCPUS, VcpuSet};

/// The register that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// `ICC_SGI1R_EL1`: reaches SGIs that the target has in Group 1.
    Group1,
    /// `ICC_SGI0R_EL1`: reaches those in Group 0.
    Group0,
    /// `ICC_ASGI1R_EL1`: for the other Security state, which doesn't exist.
    Other,
}

/// `IRM`: all but the sender.
const ALL_BUT_SELF: u64 = 1 << 40;
/// Aff3, `RS`, Aff2 and Aff1: every vCPU has zero there, and Aff0 below 16.
const AFFINITY: u64 = 0xFF << 48 | 0xF << 44 | 0xFF << 32 | 0xFF << 16;

impl<const VCPUS: usize, const SHARED: usize> Vgic<VCPUS, SHARED> {
    /// The SGI that `by` sends by writing `value` to `ICC_SGI1R_EL1`, if to nobody but itself, and if it
    /// is reached by it: a private interrupt like others then.
    #[inline]
    #[must_use]
    pub fn only_to_self(&self, by: usize, value: u64) -> Option<u32> {
        let to_self = u64::from(VcpuSet::of(by).0);
        let id = value >> 24 & 0xF;
        let group1 = self.vcpus.get(by)?.block.group1 & 1 << id != 0;
        let reached = value & (ALL_BUT_SELF | AFFINITY | 0xFFFF) == to_self && group1;
        reached.then(|| u32::try_from(id).unwrap_or(0))
    }

    /// vCPU `by` writes `value`: whose list registers are to be filled anew, itself included.
    pub fn send(&mut self, by: usize, request: Request, value: u64) -> VcpuSet {
        let all = VcpuSet::first(self.vcpu_count());
        let targets = if value & ALL_BUT_SELF != 0 {
            all.without(VcpuSet::of(by))
        } else if value & AFFINITY == 0 {
            VcpuSet(value.to_le_bytes()[0] & all.0)
        } else {
            VcpuSet::NONE
        };
        let bit = 1_u32 << (value >> 24 & 0xF);
        let mut attention = VcpuSet::NONE;
        for target in targets.iter() {
            let Some(private) = self.vcpus.get_mut(target) else {
                continue;
            };
            let reached = match request {
                Request::Group1 => private.block.group1,
                Request::Group0 => !private.block.group1,
                Request::Other => 0,
            };
            private.block.pulse(bit & reached);
            attention = attention.union(self.attention(Bank::Private(target), bit & reached));
        }
        attention
    }

    /// More vCPUs have sent `sgi` to `vcpu`.
    pub(super) fn add_sources(&mut self, vcpu: usize, sgi: usize, senders: u8) {
        let exist = VcpuSet::first(self.vcpu_count()).0;
        let Some(private) = self.vcpus.get_mut(vcpu) else {
            return;
        };
        let (Some(sources), Some(source)) = (private.sources.get_mut(sgi), private.source.get(sgi))
        else {
            return;
        };
        let senders = senders & exist;
        *sources |= senders;
        let bit = bit(sgi);
        if senders != 0 {
            private.block.latch |= bit;
        }
        // Another turn of the one that is in the list register; others wait behind it.
        if senders & VcpuSet::of(usize::from(*source)).0 != 0 {
            private.block.loaded_pending &= !bit;
        }
    }

    /// `sgi` is no longer pending at `vcpu` from these senders.
    pub(super) fn remove_sources(&mut self, vcpu: usize, sgi: usize, senders: u8) {
        let Some(private) = self.vcpus.get_mut(vcpu) else {
            return;
        };
        let (Some(sources), Some(source)) = (private.sources.get_mut(sgi), private.source.get(sgi))
        else {
            return;
        };
        *sources &= !senders;
        let bit = bit(sgi);
        if *sources == 0 {
            private.block.latch &= !bit;
        }
        if senders & VcpuSet::of(usize::from(*source)).0 != 0 {
            private.block.loaded_pending &= !bit;
        }
    }

    /// The sender whose turn it is when `sgi` is put into a list register: of one that is active,
    /// the one that it was taken from. Zero for what isn't an SGI of GICv2. And whether others wait
    /// behind it.
    pub(super) fn load_source(&mut self, vcpu: usize, sgi: usize, active: bool) -> (u8, bool) {
        let is_v2 = self.model() == Model::V2;
        let Some(private) = self.vcpus.get_mut(vcpu).filter(|_| is_v2) else {
            return (0, false);
        };
        let (Some(sources), Some(source)) = (private.sources.get(sgi), private.source.get_mut(sgi))
        else {
            return (0, false);
        };
        if !active {
            let next = (0..MAX_VCPUS).find(|vcpu| *sources & VcpuSet::of(*vcpu).0 != 0);
            *source = next.and_then(|vcpu| u8::try_from(vcpu).ok()).unwrap_or(0);
        }
        (*source, sources.count_ones() > 1)
    }

    /// `sgi` was taken from the list register: its sender's turn is over.
    pub(super) fn take_source(&mut self, vcpu: usize, sgi: usize) {
        let is_v2 = self.model() == Model::V2;
        let Some(private) = self.vcpus.get_mut(vcpu).filter(|_| is_v2) else {
            return;
        };
        let (Some(sources), Some(source)) = (private.sources.get_mut(sgi), private.source.get(sgi))
        else {
            return;
        };
        *sources &= !VcpuSet::of(usize::from(*source)).0;
        if *sources != 0 {
            private.block.latch |= bit(sgi);
        }
    }
}
