//! Windows that overlap, run over or are too short, and partitions that have none.

use std::time::Duration;

use paratia_config::board::BoardFacts;
use paratia_config::each;
use paratia_config::machine::VirtualMachine;
use paratia_config::system::{Partition, Schedule, System, Window};

use crate::base::{BOARD, HUD, MEDIA, NAV, SCHEDULE, SYSTEM};
use crate::case::{Case, VALID};

const NAV_WINDOW: Window = Window::us("nav", 0, 5_000);
const HUD_WINDOW: Window = Window::us("hud", 5_000, 5_000);
const MEDIA_PLAN: &[Window] = &[Window::us("media", 0, 20_000)];

const TWO_VCPUS: Partition = Partition {
    machine: VirtualMachine::PLAIN.with_vcpus(2),
    ..MEDIA
};

pub const CASES: &[Case] = &[
    Case {
        system: System {
            schedule: Schedule {
                major_frame: Duration::ZERO,
                ..SCHEDULE
            },
            ..SYSTEM
        },
        findings: &[
            (
                "frame_not_empty",
                "system 'base': its major frame is 0 ms; give it a length",
            ),
            (
                "window_in_frame",
                "CPU 0: window 'nav' 0 ms..5 ms exceeds the major frame 0 ms; shorten it or \
                 lengthen the frame",
            ),
            (
                "window_in_frame",
                "CPU 0: window 'hud' 5 ms..10 ms exceeds the major frame 0 ms; shorten it or \
                 lengthen the frame",
            ),
            (
                "window_in_frame",
                "CPU 1: window 'media' 0 ms..20 ms exceeds the major frame 0 ms; shorten it or \
                 lengthen the frame",
            ),
            (
                "heartbeat_period_in_frames",
                "partition 'nav': heartbeat period 20 ms isn't a whole number of major frames of \
                 0 ms; change it",
            ),
            (
                "heartbeat_period_in_frames",
                "partition 'hud': heartbeat period 20 ms isn't a whole number of major frames of \
                 0 ms; change it",
            ),
        ],
        ..VALID
    },
    Case {
        system: System {
            schedule: Schedule {
                guard: Duration::from_micros(31),
                ..SCHEDULE
            },
            ..SYSTEM
        },
        findings: &[(
            "guard_covers_longest_path",
            "system 'base': guard 31 µs is shorter than the hypervisor's longest path 32 µs; \
             lengthen it",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[NAV, HUD, TWO_VCPUS],
            schedule: Schedule {
                guard: Duration::from_micros(79),
                plans: &[
                    &[
                        NAV_WINDOW,
                        HUD_WINDOW,
                        Window::us("media", 10_000, 1_000).of_vcpu(1),
                    ],
                    MEDIA_PLAN,
                ],
                ..SCHEDULE
            },
            ..SYSTEM
        },
        findings: &[(
            "guard_covers_longest_path",
            "system 'base': guard 79 µs is shorter than the hypervisor's longest path 34 µs and \
             52 µs in which vCPUs of one partition wait for each other; lengthen it",
        )],
        ..VALID
    },
    Case {
        system: SYSTEM,
        board: BoardFacts {
            cpus: &[0],
            ..BOARD
        },
        findings: &[(
            "plan_has_cpu",
            "system 'base': has plans for 2 CPUs, board 'test-board' has 1; merge plans",
        )],
        ..VALID
    },
    Case {
        system: System {
            schedule: Schedule {
                plans: &[
                    &[NAV_WINDOW, HUD_WINDOW, Window::us("medja", 10_000, 5_000)],
                    MEDIA_PLAN,
                ],
                ..SCHEDULE
            },
            ..SYSTEM
        },
        findings: &[(
            "window_partition_exists",
            "CPU 0: window 'medja' 10 ms..15 ms belongs to a partition that doesn't exist; did \
             you mean 'media'?",
        )],
        ..VALID
    },
    Case {
        system: System {
            schedule: Schedule {
                plans: &[
                    &[NAV_WINDOW, HUD_WINDOW, Window::us("camera", 10_000, 5_000)],
                    MEDIA_PLAN,
                ],
                ..SCHEDULE
            },
            ..SYSTEM
        },
        findings: &[(
            "window_partition_exists",
            "CPU 0: window 'camera' 10 ms..15 ms belongs to a partition that doesn't exist; \
             declare it or take the window away",
        )],
        ..VALID
    },
    Case {
        system: System {
            schedule: Schedule {
                plans: &[SCHEDULE.plans[0], &[Window::us("media", 1, 20_000)]],
                ..SCHEDULE
            },
            ..SYSTEM
        },
        findings: &[(
            "window_in_frame",
            "CPU 1: window 'media' 1 µs..20001 µs exceeds the major frame 20 ms; shorten it or \
             lengthen the frame",
        )],
        ..VALID
    },
    Case {
        system: System {
            schedule: Schedule {
                plans: &[&[HUD_WINDOW, NAV_WINDOW], MEDIA_PLAN],
                ..SCHEDULE
            },
            ..SYSTEM
        },
        findings: &[(
            "windows_ordered",
            "CPU 0: window 'nav' 0 ms..5 ms starts before the one listed before it, window 'hud' \
             5 ms..10 ms; list windows in the order of time",
        )],
        ..VALID
    },
    Case {
        system: System {
            schedule: Schedule {
                plans: &[&[Window::us("nav", 0, 5_001), HUD_WINDOW], MEDIA_PLAN],
                ..SCHEDULE
            },
            ..SYSTEM
        },
        findings: &[(
            "windows_apart",
            "CPU 0: window 'nav' 0 ms..5001 µs overlaps window 'hud' 5 ms..10 ms; move or shorten \
             one",
        )],
        ..VALID
    },
    Case {
        system: System {
            schedule: Schedule {
                plans: &[&[Window::us("nav", 0, 59), HUD_WINDOW], MEDIA_PLAN],
                ..SCHEDULE
            },
            ..SYSTEM
        },
        findings: &[
            (
                "window_outlasts_guard",
                "CPU 0: window 'nav' 0 ms..59 µs is 59 µs long, which leaves less than 10 µs beside \
                 the guard 50 µs; lengthen it",
            ),
            (
                "critical_restart_in_time",
                "partition 'nav': is critical, and loading it anew takes up to 512 major frames of \
                 20 ms, longer than the 10 s within which its restarts are limited; lengthen its \
                 windows",
            ),
        ],
        ..VALID
    },
    Case {
        system: System {
            schedule: Schedule {
                plans: &[
                    SCHEDULE.plans[0],
                    &[
                        Window::us("media", 0, 5_000),
                        Window::us("nav", 5_000, 5_000),
                    ],
                ],
                ..SCHEDULE
            },
            ..SYSTEM
        },
        findings: &[(
            "vcpu_on_one_cpu",
            "partition 'nav': has windows on CPU 0 and on CPU 1; keep it on one",
        )],
        ..VALID
    },
    Case {
        system: System {
            schedule: Schedule {
                plans: &[&[HUD_WINDOW], MEDIA_PLAN],
                ..SCHEDULE
            },
            ..SYSTEM
        },
        findings: &[(
            "critical_scheduled",
            "partition 'nav': is critical but has no window in any plan; give it one",
        )],
        ..VALID
    },
    Case {
        system: System {
            schedule: Schedule {
                plans: &[SCHEDULE.plans[0]],
                ..SCHEDULE
            },
            ..SYSTEM
        },
        findings: &[(
            "partition_scheduled",
            "partition 'media': has no window in any plan; give it one",
        )],
        ..VALID
    },
    Case {
        system: System {
            schedule: Schedule {
                plans: &[
                    SCHEDULE.plans[0],
                    &[
                        Window::us("media", 0, 1_000),
                        Window::us("media", 1000, 1_000),
                        Window::us("media", 2000, 1_000),
                        Window::us("media", 3000, 1_000),
                        Window::us("media", 4000, 1_000),
                        Window::us("media", 5000, 1_000),
                        Window::us("media", 6000, 1_000),
                        Window::us("media", 7000, 1_000),
                        Window::us("media", 8000, 1_000),
                        Window::us("media", 9000, 1_000),
                        Window::us("media", 10000, 1_000),
                        Window::us("media", 11000, 1_000),
                        Window::us("media", 12000, 1_000),
                        Window::us("media", 13000, 1_000),
                        Window::us("media", 14000, 1_000),
                        Window::us("media", 15000, 1_000),
                        Window::us("media", 16000, 1_000),
                    ],
                ],
                ..SCHEDULE
            },
            ..SYSTEM
        },
        findings: &[(
            "window_count",
            "partition 'media': has 17 windows, a passport holds 16; merge windows or shorten the \
             frame",
        )],
        ..VALID
    },
    Case {
        system: System {
            schedule: Schedule {
                plans: &[&CROWDED],
                ..SCHEDULE
            },
            ..SYSTEM
        },
        findings: &[
            (
                "window_count",
                "partition 'nav': has 64 windows, a passport holds 16; merge windows or shorten the \
                 frame",
            ),
            (
                "window_count",
                "partition 'hud': has 64 windows, a passport holds 16; merge windows or shorten the \
                 frame",
            ),
            (
                "plan_window_count",
                "CPU 0: its plan has 129 windows, a plan holds 128; merge windows or move partitions \
                 to another CPU",
            ),
        ],
        ..VALID
    },
];

/// One window more than a plan holds.
const CROWDED: [Window; 129] = {
    let mut plan = [Window::us("media", 128 * 150, 150); 129];
    each! { index below 128 => {
        let partition = if index % 2 == 0 { "nav" } else { "hud" };
        plan[index] = Window::us(partition, index as u64 * 150, 150);
    }}
    plan
};
