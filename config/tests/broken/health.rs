//! Policies that can't be kept, and signs of life that can't be given.

use std::time::Duration;

use paratia_config::system::{
    Action, HealthTable, Heartbeat, Partition, RestartLimit, Schedule, System, Window,
};

use crate::base::{HEARTBEAT, HUD, MEDIA, NAV, SCHEDULE, SYSTEM};
use crate::case::{Case, VALID};

const RESTART: HealthTable = NAV.health;

pub const CASES: &[Case] = &[
    Case {
        system: System {
            partitions: &[
                NAV,
                HUD,
                Partition {
                    health: HealthTable {
                        stray_access: Action::StopSystem,
                        ..RESTART
                    },
                    ..MEDIA
                },
            ],
            ..SYSTEM
        },
        findings: &[(
            "best_effort_stops_nothing",
            "partition 'media': isn't critical, but its health event 'stray_access' stops the \
             system, and with it partition 'nav'; restart or halt it",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                Partition {
                    health: HealthTable {
                        stray_access: Action::Ignore,
                        reset: Action::Ignore,
                        ..RESTART
                    },
                    ..NAV
                },
                HUD,
                MEDIA,
            ],
            ..SYSTEM
        },
        findings: &[
            (
                "fault_not_ignored",
                "partition 'nav': health event 'stray_access' is ignored, but the partition can't \
                 go on after it; restart or halt it",
            ),
            (
                "fault_not_ignored",
                "partition 'nav': health event 'reset' is ignored, but the partition can't go on \
                 after it; restart or halt it",
            ),
        ],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                Partition {
                    health: HealthTable::restart(9, Duration::from_secs(1)),
                    ..NAV
                },
                HUD,
                MEDIA,
            ],
            ..SYSTEM
        },
        findings: &[(
            "restarts_countable",
            "partition 'nav': restart limit 9, at most 8 are counted; lower it",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                NAV,
                HUD,
                Partition {
                    health: HealthTable {
                        restart_limit: RestartLimit {
                            count: 3,
                            period: Duration::from_nanos(19_999_999),
                        },
                        ..RESTART
                    },
                    ..MEDIA
                },
            ],
            ..SYSTEM
        },
        findings: &[(
            "restart_period_covers_frame",
            "partition 'media': restart limit 3 within 19999999 ns, less than a major frame 20 ms, \
             limits nothing; lengthen its period",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                Partition {
                    health: HealthTable {
                        missed_heartbeat: Action::Ignore,
                        ..RESTART
                    },
                    ..NAV
                },
                HUD,
                Partition {
                    heartbeat: Some(HEARTBEAT),
                    health: HealthTable {
                        missed_heartbeat: Action::Ignore,
                        ..RESTART
                    },
                    ..MEDIA
                },
            ],
            ..SYSTEM
        },
        findings: &[(
            "critical_hang_has_verdict",
            "partition 'nav': is critical, but its health event 'missed_heartbeat' is ignored, so \
             that it stays hung once it hangs; restart or halt it",
        )],
        ..VALID
    },
    // A step a window: 256 pages are scrubbed, and 256 may have to be copied.
    Case {
        system: System {
            partitions: &[
                Partition {
                    health: HealthTable::restart(3, Duration::from_millis(10_239)),
                    ..NAV
                },
                HUD,
                Partition {
                    health: HealthTable::restart(3, Duration::from_millis(20)),
                    ..MEDIA
                },
            ],
            schedule: Schedule {
                plans: &[
                    &[Window::us("nav", 0, 60), Window::us("hud", 5_000, 5_000)],
                    SCHEDULE.plans[1],
                ],
                ..SCHEDULE
            },
            ..SYSTEM
        },
        findings: &[(
            "critical_restart_in_time",
            "partition 'nav': is critical, and loading it anew takes up to 512 major frames of \
             20 ms, longer than the 10239 ms within which its restarts are limited; lengthen its \
             windows",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                Partition {
                    heartbeat: None,
                    ..NAV
                },
                HUD,
                MEDIA,
            ],
            ..SYSTEM
        },
        findings: &[(
            "critical_owes_heartbeat",
            "partition 'nav': is critical but owes no heartbeat, so that nobody would notice it \
             hang; declare one",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                Partition {
                    heartbeat: Some(Heartbeat {
                        period: Duration::from_millis(30),
                        ..HEARTBEAT
                    }),
                    ..NAV
                },
                HUD,
                MEDIA,
            ],
            ..SYSTEM
        },
        findings: &[(
            "heartbeat_period_in_frames",
            "partition 'nav': heartbeat period 30 ms isn't a whole number of major frames of 20 \
             ms; change it",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                Partition {
                    heartbeat: Some(Heartbeat {
                        period: Duration::ZERO,
                        ..HEARTBEAT
                    }),
                    ..NAV
                },
                HUD,
                MEDIA,
            ],
            ..SYSTEM
        },
        findings: &[
            (
                "heartbeat_period_in_frames",
                "partition 'nav': heartbeat period 0 ms isn't a whole number of major frames of \
                 20 ms; change it",
            ),
            (
                "heartbeat_deadline_in_period",
                "partition 'nav': heartbeat deadline 15 ms isn't within its period, above 0 ms \
                 and up to 0 ms; change it",
            ),
        ],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                Partition {
                    heartbeat: Some(Heartbeat {
                        deadline: Duration::from_millis(21),
                        ..HEARTBEAT
                    }),
                    ..NAV
                },
                HUD,
                MEDIA,
            ],
            ..SYSTEM
        },
        findings: &[(
            "heartbeat_deadline_in_period",
            "partition 'nav': heartbeat deadline 21 ms isn't within its period, above 0 ms and up \
             to 20 ms; change it",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                NAV,
                Partition {
                    heartbeat: Some(Heartbeat {
                        deadline: Duration::from_millis(5),
                        ..HEARTBEAT
                    }),
                    ..HUD
                },
                MEDIA,
            ],
            ..SYSTEM
        },
        findings: &[(
            "heartbeat_deadline_reachable",
            "partition 'hud': heartbeat deadline 5 ms leaves it less than 10 µs to run, for its first \
             window starts at 5 ms in the frame; put off the deadline or move the window",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                Partition {
                    heartbeat: Some(Heartbeat {
                        deadline: Duration::from_nanos(9_999),
                        ..HEARTBEAT
                    }),
                    ..NAV
                },
                HUD,
                MEDIA,
            ],
            ..SYSTEM
        },
        findings: &[(
            "heartbeat_deadline_reachable",
            "partition 'nav': heartbeat deadline 9999 ns leaves it less than 10 µs to run, for its \
             first window starts at 0 ms in the frame; put off the deadline or move the window",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                Partition {
                    heartbeat: Some(Heartbeat {
                        start_within: Duration::from_millis(19),
                        ..HEARTBEAT
                    }),
                    ..NAV
                },
                HUD,
                MEDIA,
            ],
            ..SYSTEM
        },
        findings: &[(
            "heartbeat_start_covers_frame",
            "partition 'nav': must enter normal mode within 19 ms, less than a major frame 20 ms; \
             give it longer",
        )],
        ..VALID
    },
];
