//! Processes (ARINC 653 P1-3, 3.3).

use a653rs::bindings::{
    ApexProcessAttribute, ApexProcessP1, ApexProcessP4, ApexProcessStatus, ApexSystemTime,
    ErrorReturnCode, LockLevel, Priority, ProcessId, ProcessIndex, ProcessName, ProcessorCoreId,
};

use super::Paratia;
use super::kernel::service;

impl ApexProcessP4 for Paratia {
    fn create_process(attributes: &ApexProcessAttribute) -> Result<ProcessId, ErrorReturnCode> {
        service(|kernel, _| {
            let id = kernel.processes.create(attributes)?;
            let index = kernel.processes.index(id)?;
            kernel.give_stack(index, attributes.stack_size);
            Ok(id)
        })
    }

    fn start(process_id: ProcessId) -> Result<(), ErrorReturnCode> {
        Self::delayed_start(process_id, 0)
    }
}

impl ApexProcessP1 for Paratia {
    fn set_priority(process_id: ProcessId, priority: Priority) -> Result<(), ErrorReturnCode> {
        service(|kernel, _| kernel.processes.set_priority(process_id, priority))
    }

    fn suspend_self(time_out: ApexSystemTime) -> Result<(), ErrorReturnCode> {
        service(|kernel, now| kernel.processes.suspend_self(now, time_out))?;
        if service(|kernel, _| kernel.processes.timed_out()) {
            return Err(ErrorReturnCode::TimedOut);
        }
        Ok(())
    }

    fn suspend(process_id: ProcessId) -> Result<(), ErrorReturnCode> {
        service(|kernel, _| kernel.processes.suspend(process_id))
    }

    fn resume(process_id: ProcessId) -> Result<(), ErrorReturnCode> {
        service(|kernel, _| kernel.processes.resume(process_id))
    }

    fn stop_self() {
        service(|kernel, _| kernel.processes.stop_self());
    }

    fn stop(process_id: ProcessId) -> Result<(), ErrorReturnCode> {
        service(|kernel, _| kernel.processes.stop(process_id))
    }

    fn delayed_start(
        process_id: ProcessId,
        delay_time: ApexSystemTime,
    ) -> Result<(), ErrorReturnCode> {
        service(|kernel, now| {
            let index = kernel
                .processes
                .delayed_start(now, process_id, delay_time)?;
            kernel.begin(index);
            Ok(())
        })
    }

    fn lock_preemption() -> Result<LockLevel, ErrorReturnCode> {
        service(|kernel, _| kernel.processes.lock_preemption())
    }

    fn unlock_preemption() -> Result<LockLevel, ErrorReturnCode> {
        service(|kernel, _| kernel.processes.unlock_preemption())
    }

    fn get_my_id() -> Result<ProcessId, ErrorReturnCode> {
        service(|kernel, _| kernel.processes.my_id())
    }

    fn get_process_id(process_name: ProcessName) -> Result<ProcessId, ErrorReturnCode> {
        service(|kernel, _| kernel.processes.id_of(&process_name))
    }

    fn get_process_status(process_id: ProcessId) -> Result<ApexProcessStatus, ErrorReturnCode> {
        service(|kernel, _| kernel.processes.status(process_id))
    }

    fn initialize_process_core_affinity(
        process_id: ProcessId,
        processor_core_id: ProcessorCoreId,
    ) -> Result<(), ErrorReturnCode> {
        service(|kernel, _| {
            let processes = &kernel.processes;
            processes.initialize_core_affinity(process_id, processor_core_id)
        })
    }

    fn get_my_processor_core_id() -> ProcessorCoreId {
        0
    }

    fn get_my_index() -> Result<ProcessIndex, ErrorReturnCode> {
        service(|kernel, _| kernel.processes.my_index())
    }
}
