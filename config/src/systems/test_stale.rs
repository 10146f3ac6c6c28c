//! Test: a source that falls silent, or sends garbage, and the speedometer that must notice.

use core::marker::PhantomData;

use super::cluster;
use crate::board::Board;
use crate::system::{Image, Partition, Schedule, System, Window};

/// The system on the board `B`: the cluster with another source, and without its infotainment.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    const CLUSTER: System = cluster::Definition::<B>::SYSTEM;

    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-stale",
        summary: "a source that falls silent or sends garbage, and a speedometer",
        partitions: &[
            Partition {
                image: Image::Program("quiet-source"),
                arguments: "",
                ..Self::CLUSTER.partitions[0]
            },
            Self::CLUSTER.partitions[1],
        ],
        schedule: Schedule {
            plans: &[&[
                Window::us("vehicle", 0, 2_000),
                Window::us("speedometer", 2_000, 10_000),
            ]],
            ..Self::CLUSTER.schedule
        },
        ..Self::CLUSTER
    };
}
