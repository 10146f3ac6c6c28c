//! Time (ARINC 653 P1-3, 3.4).

use a653rs::bindings::{ApexSystemTime, ApexTimeP1, ApexTimeP4, ErrorReturnCode};

use super::Paratia;
use super::kernel::service;

impl ApexTimeP4 for Paratia {
    fn periodic_wait() -> Result<(), ErrorReturnCode> {
        service(|kernel, now| kernel.processes.periodic_wait(now))
    }

    /// Since the schedule's epoch, across restarts.
    fn get_time() -> ApexSystemTime {
        service(|kernel, now| kernel.clock.nanoseconds(now))
    }
}

impl ApexTimeP1 for Paratia {
    fn timed_wait(delay_time: ApexSystemTime) -> Result<(), ErrorReturnCode> {
        service(|kernel, now| kernel.processes.timed_wait(now, delay_time))
    }

    fn replenish(budget_time: ApexSystemTime) -> Result<(), ErrorReturnCode> {
        service(|kernel, now| kernel.processes.replenish(now, budget_time))
    }
}
