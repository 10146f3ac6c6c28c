//! Policies that can't be kept, and signs of life that can't be given.

use std::time::Duration;

use paratia_config::system::{Action, HealthTable, Heartbeat, Partition, RestartLimit, System};

use crate::base::{HEARTBEAT, HUD, MEDIA, NAV, SYSTEM};
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
                Partition {
                    health: HealthTable {
                        restart_limit: RestartLimit {
                            count: 3,
                            period: Duration::ZERO,
                        },
                        ..RESTART
                    },
                    ..NAV
                },
                HUD,
                MEDIA,
            ],
            ..SYSTEM
        },
        findings: &[(
            "restart_period_not_empty",
            "partition 'nav': restart limit 3 within 0 ms never limits; give it a period",
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
            "partition 'hud': heartbeat deadline 5 ms is over when its first window starts, at 5 \
             ms in the frame; put off the deadline or move the window",
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
