//! Which CPU each vCPU runs on, which partition it is of, and how many windows there are.

use crate::board::BoardFacts;
use crate::directory::Directory;
use crate::each;
use crate::system::System;

/// The CPU that each vCPU runs on.
#[must_use]
pub const fn cpu_of<const N: usize>(system: &System) -> [usize; N] {
    let mut cpus = [0; N];
    let directory = Directory::new(system);
    let plans = system.schedule.plans;
    each! { cpu, plan in plans => {
        each! { window in plan => {
            if let Some(index) = directory.vcpu_of(window) {
                cpus[index] = cpu;
            }
        }}
    }}
    cpus
}

/// Most windows of any of `N` partitions in a major frame, on all CPUs together.
#[must_use]
pub const fn most_windows<const N: usize>(system: &System) -> usize {
    let mut counts = [0; N];
    let directory = Directory::new(system);
    let plans = system.schedule.plans;
    let mut most = 0;
    each! { plan in plans => {
        each! { window in plan => {
            if let Some(index) = directory.find(window.partition) {
                counts[index] += 1;
                most = if counts[index] > most {
                    counts[index]
                } else {
                    most
                };
            }
        }}
    }}
    most
}

/// The affinity of the CPU that each vCPU runs on.
#[must_use]
pub const fn affinity_of<const N: usize>(system: &System, board: &BoardFacts) -> [u64; N] {
    let cpus: [usize; N] = cpu_of(system);
    let mut affinities = [0; N];
    each! { vcpu below N => {
        affinities[vcpu] = board.cpus[cpus[vcpu]];
    }}
    affinities
}

/// The partition of each vCPU.
#[must_use]
pub const fn partition_of<const N: usize>(system: &System) -> [usize; N] {
    let mut partitions = [0; N];
    let mut partition = 0;
    let mut end = 0;
    let mut vcpu = 0;
    while vcpu < N {
        end += system.partitions[partition].machine.vcpus as usize;
        while vcpu < N && vcpu < end {
            partitions[vcpu] = partition;
            vcpu += 1;
        }
        partition += 1;
    }
    partitions
}

/// Whether another vCPU of the same partition runs on the same CPU.
#[must_use]
pub const fn share_cpu<const N: usize>(system: &System) -> [bool; N] {
    let cpus: [usize; N] = cpu_of(system);
    let partitions: [usize; N] = partition_of(system);
    let mut shares = [false; N];
    each! { one below N => {
        // Those of a partition lie side by side.
        let mut other = one + 1;
        while other < N && partitions[one] == partitions[other] {
            if cpus[one] == cpus[other] {
                shares[one] = true;
                shares[other] = true;
            }
            other += 1;
        }
    }}
    shares
}
