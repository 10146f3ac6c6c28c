//! The guest that this CPU runs: what an exit is about.

use crate::state::cpu::Cpu;
use crate::state::lock::Guard;
use crate::state::partition::Partition;
use crate::state::vcpu::Vcpu;

/// The guest that this CPU runs, and all that it may change.
pub struct Guest<'a> {
    /// The CPU that this is.
    pub cpu: &'a mut Cpu,
    /// The vCPU that ran when the exit came, or runs next.
    pub vcpu: &'a mut Vcpu,
    /// Its partition, whose lock is held as long as this lives.
    pub partition: Guard<'static, Partition>,
}

impl<'a> Guest<'a> {
    /// The guest with this vCPU, once its partition's lock is had: after one hold of each other CPU that runs
    /// its siblings at most.
    ///
    /// # Safety
    /// This CPU runs the vCPU, and holds no guard.
    #[inline]
    pub unsafe fn of(cpu: &'a mut Cpu, vcpu: &'a mut Vcpu) -> Self {
        // SAFETY: the caller promises that this CPU runs the vCPU, whose partition it may lock, and that it
        // holds no guard.
        let partition = unsafe { vcpu.facts.partition.lock() };
        Self {
            cpu,
            vcpu,
            partition,
        }
    }
}
