//! Queuing ports whose messages are values.

use core::marker::PhantomData;

use paratia_abi::passport::{PORT_DESTINATION, PORT_SOURCE, Passport};

use super::{Message, NoMessage, fits, found, sized};
use crate::call::QueueStatus;
use crate::interrupt::IntId;
use crate::no_port::{Kind, NoPort};
use crate::passport;
use crate::queue::{QueuingDestination, QueuingSource, ReturnCode, until};
use crate::time::Instant;

/// A port that sends every value.
///
/// ```no_run
/// use paratia_runtime::println;
/// use paratia_runtime::typed::QueuingSender;
///
/// let mut pulses = QueuingSender::<u64>::named("pulses");
/// if let Err(code) = pulses.send(&17) {
///     println!("pulse 17 isn't taken: {code:?}");
/// }
/// ```
#[derive(Debug)]
pub struct QueuingSender<T> {
    port: QueuingSource,
    type_: PhantomData<fn(&T)>,
}

impl<T: Message> QueuingSender<T> {
    /// The partition's queuing source port of this name.
    ///
    /// ```no_run
    /// # use paratia_runtime::typed::QueuingSender;
    /// let pulses = QueuingSender::<u64>::named("pulses");
    /// ```
    ///
    /// # Panics
    /// As [`Self::find`] has errors, with its sentence.
    #[must_use]
    #[track_caller]
    pub fn named(name: &str) -> Self {
        found(Self::find(passport::own(), name))
    }

    /// The queuing source port of this name in a passport.
    ///
    /// ```no_run
    /// # use paratia_runtime::{passport, typed::QueuingSender};
    /// let pulses = QueuingSender::<u64>::find(passport::own(), "pulses");
    /// ```
    ///
    /// # Errors
    /// If there is none, or if `T` is larger than its channel's messages.
    pub fn find<'a>(passport: &'static Passport, name: &'a str) -> Result<Self, NoPort<'a>> {
        let port = QueuingSource::find(passport, name)?;
        fits::<T>(port.message_bytes()).map_err(|bytes| NoPort {
            passport,
            name,
            kind: Kind::Queuing,
            direction: PORT_SOURCE,
            too_large: Some(bytes),
        })?;
        Ok(Self {
            port,
            type_: PhantomData,
        })
    }

    /// Puts a message at the queue's end; how many wait then.
    ///
    /// ```no_run
    /// # use paratia_runtime::typed::QueuingSender;
    /// # let mut pulses = QueuingSender::<u64>::named("pulses");
    /// let waiting = pulses.send(&17).expect("there is room");
    /// ```
    ///
    /// # Errors
    /// [`ReturnCode::NotAvailable`] if the queue is full.
    pub fn send(&mut self, message: &T) -> Result<u64, ReturnCode> {
        self.port.send(message.as_bytes())
    }

    /// As [`Self::send`], but waits for room until `deadline`: [`QueuingSource::send_by`].
    ///
    /// ```no_run
    /// # use core::time::Duration;
    /// # use paratia_runtime::{time::{Instant, Ticks}, typed::QueuingSender};
    /// # let mut pulses = QueuingSender::<u64>::named("pulses");
    /// let soon = Instant::now().plus(Ticks::from_duration(Duration::from_millis(5)));
    /// pulses.send_by(&17, soon).expect("there is room within 5 ms");
    /// ```
    ///
    /// # Errors
    /// [`ReturnCode::TimedOut`] if the queue is full at the first look after `deadline`.
    pub fn send_by(&mut self, message: &T, deadline: Instant) -> Result<u64, ReturnCode> {
        self.port.send_by(message.as_bytes(), deadline)
    }

    /// How the queue stands.
    ///
    /// ```no_run
    /// # use paratia_runtime::typed::QueuingSender;
    /// # let pulses = QueuingSender::<u64>::named("pulses");
    /// let room = pulses.status().expect("a port that was found").waiting < 8;
    /// ```
    ///
    /// # Errors
    /// None at a port that was found.
    pub fn status(&self) -> Result<QueueStatus, ReturnCode> {
        self.port.status()
    }
}

/// A port that receives every value.
///
/// ```no_run
/// use paratia_runtime::println;
/// use paratia_runtime::typed::QueuingReceiver;
///
/// let mut pulses = QueuingReceiver::<u64>::named("pulses");
/// while let Ok(pulse) = pulses.receive() {
///     println!("{}, {} lost before it", pulse.message, pulse.refused);
/// }
/// ```
#[derive(Debug)]
pub struct QueuingReceiver<T> {
    port: QueuingDestination,
    type_: PhantomData<fn() -> T>,
}

/// What [`QueuingReceiver::receive`] received.
///
/// ```no_run
/// use paratia_runtime::typed::{QueuingReceiver, Received};
///
/// let mut pulses = QueuingReceiver::<u64>::named("pulses");
/// if let Ok(Received { message, refused: 0, .. }) = pulses.receive() {
///     // None was lost before `message`.
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received<T> {
    /// The oldest message that waited.
    pub message: T,
    /// Messages refused since the one before was received.
    pub refused: u64,
    /// Messages that wait still.
    pub waiting: u64,
}

impl<T: Message> QueuingReceiver<T> {
    /// The partition's queuing destination port of this name.
    ///
    /// ```no_run
    /// # use paratia_runtime::typed::QueuingReceiver;
    /// let pulses = QueuingReceiver::<u64>::named("pulses");
    /// ```
    ///
    /// # Panics
    /// As [`Self::find`] has errors, with its sentence.
    #[must_use]
    #[track_caller]
    pub fn named(name: &str) -> Self {
        found(Self::find(passport::own(), name))
    }

    /// The queuing destination port of this name in a passport.
    ///
    /// ```no_run
    /// # use paratia_runtime::{passport, typed::QueuingReceiver};
    /// let pulses = QueuingReceiver::<u64>::find(passport::own(), "pulses");
    /// ```
    ///
    /// # Errors
    /// If there is none, or if `T` is larger than its channel's messages.
    pub fn find<'a>(passport: &'static Passport, name: &'a str) -> Result<Self, NoPort<'a>> {
        let port = QueuingDestination::find(passport, name)?;
        fits::<T>(port.message_bytes()).map_err(|bytes| NoPort {
            passport,
            name,
            kind: Kind::Queuing,
            direction: PORT_DESTINATION,
            too_large: Some(bytes),
        })?;
        Ok(Self {
            port,
            type_: PhantomData,
        })
    }

    /// Takes the oldest message.
    ///
    /// ```no_run
    /// # use paratia_runtime::typed::QueuingReceiver;
    /// # let mut pulses = QueuingReceiver::<u64>::named("pulses");
    /// let sum = core::iter::from_fn(|| pulses.receive().ok())
    ///     .fold(0, |sum, pulse| sum + pulse.message);
    /// ```
    ///
    /// # Errors
    /// [`NoMessage::None`] if none waits; [`NoMessage::OtherSize`] if it is no `T`, and is gone.
    pub fn receive(&mut self) -> Result<Received<T>, NoMessage> {
        self.take().map_err(|_| NoMessage::None)?
    }

    /// As [`Self::receive`], but waits for a message until `deadline`: in this window, and in those that follow.
    ///
    /// ```no_run
    /// # use core::time::Duration;
    /// # use paratia_runtime::{time::{Instant, Ticks}, typed::QueuingReceiver};
    /// # let mut pulses = QueuingReceiver::<u64>::named("pulses");
    /// let soon = Instant::now().plus(Ticks::from_duration(Duration::from_millis(5)));
    /// let pulse = pulses.receive_by(soon).expect("a pulse within 5 ms").message;
    /// ```
    ///
    /// # Errors
    /// As [`Self::receive`], but [`NoMessage::TimedOut`] if none waits at the first look after `deadline`.
    pub fn receive_by(&mut self, deadline: Instant) -> Result<Received<T>, NoMessage> {
        until(deadline, || self.take()).map_err(|code| match code {
            ReturnCode::TimedOut => NoMessage::TimedOut,
            _ => NoMessage::None,
        })?
    }

    fn take(&mut self) -> Result<Result<Received<T>, NoMessage>, ReturnCode> {
        let mut message = T::new_zeroed();
        let (length, received) = self.port.take(message.as_mut_bytes())?;
        Ok(sized::<T>(length).map(|()| Received {
            message,
            refused: received.refused,
            waiting: received.waiting,
        }))
    }

    /// Drops all messages that wait; how many these were.
    ///
    /// ```no_run
    /// # use paratia_runtime::typed::QueuingReceiver;
    /// # let mut pulses = QueuingReceiver::<u64>::named("pulses");
    /// let dropped = pulses.clear().expect("a port that was found");
    /// ```
    ///
    /// # Errors
    /// None at a port that was found.
    pub fn clear(&mut self) -> Result<u64, ReturnCode> {
        self.port.clear()
    }

    /// How the queue stands.
    ///
    /// ```no_run
    /// # use paratia_runtime::typed::QueuingReceiver;
    /// # let pulses = QueuingReceiver::<u64>::named("pulses");
    /// let waiting = pulses.status().expect("a port that was found").waiting;
    /// ```
    ///
    /// # Errors
    /// None at a port that was found.
    pub fn status(&self) -> Result<QueueStatus, ReturnCode> {
        self.port.status()
    }

    /// Lets the port's interrupt come: [`QueuingDestination::enable_interrupt`].
    ///
    /// ```no_run
    /// # use paratia_runtime::{interrupt, typed::QueuingReceiver};
    /// # let pulses = QueuingReceiver::<u64>::named("pulses");
    /// interrupt::enable();
    /// let number = pulses.enable_interrupt().expect("the port has an interrupt");
    /// ```
    #[must_use]
    pub fn enable_interrupt(&self) -> Option<IntId> {
        self.port.enable_interrupt()
    }
}
