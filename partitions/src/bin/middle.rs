//! The man in the middle: passes messages on between two queues, and for a second does with them what its run
//! argument says.
//!
//! | run argument | from the first second to the second it |
//! |---|---|
//! | 0 | passes on |
//! | 1 | drops four messages of five |
//! | 2 | sends the same message in place of all |
//! | 3 | holds each message back for five windows |
//! | 4 | sends four at once, the last one first |
//! | 5 | flips a bit of the speed |

#![no_std]
#![no_main]

use core::time::Duration;

use paratia_instruments::message::Encoded;
use paratia_runtime::typed::{QueuingReceiver, QueuingSender};
use paratia_runtime::{Context, entry, println};

entry!(run);

/// When it misbehaves.
const BEGIN: Duration = Duration::from_secs(1);
const END: Duration = Duration::from_secs(2);
/// Of so many messages it lets one through.
const DROPS: usize = 5;
/// So many windows it holds one back.
const DELAY: usize = 5;
/// So many it turns round.
const TURNS: usize = 4;
/// A byte of the speed (`instruments::message`).
const SPEED_BYTE: usize = 15;
/// Messages that it can hold.
const ROOM: usize = 8;

/// What it does with messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Passes,
    Drops,
    Repeats,
    Delays,
    Reorders,
    Corrupts,
}

impl Deed {
    fn of(argument: u64) -> Self {
        match argument {
            0 => Self::Passes,
            1 => Self::Drops,
            2 => Self::Repeats,
            3 => Self::Delays,
            4 => Self::Reorders,
            5 => Self::Corrupts,
            other => panic!("run argument {other}; take 0 to 5"),
        }
    }
}

fn run(context: Context) {
    let mut from = QueuingReceiver::<Encoded>::named("gateway");
    let mut wire = Wire {
        to: QueuingSender::named("speedometer"),
        held: [[0; _]; ROOM],
        count: 0,
        number: 0,
    };
    let chosen = Deed::of(context.run_argument);
    let mut before = Deed::Passes;
    for window in context.windows() {
        let is_time = (BEGIN..END).contains(&window.start.since_epoch());
        let deed = if is_time { chosen } else { Deed::Passes };
        if deed != before {
            println!("{deed:?}");
            wire.release();
            before = deed;
        }
        while let Ok(received) = from.receive() {
            wire.take(deed, received.message);
        }
        window.heartbeat();
    }
}

/// The way on, and what is held back of it.
struct Wire {
    to: QueuingSender<Encoded>,
    held: [Encoded; ROOM],
    count: usize,
    /// Messages since it does what it does.
    number: usize,
}

impl Wire {
    /// Does with a message what it is to do.
    fn take(&mut self, deed: Deed, mut message: Encoded) {
        self.number += 1;
        match deed {
            Deed::Passes => self.send(message),
            Deed::Drops if self.number.is_multiple_of(DROPS) => self.send(message),
            Deed::Drops => {}
            Deed::Repeats => {
                if self.count == 0 {
                    self.hold(message);
                }
                self.send(self.held[0]);
            }
            Deed::Delays => {
                self.hold(message);
                if self.count > DELAY {
                    self.send(self.held[0]);
                    self.held.rotate_left(1);
                    self.count -= 1;
                }
            }
            Deed::Reorders => {
                self.hold(message);
                if self.count == TURNS {
                    self.held[..TURNS].reverse();
                    self.release();
                }
            }
            Deed::Corrupts => {
                message[SPEED_BYTE] ^= 1;
                self.send(message);
            }
        }
    }

    fn hold(&mut self, message: Encoded) {
        self.held[self.count] = message;
        self.count += 1;
    }

    /// Sends what is held.
    fn release(&mut self) {
        for at in 0..core::mem::take(&mut self.count) {
            self.send(self.held[at]);
        }
        self.number = 0;
    }

    fn send(&mut self, message: Encoded) {
        if let Err(code) = self.to.send(&message) {
            println!("a message isn't taken: {code:?}");
        }
    }
}
