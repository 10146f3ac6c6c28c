//! The guest that this CPU runs: what an exit is about.

use crate::cpu::Machine;
use crate::partition::Partition;
use crate::vcpu::Vcpu;

/// The guest that this CPU runs, and all that it may change.
pub struct Guest<'a> {
    /// The CPU.
    pub machine: &'a mut Machine,
    /// The vCPU.
    pub vcpu: &'a mut Vcpu,
    /// Its partition, whose guard is held.
    pub partition: &'a mut Partition,
}
