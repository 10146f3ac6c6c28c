//! A system drawn by chance: every noun, as often as it may be there, at its limits, and now and then one
//! step beyond. Most are valid, so that what follows the rules is looked at; of those that aren't, most
//! break one rule only.

use std::time::Duration;

use paratia_config::address::{Ipa, MemoryRange, Pa, kib, mib};
use paratia_config::board::{Board, BoardFacts, CpuStart, Device, InterruptController};
use paratia_config::machine::{Forbidden, GicVersion, Stray, VirtualMachine};
use paratia_config::rules::longest_path;
use paratia_config::system::{
    Action, Channel, ChannelKind, ChannelMemory, Criticality, DeviceUse, Display, File,
    HealthTable, Heartbeat, Image, Initrd, Partition, Place, Port, Region, RegionKind,
    RestartLimit, Schedule, System, Trace, Window, Writers,
};

use super::board::TestBoard;

/// Where partitions see their RAM.
const RAM: u64 = 0x4000_0000;
/// Each partition's share of the board's memory.
const SHARE_BYTES: u64 = mib(4);
/// What a window lasts beside the guard at least.
const RUN: Duration = Duration::from_micros(10);

/// A board with devices of each kind.
const BOARD: BoardFacts = BoardFacts {
    devices: &[
        TestBoard::FACTS.devices[0],
        TestBoard::FACTS.devices[1],
        TestBoard::FACTS.devices[2],
        Device {
            name: "wide",
            model: "many-interrupts",
            registers: MemoryRange::new(Pa(0x0904_0000), kib(16)),
            interrupts: &[64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75],
            ..TestBoard::FACTS.devices[1]
        },
        Device {
            name: "last",
            model: "last-interrupt",
            registers: MemoryRange::new(Pa(0x0905_0000), kib(4)),
            interrupts: &[287],
            reaches: Some("the clock of all devices"),
            ..TestBoard::FACTS.devices[1]
        },
    ],
    monitors_interrupt: Some(23),
    ..TestBoard::FACTS
};

/// Partitions that have several vCPUs or ports that ring: as many as may.
const CALLED: usize = 16;

/// Chance that is the same for the same number.
pub struct Chance(pub u64);

impl Chance {
    fn next(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.0;
        word = (word ^ word >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ word >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ word >> 31
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

/// A board for systems that are drawn: with each kind of interrupt controller.
pub fn board(chance: &mut Chance) -> BoardFacts {
    match chance.below(3) {
        0 => BOARD,
        1 => BoardFacts {
            interrupt_controller: InterruptController::GicV2 {
                distributor: MemoryRange::new(Pa(0x0800_0000), kib(4)),
                cpu_interface: MemoryRange::new(Pa(0x0801_0000), kib(8)),
                hypervisor_interface: MemoryRange::new(Pa(0x0803_0000), kib(64)),
                virtual_cpu_interface: MemoryRange::new(Pa(0x0804_0000), kib(64)),
            },
            ..BOARD
        },
        _ => BoardFacts {
            interrupt_controller: InterruptController::Bcm2836 {
                local: MemoryRange::new(Pa(0x0800_0000), kib(4)),
                devices: MemoryRange::new(Pa(0x0801_0000), kib(4)),
            },
            cpu_start: CpuStart::SpinTable {
                page: MemoryRange::new(Pa(0), kib(4)),
                first_slot: 0xD8,
            },
            interrupt_count: 104,
            monitors_interrupt: None,
            ..BOARD
        },
    }
}

/// A system for the board, in which `oddities` things are at a limit or beyond it.
pub fn system(chance: &mut Chance, board: &BoardFacts, oddities: usize) -> System {
    let count = chance.of(&[1, 1, 2, 2, 3, 4, 5, 8, 12, 16, 17, 18, 40, 128]);
    let mut partitions: Vec<Partition> = (0..count)
        .map(|index| partition(chance, board, index, count))
        .collect();
    give_devices(chance, board, &mut partitions);
    let mut channels = channels(chance, &mut partitions);
    let display = display(chance, board, &mut partitions);
    for _ in 0..oddities {
        if chance.one_in(4) {
            odd_channel(chance, &mut channels);
        } else {
            let place = chance.below(count);
            odd_partition(chance, &mut partitions[place]);
        }
    }
    let mut system = System {
        name: "drawn",
        summary: "a system that was drawn",
        partitions: partitions.leak(),
        schedule: Schedule {
            major_frame: Duration::ZERO,
            guard: Duration::ZERO,
            plans: &[],
        },
        channels: channels.leak(),
        display,
        trace: chance.of(&[Trace::Events, Trace::Windows]),
    };
    schedule(chance, board, &mut system);
    for _ in 0..oddities {
        if chance.one_in(3) {
            odd_system(chance, &mut system);
        }
    }
    system
}

fn partition(chance: &mut Chance, board: &BoardFacts, index: usize, count: usize) -> Partition {
    let name: &str = format!("p{index}").leak();
    let pa = board.partition_memory.base.0 + mib(8) + index as u64 * SHARE_BYTES;
    let first = chance.of(&[mib(1), mib(2), kib(64)]);
    let mut regions = vec![region("ram", RAM, pa, first)];
    let more = chance.of(&[0, 0, 0, 1, 3, 6]);
    for place in 0..more {
        let at = mib(2) + place * kib(8);
        let name: &str = format!("r{place}").leak();
        regions.push(region(name, RAM + at, pa + at, kib(4)));
    }
    // As many as there are interrupts to call them by; and all of their windows fit on one CPU.
    let most_vcpus = match count {
        ..=12 => 8,
        13..=18 => 4,
        _ => 1,
    };
    let several = index < CALLED && chance.one_in(2);
    let vcpus = if several {
        chance.of(&[2, 3, 4, 8]).min(most_vcpus)
    } else {
        1
    };
    let base = chance.of(&[VirtualMachine::PLAIN, VirtualMachine::VIRT]);
    let mut machine = VirtualMachine {
        vcpus,
        stray: chance.of(&[Stray::HealthEvent, Stray::ExternalAbort]),
        forbidden: chance.of(&[Forbidden::HealthEvent, Forbidden::Undefined]),
        stolen_time: chance.of(&[None, Some(Ipa(0x6000_0000))]),
        pmu: chance.one_in(3),
        debug: chance.one_in(3),
        ..base
    };
    machine.gic.shared_blocks = chance.of(&[1, 2, 2, 3, 8]);
    machine.gic.version = chance.of(&[GicVersion::AsBoard, GicVersion::AsBoard, GicVersion::V2]);
    let criticality = chance.of(&[Criticality::Critical, Criticality::BestEffort]);
    Partition {
        name,
        criticality,
        image: image(chance, name),
        entry: Ipa(RAM),
        regions: regions.leak(),
        passport: Ipa(0x7000_0000),
        devices: &[],
        machine,
        // Set when the frame is known.
        heartbeat: (criticality == Criticality::Critical || chance.one_in(3)).then_some(
            Heartbeat {
                period: Duration::ZERO,
                deadline: Duration::ZERO,
                start_within: Duration::MAX,
            },
        ),
        health: health(chance),
        refused_calls_per_window: chance.of(&[0, 1, u32::MAX]),
        arguments: "a".repeat(chance.of(&[0, 1, 255, 256])).leak(),
    }
}

fn region(name: &'static str, ipa: u64, pa: u64, size_bytes: u64) -> Region {
    Region {
        name,
        ipa: Ipa(ipa),
        pa: Pa(pa),
        size_bytes,
        kind: RegionKind::Ram,
    }
}

fn image(chance: &mut Chance, name: &'static str) -> Image {
    let file = File::Path("file");
    let device_tree = chance.of(&[None, Some(Ipa(RAM + kib(4)))]);
    match chance.below(4) {
        0 => Image::Program(name),
        1 => Image::Linux {
            kernel: file,
            initrd: chance.of(&[Initrd::None, Initrd::Busybox, Initrd::File(file)]),
            command_line: "c".repeat(chance.of(&[0, 10, 2047])).leak(),
        },
        2 => Image::Raw {
            file,
            load: Ipa(RAM),
            device_tree,
        },
        _ => Image::Elf { file, device_tree },
    }
}

fn health(chance: &mut Chance) -> HealthTable {
    let count = chance.of(&[0, 1, 3, 8]);
    let mut table = HealthTable::restart(count, Duration::from_secs(1_000_000));
    table.console_overflow = chance.of(&[Action::Ignore, Action::Restart, Action::Halt]);
    table.refused_calls = chance.of(&[Action::Ignore, Action::Restart, Action::Halt]);
    table.stray_access = chance.of(&[Action::Restart, Action::Halt]);
    table
}

fn give_devices(chance: &mut Chance, board: &BoardFacts, partitions: &mut [Partition]) {
    for device in ["rtc", "gpio", "wide", "last"] {
        if chance.one_in(2) && (device != "last" || board.interrupt_count > 287) {
            let place = chance.below(partitions.len());
            let mut devices = partitions[place].devices.to_vec();
            devices.push(DeviceUse {
                device,
                ipa: Ipa(0x0A00_0000 + mib(1) * devices.len() as u64),
                trusted: true,
            });
            partitions[place].devices = devices.leak();
        }
    }
}

fn channels(chance: &mut Chance, partitions: &mut [Partition]) -> Vec<Channel> {
    let mut counts = vec![0; partitions.len()];
    let mut channels = Vec::new();
    let wanted = chance.of(&[0, 1, 2, 8, 8 * partitions.len()]);
    // Of a channel to many partitions there are few more.
    let most = chance.of(&[1, 1, 2, 7, 127]);
    for index in 0..wanted {
        let mut ends: Vec<usize> = (0..partitions.len())
            .filter(|place| counts[*place] < 8)
            .collect();
        let first = if ends.is_empty() {
            0
        } else {
            chance.below(ends.len())
        };
        ends.rotate_left(first);
        ends.truncate(1 + most);
        if ends.len() < 2 {
            break;
        }
        let bytes = chance.of(&[8, 64, 512]);
        let mut ports = Vec::new();
        for (place, end) in ends.into_iter().enumerate() {
            let partition = &mut partitions[end];
            let port = counts[end];
            counts[end] += 1;
            let rings = place > 0 && end < CALLED && chance.one_in(4);
            ports.push(Port {
                partition: partition.name,
                port: format!("port-{port}").leak(),
                window: Ipa(RAM + partition.regions[0].size_bytes - 512 * (1 + port)),
                interrupt: rings.then(|| 48 + u32::try_from(port).unwrap()),
            });
        }
        let queues = ports.len() == 2 && chance.one_in(3);
        let depth = chance.of(&[1, 2, 7, 16]);
        let refresh = chance.of(&[Duration::MAX, Duration::from_secs(1_000_000)]);
        let is_linux = |port: &Port| {
            let mut all = partitions.iter();
            all.any(|it| it.name == port.partition && matches!(it.image, Image::Linux { .. }))
        };
        let memory = ChannelMemory {
            is_cached: !ports.iter().any(is_linux) && chance.one_in(2),
            ..ChannelMemory::CACHED
        };
        let has_memory = chance.one_in(4);
        if has_memory {
            for port in &mut ports {
                port.interrupt = None;
                let number: u64 = port.port[5..].parse().unwrap();
                port.window = Ipa(0x60_0000_0000 + number * mib(4));
            }
        }
        let is_event = !has_memory && ports[1..].iter().all(|it| it.interrupt.is_some());
        let bytes = if is_event { 0 } else { bytes };
        if is_event {
            for port in &mut ports {
                port.window = Ipa(0);
            }
        }
        let kind = match (has_memory, queues) {
            _ if is_event => ChannelKind::Event {
                per_window: chance.of(&[1, 9, u16::MAX]),
            },
            (false, true) => ChannelKind::Queuing { depth },
            (false, false) => ChannelKind::Sampling { refresh },
            (true, true) => ChannelKind::DirectQueuing { depth, memory },
            (true, false) => ChannelKind::DirectSampling { refresh, memory },
        };
        let source = ports.remove(0);
        channels.push(Channel {
            name: format!("channel-{index}").leak(),
            kind,
            message_bytes: bytes,
            source,
            destinations: ports.leak(),
        });
    }
    channels
}

fn display(
    chance: &mut Chance,
    board: &BoardFacts,
    partitions: &mut [Partition],
) -> Option<Display> {
    if chance.one_in(2) {
        return None;
    }
    let place = chance.below(partitions.len());
    let mut regions = partitions[place].regions.to_vec();
    regions.push(Region {
        kind: RegionKind::FrameBuffer,
        ..region("pixels", 0x8000_0000, board.frame_buffer.base.0, mib(2))
    });
    partitions[place].regions = regions.leak();
    let (width, height) = chance.of(&[(1, 1), (800, 480), (1024, 512)]);
    Some(Display {
        width,
        height,
        partition: partitions[place].name,
    })
}

/// Windows for every vCPU, one after the other on each CPU; then what is measured in frames.
fn schedule(chance: &mut Chance, board: &BoardFacts, system: &mut System) {
    // The guard depends on who runs where, so windows are placed first and measured afterwards.
    let cpus = 1 + chance.below(board.cpus.len());
    let mut plans: Vec<Vec<(&'static str, u32)>> = vec![Vec::new(); cpus];
    let mut more = Vec::new();
    for partition in system.partitions {
        let vcpus = partition.machine.vcpus.min(9);
        let mut windows = vcpus;
        for vcpu in 0..vcpus {
            let has_device = !partition.devices.is_empty();
            let cpu = if has_device { 0 } else { chance.below(cpus) };
            plans[cpu].push((partition.name, vcpu));
            for _ in 1..chance.of(&[1, 1, 1, 2, 16]) {
                if windows < 16 {
                    more.push((cpu, (partition.name, vcpu)));
                    windows += 1;
                }
            }
        }
    }
    for (cpu, window) in more {
        if plans[cpu].len() < 128 {
            plans[cpu].push(window);
        }
    }
    let mut fill = |length: Duration, guard: Duration| -> Schedule {
        let mut latest = Duration::ZERO;
        let plans: Vec<&[Window]> = plans
            .iter()
            .map(|plan| {
                let windows = plan
                    .iter()
                    .enumerate()
                    .map(|(index, (partition, vcpu))| Window {
                        partition,
                        vcpu: *vcpu,
                        start: length * u32::try_from(index).unwrap(),
                        length,
                    });
                let windows: Vec<Window> = windows.collect();
                latest = latest.max(length * u32::try_from(windows.len()).unwrap());
                &*windows.leak()
            })
            .collect();
        Schedule {
            major_frame: latest + chance.of(&[Duration::ZERO, Duration::from_millis(1)]),
            guard,
            plans: plans.leak(),
        }
    };
    system.schedule = fill(Duration::from_secs(1), Duration::ZERO);
    let guard = longest_path(system, board);
    system.schedule = fill(guard + RUN, guard);
    let frame = system.schedule.major_frame;
    let mut partitions = system.partitions.to_vec();
    for partition in &mut partitions {
        if let Some(heartbeat) = &mut partition.heartbeat {
            heartbeat.period = frame;
            heartbeat.deadline = frame;
        }
    }
    system.partitions = partitions.leak();
}

/// Numbers at which counts and arithmetic break.
fn odd_number(chance: &mut Chance) -> u32 {
    chance.of(&[0, 1, 8, 9, 16, 17, 32, 512, 513, 1 << 31, u32::MAX])
}

fn odd_address(chance: &mut Chance, usual: u64) -> u64 {
    let odd = [
        0,
        1,
        usual.wrapping_add(1),
        usual.wrapping_sub(4),
        usual.wrapping_add(0x1000),
        usual.wrapping_sub(0x1000),
        (1 << 39) - 0x1000,
        1 << 39,
        u64::MAX,
        u64::MAX - 0xFFF,
        0x0800_0000,
        0x7000_0000,
    ];
    chance.of(&odd)
}

fn odd_time(chance: &mut Chance, usual: Duration) -> Duration {
    let nanosecond = Duration::from_nanos(1);
    chance.of(&[
        Duration::ZERO,
        nanosecond,
        Duration::MAX,
        usual.saturating_add(nanosecond),
        usual.saturating_sub(nanosecond),
        usual.saturating_mul(2),
        Duration::from_secs(u64::MAX),
    ])
}

fn odd_name(chance: &mut Chance) -> &'static str {
    chance.of(&[
        "",
        "p0",
        "p1",
        "UPPER",
        "ram",
        "a-name-of-25-characters--",
        "nul\0",
        "µ",
    ])
}

fn odd_partition(chance: &mut Chance, partition: &mut Partition) {
    let machine = &mut partition.machine;
    match chance.below(24) {
        0 => partition.name = odd_name(chance),
        1 => partition.entry = Ipa(odd_address(chance, RAM)),
        2 => partition.passport = Ipa(odd_address(chance, partition.passport.0)),
        3 => machine.vcpus = odd_number(chance),
        4 => machine.gic.shared_blocks = odd_number(chance),
        5 => machine.gic.version = GicVersion::V3,
        6 => machine.gic.distributor = Ipa(odd_address(chance, 0x0800_0000)),
        7 => machine.gic.redistributors = Ipa(odd_address(chance, 0x080A_0000)),
        8 => machine.gic.cpu_interface = Ipa(odd_address(chance, 0x0801_0000)),
        9 => machine.uart = Some(Ipa(odd_address(chance, 0x0900_0000))),
        10 => machine.stolen_time = Some(Ipa(odd_address(chance, 0x6000_0000))),
        11 => partition.refused_calls_per_window = odd_number(chance),
        12 => partition.arguments = chance.of(&["\0", "µ", "a\nb"]),
        13 => partition.arguments = "a".repeat(257).leak(),
        14 => {
            partition.health.restart_limit = RestartLimit {
                count: odd_number(chance),
                period: odd_time(chance, Duration::from_millis(1)),
            }
        }
        15 => partition.health.stray_access = Action::StopSystem,
        16 => partition.criticality = Criticality::Critical,
        17 => partition.heartbeat = None,
        18 => partition.regions = &[],
        19 | 20 => odd_region(chance, partition),
        21 => {
            let device = chance.of(&["rtc", "gpio", "virtio", "wide", "last", "none", ""]);
            let ipa = Ipa(odd_address(chance, 0x0A00_0000));
            let mut devices = partition.devices.to_vec();
            devices.push(DeviceUse {
                device,
                ipa,
                trusted: chance.one_in(2),
            });
            partition.devices = devices.leak();
        }
        22 => {
            partition.image = Image::Elf {
                file: File::Path(""),
                device_tree: Some(Ipa(odd_address(chance, RAM))),
            }
        }
        _ => {
            let mut regions = partition.regions.to_vec();
            for index in 0..chance.of(&[1, 12, 13]) {
                let at = 0xA000_0000 + kib(4) * index;
                let pa = 0x7F00_0000 + kib(4) * index;
                regions.push(region(format!("more-{index}").leak(), at, pa, kib(4)));
            }
            partition.regions = regions.leak();
        }
    }
}

fn odd_region(chance: &mut Chance, partition: &mut Partition) {
    let mut regions = partition.regions.to_vec();
    if regions.is_empty() {
        return;
    }
    let place = chance.below(regions.len());
    let region = &mut regions[place];
    match chance.below(5) {
        0 => region.name = odd_name(chance),
        1 => region.ipa = Ipa(odd_address(chance, region.ipa.0)),
        2 => region.pa = Pa(odd_address(chance, region.pa.0)),
        3 => region.size_bytes = odd_address(chance, region.size_bytes),
        _ => region.kind = RegionKind::FrameBuffer,
    }
    partition.regions = regions.leak();
}

fn odd_channel(chance: &mut Chance, channels: &mut [Channel]) {
    if channels.is_empty() {
        return;
    }
    let place = chance.below(channels.len());
    let channel = &mut channels[place];
    let mut ends = channel.destinations.to_vec();
    let end = chance.below(1 + ends.len());
    let port = ends.get_mut(end).unwrap_or(&mut channel.source);
    match chance.below(10) {
        9 => {
            let depth = odd_number(chance);
            let place = Place::At(Pa(odd_address(chance, 0x4700_0000)));
            let memory = ChannelMemory {
                place,
                is_cached: true,
            };
            channel.kind = match chance.below(3) {
                0 => ChannelKind::Queuing { depth },
                1 => ChannelKind::DirectQueuing { depth, memory },
                _ => ChannelKind::SharedMemory {
                    memory,
                    writers: Writers::Several(vec![odd_name(chance)].leak()),
                },
            };
        }
        0 => channel.name = odd_name(chance),
        1 => channel.message_bytes = odd_number(chance),
        2 => {
            channel.kind = ChannelKind::Sampling {
                refresh: odd_time(chance, Duration::from_millis(1)),
            };
        }
        3 => port.partition = odd_name(chance),
        4 => port.port = odd_name(chance),
        5 => port.window = Ipa(odd_address(chance, port.window.0)),
        6 => port.interrupt = Some(odd_number(chance)),
        7 => ends.clear(),
        _ => ends.extend(ends.clone()),
    }
    channel.destinations = ends.leak();
}

fn odd_system(chance: &mut Chance, system: &mut System) {
    let schedule = &mut system.schedule;
    match chance.below(10) {
        0 => schedule.major_frame = odd_time(chance, schedule.major_frame),
        1 => schedule.guard = odd_time(chance, schedule.guard),
        2 => schedule.plans = chance.of(&[&[], &[&[]], &[&[], &[], &[], &[], &[]]]),
        3..=6 => odd_window(chance, schedule),
        7 => system.summary = chance.of(&["", "two\nlines"]),
        8 => {
            system.display = Some(Display {
                width: odd_number(chance),
                height: odd_number(chance),
                partition: "p0",
            });
        }
        _ => system.name = odd_name(chance),
    }
}

fn odd_window(chance: &mut Chance, schedule: &mut Schedule) {
    let mut plans = schedule.plans.to_vec();
    if plans.is_empty() {
        return;
    }
    let cpu = chance.below(plans.len());
    let mut windows = plans[cpu].to_vec();
    if windows.is_empty() {
        return;
    }
    let place = chance.below(windows.len());
    let window = &mut windows[place];
    match chance.below(6) {
        0 => window.partition = odd_name(chance),
        1 => window.vcpu = odd_number(chance),
        2 => window.start = odd_time(chance, window.start),
        3 => window.length = odd_time(chance, window.length),
        4 => windows.extend(windows.clone()),
        _ => windows.clear(),
    }
    plans[cpu] = windows.leak();
    schedule.plans = plans.leak();
}
