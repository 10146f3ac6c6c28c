//! The device tree of a partition: what its machine has, in the words of Linux's bindings
//! (`Documentation/devicetree/bindings`).
//!
//! It names only what every guest needs: memory, CPUs, PSCI, the timers, the interrupt controller, a
//! console; and performance monitors and devices that are the partition's own. Readers that take less
//! than the bindings allow exist, so it has the form that most trees have: one node for all memory, every
//! interrupt of the timers in its position, a path to the console without options.

mod channels;
mod emulated;

use paratia_config::address::PAGE_BYTES;
use paratia_config::machine::{VirtualGic, VirtualMachine};
use paratia_config::system::{DeviceUse, RegionKind};
use paratia_config::{BoardFacts, Partition, System, xen};
use vm_fdt::{Error, FdtWriter, FdtWriterNode};

pub use channels::Channel;

/// Phandles.
const GIC: u32 = 1;
const CLOCK: u32 = 2;
/// Clock of the emulated UART, as on QEMU's `virt`; Linux computes dividers from it that nobody
/// looks at.
const CLOCK_HZ: u32 = 24_000_000;
/// Interrupt specifiers: shared or private; level-sensitive, active high.
const SHARED: u32 = 0;
const PRIVATE: u32 = 1;
const LEVEL_HIGH: u32 = 4;
/// The id of private interrupt 0.
const FIRST_PRIVATE: u32 = 16;
/// Where a private interrupt's specifier for a GICv2 has the CPUs that it belongs to.
const FIRST_CPU: u32 = 8;
/// What stands for the seeds until a start writes new ones there (`hypervisor/src/windows/seeds.rs`); the bare
/// machine begins with these.
const KASLR_SEED: &[u8; 8] = b"no seed!";
const RANDOM_SEED: &[u8; 32] = b"no secret: new ones at any start";
/// The private interrupts of the timers, by position, and their names (`timer/arm,arch_timer.yaml`).
/// Guests at EL1 use the virtual one, which is the hardware's, or the physical one, which is emulated;
/// the others never come, as on a machine whose EL3 and EL2 somebody else has.
const TIMERS: [(u32, &str); 4] = [
    (13, "sec-phys"),
    (14, "phys"),
    (11, "virt"),
    (10, "hyp-phys"),
];

/// Drivers' names for boards' devices.
const DEVICES: [(&str, &str); 2] = [("rtc", "arm,pl031"), ("gpio", "arm,pl061")];

/// What the tree tells a guest.
#[derive(Clone, Debug)]
pub struct Guest<'a> {
    /// vCPUs, interrupt controller, UART.
    pub machine: VirtualMachine,
    /// The interrupt controller's version, 2 or 3.
    pub gic_version: u32,
    /// Base and size of each range of RAM.
    pub ram: Vec<(u64, u64)>,
    /// The first page of the region by which it is a guest of Xen's, if it is one.
    pub xen: Option<u64>,
    /// The private interrupt of its performance monitors, if they have one.
    pub monitors_interrupt: Option<u32>,
    /// The time of its watchdog in seconds: its heartbeat's period.
    pub watchdog_seconds: u32,
    /// Its own devices: the board's name, base, size and interrupts.
    pub devices: Vec<(&'a str, u64, u64, &'a [u32])>,
    /// The memory of its channels.
    pub channels: Vec<Channel<'a>>,
    /// The kernel's command line.
    pub command_line: &'a str,
    /// First byte and end of the initial RAM disk.
    pub initrd: Option<(u64, u64)>,
}

impl<'a> Guest<'a> {
    /// A partition's machine on a board.
    #[must_use]
    pub fn of(system: &'a System, partition: &'a Partition, board: &'a BoardFacts) -> Self {
        let ends = system.channels.iter().flat_map(|channel| {
            let ends = 0..=channel.destinations.len();
            ends.map(move |end| (channel, end))
        });
        let own = ends.filter(|(channel, end)| channel.end(*end).partition == partition.name);
        let ram = partition
            .regions
            .iter()
            .filter(|region| region.kind == RegionKind::Ram)
            .map(|region| (region.ipa.0, region.size_bytes))
            .collect();
        let device = |owned: &DeviceUse| {
            let device = board.device(owned.device)?;
            Some((
                device.name,
                owned.ipa.0,
                device.registers.size_bytes,
                device.interrupts,
            ))
        };
        Self {
            machine: partition.machine,
            gic_version: partition.machine.gic.version_on(board),
            ram,
            xen: xen::region(partition).map(|region| region.ipa.0),
            monitors_interrupt: board.monitors_interrupt,
            watchdog_seconds: partition.heartbeat.map_or(0, |heartbeat| {
                u32::try_from(heartbeat.period.as_secs()).unwrap_or(u32::MAX)
            }),
            devices: partition.devices.iter().filter_map(device).collect(),
            channels: own
                .filter_map(|(channel, end)| Channel::of(channel, end))
                .collect(),
            command_line: "",
            initrd: None,
        }
    }

    /// The tree, flattened.
    ///
    /// # Errors
    /// If the command line contains a zero.
    pub fn tree(&self) -> Result<Vec<u8>, Error> {
        let mut tree = FdtWriter::new()?;
        let root = begin(&mut tree, "", 2)?;
        compatible(&mut tree, &["linux,dummy-virt"])?;
        tree.property_string("model", "Paratia partition")?;
        tree.property_u32("interrupt-parent", GIC)?;
        self.chosen(&mut tree)?;
        self.memory(&mut tree)?;
        self.cpus(&mut tree)?;
        self.gic(&mut tree)?;
        self.timers(&mut tree)?;
        self.monitors(&mut tree)?;
        clock(&mut tree)?;
        self.uart(&mut tree)?;
        self.clock(&mut tree)?;
        self.watchdog(&mut tree)?;
        self.devices(&mut tree)?;
        channels::add(&mut tree, &self.channels)?;
        self.xen(&mut tree)?;
        tree.end_node(root)?;
        tree.finish()
    }

    fn chosen(&self, tree: &mut FdtWriter) -> Result<(), Error> {
        let chosen = tree.begin_node("chosen")?;
        tree.property_string("bootargs", self.command_line)?;
        if let Some(uart) = self.machine.uart {
            tree.property_string("stdout-path", &format!("/{}", uart_name(uart.0)))?;
        }
        if let Some((start, end)) = self.initrd {
            tree.property_u64("linux,initrd-start", start)?;
            tree.property_u64("linux,initrd-end", end)?;
        }
        if self.machine.entropy {
            tree.property("kaslr-seed", KASLR_SEED)?;
            tree.property("rng-seed", RANDOM_SEED)?;
        }
        tree.end_node(chosen)
    }

    /// All RAM in one node, in the order in which it is declared.
    fn memory(&self, tree: &mut FdtWriter) -> Result<(), Error> {
        let Some((base, _)) = self.ram.first() else {
            return Ok(());
        };
        let memory = tree.begin_node(&format!("memory@{base:x}"))?;
        tree.property_string("device_type", "memory")?;
        let ranges = self.ram.iter().flat_map(|(base, size)| [*base, *size]);
        tree.property_array_u64("reg", &ranges.collect::<Vec<_>>())?;
        tree.end_node(memory)
    }

    fn cpus(&self, tree: &mut FdtWriter) -> Result<(), Error> {
        let psci = tree.begin_node("psci")?;
        compatible(tree, &["arm,psci-1.0", "arm,psci-0.2"])?;
        tree.property_string("method", "hvc")?;
        tree.end_node(psci)?;

        let cpus = tree.begin_node("cpus")?;
        tree.property_u32("#address-cells", 1)?;
        tree.property_u32("#size-cells", 0)?;
        for number in 0..self.machine.vcpus {
            let cpu = tree.begin_node(&format!("cpu@{number:x}"))?;
            tree.property_string("device_type", "cpu")?;
            tree.property_string("compatible", "arm,armv8")?;
            tree.property_u32("reg", number)?;
            tree.property_string("enable-method", "psci")?;
            tree.end_node(cpu)?;
        }
        tree.end_node(cpus)
    }

    fn gic(&self, tree: &mut FdtWriter) -> Result<(), Error> {
        let gic = &self.machine.gic;
        let (name, distributor_bytes, second, second_bytes) = if self.gic_version == 3 {
            let bytes = self.machine.redistributors_bytes();
            ("arm,gic-v3", 0x1_0000, gic.redistributors, bytes)
        } else {
            let bytes = VirtualGic::CPU_INTERFACE_BYTES;
            ("arm,cortex-a15-gic", 0x1000, gic.cpu_interface, bytes)
        };
        let node = begin(tree, &format!("intc@{:x}", gic.distributor.0), 2)?;
        compatible(tree, &[name])?;
        let registers = [gic.distributor.0, distributor_bytes, second.0, second_bytes];
        tree.property_array_u64("reg", &registers)?;
        tree.property_null("interrupt-controller")?;
        tree.property_u32("#interrupt-cells", 3)?;
        tree.property_phandle(GIC)?;
        tree.end_node(node)
    }

    /// What a guest of Xen's is told (`arm/xen.txt`): where its grant frames are, and the interrupt of its events.
    fn xen(&self, tree: &mut FdtWriter) -> Result<(), Error> {
        let Some(pages) = self.xen else {
            return Ok(());
        };
        let node = tree.begin_node("hypervisor")?;
        compatible(tree, &["xen,xen-4.17", "xen,xen"])?;
        tree.property_array_u64("reg", &[pages, xen::GRANT_FRAMES * PAGE_BYTES])?;
        let specifier = self.private(xen::EVENT_INTERRUPT - FIRST_PRIVATE);
        tree.property_array_u32("interrupts", &specifier)?;
        tree.end_node(node)
    }

    /// A private interrupt, as the interrupt controller's binding wants it: that of a GICv2 also says whose
    /// it is (`interrupt-controller/arm,gic.yaml`).
    fn private(&self, number: u32) -> [u32; 3] {
        let cpus = if self.gic_version == 2 {
            (1 << self.machine.vcpus.min(8)) - 1
        } else {
            0
        };
        [PRIVATE, number, LEVEL_HIGH | cpus << FIRST_CPU]
    }

    fn timers(&self, tree: &mut FdtWriter) -> Result<(), Error> {
        let timer = tree.begin_node("timer")?;
        compatible(tree, &["arm,armv8-timer"])?;
        let interrupts = TIMERS.iter().flat_map(|(number, _)| self.private(*number));
        tree.property_array_u32("interrupts", &interrupts.collect::<Vec<_>>())?;
        let names = TIMERS.map(|(_, name)| name.to_owned());
        tree.property_string_list("interrupt-names", names.to_vec())?;
        tree.property_null("always-on")?;
        tree.end_node(timer)
    }

    /// Performance monitors, if they are the partition's own. Without an interrupt they count, and
    /// Linux says that it can't sample.
    fn monitors(&self, tree: &mut FdtWriter) -> Result<(), Error> {
        if !self.machine.pmu {
            return Ok(());
        }
        let pmu = tree.begin_node("pmu")?;
        compatible(tree, &["arm,armv8-pmuv3"])?;
        if let Some(interrupt) = self.monitors_interrupt {
            let specifier = self.private(interrupt - FIRST_PRIVATE);
            tree.property_array_u32("interrupts", &specifier)?;
        }
        tree.end_node(pmu)
    }

    /// Devices whose driver has a name here; a guest that knows another finds it by its address.
    fn devices(&self, tree: &mut FdtWriter) -> Result<(), Error> {
        for (name, base, size, interrupts) in &self.devices {
            let Some((_, driver)) = DEVICES.iter().find(|(device, _)| device == name) else {
                continue;
            };
            let node = tree.begin_node(&format!("{name}@{base:x}"))?;
            compatible(tree, &[*driver, "arm,primecell"])?;
            tree.property_array_u64("reg", &[*base, *size])?;
            let specifiers = interrupts
                .iter()
                .flat_map(|id| [SHARED, id - 32, LEVEL_HIGH]);
            tree.property_array_u32("interrupts", &specifiers.collect::<Vec<_>>())?;
            clocks(tree, &["apb_pclk"])?;
            tree.end_node(node)?;
        }
        Ok(())
    }
}

fn clock(tree: &mut FdtWriter) -> Result<(), Error> {
    let clock = tree.begin_node("apb-pclk")?;
    compatible(tree, &["fixed-clock"])?;
    tree.property_u32("#clock-cells", 0)?;
    tree.property_u32("clock-frequency", CLOCK_HZ)?;
    tree.property_string("clock-output-names", "clk24mhz")?;
    tree.property_phandle(CLOCK)?;
    tree.end_node(clock)
}

/// The one clock, by each of the names that a driver asks for.
fn clocks(tree: &mut FdtWriter, names: &[&str]) -> Result<(), Error> {
    tree.property_array_u32("clocks", &vec![CLOCK; names.len()])?;
    tree.property_string_list("clock-names", owned(names))
}

fn uart_name(base: u64) -> String {
    format!("pl011@{base:x}")
}

/// Begins a node whose children have addresses of so many cells, and sizes of as many.
fn begin(tree: &mut FdtWriter, name: &str, cells: u32) -> Result<FdtWriterNode, Error> {
    let node = tree.begin_node(name)?;
    tree.property_u32("#address-cells", cells)?;
    tree.property_u32("#size-cells", cells)?;
    Ok(node)
}

fn compatible(tree: &mut FdtWriter, names: &[&str]) -> Result<(), Error> {
    tree.property_string_list("compatible", owned(names))
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests;
