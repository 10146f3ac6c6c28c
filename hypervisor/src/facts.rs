//! What is constant about a partition and about a vCPU, in one record each that its state points to:
//! nothing is looked up by an index, so that no index can be wrong.

use paratia_abi::passport::MAX_PORTS;
use paratia_config::Pa;
use paratia_config::machines::Places;
use paratia_config::ports::PartitionPorts;

use crate::arch::debug::Debug;
use crate::arch::performance::Performance;
use crate::doorbell::Doorbell;
use crate::granted;
use crate::heartbeat::Declared;
use crate::image::Image;
use crate::life::Occasions;
use crate::lock::Lock;
use crate::owned::Owned;
use crate::partition::{PARTITIONS, Partition};
use crate::selected::{
    AFFINITY_OF, GIC_INTERRUPTS, GIC_LINKS, GIC_MODELS, GUEST_PRIVATE, HAS_DOORBELL, IMAGES,
    IS_SOFTWARE, KICKS, PARTITION_COUNT, PARTITION_OF, PLACES, PORT_INTERRUPTS, PORTS, SHARES_CPU,
    SYSTEM, VCPU_COUNT, VTTBR,
};
use crate::state::{DOORBELLS, OCCASIONS};
use crate::stolen::{self, Record};
use crate::vcpu::{VCPUS, Vcpu};
use crate::vgic::{Interrupts, Model, VcpuSet};

/// Of one partition.
pub struct PartitionFacts {
    /// Its declaration.
    pub declaration: &'static paratia_config::Partition,
    /// Its pristine image.
    pub image: &'static Image,
    /// Where it sees its emulated devices.
    pub places: &'static Places,
    /// The interrupt controller that it sees.
    pub model: Model,
    /// The interrupts of that.
    pub interrupts: &'static Interrupts,
    /// Its ports.
    pub ports: &'static PartitionPorts,
    /// Their interrupts; 0 where there is none.
    pub port_interrupts: [u32; MAX_PORTS],
    /// Whether messages ring at any of them.
    pub has_doorbell: bool,
    /// Where they ring.
    pub doorbell: &'static Doorbell,
    /// In whose windows there is something to do.
    pub occasions: &'static Occasions,
    /// The page in which its vCPUs are told their stolen time, if they are.
    pub stolen_time: Option<Pa>,
    /// The software-generated interrupt by which its vCPUs are called.
    pub kick: Option<u32>,
    /// Its vCPUs.
    pub vcpus: &'static [Owned<Vcpu>],
    /// The affinities of the CPUs that these run on.
    pub affinities: &'static [u64],
    /// The signs of life that it owes, if any.
    pub heartbeat: Option<Declared>,
}

/// Every partition's, by its index.
pub static PARTITION_FACTS: [PartitionFacts; PARTITION_COUNT] = {
    let mut all = [const { PartitionFacts::of(0) }; PARTITION_COUNT];
    let mut partition = 1;
    while partition < PARTITION_COUNT {
        all[partition] = PartitionFacts::of(partition);
        partition += 1;
    }
    all
};

impl PartitionFacts {
    const fn of(partition: usize) -> Self {
        let declaration = &SYSTEM.partitions[partition];
        let first = SYSTEM.first_vcpu(partition);
        let count = declaration.machine.vcpus as usize;
        Self {
            declaration,
            image: &IMAGES[partition],
            places: &PLACES[partition],
            model: GIC_MODELS[partition],
            interrupts: &GIC_INTERRUPTS[partition],
            ports: &PORTS[partition],
            port_interrupts: PORT_INTERRUPTS[partition],
            has_doorbell: HAS_DOORBELL[partition],
            doorbell: &DOORBELLS[partition],
            occasions: &OCCASIONS[partition],
            stolen_time: stolen::page(partition),
            kick: KICKS[partition],
            vcpus: VCPUS.split_at(first).1.split_at(count).0,
            affinities: AFFINITY_OF.split_at(first).1.split_at(count).0,
            heartbeat: match &declaration.heartbeat {
                Some(heartbeat) => Some(Declared::new(heartbeat, &SYSTEM.schedule)),
                None => None,
            },
        }
    }
}

/// Of one vCPU.
pub struct Facts {
    /// `VTTBR_EL2` while it runs.
    pub stage2: u64,
    /// Its partition's state.
    pub partition: &'static Lock<Partition>,
    /// What is constant about that.
    pub of_partition: &'static PartitionFacts,
    /// The affinity of the CPU that it runs on.
    pub affinity: u64,
    /// Whether its CPU interface is emulated.
    pub is_software: bool,
    /// Where it is told its stolen time, if it is.
    pub stolen_time: Option<Record>,
    /// Itself, among its partition's.
    pub itself: VcpuSet,
    /// The private physical interrupts that are on while it runs: its devices' and its partition's
    /// kick, bit n for interrupt n.
    pub private: u32,
    /// Whether another vCPU of its partition runs on the same CPU.
    pub shares_cpu: bool,
    /// Where the state of its performance monitors is, if it was granted them.
    pub performance: Option<&'static Owned<Performance>>,
    /// Where that of its debug registers is.
    pub debug: Option<&'static Owned<Debug>>,
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
            of_partition: &PARTITION_FACTS[partition],
            affinity: AFFINITY_OF[vcpu],
            is_software: IS_SOFTWARE[partition],
            stolen_time: Record::of(partition, vcpu - SYSTEM.first_vcpu(partition)),
            itself: VcpuSet::of(vcpu - SYSTEM.first_vcpu(partition)),
            private: GUEST_PRIVATE[partition] | kick,
            shares_cpu: SHARES_CPU[vcpu],
            performance: granted::performance_of(vcpu),
            debug: granted::debug_of(vcpu),
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
