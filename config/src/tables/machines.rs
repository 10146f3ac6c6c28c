//! What the declarations of partitions' machines come to, as constants.

use paratia_abi::passport::{MAX_INTERRUPTS, MAX_PORTS};

use super::ports::{self, PartitionPorts, port_table};
use crate::address::Ipa;
use crate::board::BoardFacts;
use crate::directory::Directory;
use crate::machine::{
    FIRST_SHARED, Forbidden, MAX_SHARED_BLOCKS, MONITORS, Stray, UART_BYTES, VIRTUAL_TIMER,
    VirtualGic, VirtualMachine,
};
use crate::system::{Partition, System};

/// Which architecture the guest sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    /// GICv3 with system registers.
    V3,
    /// GICv2 with memory-mapped CPU interfaces.
    V2,
}

/// What a partition's controller has.
#[derive(Clone, Copy, Debug)]
pub struct Interrupts {
    /// The shared interrupts that exist, bit n of word m for `32 + 32 * m + n`. All of them is what
    /// a chip has; those without a device behind them are only the guest's to play with.
    pub shared: &'static [u32],
    /// Those with a physical interrupt behind them, private ones included.
    pub links: &'static [Link],
}

/// A guest's interrupt and the physical one behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The guest's number.
    pub guest: u32,
    /// The board's number.
    pub physical: u32,
}

/// The links of one partition: its timer, its performance monitors if it was granted them, and the
/// interrupts of its devices.
#[derive(Clone, Copy, Debug)]
pub struct Links {
    links: [Link; 2 + MAX_INTERRUPTS],
    count: usize,
}

impl Links {
    const TIMER: Self = {
        let timer = Link {
            guest: VIRTUAL_TIMER,
            physical: VIRTUAL_TIMER,
        };
        Self {
            links: [timer; 2 + MAX_INTERRUPTS],
            count: 1,
        }
    };

    /// The links as a slice.
    #[must_use]
    pub const fn as_slice(&self) -> &[Link] {
        self.links.split_at(self.count).0
    }

    /// Whether one of them is of a shared interrupt.
    #[must_use]
    pub const fn has_shared(&self) -> bool {
        let links = self.as_slice();
        let mut index = 0;
        while index < links.len() {
            if links[index].guest >= FIRST_SHARED {
                return true;
            }
            index += 1;
        }
        false
    }

    /// A partition sees its devices' interrupts under the board's numbers.
    const fn of(partition: &Partition, board: &BoardFacts) -> Self {
        let mut links = Self::TIMER;
        if let Some(physical) = monitors_interrupt(partition, board) {
            links.links[links.count] = Link {
                guest: MONITORS,
                physical,
            };
            links.count += 1;
        }
        let mut index = 0;
        while index < partition.devices.len() {
            if let Some(device) = board.device(partition.devices[index].device) {
                let mut line = 0;
                while line < device.interrupts.len() {
                    links.links[links.count] = Link {
                        guest: device.interrupts[line],
                        physical: device.interrupts[line],
                    };
                    links.count += 1;
                    line += 1;
                }
            }
            index += 1;
        }
        links
    }
}

/// Every partition's links.
#[must_use]
pub const fn links<const N: usize>(system: &System, board: &BoardFacts) -> [Links; N] {
    let mut all = [Links::TIMER; N];
    let mut index = 0;
    while index < N {
        all[index] = Links::of(&system.partitions[index], board);
        index += 1;
    }
    all
}

/// The physical interrupt of the performance monitors that a partition was granted, if the board
/// hands one on.
#[must_use]
pub const fn monitors_interrupt(partition: &Partition, board: &BoardFacts) -> Option<u32> {
    if partition.machine.pmu {
        board.monitors_interrupt
    } else {
        None
    }
}

/// The private physical interrupts that are on while each partition runs, bit n for interrupt n.
#[must_use]
pub const fn private<const N: usize>(system: &System, board: &BoardFacts) -> [u32; N] {
    let mut all = [1 << VIRTUAL_TIMER; N];
    let mut index = 0;
    while index < N {
        if let Some(id) = monitors_interrupt(&system.partitions[index], board) {
            all[index] |= 1 << id;
        }
        index += 1;
    }
    all
}

/// The registers of an emulated device: none where a partition doesn't have it.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The guest-physical address of the first.
    pub base: u64,
    /// Bytes of all.
    pub bytes: u64,
}

impl Place {
    const NONE: Self = Self { base: 0, bytes: 0 };

    const fn new(base: Ipa, bytes: u64) -> Self {
        Self {
            base: base.0,
            bytes,
        }
    }
}

/// Where a partition sees its emulated devices.
#[derive(Clone, Copy, Debug)]
pub struct Places {
    /// The interrupt controller's distributor.
    pub distributor: Place,
    /// Its redistributors.
    pub redistributors: Place,
    /// Its CPU interface, where the board lends none.
    pub cpu_interface: Place,
    /// The UART.
    pub uart: Place,
}

impl Places {
    /// Those of a declared machine that sees a controller of `model`, with a CPU interface in software
    /// or the board's.
    #[must_use]
    pub const fn of(
        machine: &VirtualMachine,
        board: &BoardFacts,
        model: Model,
        is_software: bool,
    ) -> Self {
        let gic = &machine.gic;
        Self {
            distributor: Place::new(gic.distributor, gic.distributor_bytes(board)),
            redistributors: match model {
                Model::V3 => Place::new(gic.redistributors, machine.redistributors_bytes()),
                Model::V2 => Place::NONE,
            },
            cpu_interface: if is_software {
                Place::new(gic.cpu_interface, VirtualGic::CPU_INTERFACE_BYTES)
            } else {
                Place::NONE
            },
            uart: match machine.uart {
                Some(base) => Place::new(base, UART_BYTES),
                None => Place::NONE,
            },
        }
    }
}

/// Every partition's, of which these have a CPU interface in software.
#[must_use]
pub const fn places<const N: usize>(
    system: &System,
    board: &BoardFacts,
    are_software: &[bool; N],
) -> [Places; N] {
    const NONE: Places = Places {
        distributor: Place::NONE,
        redistributors: Place::NONE,
        cpu_interface: Place::NONE,
        uart: Place::NONE,
    };
    let models: [Model; N] = models(system, board);
    let mut all = [NONE; N];
    let mut index = 0;
    while index < N {
        let machine = &system.partitions[index].machine;
        all[index] = Places::of(machine, board, models[index], are_software[index]);
        index += 1;
    }
    all
}

/// Every partition's kind of controller.
#[must_use]
pub const fn models<const N: usize>(system: &System, board: &BoardFacts) -> [Model; N] {
    let mut all = [Model::V3; N];
    let mut index = 0;
    while index < N {
        if system.partitions[index].machine.gic.version_on(board) == 2 {
            all[index] = Model::V2;
        }
        index += 1;
    }
    all
}

/// The shared interrupts of a partition's controller: whole blocks of them, as a chip has.
#[must_use]
pub const fn shared(partition: &Partition, board: &BoardFacts) -> &'static [u32] {
    const ALL: [u32; MAX_SHARED_BLOCKS as usize] = [u32::MAX; MAX_SHARED_BLOCKS as usize];
    ALL.split_at(shared_blocks(partition, board)).0
}

/// As many blocks as the declaration says, or more if an interrupt of the partition's devices lies
/// beyond them.
const fn shared_blocks(partition: &Partition, board: &BoardFacts) -> usize {
    let mut blocks = partition.machine.gic.shared_blocks;
    let links = Links::of(partition, board);
    let mut index = 0;
    while index < links.count {
        let needed = links.links[index].guest / 32;
        blocks = if needed > blocks { needed } else { blocks };
        index += 1;
    }
    assert!(
        blocks <= MAX_SHARED_BLOCKS,
        "a device's interrupt lies beyond what a partition's controller can have"
    );
    blocks as usize
}

/// What the partitions' machines have, all together: code for what none has isn't needed.
#[derive(Clone, Copy, Debug)]
pub struct Union {
    /// Most vCPUs.
    pub most_vcpus: usize,
    /// Most blocks of 32 shared interrupts.
    pub most_shared_blocks: usize,
    /// The kind of all controllers, if it is one.
    pub model: Option<Model>,
    /// Whether any has a UART.
    pub uart: bool,
    /// Whether any has a shared interrupt of the board's.
    pub shared_links: bool,
    /// Whether vCPUs of any are called by an interrupt.
    pub kicks: bool,
    /// Whether any is told of stray accesses by an abort.
    pub aborts: bool,
    /// Whether any is told of forbidden instructions as of undefined ones.
    pub undefined: bool,
    /// Whether any has the CPU's debug registers.
    pub debug: bool,
    /// Whether any is told its stolen time.
    pub stolen_time: bool,
}

impl Union {
    /// Of a system on a board.
    #[must_use]
    pub const fn of(system: &System, board: &BoardFacts) -> Self {
        let mut all = Self {
            most_vcpus: 1,
            most_shared_blocks: 1,
            model: None,
            uart: false,
            shared_links: false,
            kicks: false,
            aborts: false,
            undefined: false,
            debug: false,
            stolen_time: false,
        };
        let mut v2 = 0;
        let mut index = 0;
        while index < system.partitions.len() {
            let partition = &system.partitions[index];
            let machine = &partition.machine;
            let vcpus = machine.vcpus as usize;
            if vcpus > all.most_vcpus {
                all.most_vcpus = vcpus;
            }
            let blocks = shared_blocks(partition, board);
            if blocks > all.most_shared_blocks {
                all.most_shared_blocks = blocks;
            }
            if machine.gic.version_on(board) == 2 {
                v2 += 1;
            }
            all.uart |= machine.uart.is_some();
            all.shared_links |= Links::of(partition, board).has_shared();
            all.kicks |= vcpus > 1;
            all.aborts |= matches!(machine.stray, Stray::ExternalAbort);
            all.undefined |= matches!(machine.forbidden, Forbidden::Undefined);
            all.debug |= machine.debug;
            all.stolen_time |= machine.stolen_time.is_some();
            index += 1;
        }
        let mut channel = 0;
        while channel < system.channels.len() {
            let mut end = 0;
            while end < system.channels[channel].destinations.len() {
                all.kicks |= system.channels[channel].destinations[end]
                    .interrupt
                    .is_some();
                end += 1;
            }
            channel += 1;
        }
        all.model = match v2 {
            0 => Some(Model::V3),
            _ if v2 == index => Some(Model::V2),
            _ => None,
        };
        all
    }
}

/// The interrupts of every partition's ports; 0 where there is none.
#[must_use]
pub const fn port_interrupts<const N: usize>(system: &System) -> [[u32; MAX_PORTS]; N] {
    let table: [PartitionPorts; N] = port_table(system);
    let mut all = [[0; MAX_PORTS]; N];
    let mut index = 0;
    while index < N {
        all[index] = ports::port_interrupts(&table[index]);
        index += 1;
    }
    all
}

/// Whether any of a partition's ports has an interrupt.
#[must_use]
pub const fn have_doorbells<const N: usize>(system: &System) -> [bool; N] {
    let directory = Directory::new(system);
    let mut all = [false; N];
    let mut channel = 0;
    while channel < system.channels.len() {
        let destinations = system.channels[channel].destinations;
        let mut end = 0;
        while end < destinations.len() {
            if destinations[end].interrupt.is_some()
                && let Some(partition) = directory.find(destinations[end].partition)
            {
                all[partition] = true;
            }
            end += 1;
        }
        channel += 1;
    }
    all
}

/// Most partitions with several vCPUs or a doorbell: a CPU has as many software-generated interrupts
/// (Arm IHI 0069, table of INTIDs).
pub const MAX_KICKS: u32 = 16;

/// A software-generated interrupt of its own for each partition with several vCPUs or a doorbell: one
/// that comes late is then held back at the controller until the partition's next window.
///
/// # Panics
/// If there are more such partitions than such interrupts.
#[must_use]
pub const fn kicks<const N: usize>(system: &System) -> [Option<u32>; N] {
    let have_doorbells: [bool; N] = have_doorbells(system);
    let mut all = [None; N];
    let mut next = 0;
    let mut index = 0;
    while index < N {
        if system.partitions[index].machine.vcpus > 1 || have_doorbells[index] {
            assert!(next < MAX_KICKS, "a CPU has 16 such interrupts");
            all[index] = Some(next);
            next += 1;
        }
        index += 1;
    }
    all
}

/// The CPU that each vCPU runs on.
#[must_use]
pub const fn cpu_of<const N: usize>(system: &System) -> [usize; N] {
    let mut cpus = [0; N];
    let directory = Directory::new(system);
    let plans = system.schedule.plans;
    let mut cpu = 0;
    while cpu < plans.len() {
        let mut window = 0;
        while window < plans[cpu].len() {
            if let Some(index) = directory.vcpu_of(&plans[cpu][window]) {
                cpus[index] = cpu;
            }
            window += 1;
        }
        cpu += 1;
    }
    cpus
}

/// Most windows of any of `N` partitions in a major frame, on all CPUs together.
#[must_use]
pub const fn most_windows<const N: usize>(system: &System) -> usize {
    let mut counts = [0; N];
    let directory = Directory::new(system);
    let plans = system.schedule.plans;
    let (mut most, mut cpu) = (0, 0);
    while cpu < plans.len() {
        let mut window = 0;
        while window < plans[cpu].len() {
            if let Some(index) = directory.find(plans[cpu][window].partition) {
                counts[index] += 1;
                most = if counts[index] > most {
                    counts[index]
                } else {
                    most
                };
            }
            window += 1;
        }
        cpu += 1;
    }
    most
}

/// The affinity of the CPU that each vCPU runs on.
#[must_use]
pub const fn affinity_of<const N: usize>(system: &System, board: &BoardFacts) -> [u64; N] {
    let cpus: [usize; N] = cpu_of(system);
    let mut affinities = [0; N];
    let mut vcpu = 0;
    while vcpu < N {
        affinities[vcpu] = board.cpus[cpus[vcpu]];
        vcpu += 1;
    }
    affinities
}

/// The partition of each vCPU.
#[must_use]
pub const fn partition_of<const N: usize>(system: &System) -> [usize; N] {
    let mut partitions = [0; N];
    let mut partition = 0;
    let mut end = 0;
    let mut vcpu = 0;
    while vcpu < N {
        end += system.partitions[partition].machine.vcpus as usize;
        while vcpu < N && vcpu < end {
            partitions[vcpu] = partition;
            vcpu += 1;
        }
        partition += 1;
    }
    partitions
}

/// Whether another vCPU of the same partition runs on the same CPU.
#[must_use]
pub const fn share_cpu<const N: usize>(system: &System) -> [bool; N] {
    let cpus: [usize; N] = cpu_of(system);
    let partitions: [usize; N] = partition_of(system);
    let mut shares = [false; N];
    let mut one = 0;
    while one < N {
        // Those of a partition lie side by side.
        let mut other = one + 1;
        while other < N && partitions[one] == partitions[other] {
            if cpus[one] == cpus[other] {
                shares[one] = true;
                shares[other] = true;
            }
            other += 1;
        }
        one += 1;
    }
    shares
}

/// Most destinations of any channel.
#[must_use]
pub const fn most_destinations(system: &System) -> usize {
    let mut most = 0;
    let mut index = 0;
    while index < system.channels.len() {
        let count = system.channels[index].destinations.len();
        most = if count > most { count } else { most };
        index += 1;
    }
    most
}

/// At which partition, and at which of its ports, a message of a channel rings for each of its
/// destinations.
#[must_use]
pub const fn to_ring<const DESTINATIONS: usize, const N: usize>(
    system: &System,
) -> [[Option<(usize, usize)>; DESTINATIONS]; N] {
    ports::ports_to_ring(system)
}
