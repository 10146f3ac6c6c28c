//! The instrument cluster with its speed over a CAN bus: the vehicle owns one controller of a ZCU102, the
//! speedometer the other, and no channel is between them.

use core::marker::PhantomData;

use super::cluster;
use crate::address::Ipa;
use crate::board::Board;
use crate::system::{DeviceUse, Image, Partition, System};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

/// A controller, and where its owner sees it: within what the runtime maps.
const fn controller(device: &'static str, ipa: u64) -> DeviceUse {
    DeviceUse {
        device,
        ipa: Ipa(ipa),
        trusted: false,
    }
}

impl<B: Board> Definition<B> {
    const CLUSTER: System = cluster::Definition::<B>::SYSTEM;

    /// The declaration.
    pub const SYSTEM: System = System {
        name: "cluster-can",
        summary: "the cluster with its speed over a CAN bus between two controllers",
        partitions: &[
            Partition {
                image: Image::Program("can-vehicle"),
                devices: &[controller("can0", 0x0906_0000)],
                ..Self::CLUSTER.partitions[0]
            },
            Partition {
                image: Image::Program("can-speedometer"),
                devices: &[controller("can1", 0x0907_0000)],
                ..Self::CLUSTER.partitions[1]
            },
            Self::CLUSTER.partitions[2],
        ],
        channels: &[],
        ..Self::CLUSTER
    };
}
