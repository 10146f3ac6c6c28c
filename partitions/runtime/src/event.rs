//! Events: a bit without a message, which interrupts each destination and is pending until that takes it.
//!
//! How often a source may signal in each of its windows is declared; what goes beyond is refused and counted. A
//! destination is interrupted once until it has taken the event, however often it is signalled; then it knows how
//! often that was.
//!
//! ```no_run
//! use paratia_runtime::event::{Destination, Source};
//! # use paratia_runtime::{Context, interrupt, println};
//! # fn one_end(context: &Context) {
//! let mut alarm = Source::find(context.passport, "alarm").expect("an event 'alarm'");
//! alarm.signal().expect("the first one in this window");
//! # }
//! # fn other_end(context: &Context) {
//!
//! let mut alarm = Destination::find(context.passport, "alarm").expect("an event 'alarm'");
//! interrupt::enable();
//! let number = alarm.enable_interrupt();
//! interrupt::wait();
//! println!("signalled {} times", alarm.take().count);
//! # }
//! ```

use paratia_abi::passport::{PORT_DESTINATION, PORT_SOURCE, Passport};

use crate::call::{self, Refusal, Signals};
use crate::interrupt::{self, IntId};
use crate::no_port::{Kind, NoPort};
use crate::passport;

/// A port that signals.
///
/// ```no_run
/// use paratia_runtime::event::Source;
/// use paratia_runtime::passport;
///
/// let mut alarm = Source::find(passport::own(), "alarm").expect("an event 'alarm'");
/// alarm.signal().expect("the first one in this window");
/// ```
#[derive(Debug)]
pub struct Source {
    index: u64,
    per_window: u32,
}

impl Source {
    /// The source port of the event called `name`.
    ///
    /// ```no_run
    /// use paratia_runtime::event::Source;
    /// use paratia_runtime::passport;
    ///
    /// let alarm = Source::find(passport::own(), "alarm").expect("an event 'alarm'");
    /// ```
    ///
    /// # Errors
    /// If the partition has none: what it has.
    pub fn find<'a>(passport: &'static Passport, name: &'a str) -> Result<Self, NoPort<'a>> {
        let index = find(passport, name, PORT_SOURCE)?;
        Ok(Self {
            index,
            per_window: passport::signals(passport, index),
        })
    }

    /// How often it may be signalled in each window of the partition.
    ///
    /// ```no_run
    /// # use paratia_runtime::{event::Source, passport};
    /// # let alarm = Source::find(passport::own(), "alarm").expect("an event 'alarm'");
    /// assert!(alarm.per_window() >= 2, "one for each sensor");
    /// ```
    #[must_use]
    pub fn per_window(&self) -> u32 {
        self.per_window
    }

    /// Signals; how many signals are left in this window then.
    ///
    /// ```no_run
    /// # use paratia_runtime::{event::Source, passport};
    /// # let mut alarm = Source::find(passport::own(), "alarm").expect("an event 'alarm'");
    /// let left = alarm.signal().expect("the first one in this window");
    /// ```
    ///
    /// # Errors
    /// [`Refusal::Busy`] if none was left.
    pub fn signal(&mut self) -> Result<u64, Refusal> {
        call::signal_event(self.index)
    }
}

/// A port that takes.
///
/// ```no_run
/// use paratia_runtime::event::Destination;
/// use paratia_runtime::passport;
///
/// let mut alarm = Destination::find(passport::own(), "alarm").expect("an event 'alarm'");
/// let is_pending = alarm.take().count > 0;
/// ```
#[derive(Debug)]
pub struct Destination {
    index: u64,
}

impl Destination {
    /// The destination port of the event called `name`.
    ///
    /// ```no_run
    /// use paratia_runtime::event::Destination;
    /// use paratia_runtime::passport;
    ///
    /// let alarm = Destination::find(passport::own(), "alarm").expect("an event 'alarm'");
    /// ```
    ///
    /// # Errors
    /// If the partition has none: what it has.
    pub fn find<'a>(passport: &'static Passport, name: &'a str) -> Result<Self, NoPort<'a>> {
        let index = find(passport, name, PORT_DESTINATION)?;
        Ok(Self { index })
    }

    /// The interrupt that comes with the first signal since the event was taken last.
    ///
    /// ```no_run
    /// # use paratia_runtime::{event::Destination, passport};
    /// # let alarm = Destination::find(passport::own(), "alarm").expect("an event 'alarm'");
    /// let number = alarm.interrupt().expect("every destination of an event has one");
    /// ```
    #[must_use]
    pub fn interrupt(&self) -> Option<IntId> {
        passport::port_interrupt(self.index)
    }

    /// Lets [`Self::interrupt`] come to this CPU, after [`interrupt::enable`]; says which it is, for the handler.
    ///
    /// ```no_run
    /// # use paratia_runtime::{event::Destination, interrupt, passport};
    /// # let alarm = Destination::find(passport::own(), "alarm").expect("an event 'alarm'");
    /// interrupt::enable();
    /// let number = alarm.enable_interrupt().expect("every destination of an event has one");
    /// ```
    #[must_use]
    pub fn enable_interrupt(&self) -> Option<IntId> {
        let id = self.interrupt()?;
        interrupt::enable_edge(id);
        Some(id)
    }

    /// Takes the event: how often it was signalled since this was asked last. The next signal interrupts anew.
    ///
    /// ```no_run
    /// # use paratia_runtime::{event::Destination, passport, println};
    /// # let mut alarm = Destination::find(passport::own(), "alarm").expect("an event 'alarm'");
    /// let signals = alarm.take();
    /// println!("{} signals, {} were too many", signals.count, signals.refused);
    /// ```
    ///
    /// # Panics
    /// Not at a port that was found.
    pub fn take(&mut self) -> Signals {
        call::take_event(self.index).expect("the port was found")
    }
}

/// The index of an event's port.
fn find<'a>(passport: &'static Passport, name: &'a str, direction: u32) -> Result<u64, NoPort<'a>> {
    let found = passport::event_port(passport, name, direction);
    found.map(|(index, _)| index).ok_or(NoPort {
        passport,
        name,
        kind: Kind::Event,
        direction,
        too_large: None,
    })
}

#[cfg(test)]
mod tests {
    use std::string::ToString as _;

    use super::*;
    use crate::host::fake;
    use crate::port::SourcePort;
    use crate::testing::{EVENT, own_ports};
    use paratia_abi::call::{SIGNAL_EVENT, TAKE_EVENT};
    use paratia_abi::status::{BUSY, EMPTY, SUCCESS};

    fn passport() -> &'static Passport {
        own_ports(&[
            ("alarm", PORT_SOURCE, EVENT, 0),
            ("reply", PORT_DESTINATION, EVENT, 0),
        ])
    }

    #[test]
    fn each_answer_of_the_calls_is_told() {
        let mut signals = 0;
        fake::install(move |function, [port, reserved, _]| {
            assert_eq!(reserved, 0);
            match function {
                SIGNAL_EVENT => {
                    assert_eq!(port, 0);
                    signals += 1;
                    if signals == 1 {
                        (SUCCESS, [7, 0, 0])
                    } else {
                        (BUSY, [0, 1, 0])
                    }
                }
                TAKE_EVENT => {
                    assert_eq!(port, 1);
                    match core::mem::take(&mut signals) {
                        0 => (EMPTY, [0, 1, 0]),
                        count => (SUCCESS, [count, 1, 0]),
                    }
                }
                other => panic!("{other:#x}"),
            }
        });
        let mut alarm = Source::find(passport(), "alarm").unwrap();
        assert_eq!(alarm.per_window(), 8);
        assert_eq!(alarm.signal(), Ok(7));
        assert_eq!(alarm.signal(), Err(Refusal::Busy));
        let mut reply = Destination::find(passport(), "reply").unwrap();
        for count in [2, 0] {
            assert_eq!(reply.take(), Signals { count, refused: 1 });
        }
    }

    #[test]
    fn an_event_is_no_sampling_port_and_is_told_as_what_it_is() {
        let why = SourcePort::find(passport(), "alarm").unwrap_err();
        let expected = "there is no sampling source port 'alarm'. 'it' has: 'alarm' (event source), 'reply' \
                        (event destination)";
        assert_eq!(why.to_string(), expected);
        let why = Source::find(passport(), "alarms").unwrap_err();
        assert!(
            why.to_string()
                .starts_with("there is no event source port 'alarms'; did you mean 'alarm'?")
        );
    }
}
