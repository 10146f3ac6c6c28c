//! Errors and the process that handles them (ARINC 653 P1-3, 3.8).

use a653rs::bindings::{
    ApexByte, ApexErrorP1, ApexErrorP4, ErrorCode, ErrorHandlerConcurrencyControl,
    ErrorMessageSize, ErrorReturnCode, ErrorStatus, MAX_ERROR_MESSAGE_SIZE, ProcessorCoreId,
    StackSize, SystemAddress,
};
use paratia_runtime::println;

use super::Paratia;
use super::kernel::{report, service};
use crate::processes::{Failure, Level, Who, id};

impl ApexErrorP4 for Paratia {
    /// A line on the partition's console.
    fn report_application_message(message: &[ApexByte]) -> Result<(), ErrorReturnCode> {
        if message.len() > MAX_ERROR_MESSAGE_SIZE {
            return Err(ErrorReturnCode::InvalidParam);
        }
        match core::str::from_utf8(message) {
            Ok(text) => println!("{text}"),
            Err(_) => println!("{}", message.escape_ascii()),
        }
        Ok(())
    }

    /// Without an error handler, or within it, the error goes to the hypervisor's health monitor.
    fn raise_application_error(
        error_code: ErrorCode,
        message: &[ApexByte],
    ) -> Result<(), ErrorReturnCode> {
        let (level, current) = service(|kernel, _| {
            let current = kernel.processes.current();
            let level = kernel
                .processes
                .raise_application_error(error_code, message)?;
            Ok((level, current))
        })?;
        if level == Level::Partition {
            let process = match current {
                Who::Process(index) => index,
                _ => usize::MAX - 1,
            };
            report(ErrorCode::ApplicationError, process, message.len() as u64);
        }
        Ok(())
    }
}

impl ApexErrorP1 for Paratia {
    fn create_error_handler(
        entry_point: SystemAddress,
        stack_size: StackSize,
    ) -> Result<(), ErrorReturnCode> {
        service(|kernel, _| {
            kernel
                .processes
                .create_error_handler(entry_point, stack_size)?;
            kernel.give_stack_to_handler(stack_size);
            Ok(())
        })
    }

    fn get_error_status() -> Result<ErrorStatus, ErrorReturnCode> {
        service(|kernel, _| {
            let failure = kernel.processes.error_status()?;
            let entry = kernel.processes.entry(failure.process);
            let entry = entry.ok_or(ErrorReturnCode::NoAction)?;
            Ok(ErrorStatus {
                failed_address: address(&failure).unwrap_or(entry),
                failed_process_id: id(failure.process),
                error_code: failure.code,
                length: ErrorMessageSize::try_from(failure.length).unwrap_or(0),
                message: failure.message,
            })
        })
    }

    fn configure_error_handler(
        concurrency_control: ErrorHandlerConcurrencyControl,
        processor_core_id: ProcessorCoreId,
    ) -> Result<(), ErrorReturnCode> {
        service(|kernel, _| {
            kernel
                .processes
                .configure_error_handler(concurrency_control, processor_core_id)
        })
    }
}

/// The instruction that failed. The traits have a function's type for it, which is never null; an error
/// without an instruction has its process's entry instead.
fn address(failure: &Failure) -> Option<SystemAddress> {
    let address = usize::try_from(failure.address).ok()?;
    let address = core::ptr::with_exposed_provenance::<()>(address);
    // SAFETY: an optional function is as large as a pointer, and null is none; whoever calls an address that
    // was told as that of a fault runs what is there, in this partition.
    unsafe { core::mem::transmute::<*const (), Option<SystemAddress>>(address) }
}
