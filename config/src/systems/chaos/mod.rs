//! Systems drawn from a small grammar, for `tests/chaos`: an attacker with 1 to 4 vCPUs on 1 to 4 CPUs,
//! and beside it, on each CPU that isn't the attacker's own, a victim that must notice nothing and a
//! witness that looks at what is left in its registers.
//!
//! A frame has three parts, and everything in it is as odd as chance makes it:
//!
//! ```text
//! CPU 0 | attacker.0 attacker.2 witness-0 | victim-0   sleeper           | log
//! CPU 1 | attacker.1 witness-1 reader     |           victim-1           |
//! CPU 2 | victim-2 attacker.3 witness-2   |                              |
//! CPU 3 | attacker.4 attacker.4           |                              |
//!         the attacker has its time         victims by turns, alone
//! ```
//!
//! QEMU lets CPUs take turns and counts their instructions together, so what a CPU gets done in a tick
//! depends on how busy the others are. A victim that is alone in its time, with every other CPU asleep,
//! is measured to the tick. CPU 0 would write the log then; a partition that sleeps keeps it from that.
//! A victim that isn't on CPU 0 may run beside the attacker instead: its windows must come, and come in
//! time, but what it gets done in them is QEMU's to say.

#![allow(
    clippy::cast_possible_truncation,
    reason = "small numbers of a drawing that the compiler makes on 64-bit machines"
)]

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, message_window, ram};
use crate::address::{Ipa, Pa, mib};
use crate::board::Board;
use crate::each;
use crate::machine::{Forbidden, GicVersion, Stray, VirtualGic, VirtualMachine};
use crate::rules::longest_path;
use crate::system::{
    Action, Channel, ChannelKind, Criticality, DeviceUse, HealthTable, Heartbeat, Image, Partition,
    Port, Region, Schedule, System, Trace,
};

mod shape;
#[cfg(test)]
mod tests;
mod windows;

pub use shape::{MAX_CPUS, MAX_VCPUS, Policy, Shape, Span};

/// Most partitions: the attacker, a victim and a witness on each CPU, the reader and the sleeper.
const MAX_PARTITIONS: usize = 1 + 2 * MAX_CPUS + 2;
/// Most windows of a CPU: each of the attacker's vCPUs twice, and each of the others once.
const MAX_WINDOWS: usize = 2 * MAX_VCPUS + 4;

const ATTACKER: &str = "attacker";
const READER: &str = "reader";
const SLEEPER: &str = "sleeper";
const VICTIMS: [&str; MAX_CPUS] = ["victim-0", "victim-1", "victim-2", "victim-3"];
const WITNESSES: [&str; MAX_CPUS] = ["witness-0", "witness-1", "witness-2", "witness-3"];

/// RAM of everybody but the attacker.
const SMALL_BYTES: u64 = mib(2);
/// Between two partitions' memory: nobody's, and zero at the end as at the beginning.
const GAP_BYTES: u64 = mib(2);
const MESSAGE_BYTES: u32 = 512;
const KIND: ChannelKind = ChannelKind::Sampling {
    refresh: Duration::from_millis(10),
};
/// At least; as long as the rules demand where that is more.
const GUARD: Duration = Duration::from_micros(50);
/// Where the attacker sees its UART and its stolen time.
const UART: Ipa = Ipa(0x0900_0000);
const STOLEN_TIME: Ipa = Ipa(0x7100_0000);
/// The board's device that the attacker may own, and where it sees it.
const DEVICE: DeviceUse = DeviceUse {
    device: "rtc",
    ipa: Ipa(0x0901_0000),
    trusted: false,
};

/// The system that number `SEED` draws, on the board `B`.
pub struct Drawn<B, const SEED: u64>(PhantomData<B>);

impl<B: Board, const SEED: u64> Drawn<B, SEED> {
    const SHAPE: Shape = Shape::draw(SEED);
    const COUNT: usize = 1
        + 2 * Self::SHAPE.shared_cpus()
        + Self::SHAPE.has_channels as usize
        + (Self::SHAPE.cpus > 1) as usize;

    const REGIONS: &'static [[Region; 1]; MAX_PARTITIONS] = &{
        let mut at = B::FACTS.partition_memory.base.0 + GAP_BYTES;
        let mut regions = [[ram(Pa(0), SMALL_BYTES)]; MAX_PARTITIONS];
        each! { index below MAX_PARTITIONS => {
            let size = if index == 0 {
                Self::SHAPE.attacker_bytes
            } else {
                SMALL_BYTES
            };
            regions[index] = [ram(Pa(at), size)];
            at += size + GAP_BYTES;
        }}
        regions
    };

    const MACHINE: VirtualMachine = VirtualMachine {
        vcpus: Self::SHAPE.vcpus as u32,
        gic: VirtualGic {
            version: if Self::SHAPE.has_gic_v2 {
                GicVersion::V2
            } else {
                GicVersion::AsBoard
            },
            shared_blocks: Self::SHAPE.shared_blocks,
            ..VirtualGic::AS_BOARD
        },
        uart: if Self::SHAPE.has_uart {
            Some(UART)
        } else {
            None
        },
        stray: if Self::SHAPE.is_strict {
            Stray::HealthEvent
        } else {
            Stray::ExternalAbort
        },
        forbidden: if Self::SHAPE.is_strict {
            Forbidden::HealthEvent
        } else {
            Forbidden::Undefined
        },
        stolen_time: if Self::SHAPE.has_stolen_time {
            Some(STOLEN_TIME)
        } else {
            None
        },
        pmu: Self::SHAPE.has_monitors,
        debug: Self::SHAPE.has_monitors,
        entropy: false,
        clock: None,
        watchdog: None,
    };

    const HEALTH: HealthTable = {
        let period = Duration::from_nanos(4 * Self::SHAPE.frame_ns);
        let restart = HealthTable::restart(8, period);
        match Self::SHAPE.policy {
            Policy::Restart => HealthTable {
                shutdown: Action::Restart,
                console_overflow: Action::Restart,
                missed_heartbeat: Action::Restart,
                ..restart
            },
            Policy::Ignore => HealthTable {
                shutdown: Action::Restart,
                refused_calls: Action::Ignore,
                application_error: Action::Ignore,
                missed_heartbeat: Action::Ignore,
                ..restart
            },
            Policy::Halt => HealthTable {
                stray_access: Action::Halt,
                application_error: Action::Ignore,
                console_overflow: Action::Restart,
                missed_heartbeat: Action::Ignore,
                ..restart
            },
        }
    };

    const fn heartbeat(frames: u64) -> Option<Heartbeat> {
        let period = Duration::from_nanos(frames * Self::SHAPE.frame_ns);
        Some(Heartbeat {
            period,
            deadline: period,
            start_within: Duration::from_secs(1),
        })
    }

    const fn neighbour(
        name: &'static str,
        image: &'static str,
        arguments: &'static str,
    ) -> Partition {
        Partition {
            name,
            image: Image::Program(image),
            arguments,
            ..PLAIN
        }
    }

    const PARTITIONS: &'static [Partition; MAX_PARTITIONS] = &{
        let mut all = [Partition {
            name: ATTACKER,
            image: Image::Program("chaos"),
            machine: Self::MACHINE,
            devices: if Self::SHAPE.has_device {
                &[DEVICE]
            } else {
                &[]
            },
            heartbeat: if Self::SHAPE.owes_heartbeat {
                Self::heartbeat(4)
            } else {
                None
            },
            health: Self::HEALTH,
            refused_calls_per_window: Self::SHAPE.refused_calls,
            ..PLAIN
        }; MAX_PARTITIONS];
        let mut count = 1;
        each! { cpu below Self::SHAPE.cpus => {
            if Self::SHAPE.is_own[cpu] {
                continue;
            }
            all[count] = Partition {
                criticality: Criticality::Critical,
                heartbeat: Self::heartbeat(1),
                health: HealthTable {
                    missed_heartbeat: Action::Restart,
                    ..HealthTable::HALT
                },
                ..Self::neighbour(VICTIMS[cpu], "chaos-neighbour", "role=victim")
            };
            // It owes no heartbeats, and gives some.
            all[count + 1] = Partition {
                refused_calls_per_window: u32::MAX,
                ..Self::neighbour(WITNESSES[cpu], "plant", "")
            };
            count += 2;
        }}
        if Self::SHAPE.cpus > 1 {
            all[count] = Self::neighbour(SLEEPER, "chaos-neighbour", "role=sleeper");
            count += 1;
        }
        if Self::SHAPE.has_channels {
            all[count] = Self::neighbour(READER, "chaos-neighbour", "role=reader");
            count += 1;
        }
        each! { index below count => {
            all[index].regions = &Self::REGIONS[index];
        }}
        all
    };

    /// The message windows lie in each end's last page.
    const FLOOD_READERS: [Port; 1] = [port(READER, "flood", SMALL_BYTES, 0, Some(40))];
    const ANSWER_READERS: [Port; 1] = [port(
        ATTACKER,
        "answer",
        Self::SHAPE.attacker_bytes,
        1,
        Some(41),
    )];
    const CHANNELS: &'static [Channel; 2] = &[
        Channel {
            name: "flood",
            kind: KIND,
            message_bytes: MESSAGE_BYTES,
            source: port(ATTACKER, "flood", Self::SHAPE.attacker_bytes, 0, None),
            destinations: &Self::FLOOD_READERS,
        },
        Channel {
            name: "answer",
            kind: KIND,
            message_bytes: MESSAGE_BYTES,
            source: port(READER, "answer", SMALL_BYTES, 1, None),
            destinations: &Self::ANSWER_READERS,
        },
    ];

    /// The declaration, under this name.
    #[must_use]
    pub const fn system(name: &'static str, summary: &'static str) -> System {
        let mut system = System {
            name,
            summary,
            partitions: Self::PARTITIONS.split_at(Self::COUNT).0,
            schedule: Schedule {
                major_frame: Duration::from_nanos(Self::SHAPE.frame_ns),
                guard: GUARD,
                plans: Self::PLANS.split_at(Self::SHAPE.cpus).0,
            },
            channels: if Self::SHAPE.has_channels {
                Self::CHANNELS
            } else {
                &[]
            },
            display: None,
            trace: Trace::Windows,
        };
        let longest = longest_path(&system, &B::FACTS);
        if longest.as_nanos() > GUARD.as_nanos() {
            system.schedule.guard = longest;
        }
        system
    }
}

const fn port(
    partition: &'static str,
    port: &'static str,
    ram_bytes: u64,
    number: u64,
    interrupt: Option<u32>,
) -> Port {
    Port {
        partition,
        port,
        window: message_window(ram_bytes).offset(number * MESSAGE_BYTES as u64),
        interrupt,
    }
}
