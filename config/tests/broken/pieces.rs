//! Images whose pieces don't fit in their partition.

use paratia_config::address::{Ipa, mib};
use paratia_config::image::{File, Image, Initrd, Piece, PieceKind};
use paratia_config::system::{Partition, System};

use crate::base::{HUD, IMAGES, MEDIA, NAV, SYSTEM};
use crate::case::{Case, VALID};

const NAV_IMAGE: Piece = IMAGES[0];
const HUD_IMAGE: Piece = IMAGES[1];
const MEDIA_IMAGE: Piece = IMAGES[2];

/// `media` as a Linux partition.
const LINUX: Partition = Partition {
    image: Image::Linux {
        kernel: File::LINUX_CLOUD,
        initrd: Initrd::Busybox,
        command_line: "console=ttyAMA0",
    },
    ..MEDIA
};

const KERNEL: Piece = Piece {
    kind: PieceKind::Kernel,
    name: "boot/vmlinuz",
    bytes: 0x8_0000,
    room_bytes: 0x9_0000,
    ..MEDIA_IMAGE
};

const INITRD: Piece = Piece {
    kind: PieceKind::Initrd,
    name: "initrd",
    at: Ipa(0x4009_0000),
    bytes: 0x2_0000,
    room_bytes: 0,
    ..MEDIA_IMAGE
};

const RAW: Image = Image::Raw {
    file: File::Path("boot.bin"),
    load: Ipa(0x4000_0000),
    device_tree: None,
};

const fn with_media(media: &'static [Partition; 3]) -> System {
    System {
        partitions: media,
        ..SYSTEM
    }
}

pub const CASES: &[Case] = &[
    Case {
        images: &[
            NAV_IMAGE,
            HUD_IMAGE,
            Piece {
                bytes: mib(1) + 1,
                ..MEDIA_IMAGE
            },
        ],
        findings: &[(
            "image_fits",
            "partition 'media': its program 'media' 0x4000_0000..0x4010_0001 lies outside its \
             partition's RAM, region 'ram' 0x4000_0000..0x4010_0000; enlarge the RAM, or move it",
        )],
        ..VALID
    },
    Case {
        images: &[
            NAV_IMAGE,
            HUD_IMAGE,
            Piece {
                bytes: 0,
                room_bytes: 0,
                ..MEDIA_IMAGE
            },
        ],
        findings: &[
            (
                "image_fits",
                "partition 'media': its program 'media' is empty; mend it",
            ),
            (
                "image_entered",
                "partition 'media': entry 0x4000_0000 lies outside of what is loaded; enter the \
                 image within it",
            ),
        ],
        ..VALID
    },
    Case {
        images: &[
            Piece {
                bytes: 0xF_F001,
                ..NAV_IMAGE
            },
            HUD_IMAGE,
            MEDIA_IMAGE,
        ],
        findings: &[(
            "image_off_messages",
            "channel 'route': port 'route' of partition 'nav', message window \
             0x400f_f000..0x400f_f040 overlaps the partition's program 0x4000_0000..0x400f_f001; \
             move it behind that",
        )],
        ..VALID
    },
    Case {
        system: with_media(&[NAV, HUD, LINUX]),
        images: &[NAV_IMAGE, HUD_IMAGE, INITRD],
        findings: &[(
            "image_exists",
            "partition 'media': nothing of its image is built that could run; name a file that \
             exists",
        )],
        ..VALID
    },
    Case {
        system: with_media(&[NAV, HUD, LINUX]),
        images: &[
            NAV_IMAGE,
            HUD_IMAGE,
            Piece {
                room_bytes: mib(1) + 0x1000,
                ..KERNEL
            },
            Piece {
                at: Ipa(0x4010_1000),
                ..INITRD
            },
        ],
        findings: &[
            (
                "image_fits",
                "partition 'media': its kernel 'boot/vmlinuz' 0x4000_0000..0x4010_1000 lies outside \
                 its partition's RAM, region 'ram' 0x4000_0000..0x4010_0000; enlarge the RAM, or \
                 move it",
            ),
            (
                "image_fits",
                "partition 'media': its initrd 'initrd' 0x4010_1000..0x4012_1000 lies outside its \
                 partition's RAM, region 'ram' 0x4000_0000..0x4010_0000; enlarge the RAM, or move it",
            ),
        ],
        ..VALID
    },
    Case {
        system: with_media(&[NAV, HUD, LINUX]),
        images: &[
            NAV_IMAGE,
            HUD_IMAGE,
            KERNEL,
            Piece {
                at: Ipa(0x4008_F000),
                ..INITRD
            },
        ],
        findings: &[(
            "image_pieces_apart",
            "partition 'media': its kernel 'boot/vmlinuz' 0x4000_0000..0x4009_0000 overlaps its \
             initrd 'initrd' 0x4008_f000..0x400a_f000; move one",
        )],
        ..VALID
    },
    Case {
        system: with_media(&[
            NAV,
            HUD,
            Partition {
                entry: Ipa(0x4008_1000),
                ..LINUX
            },
        ]),
        images: &[NAV_IMAGE, HUD_IMAGE, KERNEL, INITRD],
        findings: &[
            (
                "image_aligned",
                "partition 'media': its kernel lies at 0x4008_1000, which isn't a multiple of \
                 0x0020_0000; align it",
            ),
            (
                "image_entered",
                "partition 'media': entry 0x4008_1000 lies outside of what is loaded; enter the \
                 image within it",
            ),
        ],
        ..VALID
    },
    Case {
        system: with_media(&[
            NAV,
            HUD,
            Partition {
                image: Image::Raw {
                    file: File::Path("boot.bin"),
                    load: Ipa(0x4000_0010),
                    device_tree: Some(Ipa(0x4000_0800)),
                },
                ..MEDIA
            },
        ]),
        images: &[],
        findings: &[
            (
                "image_aligned",
                "partition 'media': its binary lies at 0x4000_0010, which isn't a multiple of \
                 0x0000_1000; align it",
            ),
            (
                "image_aligned",
                "partition 'media': its device tree lies at 0x4000_0800, which isn't a multiple of \
                 0x0000_1000; align it",
            ),
        ],
        ..VALID
    },
    Case {
        system: with_media(&[
            NAV,
            HUD,
            Partition {
                image: Image::Elf {
                    file: File::Path("os.elf"),
                    device_tree: Some(Ipa(0x4000_0800)),
                },
                ..MEDIA
            },
        ]),
        images: &[],
        findings: &[(
            "image_aligned",
            "partition 'media': its device tree lies at 0x4000_0800, which isn't a multiple of \
             0x0000_1000; align it",
        )],
        ..VALID
    },
    Case {
        system: with_media(&[
            NAV,
            HUD,
            Partition {
                entry: Ipa(0x4000_0004),
                ..MEDIA
            },
        ]),
        findings: &[(
            "program_entered_at_start",
            "partition 'media': entry 0x4000_0004 is in the middle of program 'media', which starts at \
             0x4000_0000; enter it there",
        )],
        ..VALID
    },
    Case {
        system: with_media(&[
            NAV,
            HUD,
            Partition {
                image: RAW,
                entry: Ipa(0x4000_4000),
                ..MEDIA
            },
        ]),
        images: &[
            NAV_IMAGE,
            HUD_IMAGE,
            Piece {
                kind: PieceKind::Binary,
                name: "boot.bin",
                ..MEDIA_IMAGE
            },
        ],
        findings: &[(
            "image_entered",
            "partition 'media': entry 0x4000_4000 lies outside of what is loaded; enter the image \
             within it",
        )],
        ..VALID
    },
    Case {
        system: with_media(&[
            NAV,
            HUD,
            Partition {
                image: Image::Linux {
                    kernel: File::LINUX_CLOUD,
                    initrd: Initrd::None,
                    command_line: "console=ttyAMA0\nquiet",
                },
                ..MEDIA
            },
        ]),
        images: &[],
        findings: &[(
            "command_line_fits",
            "partition 'media': byte 15 of its kernel's command line is a control character; remove \
             it",
        )],
        ..VALID
    },
    Case {
        system: with_media(&[
            NAV,
            HUD,
            Partition {
                image: Image::Linux {
                    kernel: File::LINUX_CLOUD,
                    initrd: Initrd::None,
                    command_line: LONG,
                },
                ..MEDIA
            },
        ]),
        images: &[],
        findings: &[(
            "command_line_fits",
            "partition 'media': its kernel's command line has 2048 bytes, the kernel has room for \
             2047; shorten it",
        )],
        ..VALID
    },
];

const LONG: &str = match str::from_utf8(&[b'x'; 2048]) {
    Ok(text) => text,
    Err(_) => "",
};
