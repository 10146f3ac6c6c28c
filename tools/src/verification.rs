//! What the checker of images is told: a system's declaration and its board's facts, as plain data.
//!
//! Nothing here is computed by what builds images: no layout, no tables, no passports.

use std::time::Duration;

use paratia_abi::ABI_VERSION;
use paratia_abi::passport::{FORMAT_XBGR8888, FORMAT_XRGB8888};
use paratia_config::MemoryRange;
use paratia_config::board::{BoardFacts, CpuStart, DisplayKind};
use paratia_config::image::Image;
use paratia_config::machine::{CLOCK_BYTES, UART_BYTES, VirtualGic, WATCHDOG_FRAME_BYTES};
use paratia_config::system::{self, ChannelKind, Place, System, Writers};
use paratia_verify::reach::declared::{
    Board, Channel, ChannelMemory, Declaration, Device, DeviceUse, Display, Emulated, Form,
    Partition, Port, Region, RegionKind, Registers, Schedule, Span, Window,
};

use crate::catalog::Choice;
use crate::unikernel;

/// A system on its board.
#[must_use]
pub fn declaration(choice: &Choice) -> Declaration {
    // What can't be laid out isn't in any image, either.
    let laid_out = unikernel::laid_out(choice).unwrap_or(*choice);
    let (system, board) = (laid_out.system, choice.board);
    Declaration {
        system: system.name.to_owned(),
        abi_version: ABI_VERSION,
        board: facts(board),
        partitions: (0..)
            .zip(system.partitions)
            .map(|(index, it)| partition(system, board, index, it))
            .collect(),
        schedule: schedule(system),
        channels: system
            .channels
            .iter()
            .map(|it| channel(system, it))
            .collect(),
    }
}

fn span(range: MemoryRange) -> Span {
    Span {
        base: range.base.0,
        bytes: range.size_bytes,
    }
}

fn facts(board: &BoardFacts) -> Board {
    let registers = |name: &str, range| Registers {
        name: name.to_owned(),
        span: span(range),
    };
    let mut hypervisor_registers = vec![registers("the debug UART", board.uart)];
    let controller = (0..).map_while(|index| board.interrupt_controller.registers(index));
    hypervisor_registers.extend(controller.map(|(name, range)| registers(name, range)));
    if let CpuStart::SpinTable { page, .. } = board.cpu_start {
        hypervisor_registers.push(registers("the table at which CPUs wait", page));
    }
    let others = board.hypervisor_devices.iter();
    hypervisor_registers
        .extend(others.map(|range| registers("a device of the hypervisor's own", *range)));
    let devices = board.devices.iter().map(|device| Device {
        name: device.name.to_owned(),
        model: device.model.to_owned(),
        span: span(device.registers),
        interrupts: device.interrupts.to_vec(),
        bus_master: device.bus_master,
    });
    Board {
        name: board.name.to_owned(),
        ram: board
            .ram
            .iter()
            .copied()
            .chain([board.frame_buffer])
            .map(span)
            .collect(),
        hypervisor_memory: span(board.hypervisor_memory),
        partition_memory: span(board.partition_memory),
        cpus: board.cpus.to_vec(),
        image_base: board.image_base.0,
        device_tree: board.device_tree.map(span),
        hypervisor_registers,
        lent_registers: board.interrupt_controller.virtual_cpu_interface().map(span),
        devices: devices.collect(),
        monitors_interrupt: board.monitors_interrupt,
    }
}

fn partition(system: &System, board: &BoardFacts, index: u64, it: &system::Partition) -> Partition {
    let gic = &it.machine.gic;
    let version = gic.version_on(board);
    let interface = Span {
        base: gic.cpu_interface.0,
        bytes: VirtualGic::CPU_INTERFACE_BYTES,
    };
    let is_lent = version == 2 && board.interrupt_controller.virtual_cpu_interface().is_some();
    let none = Span { base: 0, bytes: 0 };
    let regions = it.regions.iter().map(|region| Region {
        name: region.name.to_owned(),
        ipa: region.ipa.0,
        pa: region.pa.0,
        bytes: region.size_bytes,
        kind: match region.kind {
            system::RegionKind::Ram => RegionKind::Ram,
            system::RegionKind::Xen => RegionKind::Xen,
            system::RegionKind::Tender => RegionKind::Tender,
            system::RegionKind::Text => RegionKind::Text,
            system::RegionKind::Constant => RegionKind::Constant,
            system::RegionKind::Data => RegionKind::Data,
            system::RegionKind::FrameBuffer => RegionKind::FrameBuffer,
        },
    });
    let devices = it.devices.iter().map(|used| DeviceUse {
        device: used.device.to_owned(),
        ipa: used.ipa.0,
    });
    Partition {
        name: it.name.to_owned(),
        vcpus: it.machine.vcpus,
        vmid: index + 1,
        program: match it.image {
            Image::Program(name) => Some(name.to_owned()),
            Image::Unikernel { .. } => Some(unikernel::TENDER.to_owned()),
            Image::Linux { .. } | Image::Raw { .. } | Image::Elf { .. } => None,
        },
        regions: regions.collect(),
        devices: devices.collect(),
        passport: it.passport.0,
        stolen_time: it.machine.stolen_time.map(|page| page.0),
        lent_registers: is_lent.then_some(interface),
        emulated: Emulated {
            distributor: Span {
                base: gic.distributor.0,
                bytes: gic.distributor_bytes(board),
            },
            redistributors: if version == 3 {
                Span {
                    base: gic.redistributors.0,
                    bytes: it.machine.redistributors_bytes(),
                }
            } else {
                none
            },
            cpu_interface: if version == 2 && !is_lent {
                interface
            } else {
                none
            },
            uart: it.machine.uart.map_or(none, |base| Span {
                base: base.0,
                bytes: UART_BYTES,
            }),
            clock: it.machine.clock.map_or(none, |base| Span {
                base: base.0,
                bytes: CLOCK_BYTES,
            }),
            watchdog: it.machine.watchdog.map_or(none, |base| Span {
                base: base.0,
                bytes: 2 * WATCHDOG_FRAME_BYTES,
            }),
        },
        has_monitors: it.machine.pmu,
        gic_version: version,
        gic_bases: [
            gic.distributor.0,
            if version == 3 {
                gic.redistributors.0
            } else {
                gic.cpu_interface.0
            },
        ],
        heartbeat_ns: it
            .heartbeat
            .map_or(0, |heartbeat| nanoseconds(heartbeat.period)),
        arguments: it.arguments.to_owned(),
        display: display(system, board, it),
    }
}

fn display(system: &System, board: &BoardFacts, it: &system::Partition) -> Option<Display> {
    let display = system
        .display
        .filter(|display| display.partition == it.name)?;
    let kind = board.display?;
    let mut pixels = it
        .regions
        .iter()
        .filter(|region| region.kind == system::RegionKind::FrameBuffer);
    Some(Display {
        ipa: pixels.next()?.ipa.0,
        width: display.width,
        height: display.height,
        stride_bytes: display.stride_bytes(),
        format: match kind {
            DisplayKind::Ramfb | DisplayKind::Memory => FORMAT_XRGB8888,
            DisplayKind::VideoCore { .. } => FORMAT_XBGR8888,
        },
    })
}

fn schedule(system: &System) -> Schedule {
    let window = |window: &system::Window| Window {
        partition: index(system, window.partition),
        vcpu: window.vcpu,
        start_ns: nanoseconds(window.start),
        length_ns: nanoseconds(window.length),
    };
    let plans = system
        .schedule
        .plans
        .iter()
        .map(|plan| plan.iter().map(window).collect());
    Schedule {
        major_frame_ns: nanoseconds(system.schedule.major_frame),
        guard_ns: nanoseconds(system.schedule.guard),
        plans: plans.collect(),
    }
}

fn channel(system: &System, channel: &system::Channel) -> Channel {
    let port = |port: &system::Port| Port {
        partition: index(system, port.partition),
        name: port.port.to_owned(),
        window: port.window.0,
        interrupt: port.interrupt.unwrap_or(0),
    };
    Channel {
        name: channel.name.to_owned(),
        message_bytes: channel.message_bytes,
        refresh_ns: nanoseconds(channel.kind.refresh()),
        depth: channel.kind.depth(),
        memory: channel_memory(channel),
        signals: channel.kind.signals().into(),
        source: port(&channel.source),
        destinations: channel.destinations.iter().map(port).collect(),
    }
}

/// A channel's own memory, as it is declared.
fn channel_memory(channel: &system::Channel) -> Option<ChannelMemory> {
    let memory = channel.kind.memory()?;
    let destinations = channel.destinations.iter().enumerate();
    let (form, names) = match channel.kind {
        ChannelKind::DirectQueuing { depth, .. } => (Form::Queuing(depth), &[][..]),
        ChannelKind::SharedMemory { writers, .. } => match writers {
            Writers::SourceAlone => (Form::Shared, &[][..]),
            Writers::Several(names) => (Form::Shared, names),
        },
        _ => (Form::Sampling, &[][..]),
    };
    Some(ChannelMemory {
        form,
        at: match memory.place {
            Place::At(place) => Some(place.0),
            Place::Automatic => None,
        },
        is_cached: memory.is_cached,
        writers: destinations
            .filter(|(_, port)| names.contains(&port.partition))
            .map(|(number, _)| number)
            .collect(),
    })
}

/// A partition's index by its name; one that doesn't exist is none of the system's.
fn index(system: &System, name: &str) -> usize {
    system
        .partition_index(name)
        .unwrap_or(system.partitions.len())
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
