//! The systems, one file each: add a file and it is there.
//!
//! A file declares `pub struct Definition<B>` with an associated constant `SYSTEM`, so that one
//! declaration serves every board. Its name on the command line is the file's, with `-` for `_`.

use core::time::Duration;

use crate::address::{Ipa, Pa};
use crate::machine::VirtualMachine;
use crate::solo5 as hvt;
use crate::system::{
    Criticality, File, HealthTable, Heartbeat, Image, Initrd, Partition, Region, RegionKind,
};
use crate::xen;

pub mod chaos;
pub mod many;
mod words;

include!(concat!(env!("OUT_DIR"), "/systems.rs"));

/// Where guests see their RAM, on every board: QEMU `virt`'s place for it, which most software knows.
pub const RAM: Ipa = Ipa(0x4000_0000);
/// Where guests find their passport.
pub const PASSPORT: Ipa = Ipa(0x7000_0000);
/// Where a guest sees its frame buffer.
pub const FRAME_BUFFER: Ipa = Ipa(0x8000_0000);

/// RAM for one of the project's own guest programs.
#[must_use]
pub const fn ram(pa: Pa, size_bytes: u64) -> Region {
    Region {
        name: "ram",
        ipa: RAM,
        pa,
        size_bytes,
        kind: RegionKind::Ram,
    }
}

/// Where a test bench tells a program something while it runs: `paratia_instruments::inputs` has what, and the
/// name.
#[must_use]
pub const fn inputs(pa: Pa) -> Region {
    Region {
        name: "inputs",
        ipa: Ipa(0x6000_0000),
        pa,
        size_bytes: crate::address::PAGE_BYTES,
        kind: RegionKind::Ram,
    }
}

/// The pages by which a guest of Xen's and the hypervisor speak, where Xen has its guests' grant tables.
#[must_use]
pub const fn xen_pages(pa: Pa) -> Region {
    Region {
        name: "xen",
        ipa: Ipa(0x3800_0000),
        pa,
        size_bytes: xen::REGION_BYTES,
        kind: RegionKind::Xen,
    }
}

/// A unikernel's tender: the first region of its partition.
#[must_use]
pub const fn tender(pa: Pa) -> Region {
    Region {
        name: "tender",
        ipa: hvt::MEMORY_END,
        pa,
        size_bytes: hvt::TENDER_BYTES,
        kind: RegionKind::Tender,
    }
}

/// A unikernel's memory, a multiple of 2 MiB: the second region of its partition. When its image is built, the tool
/// divides it by the rights that the unikernel's segments want.
#[must_use]
pub const fn unikernel_memory(pa: Pa, size_bytes: u64) -> Region {
    Region {
        name: "memory",
        ipa: Ipa(0),
        pa,
        size_bytes,
        kind: RegionKind::Data,
    }
}

/// A best-effort partition that runs a unikernel, to start from: what it does wrong, and an exit status other than
/// 0, halts it.
#[must_use]
pub const fn unikernel(image: Image, regions: &'static [Region]) -> Partition {
    Partition {
        image,
        regions,
        entry: hvt::MEMORY_END,
        machine: VirtualMachine::UNIKERNEL,
        ..PLAIN
    }
}

/// The message window of a partition with `size_bytes` of RAM: in its last page.
#[must_use]
pub const fn message_window(size_bytes: u64) -> Ipa {
    RAM.offset(size_bytes - crate::address::PAGE_BYTES)
}

/// A heartbeat in every `milliseconds`, whenever within them.
#[must_use]
pub const fn heartbeat_ms(milliseconds: u64) -> Option<Heartbeat> {
    Some(Heartbeat {
        period: Duration::from_millis(milliseconds),
        deadline: Duration::from_millis(milliseconds),
        start_within: Duration::from_secs(1),
    })
}

/// A best-effort partition that runs an unmodified Linux, Debian's kernel for virtual machines, to
/// start from. Give it RAM: 64 MiB hold the kernel and a shell.
///
/// What it does wrong restarts it; a kernel that panics asks for that itself.
pub const LINUX: Partition = Partition {
    name: "linux",
    image: Image::Linux {
        kernel: File::LINUX_CLOUD,
        initrd: Initrd::Busybox,
        command_line: LINUX_COMMAND_LINE,
    },
    machine: VirtualMachine::VIRT,
    health: HealthTable::restart(3, Duration::from_secs(60)),
    // It asks at boot for firmware services that aren't there.
    refused_calls_per_window: 64,
    ..PLAIN
};

/// The console; no memory set aside for devices that write memory, of which there are none; a
/// panic ends in a reset, at once.
///
/// Without `panic=` a Linux that panics stands still for ever, and without a watchdog nobody notices. With `panic=1` it waits for its second in
/// delays of a millisecond, of which a window has room for a few only: several seconds.
pub const LINUX_COMMAND_LINE: &str = "console=ttyAMA0 cma=0 panic=-1";

/// A best-effort partition to start from: no memory, no devices, halted on its first fault. Give it
/// a name, an image and RAM.
pub const PLAIN: Partition = Partition {
    name: "",
    criticality: Criticality::BestEffort,
    image: Image::Program(""),
    entry: RAM,
    regions: &[],
    passport: PASSPORT,
    devices: &[],
    machine: VirtualMachine::PLAIN,
    heartbeat: None,
    health: HealthTable::HALT,
    refused_calls_per_window: 0,
    arguments: "",
};
