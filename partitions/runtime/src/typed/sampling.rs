//! Sampling ports whose messages are values.

use core::marker::PhantomData;

use paratia_abi::passport::{PORT_DESTINATION, PORT_SOURCE, Passport};

use super::{Message, NoMessage, fits, found, sized};
use crate::call::Refusal;
use crate::interrupt::IntId;
use crate::no_port::{Kind, NoPort};
use crate::passport;
use crate::port::{DestinationPort, SourcePort};
use crate::time::Ticks;

/// A port that sends the newest value.
///
/// ```no_run
/// use paratia_runtime::typed::SamplingSource;
///
/// let mut speed = SamplingSource::<u32>::named("speed");
/// speed.write(&1_341).expect("the channel takes it");
/// ```
#[derive(Debug)]
pub struct SamplingSource<T> {
    port: SourcePort,
    type_: PhantomData<fn(&T)>,
}

impl<T: Message> SamplingSource<T> {
    /// The partition's sampling source port of this name.
    ///
    /// ```no_run
    /// # use paratia_runtime::typed::SamplingSource;
    /// let speed = SamplingSource::<u32>::named("speed");
    /// ```
    ///
    /// # Panics
    /// As [`Self::find`] has errors, with its sentence.
    #[must_use]
    #[track_caller]
    pub fn named(name: &str) -> Self {
        found(Self::find(passport::own(), name))
    }

    /// The sampling source port of this name in a passport.
    ///
    /// ```no_run
    /// # use paratia_runtime::{passport, typed::SamplingSource};
    /// let speed = SamplingSource::<u32>::find(passport::own(), "speed");
    /// ```
    ///
    /// # Errors
    /// If there is none, or if `T` is larger than its channel's messages.
    pub fn find<'a>(passport: &'static Passport, name: &'a str) -> Result<Self, NoPort<'a>> {
        let port = SourcePort::find(passport, name)?;
        fits::<T>(port.message_bytes()).map_err(|bytes| NoPort {
            passport,
            name,
            kind: Kind::Sampling,
            direction: PORT_SOURCE,
            too_large: Some(bytes),
        })?;
        Ok(Self {
            port,
            type_: PhantomData,
        })
    }

    /// Replaces the channel's message.
    ///
    /// ```no_run
    /// # use paratia_runtime::typed::SamplingSource;
    /// # let mut speed = SamplingSource::<u32>::named("speed");
    /// speed.write(&1_341).expect("the channel takes it");
    /// ```
    ///
    /// # Errors
    /// [`Refusal::InvalidParameters`] for a type without a byte.
    pub fn write(&mut self, message: &T) -> Result<(), Refusal> {
        self.port.write(message.as_bytes())
    }
}

/// A port that receives the newest value.
///
/// ```no_run
/// use paratia_runtime::println;
/// use paratia_runtime::typed::SamplingDestination;
///
/// let mut speed = SamplingDestination::<u32>::named("speed");
/// if let Ok(sample) = speed.read() && sample.valid {
///     println!("{} mm/s", sample.message);
/// }
/// ```
#[derive(Debug)]
pub struct SamplingDestination<T> {
    port: DestinationPort,
    type_: PhantomData<fn() -> T>,
}

/// What [`SamplingDestination::read`] received.
///
/// ```no_run
/// use paratia_runtime::typed::{Sample, SamplingDestination};
///
/// let mut speed = SamplingDestination::<u32>::named("speed");
/// if let Ok(Sample { message, valid: true, .. }) = speed.read() {
///     // `message` is fresh.
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample<T> {
    /// The channel's newest message.
    pub message: T,
    /// Whether it is no older than the channel's refresh period.
    pub valid: bool,
    /// Its age.
    pub age: Ticks,
}

impl<T: Message> SamplingDestination<T> {
    /// The partition's sampling destination port of this name.
    ///
    /// ```no_run
    /// # use paratia_runtime::typed::SamplingDestination;
    /// let speed = SamplingDestination::<u32>::named("speed");
    /// ```
    ///
    /// # Panics
    /// As [`Self::find`] has errors, with its sentence.
    #[must_use]
    #[track_caller]
    pub fn named(name: &str) -> Self {
        found(Self::find(passport::own(), name))
    }

    /// The sampling destination port of this name in a passport.
    ///
    /// ```no_run
    /// # use paratia_runtime::{passport, typed::SamplingDestination};
    /// let speed = SamplingDestination::<u32>::find(passport::own(), "speed");
    /// ```
    ///
    /// # Errors
    /// If there is none, or if `T` is larger than its channel's messages.
    pub fn find<'a>(passport: &'static Passport, name: &'a str) -> Result<Self, NoPort<'a>> {
        let port = DestinationPort::find(passport, name)?;
        fits::<T>(port.message_bytes()).map_err(|bytes| NoPort {
            passport,
            name,
            kind: Kind::Sampling,
            direction: PORT_DESTINATION,
            too_large: Some(bytes),
        })?;
        Ok(Self {
            port,
            type_: PhantomData,
        })
    }

    /// The channel's newest message.
    ///
    /// ```no_run
    /// # use paratia_runtime::typed::SamplingDestination;
    /// # let mut speed = SamplingDestination::<u32>::named("speed");
    /// let fresh = speed.read().ok().filter(|sample| sample.valid);
    /// ```
    ///
    /// # Errors
    /// [`NoMessage::None`] if none was ever written, [`NoMessage::OtherSize`] if it is no `T`.
    pub fn read(&mut self) -> Result<Sample<T>, NoMessage> {
        let mut message = T::new_zeroed();
        let bytes = message.as_mut_bytes();
        let (length, received) = self.port.read_whole(bytes).ok_or(NoMessage::None)?;
        sized::<T>(length)?;
        Ok(Sample {
            message,
            valid: received.valid,
            age: received.age,
        })
    }

    /// Lets the port's interrupt come: [`DestinationPort::enable_interrupt`].
    ///
    /// ```no_run
    /// # use paratia_runtime::{interrupt, typed::SamplingDestination};
    /// # let speed = SamplingDestination::<u32>::named("speed");
    /// interrupt::enable();
    /// let number = speed.enable_interrupt().expect("the port has an interrupt");
    /// ```
    #[must_use]
    pub fn enable_interrupt(&self) -> Option<IntId> {
        self.port.enable_interrupt()
    }
}
