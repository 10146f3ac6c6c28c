//! Ports by name: which the passport has, which the application has created, and whether a call's parameters
//! fit (ARINC 653 P1-3, 3.6.2).
//!
//! A port's identifier is its index in the passport plus one, so that zero names none.

use core::str;

use a653rs::bindings::{
    ApexName, ApexSamplingPortStatus, ApexSystemTime, ErrorReturnCode, MessageRange, MessageSize,
    PortDirection, QueuingDiscipline, Validity,
};
use paratia_abi::passport::{MAX_PORTS, PORT_SOURCE, Passport};

use crate::clock::Span;

/// Identifies a port in calls.
pub type PortId = i64;

/// A port as the configuration has it.
#[derive(Clone, Copy, Debug)]
pub struct Declared {
    /// Its index in the hypervisor's calls.
    pub index: usize,
    /// Its longest message in bytes.
    pub message_size: MessageSize,
    /// Which end it is.
    pub direction: PortDirection,
    /// Messages that wait at most; 0 at a sampling port.
    pub depth: MessageRange,
    /// How old a valid message is at most; 0 at a queuing port.
    refresh_nanoseconds: u64,
}

/// What the application has created a port as.
#[derive(Clone, Copy, Debug)]
struct Created {
    declared: Declared,
    refresh: ApexSystemTime,
    validity: Validity,
    discipline: QueuingDiscipline,
}

impl Declared {
    /// What names it in calls.
    #[must_use]
    pub fn id(&self) -> PortId {
        id(self.index)
    }
}

/// A port's identifier, by its index in the passport.
#[must_use]
pub fn id(index: usize) -> PortId {
    PortId::try_from(index).map_or(0, |index| index + 1)
}

/// The partition's ports.
#[derive(Debug)]
pub struct Ports<'a> {
    passport: &'a Passport,
    created: [Option<Created>; MAX_PORTS],
}

impl<'a> Ports<'a> {
    /// Those of a passport, none of which is created yet.
    #[must_use]
    pub const fn new(passport: &'a Passport) -> Self {
        Self {
            passport,
            created: [None; MAX_PORTS],
        }
    }

    /// `CREATE_SAMPLING_PORT`. A destination's refresh period may be shorter than its channel's, never longer:
    /// the configuration says how old a message is at most.
    ///
    /// # Errors
    /// Those of the service.
    pub fn create_sampling(
        &mut self,
        name: &ApexName,
        size: MessageSize,
        direction: PortDirection,
        refresh: ApexSystemTime,
        is_normal: bool,
    ) -> Result<Declared, ErrorReturnCode> {
        let declared = self.declared(name, false, size, direction)?;
        let fits = match (Span::from(refresh), direction) {
            (Span::Infinite | Span::Nanoseconds(0), _) => false,
            (Span::Nanoseconds(_), PortDirection::Source) => true,
            (Span::Nanoseconds(longest), PortDirection::Destination) => {
                longest <= declared.refresh_nanoseconds
            }
        };
        if !fits {
            return Err(ErrorReturnCode::InvalidConfig);
        }
        self.create(declared, refresh, QueuingDiscipline::Fifo, is_normal)
    }

    /// `CREATE_QUEUING_PORT`.
    ///
    /// # Errors
    /// Those of the service.
    pub fn create_queuing(
        &mut self,
        name: &ApexName,
        size: MessageSize,
        depth: MessageRange,
        direction: PortDirection,
        discipline: QueuingDiscipline,
        is_normal: bool,
    ) -> Result<Declared, ErrorReturnCode> {
        let declared = self.declared(name, true, size, direction)?;
        if depth != declared.depth {
            return Err(ErrorReturnCode::InvalidConfig);
        }
        self.create(declared, 0, discipline, is_normal)
    }

    fn create(
        &mut self,
        declared: Declared,
        refresh: ApexSystemTime,
        discipline: QueuingDiscipline,
        is_normal: bool,
    ) -> Result<Declared, ErrorReturnCode> {
        if is_normal {
            return Err(ErrorReturnCode::InvalidMode);
        }
        self.created[declared.index] = Some(Created {
            declared,
            refresh,
            validity: Validity::Invalid,
            discipline,
        });
        Ok(declared)
    }

    /// The port that the configuration has under this name, if it is as the application says and not created
    /// yet.
    fn declared(
        &self,
        name: &ApexName,
        is_queuing: bool,
        size: MessageSize,
        direction: PortDirection,
    ) -> Result<Declared, ErrorReturnCode> {
        let index = self.find(name).ok_or(ErrorReturnCode::InvalidConfig)?;
        let declared = self.at(index).ok_or(ErrorReturnCode::InvalidConfig)?;
        if (declared.depth > 0) != is_queuing {
            return Err(ErrorReturnCode::InvalidConfig);
        }
        if self.created[index].is_some() {
            return Err(ErrorReturnCode::NoAction);
        }
        if size != declared.message_size || direction != declared.direction {
            return Err(ErrorReturnCode::InvalidConfig);
        }
        Ok(declared)
    }

    fn find(&self, name: &ApexName) -> Option<usize> {
        let end = name.iter().position(|byte| *byte == 0);
        let text = str::from_utf8(&name[..end.unwrap_or(name.len())]).ok()?;
        let mut ports = self.passport.ports().iter();
        ports.position(|port| port.name.as_str() == text)
    }

    fn at(&self, index: usize) -> Option<Declared> {
        let port = self.passport.ports().get(index)?;
        Some(Declared {
            index,
            message_size: port.message_bytes,
            direction: if port.direction == PORT_SOURCE {
                PortDirection::Source
            } else {
                PortDirection::Destination
            },
            depth: *self.passport.port_depths.get(index)?,
            refresh_nanoseconds: port.refresh_ns,
        })
    }

    /// `GET_SAMPLING_PORT_ID` and `GET_QUEUING_PORT_ID`.
    ///
    /// # Errors
    /// [`ErrorReturnCode::InvalidConfig`] if no port of this kind and name was created.
    pub fn id(&self, name: &ApexName, is_queuing: bool) -> Result<PortId, ErrorReturnCode> {
        let index = self.find(name).ok_or(ErrorReturnCode::InvalidConfig)?;
        self.created(id(index), is_queuing)
            .map(|_| id(index))
            .map_err(|_| ErrorReturnCode::InvalidConfig)
    }

    /// The created port of this kind that an identifier names.
    fn created(&self, id: PortId, is_queuing: bool) -> Result<&Created, ErrorReturnCode> {
        let index = id
            .checked_sub(1)
            .and_then(|index| usize::try_from(index).ok());
        let created = index.and_then(|index| self.created.get(index)?.as_ref());
        created
            .filter(|created| (created.declared.depth > 0) == is_queuing)
            .ok_or(ErrorReturnCode::InvalidParam)
    }

    /// A port to which a message of so many bytes may be written.
    ///
    /// # Errors
    /// [`ErrorReturnCode::InvalidParam`] for no such port and for a message of no bytes,
    /// [`ErrorReturnCode::InvalidConfig`] for one that is too long, [`ErrorReturnCode::InvalidMode`] at a
    /// destination.
    pub fn writable(
        &self,
        id: PortId,
        is_queuing: bool,
        length: usize,
    ) -> Result<Declared, ErrorReturnCode> {
        let declared = self.created(id, is_queuing)?.declared;
        if length > declared.message_size as usize {
            return Err(ErrorReturnCode::InvalidConfig);
        }
        if length == 0 {
            return Err(ErrorReturnCode::InvalidParam);
        }
        match declared.direction {
            PortDirection::Source => Ok(declared),
            PortDirection::Destination => Err(ErrorReturnCode::InvalidMode),
        }
    }

    /// A port whose messages a buffer of so many bytes holds.
    ///
    /// # Errors
    /// [`ErrorReturnCode::InvalidParam`] for no such port and for a buffer that is too short,
    /// [`ErrorReturnCode::InvalidMode`] at a source.
    pub fn readable(
        &self,
        id: PortId,
        is_queuing: bool,
        buffer: usize,
    ) -> Result<Declared, ErrorReturnCode> {
        let declared = self.destination(id, is_queuing)?;
        if buffer < declared.message_size as usize {
            return Err(ErrorReturnCode::InvalidParam);
        }
        Ok(declared)
    }

    /// A destination port.
    ///
    /// # Errors
    /// [`ErrorReturnCode::InvalidParam`] for no such port, [`ErrorReturnCode::InvalidMode`] at a source.
    pub fn destination(&self, id: PortId, is_queuing: bool) -> Result<Declared, ErrorReturnCode> {
        let declared = self.created(id, is_queuing)?.declared;
        match declared.direction {
            PortDirection::Destination => Ok(declared),
            PortDirection::Source => Err(ErrorReturnCode::InvalidMode),
        }
    }

    /// A queuing port, at either end.
    ///
    /// # Errors
    /// [`ErrorReturnCode::InvalidParam`] for no such port.
    pub fn queuing(&self, id: PortId) -> Result<Declared, ErrorReturnCode> {
        Ok(self.created(id, true)?.declared)
    }

    /// In which order those are served that wait at a port.
    #[must_use]
    pub fn discipline(&self, index: usize) -> QueuingDiscipline {
        let created = self.created.get(index).and_then(Option::as_ref);
        created.map_or(QueuingDiscipline::Fifo, |created| created.discipline)
    }

    /// Whether a message of this age is valid at a port, which remembers it.
    pub fn judge(&mut self, index: usize, age: ApexSystemTime) -> Validity {
        let Some(created) = self.created.get_mut(index).and_then(Option::as_mut) else {
            return Validity::Invalid;
        };
        created.validity = match Span::from(age) {
            Span::Nanoseconds(_) if age <= created.refresh => Validity::Valid,
            _ => Validity::Invalid,
        };
        created.validity
    }

    /// `GET_SAMPLING_PORT_STATUS`.
    ///
    /// # Errors
    /// [`ErrorReturnCode::InvalidParam`] for no such port.
    pub fn sampling_status(&self, id: PortId) -> Result<ApexSamplingPortStatus, ErrorReturnCode> {
        let created = self.created(id, false)?;
        Ok(ApexSamplingPortStatus {
            refresh_period: created.refresh,
            max_message_size: created.declared.message_size,
            port_direction: created.declared.direction,
            last_msg_validity: created.validity,
        })
    }
}
