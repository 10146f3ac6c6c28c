//! What is constant about a vCPU and needed at every switch, in one record that its state points to:
//! instead of a look-up in a table for each.

use crate::lock::Lock;
use crate::partition::{PARTITIONS, Partition};
use crate::selected::{
    GIC_LINKS, GUEST_PRIVATE, HAS_DOORBELL, IS_SOFTWARE, KICKS, PARTITION_OF, SHARES_CPU, SYSTEM,
    VCPU_COUNT, VTTBR,
};
use crate::vgic::{FIRST_SHARED, VcpuSet};

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
    /// Whether its machine has more than a CPU of its own, memory, and a virtual timer: only then
    /// has a switch to see to what else there is.
    pub has_more: bool,
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
                || has_shared_links(partition),
        }
    }
}

const fn has_shared_links(partition: usize) -> bool {
    let links = GIC_LINKS[partition].as_slice();
    let mut index = 0;
    while index < links.len() {
        if links[index].guest >= FIRST_SHARED {
            return true;
        }
        index += 1;
    }
    false
}
