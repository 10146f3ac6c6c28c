//! A small valid system for tests, in pieces that can be changed one by one.

use std::time::Duration;

use paratia_config::address::{Ipa, Pa, mib};
use paratia_config::board::{Board, BoardFacts};
use paratia_config::image::{Piece, PieceKind};
use paratia_config::machine::VirtualMachine;
use paratia_config::system::{
    Channel, ChannelKind, Criticality, DeviceUse, Display, HealthTable, Heartbeat, Image,
    Partition, Port, Region, RegionKind, Schedule, System, Trace, Window,
};

use super::board::TestBoard;

pub const BOARD: BoardFacts = TestBoard::FACTS;

pub const IMAGES: &[Piece] = &[
    program("nav", 0x8000),
    program("hud", 0x9000),
    program("media", 0x4000),
];

/// The program of a partition that has the same name.
pub const fn program(name: &'static str, bytes: u64) -> Piece {
    Piece {
        partition: name,
        kind: PieceKind::Program,
        name,
        at: Ipa(0x4000_0000),
        bytes,
        room_bytes: bytes,
    }
}

pub const SYSTEM: System = System {
    name: "base",
    summary: "a navigation system and a head-up display",
    partitions: &[NAV, HUD, MEDIA],
    schedule: SCHEDULE,
    channels: &[ROUTE],
    display: Some(DISPLAY),
    trace: Trace::Events,
};

pub const NAV: Partition = Partition {
    name: "nav",
    criticality: Criticality::Critical,
    image: Image::Program("nav"),
    entry: Ipa(0x4000_0000),
    regions: &[NAV_RAM],
    passport: Ipa(0x7000_0000),
    devices: &[],
    machine: VirtualMachine::PLAIN,
    heartbeat: Some(HEARTBEAT),
    health: HealthTable::restart(3, Duration::from_secs(10)),
    refused_calls_per_window: 0,
    arguments: "",
};

pub const NAV_RAM: Region = Region {
    name: "ram",
    ipa: Ipa(0x4000_0000),
    pa: Pa(0x4800_0000),
    size_bytes: mib(1),
    kind: RegionKind::Ram,
};

pub const HEARTBEAT: Heartbeat = Heartbeat {
    period: Duration::from_millis(20),
    deadline: Duration::from_millis(15),
    start_within: Duration::from_secs(1),
};

pub const HUD: Partition = Partition {
    name: "hud",
    image: Image::Program("hud"),
    regions: &[HUD_RAM, PIXELS],
    ..NAV
};

pub const HUD_RAM: Region = Region {
    pa: Pa(0x4900_0000),
    size_bytes: mib(2),
    ..NAV_RAM
};

pub const PIXELS: Region = Region {
    name: "pixels",
    ipa: Ipa(0x8000_0000),
    pa: Pa(0x4A00_0000),
    size_bytes: mib(2),
    kind: RegionKind::FrameBuffer,
};

pub const MEDIA: Partition = Partition {
    name: "media",
    criticality: Criticality::BestEffort,
    image: Image::Program("media"),
    regions: &[MEDIA_RAM],
    devices: &[RTC],
    heartbeat: None,
    ..NAV
};

pub const MEDIA_RAM: Region = Region {
    pa: Pa(0x4B00_0000),
    ..NAV_RAM
};

pub const RTC: DeviceUse = DeviceUse {
    device: "rtc",
    ipa: Ipa(0x0901_0000),
    trusted: false,
};

pub const SCHEDULE: Schedule = Schedule {
    major_frame: Duration::from_millis(20),
    guard: Duration::from_micros(50),
    plans: &[
        &[Window::us("nav", 0, 5_000), Window::us("hud", 5_000, 5_000)],
        &[Window::us("media", 0, 20_000)],
    ],
};

pub const ROUTE: Channel = Channel {
    name: "route",
    kind: ChannelKind::Sampling {
        refresh: Duration::from_millis(60),
    },
    message_bytes: 64,
    source: NAV_PORT,
    destinations: &[HUD_PORT],
};

pub const NAV_PORT: Port = Port {
    partition: "nav",
    port: "route",
    window: Ipa(0x400F_F000),
    interrupt: None,
};

pub const HUD_PORT: Port = Port {
    partition: "hud",
    port: "route",
    window: Ipa(0x401F_F000),
    interrupt: None,
};

pub const DISPLAY: Display = Display {
    width: 800,
    height: 480,
    partition: "hud",
};
