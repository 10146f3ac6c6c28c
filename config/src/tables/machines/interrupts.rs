//! Each partition's interrupt controller: its kind, the interrupts that it has, and the board's behind them.

use paratia_abi::passport::MAX_INTERRUPTS;

use crate::board::BoardFacts;
use crate::each;
use crate::machine::{FIRST_SHARED, MAX_SHARED_BLOCKS, MONITORS, VIRTUAL_TIMER};
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
        each! { link in links => {
            if link.guest >= FIRST_SHARED {
                return true;
            }
        }}
        false
    }

    /// A partition sees its devices' interrupts under the board's numbers.
    pub(super) const fn of(partition: &Partition, board: &BoardFacts) -> Self {
        let mut links = Self::TIMER;
        if let Some(physical) = monitors_interrupt(partition, board) {
            links.links[links.count] = Link {
                guest: MONITORS,
                physical,
            };
            links.count += 1;
        }
        each! { owned in partition.devices => {
            if let Some(device) = board.device(owned.device) {
                each! { interrupt in device.interrupts => {
                    links.links[links.count] = Link {
                        guest: *interrupt,
                        physical: *interrupt,
                    };
                    links.count += 1;
                }}
            }
        }}
        links
    }
}

/// Every partition's links.
#[must_use]
pub const fn links<const N: usize>(system: &System, board: &BoardFacts) -> [Links; N] {
    let mut all = [Links::TIMER; N];
    each! { index below N => {
        all[index] = Links::of(&system.partitions[index], board);
    }}
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
    each! { index below N => {
        if let Some(id) = monitors_interrupt(&system.partitions[index], board) {
            all[index] |= 1 << id;
        }
    }}
    all
}

/// Every partition's kind of controller.
#[must_use]
pub const fn models<const N: usize>(system: &System, board: &BoardFacts) -> [Model; N] {
    let mut all = [Model::V3; N];
    each! { index below N => {
        if system.partitions[index].machine.gic.version_on(board) == 2 {
            all[index] = Model::V2;
        }
    }}
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
pub(super) const fn shared_blocks(partition: &Partition, board: &BoardFacts) -> usize {
    let mut blocks = partition.machine.gic.shared_blocks;
    let links = Links::of(partition, board);
    each! { index below links.count => {
        let needed = links.links[index].guest / 32;
        blocks = if needed > blocks { needed } else { blocks };
    }}
    assert!(
        blocks <= MAX_SHARED_BLOCKS,
        "a device's interrupt lies beyond what a partition's controller can have"
    );
    blocks as usize
}
