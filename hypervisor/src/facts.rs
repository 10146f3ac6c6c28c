//! What is constant about a vCPU and needed at every switch, in one record that its state points to:
//! instead of a look-up in a table for each.

use crate::lock::Lock;
use crate::partition::{PARTITIONS, Partition};
use crate::selected::{
    GIC_LINKS, GUEST_PRIVATE, HAS_DOORBELL, IS_SOFTWARE, KICKS, PARTITION_OF, SHARES_CPU, SYSTEM,
    VCPU_COUNT, VTTBR,
};
use crate::vgic::VcpuSet;

/// Of one vCPU.
pub struct Facts {
    /// `VTTBR_EL2` while it runs.
    pub stage2: u64,
    /// Its partition's state.
    pub partition: &'static Lock<Partition>,
    /// Itself, among its partition's.
    pub itself: VcpuSet,
    /// The private physical interrupts that are on while it runs: its devices' and its partition's
    /// kick, bit n for interrupt n.
    pub private: u32,
    has_more: bool,
}

/// Every vCPU's, by its index.
pub static FACTS: [Facts; VCPU_COUNT] = {
    let mut all = [const { Facts::of(0) }; VCPU_COUNT];
    let mut vcpu = 1;
    while vcpu < VCPU_COUNT {
        all[vcpu] = Facts::of(vcpu);
        vcpu += 1;
    }
    all
};

impl Facts {
    /// Whether its machine has more than a CPU of its own, memory, and a virtual timer: only then has a
    /// switch to see to what else there is.
    #[inline]
    #[must_use]
    pub const fn has_more(&self) -> bool {
        SOME_HAVE_MORE && self.has_more
    }

    const fn of(vcpu: usize) -> Self {
        let partition = PARTITION_OF[vcpu];
        let machine = &SYSTEM.partitions[partition].machine;
        let kick = match KICKS[partition] {
            Some(id) => 1 << id,
            None => 0,
        };
        Self {
            stage2: VTTBR[partition],
            partition: &PARTITIONS[partition],
            itself: VcpuSet::of(vcpu - SYSTEM.first_vcpu(partition)),
            private: GUEST_PRIVATE[partition] | kick,
            has_more: machine.vcpus > 1
                || machine.uart.is_some()
                || machine.stolen_time.is_some()
                || machine.pmu
                || IS_SOFTWARE[partition]
                || SHARES_CPU[vcpu]
                || HAS_DOORBELL[partition]
                || GIC_LINKS[partition].has_shared(),
        }
    }
}

/// Whether any vCPU has more.
const SOME_HAVE_MORE: bool = {
    let mut some = false;
    let mut vcpu = 0;
    while vcpu < VCPU_COUNT {
        some |= Facts::of(vcpu).has_more;
        vcpu += 1;
    }
    some
};
