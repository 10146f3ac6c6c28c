//! Queuing ports (ARINC 653 P1-3, 3.6.2.2).
//!
//! Who finds its queue full, or empty, and has a time-out waits as a process does: others of the partition run
//! meanwhile. The queue is looked at again whenever the kernel decides who runs, at the start of each window
//! in which nobody else does, and at once with the port's interrupt, if the configuration gives it one.

use a653rs::bindings::{
    ApexByte, ApexQueuingPortP1, ApexQueuingPortP4, ApexSystemTime, ErrorReturnCode, MessageRange,
    MessageSize, PortDirection, QueueOverflow, QueuingDiscipline, QueuingPortId, QueuingPortName,
    QueuingPortStatus, WaitingRange,
};
use paratia_runtime::call;
use paratia_runtime::queue::ReturnCode;

use super::Paratia;
use super::kernel::{at_port, service};

impl ApexQueuingPortP4 for Paratia {
    fn create_queuing_port(
        queuing_port_name: QueuingPortName,
        max_message_size: MessageSize,
        max_nb_message: MessageRange,
        port_direction: PortDirection,
        queuing_discipline: QueuingDiscipline,
    ) -> Result<QueuingPortId, ErrorReturnCode> {
        service(|kernel, _| {
            let is_normal = kernel.processes.is_normal();
            let port = kernel.ports.create_queuing(
                &queuing_port_name,
                max_message_size,
                max_nb_message,
                port_direction,
                queuing_discipline,
                is_normal,
            )?;
            kernel.ends.open(kernel.passport, port);
            Ok(port.id())
        })
    }

    /// A message that finds the queue full without a time-out is refused and counted, and its receiver told. One
    /// that waits in vain isn't offered.
    fn send_queuing_message(
        queuing_port_id: QueuingPortId,
        message: &[ApexByte],
        time_out: ApexSystemTime,
    ) -> Result<(), ErrorReturnCode> {
        let port = service(|kernel, _| {
            let ports = &kernel.ports;
            ports.writable(queuing_port_id, true, message.len())
        })?;
        at_port(port.index, time_out, |kernel| {
            let status = call::queuing_port_status(port.index as u64);
            let is_full = status.is_ok_and(|it| it.waiting >= u64::from(port.depth));
            if is_full && time_out != 0 {
                return Err(ErrorReturnCode::NotAvailable);
            }
            let source = kernel.ends.queuing_source(port.index)?;
            source.send(message).map(|_| ()).map_err(code)
        })
    }

    /// A buffer that is shorter than the port's longest message is refused, and the message stays.
    unsafe fn receive_queuing_message(
        queuing_port_id: QueuingPortId,
        time_out: ApexSystemTime,
        message: &mut [ApexByte],
    ) -> Result<(MessageSize, QueueOverflow), ErrorReturnCode> {
        let port = service(|kernel, _| {
            let ports = &kernel.ports;
            ports.readable(queuing_port_id, true, message.len())
        })?;
        at_port(port.index, time_out, |kernel| {
            let destination = kernel.ends.queuing_destination(port.index)?;
            let received = destination.receive(message).map_err(code)?;
            let length = MessageSize::try_from(received.length).unwrap_or(0);
            Ok((length, received.refused > 0))
        })
    }

    fn get_queuing_port_status(
        queuing_port_id: QueuingPortId,
    ) -> Result<QueuingPortStatus, ErrorReturnCode> {
        service(|kernel, _| {
            let port = kernel.ports.queuing(queuing_port_id)?;
            let status = call::queuing_port_status(port.index as u64);
            let status = status.map_err(|_| ErrorReturnCode::InvalidParam)?;
            let waiting = kernel.processes.waiting_at(port.index);
            Ok(QueuingPortStatus {
                nb_message: MessageRange::try_from(status.waiting).unwrap_or(MessageRange::MAX),
                max_nb_message: port.depth,
                max_message_size: port.message_size,
                port_direction: port.direction,
                waiting_processes: WaitingRange::try_from(waiting).unwrap_or(WaitingRange::MAX),
            })
        })
    }

    fn clear_queuing_port(queuing_port_id: QueuingPortId) -> Result<(), ErrorReturnCode> {
        service(|kernel, _| {
            let port = kernel.ports.destination(queuing_port_id, true)?;
            let cleared = call::clear_queuing_port(port.index as u64);
            cleared
                .map(|_| ())
                .map_err(|_| ErrorReturnCode::InvalidParam)
        })
    }
}

impl ApexQueuingPortP1 for Paratia {
    fn get_queuing_port_id(
        queuing_port_name: QueuingPortName,
    ) -> Result<QueuingPortId, ErrorReturnCode> {
        service(|kernel, _| kernel.ports.id(&queuing_port_name, true))
    }
}

fn code(code: ReturnCode) -> ErrorReturnCode {
    match code {
        ReturnCode::NotAvailable => ErrorReturnCode::NotAvailable,
        ReturnCode::InvalidConfig => ErrorReturnCode::InvalidConfig,
        ReturnCode::TimedOut => ErrorReturnCode::TimedOut,
        ReturnCode::InvalidParam | ReturnCode::NoError => ErrorReturnCode::InvalidParam,
    }
}
