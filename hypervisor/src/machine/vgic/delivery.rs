//! Between the state and the list registers: which interrupts the guest's CPU interface can take.
//!
//! The best pending interrupt always gets a list register, so priorities hold even when there are
//! fewer list registers than interrupts in hand. Active ones come next, for their end shows there;
//! the end of one that found no room is only counted by the hardware (`EOIcount`), and as ends come
//! in the reverse order of taking, it is that of the best one without room (IHI 0069,
//! "Interrupt prioritization", and `ICH_HCR_EL2`). Then come the other pending ones, best first.

use bitflags::bitflags;

use super::banks::{Bank, Model, Private, Vgic, intid, place};
use super::block::{Block, bit};
use super::effect::{Effect, VcpuSet};
use super::list_register::ListRegister;

bitflags! {
    /// When the hypervisor has to be told of what the guest does with its list registers: bits of
    /// `ICH_HCR_EL2` (IHI 0069); `GICH_HCR` has the lower ones at the same places.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    #[must_use]
    pub struct Maintenance: u32 {
        /// `LRENPIE`: an interrupt was ended that isn't there.
        const ENTRY_NOT_PRESENT = 1 << 2;
        /// `NPIE`: no interrupt is pending there any more, and one waits here.
        const NO_PENDING = 1 << 3;
        /// `TDIR`, if the hardware has it: deactivations of interrupts that aren't there would get
        /// lost.
        const TRAP_DEACTIVATION = 1 << 14;
    }
}

/// An interrupt among others.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    bank: Bank,
    index: usize,
    priority: u8,
}

/// What is looked for.
#[derive(Clone, Copy)]
enum Wanted {
    /// To be taken, and in no list register.
    Pending,
    /// In hand, and in no list register.
    Active,
    /// In hand, and its end won't show in a list register.
    Unlisted,
}

impl<const VCPUS: usize, const SHARED: usize> Vgic<VCPUS, SHARED> {
    /// The interrupt that `vcpu` should take next and its priority, if it has a higher one (a lower
    /// number) than `mask`: for a CPU interface without list registers, after all were collected.
    #[must_use]
    pub fn highest_pending(&self, vcpu: usize, mask: u8) -> Option<(u32, u8)> {
        let best = self.best_pending(vcpu)?;
        (best.priority < mask).then(|| (intid(best.bank, best.index), best.priority))
    }

    /// Whether an interrupt that is enabled is pending for `vcpu`, in a list register or not: a
    /// reason to end its `WFI`. Right after they were collected.
    #[must_use]
    pub fn is_pending(&self, vcpu: usize) -> bool {
        self.best_pending(vcpu).is_some()
    }

    /// What a list register shows of an interrupt that comes, once, if the vCPU can take it at once,
    /// while nothing waits outside of list registers.
    #[inline]
    #[must_use]
    pub fn ready(&self, vcpu: usize, intid: u32) -> Option<ListRegister> {
        let private = self.vcpus.get(vcpu).filter(|private| private.awake)?;
        let (bank, index) = place(vcpu, intid);
        let block = match bank {
            Bank::Private(_) if self.model() == Model::V2 && index < private.sources.len() => {
                return None;
            }
            Bank::Private(_) => &private.block,
            Bank::Shared(_) if self.target(bank, index) != Some(vcpu) => return None,
            Bank::Shared(number) => &self.shared.get(number)?.block,
        };
        let register = block.ready(index, self.groups)?;
        if block.linked & bit(index) == 0 {
            return Some(ListRegister { intid, ..register });
        }
        Some(ListRegister {
            intid,
            physical: Some(self.physical(intid)),
            notify_end: false,
            ..register
        })
    }

    /// An interrupt has come and was placed in one of the vCPU's list registers, as [`Vgic::ready`]
    /// said.
    #[inline(never)]
    pub fn placed(&mut self, vcpu: usize, intid: u32) {
        let (bank, index) = place(vcpu, intid);
        self.hold(vcpu, bank, index);
        if let Some(block) = self.block_mut(bank) {
            block.placed(index);
        }
    }

    /// Interrupt `intid` of the vCPU has left its list register, taken and ended. Nobody else has to
    /// look, unless somebody changed it meanwhile.
    #[inline]
    pub fn collect_ended(&mut self, vcpu: usize, intid: u32) {
        let (bank, index) = place(vcpu, intid);
        if self.owner(bank, index) != Some(vcpu) {
            return;
        }
        if let Some(block) = self.block_mut(bank)
            && block.collect(index, false, false)
        {
            self.take_source(vcpu, intid as usize);
        }
    }

    /// Whether nothing is pending or in hand that could concern the vCPU, taken or not. Most of the
    /// time it is so, and known by a look at its private interrupts.
    #[inline]
    #[must_use]
    pub fn is_quiet(&mut self, vcpu: usize) -> bool {
        if self.is_shared_busy {
            self.is_shared_busy = self.shared.iter().any(|shared| !shared.block.is_quiet());
        }
        let is_quiet = |private: &Private| private.block.is_quiet();
        !self.is_shared_busy && self.vcpus.get(vcpu).is_none_or(is_quiet)
    }

    /// Whether the vCPU has anything to do with its list registers as they are empty: something to
    /// be taken, or in hand.
    #[inline]
    #[must_use]
    pub fn has_work(&self, vcpu: usize) -> bool {
        let work = |block: &Block| block.active | block.forwarded(self.groups);
        let all = self.shared.iter().map(|shared| work(&shared.block));
        let shared = all.fold(0, |all, work| all | work);
        let private = self.vcpus.get(vcpu);
        private.is_some_and(|private| work(&private.block) | shared != 0)
    }

    /// Collects the vCPU's interrupts from its list registers, which are empty then. Whose list
    /// registers else are to be filled: of those whose route was changed meanwhile.
    pub fn collect(&mut self, vcpu: usize, registers: &mut [ListRegister]) -> VcpuSet {
        let mut attention = VcpuSet::NONE;
        for register in registers {
            let register = core::mem::take(register);
            let (bank, index) = place(vcpu, register.intid);
            let held = self.owner(bank, index) == Some(vcpu);
            let Some(block) = self.block_mut(bank) else {
                continue;
            };
            if !held || block.loaded & bit(index) == 0 {
                continue;
            }
            if block.collect(index, register.pending, register.active) {
                self.take_source(vcpu, register.intid as usize);
            }
            attention = attention.union(self.attention(bank, bit(index)));
        }
        attention.without(VcpuSet::of(vcpu))
    }

    /// The guest has ended an interrupt that was in no list register. Once for each that
    /// `EOIcount` says, before the list registers are collected.
    ///
    /// A guest that changes an interrupt's priority while it takes it confuses the order of its own
    /// ends, and nobody else's.
    pub fn end_unlisted(&mut self, vcpu: usize) -> Effect {
        match self.best(vcpu, Wanted::Unlisted) {
            Some(ended) => self.deactivate(vcpu, intid(ended.bank, ended.index)),
            None => Effect::NONE,
        }
    }

    /// Fills the vCPU's list registers, which were collected, and says when to be called again.
    pub fn fill(&mut self, vcpu: usize, registers: &mut [ListRegister]) -> Maintenance {
        let mut free = registers.iter_mut();
        let mut next = self.best_pending(vcpu);
        for register in free.by_ref() {
            let best = next.take().or_else(|| self.best_active(vcpu));
            let Some(best) = best.or_else(|| self.best_pending(vcpu)) else {
                *register = ListRegister::EMPTY;
                break;
            };
            *register = self.load(vcpu, best);
        }
        free.for_each(|register| *register = ListRegister::EMPTY);
        let mut maintenance = Maintenance::empty();
        if self.best_active(vcpu).is_some() {
            maintenance |= Maintenance::ENTRY_NOT_PRESENT | Maintenance::TRAP_DEACTIVATION;
        }
        if self.best_pending(vcpu).is_some() {
            maintenance |= Maintenance::NO_PENDING;
        }
        maintenance
    }

    fn best_pending(&self, vcpu: usize) -> Option<Candidate> {
        if !self.vcpus.get(vcpu)?.awake {
            return None;
        }
        self.best(vcpu, Wanted::Pending)
    }

    fn best_active(&self, vcpu: usize) -> Option<Candidate> {
        self.best(vcpu, Wanted::Active)
    }

    /// The interrupt of the highest priority (the lowest number, then the lowest id) of those that are
    /// wanted among `vcpu`'s. It takes as long as there are blocks, however many interrupts are pending.
    #[inline(never)]
    fn best(&self, vcpu: usize, wanted: Wanted) -> Option<Candidate> {
        let mut best: Option<Candidate> = None;
        for bank in core::iter::once(Bank::Private(vcpu)).chain((0..SHARED).map(Bank::Shared)) {
            let Some(block) = self.block(bank) else {
                continue;
            };
            let bits = match wanted {
                Wanted::Pending => block.forwarded(self.groups) & !block.active & !block.loaded,
                Wanted::Active => block.active & !block.loaded,
                Wanted::Unlisted => block.unlisted(),
            };
            let mine = bits & self.owned(bank, vcpu);
            if mine == 0 {
                continue;
            }
            let index = block.best_of(mine).trailing_zeros() as usize;
            let priority = block.priority(index);
            if best.is_none_or(|best| priority < best.priority) {
                best = Some(Candidate {
                    bank,
                    index,
                    priority,
                });
            }
        }
        best
    }

    /// A shared interrupt is in a list register of `vcpu`.
    fn hold(&mut self, vcpu: usize, bank: Bank, index: usize) {
        if let Bank::Shared(number) = bank
            && let Some(shared) = self.shared.get_mut(number)
        {
            shared.hold(index, vcpu);
        }
    }

    fn load(&mut self, vcpu: usize, candidate: Candidate) -> ListRegister {
        let (bank, index) = (candidate.bank, candidate.index);
        let groups = self.groups;
        let Some(block) = self.block_mut(bank) else {
            return ListRegister::EMPTY;
        };
        let active = block.load(index);
        let bit = bit(index);
        let group1 = block.group1 & bit != 0;
        let linked = block.linked & bit != 0;
        let level = block.edge & bit == 0;
        let again = active && block.forwarded(groups) & bit != 0;
        let intid = intid(bank, index);
        let (source, others) = self.load_source(vcpu, intid as usize, active);
        self.hold(vcpu, bank, index);
        ListRegister {
            intid,
            source,
            pending: !active,
            active,
            priority: candidate.priority,
            group1,
            physical: linked.then(|| self.physical(intid)),
            // The end of one that is linked shows at the physical one, but its next turn waits here.
            notify_end: again || (level || others) && !linked,
        }
    }
}
