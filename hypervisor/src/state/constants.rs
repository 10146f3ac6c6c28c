//! What is constant about a partition and about a vCPU, in one record each that its state points to:
//! nothing is looked up by an index, so that no index can be wrong.

use paratia_abi::passport::MAX_PORTS;
use paratia_config::each;
use paratia_config::machines::Places;
use paratia_config::ports::PartitionPorts;
use paratia_config::xen;
use paratia_config::{MemoryRange, Pa};

use crate::arch::debug::Debug;
use crate::arch::performance::Performance;
use crate::base::image::BuiltImage;
use crate::base::owned::Owned;
use crate::built::chosen::{
    AFFINITY_OF, ANY, GIC_INTERRUPTS, GIC_LINKS, GIC_MODELS, GUEST_PRIVATE, HAS_DOORBELL, IMAGES,
    IS_SOFTWARE, KICKS, PARTITION_COUNT, PARTITION_OF, PLACES, PORT_INTERRUPTS, PORTS, SCRUBBED,
    SHARES_CPU, SYSTEM, VCPU_COUNT, VTTBR,
};
use crate::machine::vgic::{Interrupts, Model, VcpuSet};
use crate::policy::doorbell::Doorbell;
use crate::policy::heartbeat::Declared;
use crate::policy::lifecycle::Occasions;
use crate::state::granted;
use crate::state::lock::Lock;
use crate::state::partition::{PARTITIONS, Partition};
use crate::state::ports::{CALLED, Ports};
use crate::state::shared::{DOORBELLS, OCCASIONS};
use crate::state::stolen::{self, TimeRecord};
use crate::state::vcpu::{VCPUS, Vcpu};

/// What is constant about one partition, computed when the image is built, so that an exit follows one
/// reference instead of indexing a dozen tables.
pub struct PartitionFacts {
    /// What its system says of it.
    pub declaration: &'static paratia_config::Partition,
    /// Its pristine image, which each start copies anew.
    pub image: &'static BuiltImage,
    /// The guest-physical addresses of its emulated devices.
    pub places: &'static Places,
    /// The architecture of the interrupt controller that it sees: GICv3 or GICv2.
    pub model: Model,
    /// Which shared interrupts that has, and which have a physical one behind them.
    pub interrupts: &'static Interrupts,
    /// Its ports, by their index; nothing where there is none.
    pub ports: &'static PartitionPorts,
    /// The same, as their calls need them.
    pub calls: &'static Ports,
    /// The memory of channels that its start scrubs beside its regions; empty where there is no more.
    pub shared_memory: &'static [MemoryRange],
    /// The interrupt that a message raises at each of them, as the guest numbers it; 0 where there is none.
    pub port_interrupts: [u32; MAX_PORTS],
    /// Whether messages ring at any of them.
    pub has_doorbell: bool,
    /// Where they ring, and which of its vCPUs are in a window.
    pub doorbell: &'static Doorbell,
    /// In whose windows there is something to do, readable without its lock.
    pub occasions: &'static Occasions,
    /// The page in which its vCPUs are told their stolen time, if they are.
    pub stolen_time: Option<Pa>,
    /// The software-generated interrupt by which its vCPUs are called.
    pub kick: Option<u32>,
    /// Its vCPUs' states, by their number in it.
    pub vcpus: &'static [Owned<Vcpu>],
    /// The affinities of the CPUs that these run on, by the same number.
    pub affinities: &'static [u64],
    /// The signs of life that it owes, if any.
    pub heartbeat: Option<Declared>,
}

/// The constants of every partition, by its index.
pub static PARTITION_FACTS: [PartitionFacts; PARTITION_COUNT] = {
    let mut all = [const { PartitionFacts::of(0) }; PARTITION_COUNT];
    each! { partition from 1, below PARTITION_COUNT => {
        all[partition] = PartitionFacts::of(partition);
    }}
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
            calls: &CALLED[partition],
            shared_memory: if ANY.channel_memory {
                &SCRUBBED[partition]
            } else {
                &[]
            },
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

/// What is constant about one vCPU, computed when the image is built.
pub struct Facts {
    /// The value of `VTTBR_EL2` while it runs: its partition's stage 2 and VMID.
    pub stage2: u64,
    /// Its partition's state, behind the lock that its siblings share.
    pub partition: &'static Lock<Partition>,
    /// What is constant about that partition.
    pub of_partition: &'static PartitionFacts,
    /// The affinity of the one CPU that all its windows are on.
    pub affinity: u64,
    /// Whether its interrupt controller's CPU interface is emulated, for the board lends none that it wants.
    pub is_software: bool,
    /// Where it is told its stolen time, if it is.
    pub stolen_time: Option<TimeRecord>,
    /// The set of its partition's vCPUs that has this one alone.
    pub itself: VcpuSet,
    /// The private physical interrupts that are on while it runs: its devices' and its partition's
    /// kick, bit n for interrupt n.
    pub private: u32,
    /// Whether another vCPU of its partition runs on the same CPU.
    pub shares_cpu: bool,
    /// Where the state of its performance monitors is, if it was granted them.
    pub performance: Option<&'static Owned<Performance>>,
    /// Where the state of its debug registers is, if it was granted them.
    pub debug: Option<&'static Owned<Debug>>,
    has_more: bool,
}

/// The constants of every vCPU, by its index.
pub static FACTS: [Facts; VCPU_COUNT] = {
    let mut all = [const { Facts::of(0) }; VCPU_COUNT];
    each! { vcpu from 1, below VCPU_COUNT => {
        all[vcpu] = Facts::of(vcpu);
    }}
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
            stolen_time: TimeRecord::of(partition, vcpu - SYSTEM.first_vcpu(partition)),
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
                || xen::region(&SYSTEM.partitions[partition]).is_some()
                || HAS_DOORBELL[partition]
                || GIC_LINKS[partition].has_shared(),
        }
    }
}

/// Whether any vCPU has more than what every switch sees to: else no image has code for it.
const SOME_HAVE_MORE: bool = {
    let mut some = false;
    each! { vcpu below VCPU_COUNT => {
        some |= Facts::of(vcpu).has_more;
    }}
    some
};
