//! Ping: a client numbers its requests, a server answers each, by two queuing channels.
//!
//! In every period the client sends one request, or a burst in every fifth; it takes all answers that have
//! come, and says what was asked and answered. The server answers all requests that have come. None may be
//! lost or come out of order; both say so if one does.

use core::str::FromStr as _;
use core::time::Duration;

use a653rs::prelude::{
    Error, Name, QueuingDiscipline, QueuingPortReceiver, QueuingPortSender, StartContext,
    SystemTime,
};

use crate::words::say;
use crate::{Apex, Application};

/// A request is a number, an answer that number and its double.
const REQUEST_BYTES: u32 = 8;
const ANSWER_BYTES: u32 = 16;
/// Messages that a queue holds.
const DEPTH: u32 = 10;
/// Periods from burst to burst, and requests in one.
const BURST_EVERY: u32 = 5;
const BURST: u64 = 4;
/// Nobody waits: what isn't there comes in a later period.
const AT_ONCE: SystemTime = SystemTime::Normal(Duration::ZERO);

fn name(text: &str) -> Result<Name, Error> {
    Name::from_str(text).map_err(|_| Error::InvalidParam)
}

/// The next message that waits, with as many bytes as expected.
fn receive<const BYTES: usize, H: Apex>(port: &QueuingPortReceiver<H>) -> Option<[u8; BYTES]> {
    let mut buffer = [0; BYTES];
    let (bytes, were_lost) = port.receive(&mut buffer, AT_ONCE).ok()?;
    if were_lost {
        say!(H, "messages were lost");
    }
    bytes.try_into().ok()
}

/// Who asks.
pub struct Client<H: Apex> {
    requests: QueuingPortSender<H>,
    answers: QueuingPortReceiver<H>,
}

/// The numbers of the next request and of the next answer.
#[derive(Debug, Default)]
pub struct Numbers {
    asked: u64,
    answered: u64,
}

impl<H: Apex> Application<H> for Client<H> {
    type State = Numbers;

    fn create(context: &mut StartContext<H>) -> Result<Self, Error> {
        Ok(Self {
            requests: context.create_queuing_port_sender(
                name("ping-request")?,
                REQUEST_BYTES,
                DEPTH,
                QueuingDiscipline::Fifo,
            )?,
            answers: context.create_queuing_port_receiver(
                name("ping-answer")?,
                ANSWER_BYTES,
                DEPTH,
                QueuingDiscipline::Fifo,
            )?,
        })
    }

    fn step(&self, numbers: &mut Numbers, period: u32) {
        while let Some(answer) = receive::<16, H>(&self.answers) {
            let expected = answer_to(numbers.answered);
            if answer != expected {
                say!(H, "answer {} is wrong or out of order", numbers.answered);
            }
            numbers.answered += 1;
        }
        let burst = if period.is_multiple_of(BURST_EVERY) {
            BURST
        } else {
            1
        };
        for _ in 0..burst {
            match self.requests.send(&numbers.asked.to_le_bytes(), AT_ONCE) {
                Ok(()) => numbers.asked += 1,
                Err(error) => say!(H, "request {} isn't taken: {error:?}", numbers.asked),
            }
        }
        say!(
            H,
            "period {period}: {} asked, {} answered",
            numbers.asked,
            numbers.answered
        );
    }
}

fn answer_to(number: u64) -> [u8; 16] {
    let mut answer = [0; 16];
    answer[..8].copy_from_slice(&number.to_le_bytes());
    answer[8..].copy_from_slice(&number.wrapping_mul(2).to_le_bytes());
    answer
}

/// Who answers.
pub struct Server<H: Apex> {
    requests: QueuingPortReceiver<H>,
    answers: QueuingPortSender<H>,
}

/// The number of the next request.
#[derive(Debug, Default)]
pub struct Next(u64);

impl<H: Apex> Application<H> for Server<H> {
    type State = Next;

    fn create(context: &mut StartContext<H>) -> Result<Self, Error> {
        Ok(Self {
            requests: context.create_queuing_port_receiver(
                name("ping-request")?,
                REQUEST_BYTES,
                DEPTH,
                QueuingDiscipline::Fifo,
            )?,
            answers: context.create_queuing_port_sender(
                name("ping-answer")?,
                ANSWER_BYTES,
                DEPTH,
                QueuingDiscipline::Fifo,
            )?,
        })
    }

    fn step(&self, next: &mut Next, _: u32) {
        let first = next.0;
        while let Some(request) = receive::<8, H>(&self.requests) {
            let number = u64::from_le_bytes(request);
            if number != next.0 {
                say!(H, "request {number} comes in place of {}", next.0);
            }
            if let Err(error) = self.answers.send(&answer_to(number), AT_ONCE) {
                say!(H, "answer {number} isn't taken: {error:?}");
            }
            next.0 = number + 1;
        }
        say!(H, "requests {first} to {} answered", next.0);
    }
}
