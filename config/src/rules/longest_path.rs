//! The hypervisor's longest path with interrupts masked, by what a system declares: no guard may be
//! shorter.
//!
//! An exit may begin just before its window's end; the switch follows. Their sum is what this bounds, and
//! it is a sum itself: of what every exit and switch may take, and of what grows with the declaration,
//! for only that is a partition's to make long. Each summand is counted in instructions of the
//! hypervisor, at one nanosecond each, which the slowest board carries out in that time on average, and
//! rounded up generously for accesses to devices and memory. What is measured is checked against the
//! sum in `tests/time.rs`, under every attack.

use core::time::Duration;

use super::context::Context;
use super::partitions::system;
use super::report::Report;
use super::schedule::shorter;
use crate::board::{BoardFacts, InterruptController};
use crate::each;
use crate::layout::MAX_PARTITIONS;
use crate::machine::{FIRST_SHARED, MAX_SHARED_BLOCKS};
use crate::system::{Partition, System};
use crate::xen;

/// What every exit and switch may take, whatever is declared. Measured are 8 µs under attack, of which
/// most are private interrupts in and out of the list registers; further maintenance of 4 KiB of caches
/// in one exit, and the ends of 31 interrupts that were in no list register, the most that hardware
/// counts between two exits (`ICH_HCR_EL2.EOIcount`).
const ALWAYS: u64 = 24;

/// For each block of 32 shared interrupts of the largest controller in the system, by which all are
/// built: it is scanned at most eleven times to fill the four list registers, in the exit and again in
/// the switch (measured: 1.3 µs together), and once for each of the 31 ends (45 instructions each).
const PER_BLOCK: u64 = 3;

/// For each interrupt of the devices of the partition that has most: looked at, configured or made active
/// in the exit, disabled at the switch, or routed and enabled for the next one (measured: 0.2 µs), by at
/// most eight accesses to the board's controller.
const PER_DEVICE_INTERRUPT: u64 = 1;

/// For each receiver of the channel that has most: a message of 512 bytes is copied for it (measured: 0.45
/// µs), and it may be interrupted.
const PER_RECEIVER: u64 = 1;

/// For each interrupt at the ports of the partition that has most: it is brought into the controller
/// when the window begins, or when a message comes.
const PER_PORT_INTERRUPT: u64 = 1;

/// For each vCPU but the first of the partition that has most: it is looked at for each change that may
/// concern it, and may have to be interrupted.
const PER_VCPU: u64 = 1;

/// For each interrupt of a device whose trigger an exit changes, and each other CPU that may be doing so:
/// a turn of that CPU at the word that they share, two accesses to the board's controller.
const PER_TURN: u64 = 1;

/// Where a partition is a guest of Xen's: a structure is looked up and copied in and out, by at most eight
/// words of the guest's tables, each looked up in its regions; its words of events are tried a bounded
/// number of times, and cleared when it names their page.
const XEN: u64 = 8;

/// For each region of such a partition: it is looked at for each of those words, pages and structures.
const XEN_PER_REGION: u64 = 1;

/// For each 64 bytes of its console that an exit moves in each direction, and the switch once more.
const XEN_PER_LINE: u64 = 2;

/// Of [`ALWAYS`] what an exit alone may take, without the switch.
const EXIT_ALWAYS: u64 = 16;

/// What a start takes that writes seeds: three blocks of SHA-256 (3,700 instructions each); a call for random
/// numbers takes two. Neither does anything of what [`EXIT_ALWAYS`] is for, maintenance of caches and ends of
/// interrupts, so it is no summand.
const ENTROPY: u64 = 12;
const _: () = assert!(ENTROPY <= EXIT_ALWAYS);

/// How often the vCPU whose window ends may wait for the lock of its partition on the longest path: in the
/// exit that it makes just before, and in the one by which its window ends. What the next one waits for
/// is its own partition's doing, and delays nobody else.
const WAITS_ON_PATH: u64 = 2;

/// The longest path of a system on a board.
#[must_use]
pub const fn longest_path(system: &System, board: &BoardFacts) -> Duration {
    Paths::of(&Context::new(system, board, &[])).whole()
}

/// The longest that a CPU holds the lock of a partition with several vCPUs: its longest exit, which is the
/// path without the switch and without waiting.
#[must_use]
pub const fn longest_hold(system: &System, board: &BoardFacts) -> Duration {
    Duration::from_micros(Paths::of(&Context::new(system, board, &[])).hold)
}

pub(super) const fn guard_covers_longest_path(context: &Context, report: &mut Report) {
    let guard = context.system.schedule.guard;
    let paths = Paths::of(context);
    if shorter(guard, paths.whole()) {
        let message = system(context)
            .str("guard ")
            .duration(guard)
            .str(" is shorter than the hypervisor's longest path ")
            .duration(Duration::from_micros(paths.path));
        let message = if paths.waits == 0 {
            message
        } else {
            message
                .str(" and ")
                .duration(Duration::from_micros(paths.waits))
                .str(" in which vCPUs of one partition wait for each other")
        };
        report.add(message.str("; lengthen it"));
    }
}

/// The bounds of a system, in microseconds.
struct Paths {
    /// An exit and the switch after it, without waiting for siblings.
    path: u64,
    /// An exit alone.
    hold: u64,
    /// Waiting for siblings on such a path.
    waits: u64,
}

impl Paths {
    const fn of(context: &Context) -> Self {
        let demand = Demand::of(context);
        let grown = demand.micros();
        let hold = EXIT_ALWAYS + grown;
        Self {
            path: ALWAYS + grown,
            hold,
            // Those who wait are served in the order in which they come, so each other CPU goes first once
            // at most for each wait.
            waits: WAITS_ON_PATH * demand.siblings * hold,
        }
    }

    const fn whole(&self) -> Duration {
        Duration::from_micros(self.path + self.waits)
    }
}

/// What a system declares that makes paths long: of each, the most that one exit or switch meets.
struct Demand {
    blocks: u64,
    device_interrupts: u64,
    receivers: u64,
    port_interrupts: u64,
    vcpus: u64,
    /// CPUs beside one's own that may change a device's trigger at the same time.
    other_owners: u64,
    /// CPUs beside one's own that run vCPUs of the same partition.
    siblings: u64,
    /// What guests of Xen's add, in microseconds.
    xen: u64,
}

impl Demand {
    /// Says something of declarations that break other rules, too.
    const fn of(context: &Context) -> Self {
        let (system, board) = (context.system, context.board);
        let mut all = Self {
            blocks: 1,
            device_interrupts: 0,
            receivers: 0,
            port_interrupts: 0,
            vcpus: 1,
            other_owners: 0,
            siblings: 0,
            xen: 0,
        };
        let mut owners = 0;
        each! { index, partition in system.partitions => {
            let (count, last) = device_interrupts(partition, board);
            all.device_interrupts = greater(all.device_interrupts, count);
            all.blocks = greater(all.blocks, partition.machine.gic.shared_blocks as u64);
            all.blocks = greater(all.blocks, (last / FIRST_SHARED) as u64);
            all.vcpus = greater(all.vcpus, partition.machine.vcpus as u64);
            let mut cpus = 0;
            if let Some(of_vcpus) = context.vcpu_cpus(index) {
                each! { of_vcpu in of_vcpus => {
                    cpus |= *of_vcpu;
                }}
            }
            // One vCPU on several CPUs another rule refuses.
            let places = lesser(cpus.count_ones() as u64, partition.machine.vcpus as u64);
            all.siblings = greater(all.siblings, places.saturating_sub(1));
            if count > 0 {
                owners |= cpus;
            }
            if xen::region(partition).is_some() {
                all.xen = greater(all.xen, xen_micros(partition));
            }
        }}
        all.port_interrupts = most_port_interrupts(context);
        if all.blocks > MAX_SHARED_BLOCKS as u64 {
            // Another rule refuses it.
            all.blocks = MAX_SHARED_BLOCKS as u64;
        }
        each! { channel in system.channels => {
            if channel.kind.has_calls() {
                all.receivers = greater(all.receivers, channel.destinations.len() as u64);
            }
        }}
        // The controllers without a GIC have one CPU that changes anything.
        if !matches!(
            board.interrupt_controller,
            InterruptController::Bcm2836 { .. }
        ) {
            all.other_owners = owners.count_ones().saturating_sub(1) as u64;
        }
        all
    }

    /// What all of it adds to every exit, in microseconds.
    const fn micros(&self) -> u64 {
        PER_BLOCK * self.blocks
            + PER_DEVICE_INTERRUPT * self.device_interrupts
            + PER_RECEIVER * self.receivers
            + PER_PORT_INTERRUPT * self.port_interrupts
            + PER_VCPU * self.vcpus.saturating_sub(1)
            + PER_TURN * self.device_interrupts * self.other_owners
            + self.xen
    }
}

/// What a guest of Xen's adds, in microseconds.
const fn xen_micros(partition: &Partition) -> u64 {
    const LINES: u64 = xen::CONSOLE_STEP_BYTES as u64 / 64;
    XEN + XEN_PER_REGION * partition.regions.len() as u64 + XEN_PER_LINE * LINES
}

/// How many interrupts the partition's devices have, and the last of them.
const fn device_interrupts(partition: &Partition, board: &BoardFacts) -> (u64, u32) {
    let (mut count, mut last) = (0, 0);
    each! { owned in partition.devices => {
        if let Some(device) = board.device(owned.device) {
            each! { interrupt in device.interrupts => {
                count += 1;
                // One that the board or a controller can't have another rule refuses.
                let end = FIRST_SHARED * (1 + MAX_SHARED_BLOCKS);
                if *interrupt > last && *interrupt < end && *interrupt < board.interrupt_count {
                    last = *interrupt;
                }
            }}
        }
    }}
    (count, last)
}

/// Interrupts at the ports of the partition that has most.
const fn most_port_interrupts(context: &Context) -> u64 {
    let mut counts = [0; MAX_PARTITIONS];
    let mut most = 0;
    each! { channel in context.system.channels => {
        each! { port in channel.destinations => {
            if port.interrupt.is_some()
                && let Some(index) = context.directory.find(port.partition)
                && index < MAX_PARTITIONS
            {
                counts[index] += 1;
                most = greater(most, counts[index]);
            }
        }}
    }}
    most
}

const fn lesser(left: u64, right: u64) -> u64 {
    if left < right { left } else { right }
}

const fn greater(left: u64, right: u64) -> u64 {
    if left > right { left } else { right }
}
