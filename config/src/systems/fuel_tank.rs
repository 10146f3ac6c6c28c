//! Two ARINC 653 applications with sampling ports: a fuel tank's simulation, and the controller of its inlet.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, message_window, ram};
use crate::address::{Ipa, mib};
use crate::board::Board;
use crate::system::{
    Channel, ChannelKind, HealthTable, Image, Partition, Port, Schedule, System, Trace, Window,
};

/// The system on the board `B`.
pub struct Definition<B>(PhantomData<B>);

const SIMULATION: &str = "fuel-tank-sim";
const CONTROLLER: &str = "fuel-tank-control";
const WINDOWS: Ipa = message_window(mib(2));
const SAMPLING: ChannelKind = ChannelKind::Sampling {
    refresh: Duration::from_secs(1),
};

const fn port(partition: &'static str, port: &'static str, place: u64) -> Port {
    Port {
        partition,
        port,
        window: WINDOWS.offset(place),
        interrupt: None,
    }
}

impl<B: Board> Definition<B> {
    const SIMULATION: Partition = Partition {
        name: SIMULATION,
        image: Image::Program("fuel-tank-simulation"),
        regions: &[ram(B::FACTS.partition_memory.base, mib(2))],
        health: HealthTable::restart(3, Duration::from_secs(10)),
        ..PLAIN
    };

    /// The declaration.
    pub const SYSTEM: System = System {
        name: "fuel-tank",
        summary: "ARINC 653: a fuel tank and the controller of its inlet, by sampling ports",
        partitions: &[
            Self::SIMULATION,
            Partition {
                name: CONTROLLER,
                image: Image::Program("fuel-tank-controller"),
                regions: &[ram(B::FACTS.partition_memory.base.offset(mib(2)), mib(2))],
                ..Self::SIMULATION
            },
        ],
        schedule: Schedule {
            major_frame: Duration::from_millis(20),
            guard: Duration::from_micros(50),
            plans: &[&[
                Window::us(SIMULATION, 0, 8_000),
                Window::us(CONTROLLER, 10_000, 8_000),
            ]],
        },
        channels: &[
            Channel {
                name: "level",
                kind: SAMPLING,
                message_bytes: 8,
                source: port(SIMULATION, "fuel-sensors", 0),
                destinations: &[port(CONTROLLER, "fuel-sensors", 0)],
            },
            Channel {
                name: "inlet",
                kind: SAMPLING,
                message_bytes: 8,
                source: port(CONTROLLER, "fuel-actuators", 64),
                destinations: &[port(SIMULATION, "fuel-actuators", 64)],
            },
        ],
        display: None,
        trace: Trace::Windows,
    };
}
