//! Machines that no partition can have.

use std::time::Duration;

use paratia_config::address::{Ipa, MemoryRange, Pa};
use paratia_config::board::{BoardFacts, InterruptController};
use paratia_config::each;
use paratia_config::machine::{GicVersion, VirtualGic, VirtualMachine};
use paratia_config::system::{
    Channel, Heartbeat, Partition, Port, Region, RegionKind, Schedule, System, Window,
};

use crate::base::{BOARD, HUD, MEDIA, MEDIA_RAM, NAV, NAV_PORT, ROUTE, SCHEDULE, SYSTEM};
use crate::case::{Case, VALID};

const fn with_media(machine: VirtualMachine) -> Partition {
    Partition { machine, ..MEDIA }
}

const NO_CPU: Partition = with_media(VirtualMachine::PLAIN.with_vcpus(0));
const NINE: Partition = with_media(VirtualMachine::PLAIN.with_vcpus(9));
const TWO: Partition = with_media(VirtualMachine::PLAIN.with_vcpus(2));
const NO_SHARED: Partition = with_media(VirtualMachine {
    gic: VirtualGic {
        shared_blocks: 0,
        ..VirtualGic::AS_BOARD
    },
    ..VirtualMachine::PLAIN
});
const CROOKED: Partition = with_media(VirtualMachine {
    uart: Some(Ipa(0x0900_0800)),
    ..VirtualMachine::PLAIN
});
const OFF_FRAMES: Partition = {
    let mut machine = VirtualMachine::PLAIN;
    machine.gic.distributor = Ipa(0x0700_1000);
    machine.gic.redistributors = Ipa(0x0720_8000);
    with_media(machine)
};
const WATCHED: VirtualMachine = VirtualMachine::PLAIN.with_watchdog();
const UNWATCHED: Partition = with_media(WATCHED);
/// A heartbeat in every so many milliseconds, due so many after each begins.
const fn watched(period: u64, deadline: u64) -> Partition {
    Partition {
        heartbeat: Some(Heartbeat {
            period: Duration::from_millis(period),
            deadline: Duration::from_millis(deadline),
            start_within: Duration::from_secs(1),
        }),
        ..UNWATCHED
    }
}
const WATCHED_EARLY: Partition = watched(2_000, 1_000);
const WATCHED_OFTEN: Partition = watched(100, 100);
const ONTO_RAM: Partition = with_media(VirtualMachine {
    stolen_time: Some(Ipa(0x4000_0000)),
    ..VirtualMachine::PLAIN
});

const OF_XEN_TWICE: Partition = Partition {
    regions: &[
        MEDIA_RAM,
        Region {
            name: "xen",
            ipa: Ipa(0x3800_0000),
            pa: Pa(0x4C00_0000),
            size_bytes: 0x1000,
            kind: RegionKind::Xen,
        },
        Region {
            name: "more",
            ipa: Ipa(0x3900_0000),
            pa: Pa(0x4C01_0000),
            size_bytes: 0x3000,
            kind: RegionKind::Xen,
        },
    ],
    ..MEDIA
};

const NEWER: Partition = with_media(VirtualMachine::PLAIN.with_gic(GicVersion::V3));

/// One partition more than there are interrupts to call one by, each with a port that has one.
const CALLED: usize = 17;
const CALLED_NAMES: [&str; CALLED] = [
    "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q",
];
const MANY: [Partition; 2 + CALLED] = {
    const REGIONS: &[[Region; 1]; CALLED] = &{
        let mut regions = [[MEDIA_RAM]; CALLED];
        each! { index below CALLED => {
            regions[index][0].pa = Pa(0x5000_0000 + index as u64 * 0x10_0000);
        }}
        regions
    };
    let mut many = [NAV; 2 + CALLED];
    many[1] = HUD;
    each! { index below CALLED => {
        many[2 + index] = Partition {
            name: CALLED_NAMES[index],
            regions: &REGIONS[index],
            devices: &[],
            ..MEDIA
        };
    }}
    many
};
const MANY_WINDOWS: [Window; CALLED] = {
    let mut windows = [Window::us("", 0, 0); CALLED];
    each! { index below CALLED => {
        windows[index] = Window::us(CALLED_NAMES[index], 1_000 * index as u64, 1_000);
    }}
    windows
};
const MANY_PORTS: [Port; CALLED] = {
    let mut ports = [NAV_PORT; CALLED];
    each! { index below CALLED => {
        ports[index].partition = CALLED_NAMES[index];
        ports[index].interrupt = Some(40);
    }}
    ports
};

pub const CASES: &[Case] = &[
    Case {
        system: System {
            partitions: &[NAV, HUD, UNWATCHED],
            ..SYSTEM
        },
        findings: &[(
            "watchdog_is_heartbeat",
            "partition 'media': has a watchdog, but owes no heartbeat that it could be; declare one",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[NAV, HUD, WATCHED_EARLY],
            ..SYSTEM
        },
        findings: &[(
            "watchdog_is_heartbeat",
            "partition 'media': has a watchdog, but its heartbeat is due 1 s after each period of \
             2 s begins, of which its guest isn't told; let that be the whole period",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[NAV, HUD, WATCHED_OFTEN],
            ..SYSTEM
        },
        findings: &[(
            "watchdog_is_heartbeat",
            "partition 'media': has a watchdog, but its heartbeat's period 100 ms is less than a \
             second, the least that drivers know; lengthen it",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[NAV, HUD, NO_CPU],
            ..SYSTEM
        },
        findings: &[
            (
                "vcpu_count",
                "partition 'media': has 0 vCPUs, allowed are 1 to 8; give it as many as its plans \
                 have room for",
            ),
            (
                "window_vcpu_exists",
                "CPU 1: window 'media' 0 ms..20 ms is for vCPU 0, the partition has 0; give it \
                 more, or count from 0",
            ),
        ],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[NAV, HUD, NINE],
            ..SYSTEM
        },
        findings: &[(
            "vcpu_count",
            "partition 'media': has 9 vCPUs, allowed are 1 to 8; give it as many as its plans have \
             room for",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[NAV, HUD, TWO],
            schedule: Schedule {
                plans: &[
                    SCHEDULE.plans[0],
                    &[
                        Window::us("media", 0, 10_000),
                        Window::us("media", 10_000, 10_000).of_vcpu(2),
                    ],
                ],
                ..SCHEDULE
            },
            ..SYSTEM
        },
        findings: &[
            (
                "window_vcpu_exists",
                "CPU 1: window 'media' 10 ms..20 ms is for vCPU 2, the partition has 2; give it \
                 more, or count from 0",
            ),
            (
                "vcpu_scheduled",
                "partition 'media': vCPU 1 has no window in any plan; give it one",
            ),
        ],
        ..VALID
    },
    Case {
        system: System {
            partitions: &MANY,
            schedule: Schedule {
                plans: &[SCHEDULE.plans[0], &MANY_WINDOWS],
                ..SCHEDULE
            },
            channels: &[Channel {
                destinations: &MANY_PORTS,
                ..ROUTE
            }],
            ..SYSTEM
        },
        findings: &[(
            "kick_count",
            "system 'base': 17 of its partitions have several vCPUs or a port with an interrupt, \
             which takes a software-generated interrupt each, and a CPU has 16; give some one vCPU \
             and let them poll",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[NAV, HUD, NO_SHARED],
            ..SYSTEM
        },
        findings: &[(
            "shared_blocks",
            "partition 'media': its interrupt controller has 0 blocks of 32 shared interrupts, \
             allowed are 1 to 8; change it",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[NAV, HUD, CROOKED],
            ..SYSTEM
        },
        findings: &[(
            "machine_whole_pages",
            "partition 'media': UART at IPA 0x0900_0800 isn't a multiple of 0x0000_1000; align \
             it",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[NAV, HUD, OFF_FRAMES],
            ..SYSTEM
        },
        findings: &[
            (
                "gic_frames_aligned",
                "partition 'media': distributor at IPA 0x0700_1000, of a GICv3, isn't a multiple of \
                 0x0001_0000; align it",
            ),
            (
                "gic_frames_aligned",
                "partition 'media': redistributors at IPA 0x0720_8000, of a GICv3, isn't a multiple \
                 of 0x0001_0000; align it",
            ),
        ],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[NAV, HUD, ONTO_RAM],
            ..SYSTEM
        },
        findings: &[(
            "ipa_apart",
            "partition 'media': region 'ram' at IPA 0x4000_0000..0x4010_0000 overlaps stolen time \
             at IPA 0x4000_0000..0x4000_1000; move one",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[NAV, HUD, NEWER],
            ..SYSTEM
        },
        board: BoardFacts {
            interrupt_controller: InterruptController::Bcm2836 {
                local: MemoryRange::new(Pa(0x0800_0000), 0x1000),
                devices: MemoryRange::new(Pa(0x0801_0000), 0x1000),
            },
            ..BOARD
        },
        findings: &[(
            "gic_version_on_board",
            "partition 'media': its interrupt controller is a GICv3, whose system registers board \
             'test-board' hasn't got; take a GICv2 or another board",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[NAV, HUD, OF_XEN_TWICE],
            ..SYSTEM
        },
        findings: &[
            (
                "xen_pages",
                "partition 'media': region 'xen', of kind Xen, has 0x0000_1000 bytes, but grant frames \
                 and a console take 0x0000_3000; make it as large",
            ),
            (
                "xen_pages",
                "partition 'media': region 'more' is its second of kind Xen; leave one",
            ),
            (
                "guard_covers_longest_path",
                "system 'base': guard 50 µs is shorter than the hypervisor's longest path 59 µs; \
                 lengthen it",
            ),
        ],
        ..VALID
    },
];
