//! The values of an instance's variables, by value reference.

use paratia::catalog::Choice;
use paratia::unit::variables::{ATTACKS, Causality, TOP_SPEED};
use paratia::unit::{Meaning, Variable};
use paratia_config::system::Partition;
use paratia_instruments::inputs::{REGION, VehicleInputs};
use paratia_instruments::message::Telltales;
use paratia_instruments::units::MillimetresPerSecond;

use super::{Answer, Instance, Refusal, State, Status, error};

/// What the importer has set.
#[derive(Debug)]
pub struct Values {
    /// By value reference: a speed, a lamp or the ignition as 1 or 0, an attack.
    inputs: Vec<f64>,
    event_log: String,
    /// Attacks that were asked for since the last step: their variables.
    asked: Vec<usize>,
}

impl Values {
    /// The start values.
    pub fn new(variables: &[Variable]) -> Self {
        let start = |it: &Variable| f64::from(u8::from(matches!(it.meaning, Meaning::Ignition(_))));
        Self {
            inputs: variables.iter().map(start).collect(),
            event_log: String::new(),
            asked: Vec::new(),
        }
    }

    /// The file for events, if one is named.
    pub fn event_log(&self) -> Option<&str> {
        Some(self.event_log.as_str()).filter(|it| !it.is_empty())
    }

    /// What the board is told at a communication point: physical addresses and words.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "inputs are within their ranges"
    )]
    pub fn told(&mut self, choice: &Choice, variables: &[Variable]) -> Vec<(u64, u64)> {
        let mut told = Vec::new();
        let asked = std::mem::take(&mut self.asked);
        for (index, partition) in choice.system.partitions.iter().enumerate() {
            let Some(address) = region(partition) else {
                continue;
            };
            let mut vehicle = None;
            for (reference, variable) in variables.iter().enumerate() {
                let value = self.inputs[reference];
                let inputs = || VehicleInputs {
                    speed: MillimetresPerSecond(0),
                    telltales: Telltales::empty(),
                    ignition: false,
                };
                match variable.meaning {
                    Meaning::Speed(of) if of == index => {
                        let speed = (value * 1000.0).round() as u32;
                        vehicle.get_or_insert_with(inputs).speed = MillimetresPerSecond(speed);
                    }
                    Meaning::Ignition(of) if of == index => {
                        vehicle.get_or_insert_with(inputs).ignition = value != 0.0;
                    }
                    Meaning::Lamp(of, lamp) if of == index && value != 0.0 => {
                        vehicle.get_or_insert_with(inputs).telltales |= lamp;
                    }
                    Meaning::Attack(of) if of == index && asked.contains(&reference) => {
                        told.push((address, value as u64));
                    }
                    _ => {}
                }
            }
            told.extend(vehicle.map(|it| (address, it.to_word())));
        }
        told
    }
}

/// Where a partition is told something.
fn region(partition: &Partition) -> Option<u64> {
    let mut regions = partition.regions.iter();
    Some(regions.find(|it| it.name == REGION)?.pa.0)
}

impl Instance {
    /// The variable with a value reference, if it is of this type.
    fn variable(&self, reference: u32, kind: &str) -> Answer<(usize, Meaning)> {
        let index = usize::try_from(reference).unwrap_or(usize::MAX);
        let Some(variable) = self.variables.get(index) else {
            return error(format!(
                "there is no variable with value reference {reference}; there are {}",
                self.variables.len()
            ));
        };
        let is = variable.meaning.kind().name();
        if is != kind {
            return error(format!("'{}' is of type {is}, not {kind}", variable.name));
        }
        Ok((index, variable.meaning))
    }

    /// The display as it is now.
    fn looked(&mut self) -> Answer<Option<&mut crate::display::Display>> {
        let Some(display) = &mut self.display else {
            return Ok(None);
        };
        if let Some(board) = &mut self.board {
            display.look(board)?;
        }
        Ok(Some(display))
    }

    /// A `Float64`.
    pub fn float64(&mut self, reference: u32) -> Answer<f64> {
        let (index, meaning) = self.variable(reference, "Float64")?;
        match meaning {
            Meaning::Time => Ok(self.time),
            Meaning::Speed(_) => Ok(self.values.inputs[index]),
            _ => Ok(self
                .looked()?
                .and_then(|it| it.speed(meaning))
                .unwrap_or(0.0)),
        }
    }

    /// An `Int32`.
    #[allow(
        clippy::cast_possible_truncation,
        reason = "it was one when it was set"
    )]
    pub fn int32(&mut self, reference: u32) -> Answer<i32> {
        let (index, _) = self.variable(reference, "Int32")?;
        Ok(self.values.inputs[index] as i32)
    }

    /// A `UInt64`.
    pub fn uint64(&mut self, reference: u32) -> Answer<u64> {
        let (_, meaning) = self.variable(reference, "UInt64")?;
        match meaning {
            Meaning::BoardTime => Ok(self.board_time_ns),
            Meaning::FrameHash => Ok(self.looked()?.map_or(0, crate::display::Display::hash)),
            _ => Ok(self.counts.value(meaning).unwrap_or(0)),
        }
    }

    /// A `Boolean`.
    pub fn boolean(&mut self, reference: u32) -> Answer<bool> {
        let (index, meaning) = self.variable(reference, "Boolean")?;
        match meaning {
            Meaning::Ignition(_) | Meaning::Lamp(..) => Ok(self.values.inputs[index] != 0.0),
            Meaning::Halted(_) => Ok(self.counts.value(meaning) == Some(1)),
            _ => Ok(self.looked()?.and_then(|it| it.is_shown(meaning)) == Some(true)),
        }
    }

    /// A `String`.
    pub fn string(&mut self, reference: u32) -> Answer<String> {
        self.variable(reference, "String")?;
        Ok(self.values.event_log.clone())
    }

    /// A `Binary`.
    pub fn binary(&mut self, reference: u32) -> Answer<Vec<u8>> {
        self.variable(reference, "Binary")?;
        Ok(self.looked()?.map_or(Ok(Vec::new()), |it| it.png())?)
    }

    /// Sets a number; `kind` is its type's name.
    pub fn set_number(&mut self, reference: u32, kind: &str, value: f64) -> Answer<()> {
        let (index, meaning) = self.variable(reference, kind)?;
        let name = self.variables[index].name.clone();
        if meaning.causality() != Causality::Input {
            return error(format!("'{name}' isn't the importer's to set"));
        }
        let states = [State::Instantiated, State::Initializing, State::Stepping];
        self.must_be(&states, &format!("setting '{name}'"))?;
        let most = match meaning {
            Meaning::Speed(_) => TOP_SPEED,
            Meaning::Attack(_) => f64::from(ATTACKS),
            _ => 1.0,
        };
        if !(0.0..=most).contains(&value) {
            return Err(Refusal(
                Status::Discard,
                format!(
                    "'{name}' is {value}, not within 0 and {most}; it stays {}",
                    self.values.inputs[index]
                ),
            ));
        }
        let before = std::mem::replace(&mut self.values.inputs[index], value);
        if matches!(meaning, Meaning::Attack(_)) {
            if value != before {
                self.values.asked.retain(|it| *it != index);
            }
            if value != before && value != 0.0 {
                self.values.asked.push(index);
            }
        }
        Ok(())
    }

    /// Sets a `String`.
    pub fn set_string(&mut self, reference: u32, value: String) -> Answer<()> {
        let (index, _) = self.variable(reference, "String")?;
        let call = format!("setting the parameter '{}'", self.variables[index].name);
        self.must_be(&[State::Instantiated], &call)?;
        self.values.event_log = value;
        Ok(())
    }
}
