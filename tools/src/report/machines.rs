//! What each partition is, and the machine that it finds, as far as no other part of the report says.

use paratia_config::BoardFacts;
use paratia_config::image::{Backing, File, Image, Initrd, UnikernelDevice};
use paratia_config::machine::{Forbidden, Stray, VirtualMachine};
use paratia_config::system::{DeviceUse, Display, Partition, System};
use serde::Serialize;

/// A partition's machine.
#[derive(Clone, Debug, Serialize)]
pub struct Machine {
    /// Whose.
    pub partition: String,
    /// Its virtual CPUs.
    pub vcpus: u32,
    /// The interrupt controller that it sees: 2 or 3.
    pub gic_version: u32,
    /// Blocks of 32 shared interrupts that the controller has at least.
    pub shared_blocks: u32,
    /// Where it sees the controller's distributor.
    pub distributor_ipa: u64,
    /// Where it sees the redistributors, in GICv3.
    pub redistributors_ipa: Option<u64>,
    /// Where it sees the CPU interface, in GICv2.
    pub cpu_interface_ipa: Option<u64>,
    /// Where it sees a UART.
    pub uart_ipa: Option<u64>,
    /// Where it sees a clock.
    pub clock_ipa: Option<u64>,
    /// Where it sees a watchdog.
    pub watchdog_ipa: Option<u64>,
    /// Whether it is given random numbers.
    pub entropy: bool,
    /// Where it is told its stolen time.
    pub stolen_time_ipa: Option<u64>,
    /// Whether it has the CPU's performance monitors.
    pub monitors: bool,
    /// Whether it has the CPU's breakpoints, watchpoints and single steps.
    pub debug: bool,
    /// What an access to an address that it doesn't have leads to.
    pub stray: &'static str,
    /// What an instruction or a system register that it may not use leads to.
    pub forbidden: &'static str,
    /// Where it begins.
    pub entry_ipa: u64,
    /// Where it sees its passport.
    pub passport_ipa: u64,
    /// What it starts with.
    pub image: String,
    /// The command line of its kernel.
    pub command_line: Option<String>,
    /// Its arguments.
    pub arguments: String,
    /// Its devices.
    pub devices: Vec<Device>,
    /// Its picture.
    pub picture: Option<Picture>,
}

/// A device that a partition has.
#[derive(Clone, Debug, Serialize)]
pub struct Device {
    /// Which.
    pub device: String,
    /// Where the partition sees its registers.
    pub registers_ipa: u64,
    /// Whether it is trusted although it may write memory by itself.
    pub trusted: bool,
}

/// A picture that a partition draws.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Picture {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// The machines of a system's partitions on a board, in its order.
#[must_use]
pub fn machines(system: &System, board: &BoardFacts) -> Vec<Machine> {
    let partitions = system.partitions.iter();
    partitions.map(|it| machine(system, board, it)).collect()
}

/// Everything of a partition is named here, so that a field which comes later has to be thought of.
fn machine(system: &System, board: &BoardFacts, partition: &Partition) -> Machine {
    let Partition {
        name,
        image,
        entry,
        passport,
        devices,
        machine,
        arguments,
        // These are in the report's chapters on memory and on faults.
        regions: _,
        criticality: _,
        heartbeat: _,
        health: _,
        refused_calls_per_window: _,
    } = partition;
    let VirtualMachine {
        vcpus,
        gic,
        uart,
        stray,
        forbidden,
        stolen_time,
        pmu,
        debug,
        entropy,
        clock,
        watchdog,
    } = machine;
    let gic_version = gic.version_on(board);
    let is_old = gic_version == 2;
    let device = |used: &DeviceUse| Device {
        device: used.device.to_owned(),
        registers_ipa: used.ipa.0,
        trusted: used.trusted,
    };
    let picture = system.display.filter(|display| display.partition == *name);
    Machine {
        partition: (*name).to_owned(),
        vcpus: *vcpus,
        gic_version,
        shared_blocks: gic.shared_blocks,
        distributor_ipa: gic.distributor.0,
        redistributors_ipa: (!is_old).then_some(gic.redistributors.0),
        cpu_interface_ipa: is_old.then_some(gic.cpu_interface.0),
        uart_ipa: uart.map(|it| it.0),
        clock_ipa: clock.map(|it| it.0),
        watchdog_ipa: watchdog.map(|it| it.0),
        entropy: *entropy,
        stolen_time_ipa: stolen_time.map(|it| it.0),
        monitors: *pmu,
        debug: *debug,
        stray: match stray {
            Stray::HealthEvent => "health-event",
            Stray::ExternalAbort => "external-abort",
        },
        forbidden: match forbidden {
            Forbidden::HealthEvent => "health-event",
            Forbidden::Undefined => "undefined",
        },
        entry_ipa: entry.0,
        passport_ipa: passport.0,
        image: shown(image),
        command_line: match image {
            Image::Linux { command_line, .. } | Image::Unikernel { command_line, .. } => {
                Some((*command_line).to_owned())
            }
            Image::Program(_) | Image::Raw { .. } | Image::Elf { .. } => None,
        },
        arguments: (*arguments).to_owned(),
        devices: devices.iter().map(device).collect(),
        picture: picture.map(|Display { width, height, .. }| Picture { width, height }),
    }
}

fn shown(image: &Image) -> String {
    let file = |file: &File| match file {
        File::Debian { package, path } => format!("{path} of {package}"),
        File::Path(path) => (*path).to_owned(),
        File::Unikernel(name) => format!("unikernel {name}"),
    };
    match image {
        Image::Program(name) => format!("program {name}"),
        Image::Linux { kernel, initrd, .. } => {
            let initrd = match initrd {
                Initrd::None => String::new(),
                Initrd::Busybox => ", busybox".to_owned(),
                Initrd::File(it) => format!(", {}", file(it)),
            };
            format!("Linux {}{initrd}", file(kernel))
        }
        Image::Raw {
            file: it,
            load,
            device_tree: _,
        } => format!("{} at {:#x}", file(it), load.0),
        Image::Elf {
            file: it,
            device_tree: _,
        } => file(it),
        Image::Unikernel {
            file: it, devices, ..
        } => {
            let devices: String = devices.iter().map(backed).collect();
            format!("{} for Solo5's tender hvt{devices}", file(it))
        }
    }
}

/// What is behind a device of a unikernel's.
fn backed(device: &UnikernelDevice) -> String {
    let name = device.name;
    match device.backing {
        Backing::Block {
            region,
            block_bytes,
        } => format!(", '{name}' on region '{region}' in blocks of {block_bytes}"),
        Backing::Net {
            mac,
            mtu,
            out,
            into,
        } => {
            let mac = mac.map(|byte| format!("{byte:02x}")).join(":");
            format!(", '{name}' with {mac} and frames of {mtu} by '{out}' and '{into}'")
        }
    }
}
