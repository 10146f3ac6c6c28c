//! The largest system: each partition with as many ports as a passport holds, and as many partitions as the
//! hypervisor's variables then have room for.

use std::time::Duration;

use paratia_config::address::{Ipa, Pa, mib};
use paratia_config::each;
use paratia_config::image::Piece;
use paratia_config::system::{
    Channel, ChannelKind, Image, Partition, Port, Region, Schedule, System, Window,
};

use super::base::{MEDIA, MEDIA_RAM, SCHEDULE, SYSTEM, program};

/// Partitions; of more, the variables wouldn't be in reach.
pub const PARTITIONS: usize = 88;
/// Channels that each of them writes, and reads: half of its ports.
const CHANNELS: usize = 4;
/// Partitions with interrupts at their ports, the most that a system may have.
const CALLED: usize = 16;

/// It is valid on the board for tests.
pub const FULL: System = System {
    name: "full",
    summary: "as many partitions and ports as there may be",
    partitions: &MEMBERS,
    schedule: Schedule {
        plans: &[&PLAN],
        ..SCHEDULE
    },
    channels: &ALL_CHANNELS,
    display: None,
    ..SYSTEM
};

/// A program for each partition.
pub static PROGRAMS: [Piece; PARTITIONS] = {
    let mut pieces = [program("", 0x4000); PARTITIONS];
    each! { index below PARTITIONS => {
        pieces[index] = program(name(index), 0x4000);
    }}
    pieces
};

static NAMES: [[u8; 13]; PARTITIONS * CHANNELS] = {
    let mut names = [*b"numbered-0000"; PARTITIONS * CHANNELS];
    each! { index below PARTITIONS * CHANNELS => {
        let (mut rest, mut place) = (index, 12);
        while rest > 0 {
            names[index][place] = b"0123456789"[rest % 10];
            rest /= 10;
            place -= 1;
        }
    }}
    names
};

const fn name(index: usize) -> &'static str {
    match core::str::from_utf8(&NAMES[index]) {
        Ok(name) => name,
        Err(_) => "",
    }
}

static REGIONS: [[Region; 1]; PARTITIONS] = {
    let mut regions = [[MEDIA_RAM]; PARTITIONS];
    each! { index below PARTITIONS => {
        regions[index][0].pa = Pa(0x5000_0000 + index as u64 * mib(2));
        regions[index][0].size_bytes = mib(2);
    }}
    regions
};

static MEMBERS: [Partition; PARTITIONS] = {
    let mut members = [Partition {
        devices: &[],
        ..MEDIA
    }; PARTITIONS];
    each! { index below PARTITIONS => {
        members[index].name = name(index);
        members[index].image = Image::Program(name(index));
        members[index].regions = &REGIONS[index];
    }}
    members
};

static PLAN: [Window; PARTITIONS] = {
    let mut plan = [Window::us("", 0, 150); PARTITIONS];
    each! { index below PARTITIONS => {
        plan[index] = Window::us(name(index), index as u64 * 150, 150);
    }}
    plan
};

/// A port of a partition, the `place`th of all.
const fn port(partition: usize, port: &'static str, place: u64) -> Port {
    Port {
        partition: name(partition),
        port,
        window: Ipa(0x401F_0000 + place * 0x1000),
        interrupt: None,
    }
}

static READERS: [[Port; 1]; PARTITIONS * CHANNELS] = {
    let mut readers = [[port(0, "", 0)]; PARTITIONS * CHANNELS];
    each! { index below PARTITIONS * CHANNELS => {
        let turn = index / PARTITIONS;
        let reader = (index + turn + 1) % PARTITIONS;
        let names = ["in-0", "in-1", "in-2", "in-3"];
        readers[index] = [port(reader, names[turn], (turn + CHANNELS) as u64)];
        if reader < CALLED {
            readers[index][0].interrupt = Some([40, 41, 42, 43][turn]);
        }
    }}
    readers
};

static ALL_CHANNELS: [Channel; PARTITIONS * CHANNELS] = {
    let mut channels = [Channel {
        name: "",
        kind: ChannelKind::Sampling {
            refresh: Duration::from_millis(60),
        },
        message_bytes: 64,
        source: port(0, "", 0),
        destinations: &[],
    }; PARTITIONS * CHANNELS];
    each! { index below PARTITIONS * CHANNELS => {
        let turn = index / PARTITIONS;
        let names = ["out-0", "out-1", "out-2", "out-3"];
        channels[index].name = name(index);
        channels[index].source = port(index % PARTITIONS, names[turn], turn as u64);
        channels[index].destinations = &READERS[index];
    }}
    channels
};
