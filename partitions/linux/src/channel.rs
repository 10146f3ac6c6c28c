//! A channel with memory of its own, and what can be done at a Linux's end of it.

use paratia_abi::direct::COUNT_BITS;
use paratia_direct::queuing::{Receiver, Sender};
use paratia_direct::sampling::{Missed, Reader, Writer};

use crate::linux::{INPUT, Output};
use crate::memory::{Memory, counter};
use crate::{Ending, Failure, wrong};

/// How messages lie in a channel's memory.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The newest message.
    Sampling,
    /// Every message until it is received.
    Queuing,
    /// No form.
    Shared,
}

/// A port's name.
#[derive(Clone, Copy)]
pub struct Name {
    bytes: [u8; Self::MOST],
    length: usize,
}

impl Name {
    /// Longer than any port's.
    pub const MOST: usize = 64;

    /// A name that isn't too long.
    pub fn of(text: &str) -> Option<Self> {
        let (mut bytes, length) = ([0; Self::MOST], text.len());
        bytes.get_mut(..length)?.copy_from_slice(text.as_bytes());
        Some(Self { bytes, length })
    }

    /// It as text.
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }
}

/// Where messages lie; zeroes in shared memory.
#[derive(Clone, Copy)]
pub struct Queue {
    /// How many messages there are at a time.
    pub slots: u32,
    /// From one to the next.
    pub slot_bytes: u64,
    /// Where a queue's reader says what it has taken.
    pub reader_page: Option<u64>,
}

/// A channel.
#[derive(Clone, Copy)]
pub struct Channel {
    /// The port's name.
    pub port: Name,
    /// What lies there.
    pub form: Form,
    /// Where its memory begins.
    pub base: u64,
    /// Its size, without the reader's page.
    pub bytes: u64,
    /// Whether this Linux is its source.
    pub is_writable: bool,
    /// Where messages lie.
    pub queue: Queue,
}

/// The largest message, and as much shared memory as is copied at once.
const MOST: usize = 64 << 10;

impl Channel {
    /// Puts the newest message, or what shared memory holds, on standard output.
    pub fn read(&self) -> Result<(), Failure> {
        let memory = Memory::of(self)?;
        let mut buffer = [0; MOST];
        match self.form {
            Form::Shared => {
                let length = MOST.min(memory.bytes());
                memory.copy_out(0, &mut buffer[..length]);
                say(&buffer[..length])
            }
            Form::Sampling => {
                let reader = Reader {
                    header: memory.sampling(),
                };
                let read = reader.read(|slot| memory.take(slot, &mut buffer));
                let (_, length) = read.map_err(|missed| match missed {
                    Missed::Empty => not_now("nothing was written since its source started"),
                    Missed::Overtaken => not_now("it was overwritten while it was read"),
                })?;
                say_whole(&buffer, length)
            }
            Form::Queuing => Err(wrong("it is a queue; `channel receive` takes its messages")),
        }
    }

    /// Makes standard input the newest message, or what shared memory holds.
    pub fn write(&self) -> Result<(), Failure> {
        self.is_written_here()?;
        let memory = Memory::of(self)?;
        let mut buffer = [0; MOST];
        match self.form {
            Form::Shared => {
                let message = heard(&mut buffer, memory.bytes())?;
                memory.copy_in(0, message);
            }
            Form::Sampling => {
                let message = heard(&mut buffer, memory.message_bytes())?;
                let header = memory.sampling();
                let newest = header.newest.load(core::sync::atomic::Ordering::Relaxed);
                Writer::new(header, life(newest)).write(|slot| memory.put(slot, message));
            }
            Form::Queuing => {
                return Err(wrong("it is a queue; `channel send` puts a message there"));
            }
        }
        Ok(())
    }

    /// Puts a queue's oldest message on standard output.
    pub fn receive(&self) -> Result<(), Failure> {
        if self.form != Form::Queuing {
            return Err(wrong("it is no queue; `channel read` reads it"));
        }
        if self.is_writable {
            return Err(wrong("this is its source; `channel send` sends"));
        }
        let memory = Memory::of(self)?;
        let mut buffer = [0; MOST];
        // A Linux doesn't know how often it was restarted: if it was, it may get again what waited before.
        let mut receiver = Receiver::new(memory.queue()?, 0);
        let (length, news) = receiver.receive(|slot| memory.take(slot, &mut buffer));
        if news.refused > 0 || news.is_broken {
            Output::error("channel: messages were lost before this one\n");
        }
        let length = length.ok_or(not_now("no message waits"))?;
        say_whole(&buffer, length)
    }

    /// Sends standard input to a queue.
    pub fn send(&self) -> Result<(), Failure> {
        if self.form != Form::Queuing {
            return Err(wrong("it is no queue; `channel write` writes it"));
        }
        self.is_written_here()?;
        let memory = Memory::of(self)?;
        let mut buffer = [0; MOST];
        let message = heard(&mut buffer, memory.message_bytes())?;
        let queue = memory.queue()?;
        let sent = queue
            .sender
            .sent
            .load(core::sync::atomic::Ordering::Relaxed);
        let sent = Sender::new(queue, life(sent)).send(|slot| memory.put(slot, message));
        sent.map_err(|_| not_now("the queue is full"))?;
        Ok(())
    }

    fn is_written_here(&self) -> Result<(), Failure> {
        if self.is_writable {
            return Ok(());
        }
        Err(wrong("another partition writes it; this one may read"))
    }
}

/// Which of its lives a writer is in, as its restarts, by the last number that it wrote. Memory that it has
/// scrubbed doesn't tell; a Linux doesn't know how often it was restarted, so its time since the board's start
/// stands for that, which is another in each life.
fn life(number: u64) -> u64 {
    let lives = u64::MAX >> COUNT_BITS;
    match number {
        0 => (counter() >> 20) & lives,
        _ => number >> COUNT_BITS,
    }
}

/// There is no message, or no room.
const fn not_now(text: &'static str) -> Failure {
    Failure(Ending::NotNow, text)
}

/// Standard input, if that is a message of so many bytes at most.
fn heard(buffer: &mut [u8; MOST], most: usize) -> Result<&[u8], Failure> {
    let read = |bytes: &mut [u8]| {
        let read = INPUT.read(bytes);
        read.ok_or(wrong("standard input can't be read"))
    };
    let mut length = 0;
    while length < MOST {
        match read(&mut buffer[length..])? {
            0 => break,
            bytes => length += bytes,
        }
    }
    let goes_on = length == MOST && read(&mut [0])? > 0;
    match length {
        0 => Err(wrong("a message has one byte at least")),
        _ if length > most || goes_on => Err(wrong("the message is longer than the channel's")),
        _ => Ok(&buffer[..length]),
    }
}

/// Puts a message of a length that its writer says on standard output.
fn say_whole(buffer: &[u8; MOST], length: u64) -> Result<(), Failure> {
    let message = usize::try_from(length)
        .ok()
        .and_then(|length| buffer.get(..length));
    say(message.ok_or(wrong("its writer says a length that it can't have"))?)
}

fn say(bytes: &[u8]) -> Result<(), Failure> {
    Output::Standard
        .bytes(bytes)
        .map_err(|_| wrong("standard output can't be written"))
}
