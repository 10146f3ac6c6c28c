//! A fuel tank: a simulation tells its level by one sampling channel, a controller opens and closes the inlet
//! by another.
//!
//! The engine takes fuel in every period. The controller opens the inlet when the tank is less than a quarter
//! full and closes it at three quarters. Both say what they see every tenth period, and when the inlet moves.

use core::str::FromStr as _;
use core::time::Duration;

use a653rs::prelude::{
    Error, Name, SamplingPortDestination, SamplingPortSource, StartContext, Validity,
};

use crate::words::say;
use crate::{Apex, Application};

/// The tank's size, and what flows in a period, in tenths of a litre.
const CAPACITY: u32 = 1_000;
const OUT: u32 = 13;
const IN: u32 = 40;
/// Levels at which the controller opens and closes the inlet.
const LOW: u32 = CAPACITY / 4;
const HIGH: u32 = CAPACITY / 4 * 3;
/// Periods from line to line.
const LINE_EVERY: u32 = 10;
/// A level: the number of the period, and the level in it.
const LEVEL_BYTES: u32 = 8;
/// A command: the number of the level that it answers, and 1 if the inlet shall be open.
const COMMAND_BYTES: u32 = 8;
/// How old what is received may be.
const REFRESH: Duration = Duration::from_secs(1);

fn message(number: u32, value: u32) -> [u8; 8] {
    let mut bytes = [0; 8];
    bytes[..4].copy_from_slice(&number.to_le_bytes());
    bytes[4..].copy_from_slice(&value.to_le_bytes());
    bytes
}

/// The two numbers of a message, if it is as long as one.
fn numbers(bytes: &[u8]) -> Option<(u32, u32)> {
    let (words, rest) = bytes.as_chunks::<4>();
    let [number, value] = *words else { return None };
    rest.is_empty()
        .then(|| (u32::from_le_bytes(number), u32::from_le_bytes(value)))
}

/// What a valid message at a port says.
fn receive<H: Apex>(port: &SamplingPortDestination<H>) -> Option<(u32, u32)> {
    let mut buffer = [0; 8];
    match port.receive(&mut buffer) {
        Ok((Validity::Valid, bytes)) => numbers(bytes),
        _ => None,
    }
}

fn name(text: &str) -> Result<Name, Error> {
    Name::from_str(text).map_err(|_| Error::InvalidParam)
}

/// The tank and the engine.
pub struct Simulation<H: Apex> {
    level: SamplingPortSource<H>,
    inlet: SamplingPortDestination<H>,
}

/// How full the tank is, in tenths of a litre.
#[derive(Debug)]
pub struct Tank(u32);

impl Default for Tank {
    fn default() -> Self {
        Self(CAPACITY / 2)
    }
}

impl<H: Apex> Application<H> for Simulation<H> {
    type State = Tank;

    fn create(context: &mut StartContext<H>) -> Result<Self, Error> {
        Ok(Self {
            level: context.create_sampling_port_source(name("fuel-sensors")?, LEVEL_BYTES)?,
            inlet: context.create_sampling_port_destination(
                name("fuel-actuators")?,
                COMMAND_BYTES,
                REFRESH,
            )?,
        })
    }

    fn step(&self, tank: &mut Tank, number: u32) {
        let is_open = matches!(receive(&self.inlet), Some((_, 1)));
        let inflow = if is_open { IN } else { 0 };
        tank.0 = (tank.0 + inflow).min(CAPACITY).saturating_sub(OUT);
        if let Err(error) = self.level.send(&message(number, tank.0)) {
            say!(H, "the level can't be told: {error:?}");
        }
        if number.is_multiple_of(LINE_EVERY) {
            let inlet = if is_open { "open" } else { "closed" };
            say!(
                H,
                "period {number}: {}.{} l, inlet {inlet}",
                tank.0 / 10,
                tank.0 % 10
            );
        }
    }
}

/// Who keeps the tank from running empty, and from running over.
pub struct Controller<H: Apex> {
    level: SamplingPortDestination<H>,
    inlet: SamplingPortSource<H>,
}

/// Whether the inlet shall be open.
#[derive(Debug, Default)]
pub struct Inlet(bool);

impl<H: Apex> Application<H> for Controller<H> {
    type State = Inlet;

    fn create(context: &mut StartContext<H>) -> Result<Self, Error> {
        Ok(Self {
            level: context.create_sampling_port_destination(
                name("fuel-sensors")?,
                LEVEL_BYTES,
                REFRESH,
            )?,
            inlet: context.create_sampling_port_source(name("fuel-actuators")?, COMMAND_BYTES)?,
        })
    }

    fn step(&self, inlet: &mut Inlet, _: u32) {
        let Some((number, level)) = receive(&self.level) else {
            say!(H, "no level");
            return;
        };
        let was_open = inlet.0;
        inlet.0 = level < LOW || (was_open && level < HIGH);
        if inlet.0 != was_open {
            let what = if inlet.0 { "opens" } else { "closes" };
            say!(
                H,
                "period {number}: the inlet {what} at {}.{} l",
                level / 10,
                level % 10
            );
        }
        if let Err(error) = self.inlet.send(&message(number, inlet.0.into())) {
            say!(H, "the inlet can't be told: {error:?}");
        }
    }
}
