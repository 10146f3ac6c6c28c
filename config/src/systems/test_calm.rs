//! Test: the instrument cluster with a calm neighbour that has a Linux's machine. What an image has no
//! use for isn't in it, so whoever compares the cluster beside a Linux to the instruction needs one of
//! the same kind without it.

use core::marker::PhantomData;

use super::cluster;
use crate::board::Board;
use crate::machine::VirtualMachine;
use crate::system::{Partition, System};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    const CLUSTER: System = cluster::Definition::<B>::SYSTEM;

    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-calm",
        summary: "the instrument cluster, its infotainment on a Linux's machine",
        partitions: &[
            Self::CLUSTER.partitions[0],
            Self::CLUSTER.partitions[1],
            Partition {
                machine: VirtualMachine::VIRT,
                ..Self::CLUSTER.partitions[2]
            },
        ],
        ..Self::CLUSTER
    };
}
