//! A system's partitions and vCPUs by name, for constants that ask for many.

use crate::each;
use crate::layout::MAX_PARTITIONS;
use crate::same::same_text;
use crate::sorted::Names;
use crate::system::{System, Window};

/// A system's partitions, found by name in a few steps.
pub struct Directory<'a> {
    system: &'a System,
    names: Names<'a, MAX_PARTITIONS>,
    /// The index of each partition's first vCPU among all.
    first_vcpus: [usize; MAX_PARTITIONS],
}

impl<'a> Directory<'a> {
    /// Of a system.
    #[must_use]
    pub const fn new(system: &'a System) -> Self {
        let mut names = Names::new();
        let mut first_vcpus = [0; MAX_PARTITIONS];
        let mut next = 0usize;
        each! { index, partition in system.partitions => {
            if index == MAX_PARTITIONS {
                break;
            }
            names.add(partition.name);
            first_vcpus[index] = next;
            next = next.saturating_add(partition.machine.vcpus as usize);
        }}
        names.sort();
        Self {
            system,
            names,
            first_vcpus,
        }
    }

    /// The index of the partition called `name`, the first of several.
    #[must_use]
    pub const fn find(&self, name: &str) -> Option<usize> {
        if let Some(index) = self.names.find(name) {
            return Some(index);
        }
        // No system may have more of them, but whoever says so has to find those, too.
        each! { index from MAX_PARTITIONS, below self.system.partitions.len() => {
            if same_text(self.system.partitions[index].name, name) {
                return Some(index);
            }
        }}
        None
    }

    /// The index of the vCPU whose window it is among all partitions' vCPUs, if there is such a one.
    #[must_use]
    pub const fn vcpu_of(&self, window: &Window) -> Option<usize> {
        match self.find(window.partition) {
            Some(index)
                if index < MAX_PARTITIONS
                    && window.vcpu < self.system.partitions[index].machine.vcpus =>
            {
                Some(self.first_vcpus[index] + window.vcpu as usize)
            }
            _ => None,
        }
    }

    /// By the index of each partition: whether another has its name, too.
    #[must_use]
    pub const fn repeated(&self) -> [bool; MAX_PARTITIONS] {
        self.names.repeated()
    }
}
