//! Sampling ports (ARINC 653 P1-3, 3.6.2.1).

use a653rs::bindings::{
    ApexByte, ApexSamplingPortP1, ApexSamplingPortP4, ApexSamplingPortStatus, ApexSystemTime,
    ErrorReturnCode, MessageSize, PortDirection, SamplingPortId, SamplingPortName, Validity,
};

use super::Paratia;
use super::kernel::service;

impl ApexSamplingPortP4 for Paratia {
    fn create_sampling_port(
        sampling_port_name: SamplingPortName,
        max_message_size: MessageSize,
        port_direction: PortDirection,
        refresh_period: ApexSystemTime,
    ) -> Result<SamplingPortId, ErrorReturnCode> {
        service(|kernel, _| {
            let is_normal = kernel.processes.is_normal();
            let port = kernel.ports.create_sampling(
                &sampling_port_name,
                max_message_size,
                port_direction,
                refresh_period,
                is_normal,
            )?;
            kernel.ends.open(kernel.passport, port);
            Ok(port.id())
        })
    }

    fn write_sampling_message(
        sampling_port_id: SamplingPortId,
        message: &[ApexByte],
    ) -> Result<(), ErrorReturnCode> {
        service(|kernel, _| {
            let ports = &kernel.ports;
            let port = ports.writable(sampling_port_id, false, message.len())?;
            let source = kernel.ends.sampling_source(port.index)?;
            source
                .write(message)
                .map_err(|_| ErrorReturnCode::InvalidConfig)
        })
    }

    /// A buffer that is shorter than the port's longest message is refused, so that no length beyond it is
    /// ever answered.
    unsafe fn read_sampling_message(
        sampling_port_id: SamplingPortId,
        message: &mut [ApexByte],
    ) -> Result<(Validity, MessageSize), ErrorReturnCode> {
        service(|kernel, _| {
            let ports = &kernel.ports;
            let port = ports.readable(sampling_port_id, false, message.len())?;
            let destination = kernel.ends.sampling_destination(port.index)?;
            let received = destination.read(message).ok_or(ErrorReturnCode::NoAction)?;
            let age = kernel.clock.nanoseconds(received.age.0);
            let validity = kernel.ports.judge(port.index, age);
            let length = MessageSize::try_from(received.length).unwrap_or(0);
            Ok((validity, length))
        })
    }
}

impl ApexSamplingPortP1 for Paratia {
    fn get_sampling_port_id(
        sampling_port_name: SamplingPortName,
    ) -> Result<SamplingPortId, ErrorReturnCode> {
        service(|kernel, _| kernel.ports.id(&sampling_port_name, false))
    }

    fn get_sampling_port_status(
        sampling_port_id: SamplingPortId,
    ) -> Result<ApexSamplingPortStatus, ErrorReturnCode> {
        service(|kernel, _| kernel.ports.sampling_status(sampling_port_id))
    }
}
