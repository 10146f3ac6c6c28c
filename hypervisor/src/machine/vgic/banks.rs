//! The controller's state: a bank of private interrupts a vCPU, and the shared ones.

pub use paratia_config::machines::{Interrupts, Link, Model};

use super::block::{BLOCK, Block, bit};
use super::effect::VcpuSet;
use super::row::Table;
use super::{FIRST_SHARED, ONLY_MODEL};
use paratia_config::each;

/// `GICD_CTLR` with both groups disabled, and the SGIs always enabled by edge.
const SGI_EDGES: u32 = 0xFFFF;

/// A partition's interrupt controller with room for `VCPUS` vCPUs and `SHARED` times 32 shared
/// interrupts.
#[derive(Clone, Debug)]
pub struct Vgic<const VCPUS: usize, const SHARED: usize> {
    model: Model,
    pub(super) vcpu_count: u8,
    /// The registers of its distributor.
    pub(super) distributor: &'static Table<Self>,
    links: &'static [Link],
    /// Whether any of these has another number at the board.
    renumbers: bool,
    /// `GICD_CTLR.EnableGrp0` and `EnableGrp1`.
    pub(super) groups: [bool; 2],
    pub(super) vcpus: [Private; VCPUS],
    pub(super) shared: [Shared<VCPUS>; SHARED],
    /// Whether any of the shared ones may be pending or in hand.
    pub(super) is_shared_busy: bool,
}

/// What belongs to one vCPU.
#[derive(Clone, Copy, Debug)]
pub struct Private {
    /// Its 16 SGIs and 16 PPIs.
    pub block: Block,
    /// Whether its redistributor forwards interrupts: not `GICR_WAKER.ProcessorSleep`.
    pub awake: bool,
    /// Of each SGI, the vCPUs that sent it and whose turn is to come, bit n for vCPU n; only in GICv2.
    pub sources: [u8; 16],
    /// Of each SGI, the number of the vCPU whose turn it is or was last in a list register; only in GICv2.
    pub source: [u8; 16],
}

/// 32 shared interrupts.
#[derive(Clone, Copy, Debug)]
pub struct Shared<const VCPUS: usize> {
    /// Their state, whichever vCPU they go to.
    pub block: Block,
    /// `GICD_IROUTER` (Aff2 to Aff0) in GICv3, `GICD_ITARGETSR` in GICv2.
    route: [u32; BLOCK],
    /// Of each vCPU, those that go to it when they are taken next, as their routes say.
    targeted: [u32; VCPUS],
    /// Of each vCPU, those that it had in a list register last: those of them that still are there,
    /// or were taken and not ended, are its own.
    held: [u32; VCPUS],
}

impl<const VCPUS: usize> Shared<VCPUS> {
    /// Where interrupt `index` goes, as its register says.
    pub fn route(&self, index: usize) -> u32 {
        self.route[index % BLOCK]
    }

    /// Interrupt `index` goes to `target` from now on, as `route` in its register says.
    pub fn set_route(&mut self, index: usize, route: u32, target: Option<usize>) {
        self.route[index % BLOCK] = route;
        choose(&mut self.targeted, bit(index), target);
    }

    /// Interrupt `index` is in a list register of `vcpu`.
    pub fn hold(&mut self, index: usize, vcpu: usize) {
        choose(&mut self.held, bit(index), Some(vcpu));
    }

    /// Those that `vcpu` has in a list register or in hand, and those that would go to it.
    pub fn owned(&self, vcpu: usize) -> u32 {
        let in_hand = self.block.loaded | self.block.acknowledged;
        match (self.held.get(vcpu), self.targeted.get(vcpu)) {
            (Some(held), Some(targeted)) => held & in_hand | targeted & !in_hand,
            _ => 0,
        }
    }
}

/// Sets `bit` for the chosen one and for no other.
fn choose(bits: &mut [u32], bit: u32, chosen: Option<usize>) {
    for (index, bits) in bits.iter_mut().enumerate() {
        *bits = *bits & !bit | if chosen == Some(index) { bit } else { 0 };
    }
}

/// A block of the controller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bank {
    /// Private to a vCPU.
    Private(usize),
    /// The n-th of the shared ones.
    Shared(usize),
}

impl<const VCPUS: usize, const SHARED: usize> Vgic<VCPUS, SHARED> {
    /// After reset, for `vcpu_count` vCPUs (no more than there is room for).
    #[must_use]
    #[allow(clippy::cast_possible_truncation, reason = "at most MAX_VCPUS")]
    pub const fn new(model: Model, vcpu_count: usize, interrupts: &Interrupts) -> Self {
        let group1 = matches!(model, Model::V3);
        let private = Private {
            block: Block::new(
                u32::MAX,
                linked_bits(interrupts.links, 0),
                group1,
                SGI_EDGES,
            ),
            awake: true,
            sources: [0; 16],
            source: [0; 16],
        };
        // A lone CPU's targets are fixed (IHI 0048, 4.3.12), and a route starts at 0.0.0.0.
        let route = if vcpu_count == 1 && !group1 { 1 } else { 0 };
        let mut shared = [Shared {
            block: Block::new(0, 0, group1, 0),
            route: [route; BLOCK],
            targeted: targets(vcpu_count, group1),
            held: [0; VCPUS],
        }; SHARED];
        let mut index = 0;
        while index < SHARED && index < interrupts.shared.len() {
            let linked = linked_bits(interrupts.links, index + 1);
            shared[index].block = Block::new(interrupts.shared[index], linked, group1, 0);
            index += 1;
        }
        Self {
            model,
            distributor: match (ONLY_MODEL, model) {
                (Some(Model::V3), _) | (None, Model::V3) => &Self::DISTRIBUTOR_V3,
                (Some(Model::V2), _) | (None, Model::V2) => &Self::DISTRIBUTOR_V2,
            },
            vcpu_count: if vcpu_count < VCPUS {
                vcpu_count as u8
            } else {
                VCPUS as u8
            },
            links: interrupts.links,
            renumbers: renumber(interrupts.links),
            groups: [false; 2],
            vcpus: [private; VCPUS],
            shared,
            is_shared_busy: false,
        }
    }

    /// As after reset.
    pub fn reset(&mut self) {
        let is_v3 = self.model() == Model::V3;
        let route = u32::from(self.vcpu_count == 1 && !is_v3);
        self.groups = [false; 2];
        self.is_shared_busy = false;
        for private in &mut self.vcpus {
            private.block.reset(is_v3, SGI_EDGES);
            private.awake = true;
            private.sources = [0; 16];
            private.source = [0; 16];
        }
        for shared in &mut self.shared {
            shared.block.reset(is_v3, 0);
            shared.route = [route; BLOCK];
            shared.targeted = targets(self.vcpu_count.into(), is_v3);
            shared.held = [0; VCPUS];
        }
    }

    /// How many vCPUs there are.
    #[inline]
    pub(super) fn vcpu_count(&self) -> usize {
        self.vcpu_count.into()
    }

    /// Which architecture the guest sees.
    #[inline]
    pub(super) const fn model(&self) -> Model {
        match ONLY_MODEL {
            Some(model) => model,
            None => self.model,
        }
    }

    /// The physical interrupt behind a guest's one; the same number if no link says otherwise.
    #[inline]
    #[must_use]
    pub fn physical(&self, intid: u32) -> u32 {
        if !self.renumbers {
            return intid;
        }
        let link = self.links.iter().find(|link| link.guest == intid);
        link.map_or(intid, |link| link.physical)
    }

    /// The guest's interrupt in front of a physical one, if there is one.
    #[must_use]
    pub fn guest(&self, physical: u32) -> Option<u32> {
        let link = self.links.iter().find(|link| link.physical == physical);
        link.map(|link| link.guest)
    }

    /// Whether the guest has configured an interrupt as edge-triggered.
    #[must_use]
    pub fn is_edge(&self, vcpu: usize, intid: u32) -> bool {
        let (bank, index) = place(vcpu, intid);
        self.block(bank)
            .is_some_and(|block| block.edge & bit(index) != 0)
    }

    pub(super) fn block(&self, bank: Bank) -> Option<&Block> {
        match bank {
            Bank::Private(vcpu) => self.vcpus.get(vcpu).map(|private| &private.block),
            Bank::Shared(index) => self.shared.get(index).map(|shared| &shared.block),
        }
    }

    pub(super) fn block_mut(&mut self, bank: Bank) -> Option<&mut Block> {
        match bank {
            Bank::Private(vcpu) => self.vcpus.get_mut(vcpu).map(|private| &mut private.block),
            Bank::Shared(index) => {
                self.is_shared_busy = true;
                self.shared.get_mut(index).map(|shared| &mut shared.block)
            }
        }
    }

    /// The vCPU to which interrupt `index` of a bank goes when it is taken next.
    pub(super) fn target(&self, bank: Bank, index: usize) -> Option<usize> {
        let target = match bank {
            Bank::Private(vcpu) => vcpu,
            Bank::Shared(shared) => return self.routed_to(self.shared.get(shared)?.route(index)),
        };
        (target < self.vcpu_count()).then_some(target)
    }

    /// The vCPU that is meant by a shared interrupt's route, if there is such a one.
    fn routed_to(&self, route: u32) -> Option<usize> {
        let target = match self.model() {
            Model::V3 => usize::try_from(route).ok()?,
            Model::V2 if route == 0 => return None,
            Model::V2 => route.trailing_zeros() as usize,
        };
        (target < self.vcpu_count()).then_some(target)
    }

    /// Routes interrupt `index` of the `number`th shared block.
    pub(super) fn set_route_of(&mut self, number: usize, index: usize, route: u32) {
        let target = self.routed_to(route);
        if let Some(shared) = self.shared.get_mut(number) {
            shared.set_route(index, route, target);
        }
    }

    /// The vCPU that has interrupt `index` of a bank in a list register or in hand, or that it
    /// would go to.
    pub(super) fn owner(&self, bank: Bank, index: usize) -> Option<usize> {
        let Bank::Shared(number) = bank else {
            return self.target(bank, index);
        };
        let shared = self.shared.get(number)?;
        (0..self.vcpu_count()).find(|vcpu| shared.owned(*vcpu) & bit(index) != 0)
    }

    /// Those of a bank's interrupts whose owner is `vcpu`.
    #[inline]
    pub(super) fn owned(&self, bank: Bank, vcpu: usize) -> u32 {
        match bank {
            Bank::Private(whose) if whose == vcpu => u32::MAX,
            Bank::Private(_) => 0,
            Bank::Shared(number) => self
                .shared
                .get(number)
                .map_or(0, |shared| shared.owned(vcpu)),
        }
    }

    /// Whom it concerns that the interrupts in `bits` may have changed: those that have them in a
    /// list register, and those to which they are now forwarded.
    #[inline(never)]
    pub(super) fn attention(&self, bank: Bank, bits: u32) -> VcpuSet {
        let Some(block) = self.block(bank) else {
            return VcpuSet::NONE;
        };
        let forwarded = block.forwarded(self.groups) & !block.active;
        let concerned = bits & (block.loaded | forwarded);
        let all = (0..VCPUS).take(self.vcpu_count());
        let owners = all.filter(|vcpu| concerned & self.owned(bank, *vcpu) != 0);
        owners.fold(VcpuSet::NONE, |set, vcpu| set.union(VcpuSet::of(vcpu)))
    }

    /// Every bank of the controller.
    pub(super) fn banks(&self) -> impl Iterator<Item = Bank> + use<VCPUS, SHARED> {
        let private = (0..self.vcpu_count()).map(Bank::Private);
        private.chain((0..SHARED).map(Bank::Shared))
    }
}

/// Where `vcpu` finds an interrupt.
pub fn place(vcpu: usize, intid: u32) -> (Bank, usize) {
    let index = intid as usize % BLOCK;
    match (intid / FIRST_SHARED).checked_sub(1) {
        None => (Bank::Private(vcpu), index),
        Some(shared) => (Bank::Shared(shared as usize), index),
    }
}

/// The number of interrupt `index` of a bank.
#[allow(
    clippy::cast_possible_truncation,
    reason = "there are a few hundred interrupts"
)]
pub fn intid(bank: Bank, index: usize) -> u32 {
    match bank {
        Bank::Private(_) => index as u32,
        Bank::Shared(shared) => {
            (shared as u32).wrapping_add(1).wrapping_mul(FIRST_SHARED) | index as u32
        }
    }
}

/// After reset, the interrupts of a shared block that go to each vCPU: all to the first, but in a GICv2
/// for several, where they have no target yet.
const fn targets<const VCPUS: usize>(vcpu_count: usize, is_v3: bool) -> [u32; VCPUS] {
    let mut all = [0; VCPUS];
    if VCPUS > 0 && (is_v3 || vcpu_count == 1) {
        all[0] = u32::MAX;
    }
    all
}

const fn linked_bits(links: &[Link], block: usize) -> u32 {
    let mut bits = 0;
    each! { link in links => {
        let guest = link.guest;
        if guest as usize / BLOCK == block {
            bits |= 1 << (guest % 32);
        }
    }}
    bits
}

const fn renumber(links: &[Link]) -> bool {
    each! { link in links => {
        if link.guest != link.physical {
            return true;
        }
    }}
    false
}
