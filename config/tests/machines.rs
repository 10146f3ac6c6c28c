//! What declared machines come to, against values written by hand.

#[allow(
    dead_code,
    reason = "shared with other tests, each of which uses a part"
)]
#[path = "support/base.rs"]
mod base;
#[path = "support/board.rs"]
mod board;

use base::{BOARD, HUD, MEDIA, NAV, NAV_PORT, ROUTE, SCHEDULE, SYSTEM};
use paratia_config::address::{Ipa, MemoryRange, Pa, kib};
use paratia_config::board::{BoardFacts, Device, InterruptController};
use paratia_config::machine::{Forbidden, GicVersion, Stray, VirtualGic, VirtualMachine};
use paratia_config::machines::{self, Link, Links, Model, Place, Places, Union};
use paratia_config::system::{Channel, DeviceUse, Partition, Port, Schedule, System, Window};

/// Affinities that aren't the CPUs' numbers, an interrupt for the monitors, and a device far away.
const CPUS: BoardFacts = BoardFacts {
    cpus: &[0x100, 0x101, 0x200, 0x201],
    monitors_interrupt: Some(22),
    devices: &[
        BOARD.devices[0],
        Device {
            name: "far",
            model: "",
            registers: MemoryRange::new(Pa(0x0903_0000), kib(4)),
            interrupts: &[40, 130],
            bus_master: false,
            reaches: None,
        },
    ],
    ..BOARD
};

const GICV2: BoardFacts = BoardFacts {
    interrupt_controller: InterruptController::GicV2 {
        distributor: MemoryRange::new(Pa(0x0800_0000), kib(4)),
        cpu_interface: MemoryRange::new(Pa(0x0801_0000), kib(8)),
        hypervisor_interface: MemoryRange::new(Pa(0x0803_0000), kib(4)),
        virtual_cpu_interface: MemoryRange::new(Pa(0x0804_0000), kib(8)),
    },
    ..CPUS
};

/// Two vCPUs, monitors, a UART, and a device; three vCPUs of which two share a CPU, and everything that
/// can be different; and a plain one between them.
const MACHINES: System = System {
    partitions: &[
        Partition {
            machine: VirtualMachine {
                vcpus: 2,
                uart: Some(Ipa(0x0900_0000)),
                pmu: true,
                ..VirtualMachine::PLAIN
            },
            devices: &[DeviceUse {
                device: "far",
                ipa: Ipa(0x0903_0000),
                trusted: false,
            }],
            ..NAV
        },
        HUD,
        Partition {
            machine: VirtualMachine {
                vcpus: 3,
                gic: VirtualGic {
                    version: GicVersion::V2,
                    distributor: Ipa(0x1000_0000),
                    redistributors: Ipa(0x2000_0000),
                    cpu_interface: Ipa(0x3000_0000),
                    shared_blocks: 3,
                },
                stray: Stray::ExternalAbort,
                forbidden: Forbidden::Undefined,
                stolen_time: Some(Ipa(0x090F_0000)),
                debug: true,
                ..VirtualMachine::PLAIN
            },
            devices: &[],
            ..MEDIA
        },
    ],
    schedule: Schedule {
        plans: &[
            &[
                Window::us("hud", 0, 1_000),
                Window::us("nav", 1_000, 1_000).of_vcpu(1),
            ],
            &[Window::us("nav", 0, 1_000)],
            &[],
            &[
                Window::us("media", 0, 1_000),
                Window::us("media", 1_000, 1_000).of_vcpu(2),
            ],
        ],
        ..SCHEDULE
    },
    channels: &[
        Channel {
            destinations: &[port("hud", "route", None)],
            ..ROUTE
        },
        Channel {
            name: "turns",
            source: port("media", "turns", None),
            destinations: &[port("nav", "turns", None), port("hud", "turns", Some(41))],
            ..ROUTE
        },
    ],
    ..SYSTEM
};

const fn port(partition: &'static str, port: &'static str, interrupt: Option<u32>) -> Port {
    Port {
        partition,
        port,
        interrupt,
        ..NAV_PORT
    }
}

const fn link(guest: u32, physical: u32) -> Link {
    Link { guest, physical }
}

fn place(place: Place) -> (u64, u64) {
    (place.base, place.bytes)
}

#[test]
fn interrupts_with_one_of_the_board_behind_them() {
    let links: [Links; 3] = machines::links(&MACHINES, &CPUS);
    let expected: [&[Link]; 3] = [
        &[link(27, 27), link(23, 22), link(40, 40), link(130, 130)],
        &[link(27, 27)],
        &[link(27, 27)],
    ];
    assert_eq!(links.each_ref().map(Links::as_slice), expected);
    assert_eq!(links.map(|links| links.has_shared()), [true, false, false]);
    let first = &MACHINES.partitions[0];
    assert_eq!(machines::monitors_interrupt(first, &CPUS), Some(22));
    assert_eq!(machines::monitors_interrupt(first, &BOARD), None);
    assert_eq!(machines::monitors_interrupt(&HUD, &CPUS), None);
    let private: [u32; 3] = machines::private(&MACHINES, &CPUS);
    assert_eq!(private, [1 << 27 | 1 << 22, 1 << 27, 1 << 27]);
}

#[test]
fn shared_interrupts_are_whole_blocks() {
    let shared = |index: usize| machines::shared(&MACHINES.partitions[index], &CPUS);
    // Interrupt 130 is in the fourth block, the declaration says two.
    assert_eq!(shared(0), [u32::MAX; 4]);
    assert_eq!(shared(1), [u32::MAX; 2]);
    assert_eq!(shared(2), [u32::MAX; 3]);
}

#[test]
fn controllers_are_as_declared_or_as_the_boards() {
    let models: [Model; 3] = machines::models(&MACHINES, &CPUS);
    assert_eq!(models, [Model::V3, Model::V3, Model::V2]);
    let models: [Model; 3] = machines::models(&MACHINES, &GICV2);
    assert_eq!(models, [Model::V2; 3]);
}

#[test]
fn places_are_where_the_machine_has_something() {
    let places: [Places; 3] = machines::places(&MACHINES, &CPUS, &[false, false, true]);
    let all =
        places.map(|of| [of.distributor, of.redistributors, of.cpu_interface, of.uart].map(place));
    let none = (0, 0);
    assert_eq!(
        all,
        [
            [
                (0x0800_0000, 0x1_0000),
                (0x080A_0000, 0x4_0000),
                none,
                (0x0900_0000, 0x1000)
            ],
            [(0x0800_0000, 0x1_0000), (0x080A_0000, 0x2_0000), none, none],
            // A GICv2 with a CPU interface in software.
            [(0x1000_0000, 0x1000), none, (0x3000_0000, 0x2000), none],
        ]
    );
    let lent: [Places; 3] = machines::places(&MACHINES, &CPUS, &[false; 3]);
    assert_eq!(place(lent[2].cpu_interface), none, "the board lends one");
}

#[test]
fn a_system_has_what_any_of_its_machines_has() {
    let all = Union::of(&MACHINES, &CPUS);
    assert_eq!((all.most_vcpus, all.most_shared_blocks), (3, 4));
    assert_eq!(all.model, None, "of both kinds");
    let has = [
        all.uart,
        all.shared_links,
        all.kicks,
        all.aborts,
        all.undefined,
        all.debug,
        all.stolen_time,
    ];
    assert_eq!(has, [true; 7]);

    const PLAIN: System = System {
        partitions: &[HUD, NAV],
        channels: &[],
        ..SYSTEM
    };
    let all = Union::of(&PLAIN, &CPUS);
    assert_eq!((all.most_vcpus, all.most_shared_blocks), (1, 2));
    assert_eq!(all.model, Some(Model::V3));
    assert_eq!(Union::of(&PLAIN, &GICV2).model, Some(Model::V2));
    let has = [
        all.uart,
        all.shared_links,
        all.kicks,
        all.aborts,
        all.undefined,
        all.debug,
        all.stolen_time,
    ];
    assert_eq!(has, [false; 7]);
}

#[test]
fn who_is_called_by_an_interrupt() {
    // One vCPU each, and a message that rings at the last destination of the last channel.
    const RINGING: System = System {
        partitions: &[NAV, HUD, MEDIA],
        ..MACHINES
    };
    assert!(Union::of(&RINGING, &CPUS).kicks);
    assert_eq!(machines::have_doorbells(&RINGING), [false, true, false]);
    assert_eq!(machines::kicks(&RINGING), [None, Some(0), None]);
    assert_eq!(machines::kicks(&MACHINES), [Some(0), Some(1), Some(2)]);
    // Or two vCPUs, and no message at all.
    const PAIR: System = System {
        partitions: &[MACHINES.partitions[0], HUD],
        channels: &[],
        ..MACHINES
    };
    assert!(Union::of(&PAIR, &CPUS).kicks);
    assert_eq!(machines::kicks(&PAIR), [Some(0), None]);
    assert_eq!(
        machines::port_interrupts(&RINGING),
        [[0; 8], [0, 41, 0, 0, 0, 0, 0, 0], [0; 8]]
    );
    assert_eq!(machines::most_destinations(&RINGING), 2);
    const REVERSED: System = System {
        channels: &[MACHINES.channels[1], MACHINES.channels[0]],
        ..RINGING
    };
    assert_eq!(machines::most_destinations(&REVERSED), 2);
    let to_ring: [[Option<(usize, usize)>; 2]; 2] = machines::to_ring(&RINGING);
    assert_eq!(to_ring, [[None, None], [None, Some((1, 1))]]);
}

#[test]
fn where_vcpus_run() {
    // vCPU 1 of 'media' has no window, which a rule refuses; it then counts as CPU 0's.
    assert_eq!(machines::cpu_of(&MACHINES), [1, 0, 0, 3, 0, 3]);
    assert_eq!(
        machines::affinity_of(&MACHINES, &CPUS),
        [0x101, 0x100, 0x100, 0x201, 0x100, 0x201]
    );
    assert_eq!(machines::most_windows::<3>(&MACHINES), 2);
    assert_eq!(machines::most_windows::<3>(&SYSTEM), 1);
    assert_eq!(machines::partition_of(&MACHINES), [0, 0, 1, 2, 2, 2]);
    assert_eq!(
        machines::share_cpu(&MACHINES),
        [false, false, false, true, false, true]
    );
}
