//! One partition, `@NAME@`: a start to edit from.

use core::marker::PhantomData;
use core::time::Duration;

use crate::address::{Ipa, mib};
use crate::board::Board;
use crate::system::{
    Criticality, HealthTable, Heartbeat, Image, Partition, Region, RegionKind, Schedule, System,
    Trace, Window,
};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

/// Where the partition sees its memory.
const RAM: Ipa = Ipa(0x4000_0000);
/// Where it sees its passport.
const PASSPORT: Ipa = Ipa(0x7000_0000);

impl<B: Board> Definition<B> {
    /// The declaration.
    pub const SYSTEM: System = System {
        name: "@NAME@",
        summary: "one partition, @NAME@",
        partitions: &[Partition {
            name: "@NAME@",
            criticality: Criticality::Critical,
            image: Image::Program("@NAME@"),
            entry: RAM,
            regions: &[Region {
                name: "ram",
                ipa: RAM,
                pa: B::FACTS.partition_memory.base,
                size_bytes: mib(2),
                kind: RegionKind::Ram,
            }],
            passport: PASSPORT,
            devices: &[],
            heartbeat: Some(Heartbeat {
                period: Duration::from_millis(20),
                deadline: Duration::from_millis(20),
                start_within: Duration::from_secs(1),
            }),
            health: HealthTable::restart(3, Duration::from_secs(10)),
            refused_calls_per_window: 0,
            arguments: "",
        }],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[&[Window::us("@NAME@", 0, 10_000)]],
        },
        channels: &[],
        display: None,
        trace: Trace::Windows,
    };
}
