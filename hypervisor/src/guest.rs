//! The guest that this CPU runs: what an exit is about.

use crate::cpu::Machine;
use crate::lock::Guard;
use crate::partition::Partition;
use crate::vcpu::Vcpu;

/// The guest that this CPU runs, and all that it may change.
pub struct Guest<'a> {
    /// The CPU.
    pub machine: &'a mut Machine,
    /// The vCPU.
    pub vcpu: &'a mut Vcpu,
    /// Its partition, whose guard is held.
    pub partition: Guard<'static, Partition>,
}

impl<'a> Guest<'a> {
    /// The guest with this vCPU.
    ///
    /// # Safety
    /// This CPU runs the vCPU, and holds no guard.
    #[inline]
    pub unsafe fn of(machine: &'a mut Machine, vcpu: &'a mut Vcpu) -> Self {
        // SAFETY: the caller's promise.
        let partition = unsafe { vcpu.facts.partition.lock() };
        Self {
            machine,
            vcpu,
            partition,
        }
    }
}
