//! Channels with memory of their own: of a wrong size, at a wrong place, in wrong hands.

use paratia_config::address::{Ipa, Pa};
use paratia_config::image::{Image, Initrd};
use paratia_config::system::{
    Channel, ChannelKind, ChannelMemory, File, Partition, Place, Port, System, Writers,
};
use std::time::Duration;

use crate::base::{HUD, HUD_PORT, MEDIA, NAV, NAV_PORT, ROUTE, SYSTEM};
use crate::case::{Case, VALID};

/// Where each end sees the memory.
const SEEN: Ipa = Ipa(0x6000_0000);

const fn at(pa: u64) -> ChannelMemory {
    ChannelMemory {
        place: Place::At(Pa(pa)),
        is_cached: true,
    }
}

const fn sampling(memory: ChannelMemory) -> ChannelKind {
    ChannelKind::DirectSampling {
        refresh: Duration::from_millis(60),
        memory,
    }
}

/// A direct channel from 'nav' to 'hud' that keeps every rule: five pages at 0x4b10_0000.
const DIRECT: Channel = Channel {
    kind: sampling(ChannelMemory::CACHED),
    message_bytes: 4080,
    source: Port {
        window: SEEN,
        ..NAV_PORT
    },
    destinations: &[AT_HUD],
    ..ROUTE
};

const AT_HUD: Port = Port {
    window: SEEN,
    ..HUD_PORT
};

const AT_MEDIA: Port = Port {
    partition: "media",
    ..AT_HUD
};

/// Shared memory of 'nav' and 'media', which both write.
const SHARED: Channel = Channel {
    kind: ChannelKind::SharedMemory {
        writers: Writers::Several(&["media"]),
        memory: ChannelMemory::CACHED,
    },
    message_bytes: 4096,
    destinations: &[AT_MEDIA],
    ..DIRECT
};

const fn with(channels: &'static [Channel]) -> System {
    System { channels, ..SYSTEM }
}

/// Channels that keep every rule.
pub const VALID_DIRECT: Case = Case {
    system: with(&[
        DIRECT,
        Channel {
            name: "second",
            kind: ChannelKind::DirectQueuing {
                depth: 256,
                memory: ChannelMemory::UNCACHED,
            },
            message_bytes: 65_536,
            source: Port {
                port: "second",
                window: Ipa(0x6100_0000),
                ..NAV_PORT
            },
            destinations: &[AT_MEDIA],
        },
    ]),
    ..VALID
};

pub const CASES: &[Case] = &[
    Case {
        system: with(&[Channel {
            message_bytes: 65_544,
            ..DIRECT
        }]),
        findings: &[(
            "direct_message_size",
            "channel 'route': direct messages of 65544 bytes, allowed are multiples of 8 from 8 to \
             65536; change the size",
        )],
        ..VALID
    },
    Case {
        system: with(&[Channel {
            kind: ChannelKind::DirectQueuing {
                depth: 257,
                memory: ChannelMemory::CACHED,
            },
            message_bytes: 0,
            ..DIRECT
        }]),
        findings: &[
            (
                "direct_message_size",
                "channel 'route': direct messages of 0 bytes, allowed are multiples of 8 from 8 to \
                 65536; change the size",
            ),
            (
                "queue_depth",
                "channel 'route': a queue of 257 messages, allowed are 1 to 256; change the depth",
            ),
        ],
        ..VALID
    },
    Case {
        system: with(&[Channel {
            kind: ChannelKind::SharedMemory {
                writers: Writers::SourceAlone,
                memory: ChannelMemory::CACHED,
            },
            message_bytes: 4104,
            ..DIRECT
        }]),
        findings: &[(
            "shared_memory_whole_pages",
            "channel 'route': shared memory of 4104 bytes isn't whole pages of 0x0000_1000; change the \
             size",
        )],
        ..VALID
    },
    Case {
        system: with(&[Channel {
            source: Port {
                window: Ipa(0x6000_0800),
                ..NAV_PORT
            },
            ..DIRECT
        }]),
        findings: &[(
            "channel_memory_seen_on_page",
            "channel 'route': port 'route' of partition 'nav' sees its memory at IPA 0x6000_0800, \
             which isn't a multiple of 0x0000_1000; align it",
        )],
        ..VALID
    },
    // Over the partition's own RAM, as a copied channel's window would be.
    Case {
        system: with(&[Channel {
            source: NAV_PORT,
            ..DIRECT
        }]),
        findings: &[(
            "ipa_apart",
            "partition 'nav': region 'ram' at IPA 0x4000_0000..0x4010_0000 overlaps memory of \
             channel 'route' at IPA 0x400f_f000..0x4010_4000; move one",
        )],
        ..VALID
    },
    Case {
        system: with(&[Channel {
            kind: sampling(at(0x7FFF_E000)),
            ..DIRECT
        }]),
        findings: &[(
            "channel_memory_placed",
            "channel 'route': its memory 0x7fff_e000..0x8000_3000 lies outside the memory for \
             partitions 0x4200_0000..0x8000_0000; move it, or shrink a region",
        )],
        ..VALID
    },
    Case {
        system: with(&[Channel {
            kind: sampling(at(0x5000_0800)),
            ..DIRECT
        }]),
        findings: &[(
            "channel_memory_placed",
            "channel 'route': its memory 0x5000_0800..0x5000_5800 doesn't begin on a multiple of \
             0x0000_1000; align it",
        )],
        ..VALID
    },
    Case {
        system: with(&[
            Channel {
                kind: sampling(at(0x480F_F000)),
                ..DIRECT
            },
            Channel {
                name: "detour",
                kind: ChannelKind::DirectQueuing {
                    depth: 1,
                    memory: at(0x4810_2000),
                },
                source: Port {
                    port: "detour",
                    window: Ipa(0x6100_0000),
                    ..NAV_PORT
                },
                destinations: &[Port {
                    port: "detour",
                    ..AT_MEDIA
                }],
                ..DIRECT
            },
        ]),
        findings: &[
            (
                "channel_memory_apart",
                "channel 'route': its memory 0x480f_f000..0x4810_4000 overlaps region 'ram' of \
                 partition 'nav' 0x4800_0000..0x4810_0000; move one",
            ),
            (
                "channel_memory_apart",
                "channel 'route': its memory 0x480f_f000..0x4810_4000 overlaps that of channel \
                 'detour' 0x4810_2000..0x4810_5000; move one",
            ),
        ],
        ..VALID
    },
    Case {
        system: with(&[Channel {
            destinations: &[Port {
                interrupt: Some(40),
                ..AT_HUD
            }],
            ..DIRECT
        }]),
        findings: &[(
            "channel_memory_rings_nobody",
            "channel 'route': port 'route' of partition 'hud' has interrupt 40, but its messages \
             come without the hypervisor; take the interrupt away, or let a copied channel ring",
        )],
        ..VALID
    },
    Case {
        system: System {
            partitions: &[
                NAV,
                HUD,
                Partition {
                    image: Image::Linux {
                        kernel: File::Path("kernel"),
                        initrd: Initrd::None,
                        command_line: "",
                    },
                    ..MEDIA
                },
            ],
            ..with(&[Channel {
                destinations: &[AT_HUD, AT_MEDIA],
                ..DIRECT
            }])
        },
        images: &[],
        findings: &[(
            "channel_memory_coherent",
            "channel 'route': port 'route' of partition 'media' is Linux's, which doesn't cache it, \
             but its other ends do; declare the memory uncached",
        )],
        ..VALID
    },
    Case {
        system: with(&[Channel {
            kind: ChannelKind::SharedMemory {
                writers: Writers::Several(&["hub"]),
                memory: ChannelMemory::CACHED,
            },
            message_bytes: 4096,
            ..DIRECT
        }]),
        findings: &[(
            "writers_are_destinations",
            "channel 'route': partition 'hub' is to write its memory and is none of its \
             destinations; add a port, or take the writer away",
        )],
        ..VALID
    },
    Case {
        system: with(&[SHARED]),
        findings: &[(
            "critical_memory_written_by_critical",
            "channel 'route': what critical partition 'nav' writes to its memory, partition 'media', \
             which isn't, may change; give each a channel of its own",
        )],
        ..VALID
    },
];
