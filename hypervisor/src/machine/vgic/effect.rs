//! What follows from a change, for the caller to carry out.

pub use paratia_config::machine::MAX_VCPUS;

use crate::base::bits::bits_of;

/// A set of vCPUs of one partition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct VcpuSet(pub u8);

impl VcpuSet {
    /// None.
    pub const NONE: Self = Self(0);

    /// The one vCPU; none if there can't be such a one.
    pub const fn of(vcpu: usize) -> Self {
        if vcpu < MAX_VCPUS {
            Self(1 << vcpu)
        } else {
            Self::NONE
        }
    }

    /// The first `count`.
    pub const fn first(count: usize) -> Self {
        if count < MAX_VCPUS {
            Self((1 << count) - 1)
        } else {
            Self(u8::MAX)
        }
    }

    /// The vCPUs of either set.
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The vCPUs of both sets.
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The vCPUs of this set that the other one doesn't have.
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether `vcpu` is in it.
    #[must_use]
    pub const fn contains(self, vcpu: usize) -> bool {
        self.0 & Self::of(vcpu).0 != 0
    }

    /// Its members in order.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        bits_of(self.0.into())
    }
}

/// What a guest's write asks of the caller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Effect {
    /// Whom to attend to: whose list registers are to be collected and filled anew.
    pub attention: VcpuSet,
    /// What is to be done to physical interrupts behind the guest's.
    pub physical: Option<Physical>,
}

impl Effect {
    /// Nothing to do.
    pub const NONE: Self = Self {
        attention: VcpuSet::NONE,
        physical: None,
    };

    /// Nothing is to be done but to attend to these.
    pub const fn only(attention: VcpuSet) -> Self {
        Self {
            attention,
            physical: None,
        }
    }
}

/// A change that has to reach the physical interrupts to which the guest's are linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Physical {
    /// What is to be done.
    pub change: Change,
    /// The guest's interrupt that bit 0 of `bits` stands for; [`super::Vgic::physical`] translates.
    pub first: u32,
    /// To which of the 32 interrupts from `first`.
    pub bits: u32,
    /// The vCPU whose private interrupts these are, if `first` is 0.
    pub vcpu: usize,
}

/// What is to be done to a physical interrupt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Make it active.
    SetActive,
    /// Deactivate it: the guest has let it go by another way than a list register.
    Deactivate,
    /// Configure it as [`super::Vgic::is_edge`] says.
    Configure,
}
