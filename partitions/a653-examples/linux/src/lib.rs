//! a653rs-linux, as it is, but for one service: a process that has worked stays awake for a moment before it
//! waits for its next period. Its hypervisor reads what a process says only while that isn't frozen; what one
//! says just before it waits would come late, and be dropped once ten messages are in line.

use std::thread;
use std::time::Duration;

use a653rs::bindings::{
    ApexByte, ApexErrorP4, ApexPartitionP4, ApexPartitionStatus, ApexProcessAttribute,
    ApexProcessP4, ApexQueuingPortP4, ApexSamplingPortP4, ApexSystemTime, ApexTimeP4, ErrorCode,
    ErrorReturnCode, MessageRange, MessageSize, OperatingMode, PortDirection, ProcessId,
    QueueOverflow, QueuingDiscipline, QueuingPortId, QueuingPortName, QueuingPortStatus,
    SamplingPortId, SamplingPortName, Validity,
};
use a653rs_linux::partition::ApexLinuxPartition as Inner;

/// The hypervisor.
#[derive(Clone, Copy, Debug)]
pub struct Linux;

/// How long a process stays awake.
const AWAKE: Duration = Duration::from_millis(20);

impl ApexTimeP4 for Linux {
    fn periodic_wait() -> Result<(), ErrorReturnCode> {
        thread::sleep(AWAKE);
        Inner::periodic_wait()
    }

    fn get_time() -> ApexSystemTime {
        Inner::get_time()
    }
}

impl ApexPartitionP4 for Linux {
    fn get_partition_status() -> ApexPartitionStatus {
        Inner::get_partition_status()
    }

    fn set_partition_mode(operating_mode: OperatingMode) -> Result<(), ErrorReturnCode> {
        Inner::set_partition_mode(operating_mode)
    }
}

impl ApexProcessP4 for Linux {
    fn create_process(attributes: &ApexProcessAttribute) -> Result<ProcessId, ErrorReturnCode> {
        Inner::create_process(attributes)
    }

    fn start(process_id: ProcessId) -> Result<(), ErrorReturnCode> {
        Inner::start(process_id)
    }
}

impl ApexErrorP4 for Linux {
    fn report_application_message(message: &[ApexByte]) -> Result<(), ErrorReturnCode> {
        Inner::report_application_message(message)
    }

    fn raise_application_error(
        error_code: ErrorCode,
        message: &[ApexByte],
    ) -> Result<(), ErrorReturnCode> {
        Inner::raise_application_error(error_code, message)
    }
}

impl ApexSamplingPortP4 for Linux {
    fn create_sampling_port(
        sampling_port_name: SamplingPortName,
        max_message_size: MessageSize,
        port_direction: PortDirection,
        refresh_period: ApexSystemTime,
    ) -> Result<SamplingPortId, ErrorReturnCode> {
        Inner::create_sampling_port(
            sampling_port_name,
            max_message_size,
            port_direction,
            refresh_period,
        )
    }

    fn write_sampling_message(
        sampling_port_id: SamplingPortId,
        message: &[ApexByte],
    ) -> Result<(), ErrorReturnCode> {
        Inner::write_sampling_message(sampling_port_id, message)
    }

    unsafe fn read_sampling_message(
        sampling_port_id: SamplingPortId,
        message: &mut [ApexByte],
    ) -> Result<(Validity, MessageSize), ErrorReturnCode> {
        // SAFETY: whoever calls promises of the buffer what the other wants.
        unsafe { Inner::read_sampling_message(sampling_port_id, message) }
    }
}

impl ApexQueuingPortP4 for Linux {
    fn create_queuing_port(
        queuing_port_name: QueuingPortName,
        max_message_size: MessageSize,
        max_nb_message: MessageRange,
        port_direction: PortDirection,
        queuing_discipline: QueuingDiscipline,
    ) -> Result<QueuingPortId, ErrorReturnCode> {
        Inner::create_queuing_port(
            queuing_port_name,
            max_message_size,
            max_nb_message,
            port_direction,
            queuing_discipline,
        )
    }

    fn send_queuing_message(
        queuing_port_id: QueuingPortId,
        message: &[ApexByte],
        time_out: ApexSystemTime,
    ) -> Result<(), ErrorReturnCode> {
        Inner::send_queuing_message(queuing_port_id, message, time_out)
    }

    unsafe fn receive_queuing_message(
        queuing_port_id: QueuingPortId,
        time_out: ApexSystemTime,
        message: &mut [ApexByte],
    ) -> Result<(MessageSize, QueueOverflow), ErrorReturnCode> {
        // SAFETY: the caller's promise about the buffer is the one that is wanted here.
        unsafe { Inner::receive_queuing_message(queuing_port_id, time_out, message) }
    }

    fn get_queuing_port_status(
        queuing_port_id: QueuingPortId,
    ) -> Result<QueuingPortStatus, ErrorReturnCode> {
        Inner::get_queuing_port_status(queuing_port_id)
    }

    fn clear_queuing_port(queuing_port_id: QueuingPortId) -> Result<(), ErrorReturnCode> {
        Inner::clear_queuing_port(queuing_port_id)
    }
}
