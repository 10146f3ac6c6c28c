//! `channel`: reads and writes the channels that a Linux in a partition has memory of, from user space.
//!
//! ```text
//! channel                what channels there are
//! channel read PORT      the newest message of a sampling channel, or what shared memory holds
//! channel write PORT     what comes in, as the newest message or into shared memory
//! channel receive PORT   the oldest message that waits in a queue
//! channel send PORT      what comes in, as a queue's next message
//! ```
//!
//! Messages are bytes of standard input and output, so that a script has them by pipes. It ends with 0; with 1 if
//! there was no message or no room, which may be otherwise the next time; with 2 if it can't be done.
//!
//! The protocols are those that partitions link, `paratia_direct`; the memory is found by the device tree
//! (docs/linux.md) and mapped by `/dev/mem`.

#![no_std]
#![no_main]

mod channel;
mod linux;
mod memory;
mod tree;

use core::fmt::Write as _;

use channel::Form;
use linux::Output;

/// What the program ends with.
#[derive(Clone, Copy)]
enum Ending {
    Done = 0,
    NotNow = 1,
    Wrong = 2,
}

/// Why it ends with anything but 0.
struct Failure(Ending, &'static str);

/// What was asked for can't be done.
const fn wrong(text: &'static str) -> Failure {
    Failure(Ending::Wrong, text)
}

const USAGE: &str = "usage: channel [read|write|receive|send PORT]";

/// From the first instruction: the program's arguments.
fn main(mut arguments: impl Iterator<Item = &'static str>) -> i32 {
    let words = [arguments.next(), arguments.next(), arguments.next()];
    let ended = match words {
        [None, ..] => list(),
        [Some(verb), Some(port), None] => exchange(verb, port),
        _ => Err(wrong(USAGE)),
    };
    let Err(Failure(ending, text)) = ended else {
        return Ending::Done as i32;
    };
    // Whoever closed standard error doesn't want to know.
    let _ = match words {
        [_, Some(port), None] => writeln!(Output::Error, "channel {port}: {text}"),
        _ => writeln!(Output::Error, "{text}"),
    };
    ending as i32
}

/// Says what channels there are.
fn list() -> Result<(), Failure> {
    tree::each(|channel| {
        let form = match channel.form {
            Form::Sampling => "sampling",
            Form::Queuing => "queuing",
            Form::Shared => "shared memory",
        };
        let rights = if channel.is_writable {
            "written"
        } else {
            "read"
        };
        let (base, bytes) = (channel.base, channel.bytes);
        let name = channel.port.as_str();
        let line = writeln!(
            Output::Standard,
            "{name}: {form}, {rights} here, {bytes} bytes at {base:#x}"
        );
        line.map_err(|_| wrong("standard output can't be written"))
    })
}

/// Does what the verb says at the port with this name.
fn exchange(verb: &str, port: &str) -> Result<(), Failure> {
    let channel = tree::find(port)?;
    match verb {
        "read" => channel.read(),
        "write" => channel.write(),
        "receive" => channel.receive(),
        "send" => channel.send(),
        _ => Err(wrong(USAGE)),
    }
}
