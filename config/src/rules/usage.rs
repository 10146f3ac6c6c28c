//! How each partition uses the schedule: found in one pass over all windows.

use core::time::Duration;

use super::schedule::shorter;
use crate::directory::Directory;
use crate::each;
use crate::layout::MAX_PARTITIONS;
use crate::machine::MAX_VCPUS;
use crate::system::{System, Window};

/// Most CPUs whose plans are told apart; no board has as many.
const MAX_PLANS: usize = 64;

/// The windows of one partition.
#[derive(Clone, Copy)]
pub(super) struct Usage {
    /// How many it has, on all CPUs together.
    pub(super) windows: usize,
    /// The start of the first in the frame, if it has one.
    pub(super) first_start: Option<Duration>,
    /// Steps of the work of a restart that its first vCPU's windows hold in a major frame, at least.
    pub(super) restart_steps: u64,
    /// The CPUs on which each vCPU has any, bit n for CPU n.
    pub(super) cpus: [u64; MAX_VCPUS],
}

/// What a step of a restart takes at most, on the slowest board: it is bounded as an exit is, and the
/// longest path is an exit and a switch (see `hypervisor/src/restart.rs`).
const LONGEST_STEP: Duration = Duration::from_micros(20);

/// Steps of a restart that a window holds at least: one, however short it is, and as many as fit.
#[allow(
    clippy::cast_possible_truncation,
    reason = "the range says that it fits"
)]
const fn restart_steps(window: &Window, guard: Duration) -> u64 {
    let room = window.length.saturating_sub(guard).as_nanos() / LONGEST_STEP.as_nanos();
    match room {
        0 => 1,
        // More than fit in 64 bits fit in no frame.
        1..=0xFFFF_FFFF => room as u64,
        _ => 0xFFFF_FFFF,
    }
}

/// The windows of every partition.
pub(super) struct Usages([Usage; MAX_PARTITIONS]);

impl Usages {
    pub(super) const fn of(system: &System, directory: &Directory) -> Self {
        let mut all = [Usage {
            windows: 0,
            first_start: None,
            restart_steps: 0,
            cpus: [0; MAX_VCPUS],
        }; MAX_PARTITIONS];
        each! { cpu, plan in system.schedule.plans => {
            each! { window in *plan => {
                if let Some(index) = directory.find(window.partition)
                    && index < MAX_PARTITIONS
                {
                    let usage = &mut all[index];
                    usage.windows += 1;
                    let is_first = match usage.first_start {
                        Some(start) => shorter(window.start, start),
                        None => true,
                    };
                    if is_first {
                        usage.first_start = Some(window.start);
                    }
                    let vcpu = window.vcpu as usize;
                    if vcpu == 0 {
                        let steps = restart_steps(window, system.schedule.guard);
                        usage.restart_steps = usage.restart_steps.saturating_add(steps);
                    }
                    if vcpu < MAX_VCPUS && cpu < MAX_PLANS {
                        usage.cpus[vcpu] |= 1 << cpu;
                    }
                }
            }}
        }}
        // Of partitions with the same name, which others find, the first's windows are everyone's.
        let repeated = directory.repeated();
        each! { index, partition in system.partitions => {
            if index < MAX_PARTITIONS && repeated[index]
                && let Some(first) = directory.find(partition.name)
            {
                all[index] = all[first];
            }
        }}
        Self(all)
    }

    /// Those of the partition at an index; of one behind the most that there may be nothing is known.
    pub(super) const fn at(&self, index: usize) -> Option<&Usage> {
        if index < MAX_PARTITIONS {
            Some(&self.0[index])
        } else {
            None
        }
    }
}
