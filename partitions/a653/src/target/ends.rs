//! The runtime's end of each port that the application has created.

use a653rs::bindings::{ErrorReturnCode, PortDirection};
use paratia_runtime::abi::passport::{MAX_PORTS, Passport};
use paratia_runtime::port::{DestinationPort, SourcePort};
use paratia_runtime::queue::{QueuingDestination, QueuingSource};

use crate::ports::Declared;

/// One of them.
enum End {
    SamplingSource(SourcePort),
    SamplingDestination(DestinationPort),
    QueuingSource(QueuingSource),
    QueuingDestination(QueuingDestination),
}

/// All of them, by the ports' indices. They stay, for a queue's end remembers refusals that it hasn't told.
pub(super) struct Ends([Option<End>; MAX_PORTS]);

impl Ends {
    /// None yet.
    pub(super) const NONE: Self = Self([const { None }; MAX_PORTS]);

    /// Finds the end of a port that was created.
    pub(super) fn open(&mut self, passport: &'static Passport, port: Declared) {
        let Some(record) = passport.ports().get(port.index) else {
            return;
        };
        let name = record.name.as_str();
        let end = match (port.depth > 0, port.direction) {
            (false, PortDirection::Source) => SourcePort::find(passport, name)
                .map(End::SamplingSource)
                .ok(),
            (false, PortDirection::Destination) => DestinationPort::find(passport, name)
                .map(End::SamplingDestination)
                .ok(),
            (true, PortDirection::Source) => QueuingSource::find(passport, name)
                .map(End::QueuingSource)
                .ok(),
            (true, PortDirection::Destination) => {
                let end = QueuingDestination::find(passport, name).ok();
                // If it has an interrupt, whoever waits there is woken by it.
                let _ = end.as_ref().and_then(QueuingDestination::enable_interrupt);
                end.map(End::QueuingDestination)
            }
        };
        self.0[port.index] = end;
    }

    pub(super) fn sampling_source(
        &mut self,
        index: usize,
    ) -> Result<&mut SourcePort, ErrorReturnCode> {
        match self.0.get_mut(index) {
            Some(Some(End::SamplingSource(end))) => Ok(end),
            _ => Err(ErrorReturnCode::InvalidParam),
        }
    }

    pub(super) fn sampling_destination(
        &mut self,
        index: usize,
    ) -> Result<&mut DestinationPort, ErrorReturnCode> {
        match self.0.get_mut(index) {
            Some(Some(End::SamplingDestination(end))) => Ok(end),
            _ => Err(ErrorReturnCode::InvalidParam),
        }
    }

    pub(super) fn queuing_source(
        &mut self,
        index: usize,
    ) -> Result<&mut QueuingSource, ErrorReturnCode> {
        match self.0.get_mut(index) {
            Some(Some(End::QueuingSource(end))) => Ok(end),
            _ => Err(ErrorReturnCode::InvalidParam),
        }
    }

    pub(super) fn queuing_destination(
        &mut self,
        index: usize,
    ) -> Result<&mut QueuingDestination, ErrorReturnCode> {
        match self.0.get_mut(index) {
            Some(Some(End::QueuingDestination(end))) => Ok(end),
            _ => Err(ErrorReturnCode::InvalidParam),
        }
    }
}
