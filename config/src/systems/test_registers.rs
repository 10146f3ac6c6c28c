//! Test: one partition plants a value in every register, its neighbours look for it.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, heartbeat_ms, ram};
use crate::address::mib;
use crate::board::Board;
use crate::system::{Image, Partition, Schedule, System, Trace, Window};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

impl<B: Board> Definition<B> {
    /// The declaration.
    pub const SYSTEM: System = System {
        name: "test-registers",
        summary: "two partitions that look for each other's register contents",
        partitions: &[
            Partition {
                name: "plant",
                image: Image::Program("plant"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(0)), mib(2))],
                heartbeat: heartbeat_ms(200),
                ..PLAIN
            },
            Partition {
                name: "look",
                image: Image::Program("look"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
                heartbeat: heartbeat_ms(200),
                ..PLAIN
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[
                &[Window::us("plant", 0, 400), Window::us("look", 400, 400), Window::us("plant", 10_000, 400), Window::us("look", 10_400, 400)],
            ],
        },
        channels: &[],
        display: None,
        trace: Trace::Windows,
    };
}
