//! A stream: one packet with all of its events (CTF 1.8, 5 and 6). Everything is aligned to bytes.

use super::Written;
use super::metadata::{Classes, Type};
use crate::log::Value;

/// What every packet begins with.
const MAGIC: u32 = 0xC1FC_1FC1;
/// The CPU of what belongs to none.
const NO_CPU: u32 = u32::MAX;
const BITS: u64 = 8;
/// Bytes of a packet's header and context.
const HEAD: usize = 4 + 4 + 8 + 8 + 8 + 8 + 8 + 4;

/// The stream with these events, which are in the order of time.
pub fn bytes<'a>(
    number: usize,
    events: impl Iterator<Item = &'a Written> + Clone,
    classes: &mut Classes,
) -> Vec<u8> {
    let mut body = Vec::new();
    for event in events.clone() {
        let class = classes.number(&event.name, &event.fields);
        body.extend(class.to_le_bytes());
        body.extend(event.time_ns.to_le_bytes());
        for value in event.fields.values() {
            put(&mut body, value);
        }
    }
    let mut times = events.map(|event| event.time_ns);
    let first = times.next().unwrap_or(0);
    let last = times.last().unwrap_or(first);
    let bits = (HEAD + body.len()) as u64 * BITS;
    let cpu = number
        .checked_sub(1)
        .map_or(NO_CPU, |cpu| u32::try_from(cpu).unwrap_or(NO_CPU));
    let mut packet = Vec::with_capacity(HEAD + body.len());
    packet.extend(MAGIC.to_le_bytes());
    packet.extend(0_u32.to_le_bytes());
    packet.extend((number as u64).to_le_bytes());
    for word in [first, last, bits, bits] {
        packet.extend(word.to_le_bytes());
    }
    packet.extend(cpu.to_le_bytes());
    packet.extend(body);
    packet
}

fn put(bytes: &mut Vec<u8>, value: &Value) {
    match (Type::of(value), value) {
        (Type::Truth, value) => bytes.push(u8::from(value.as_bool() == Some(true))),
        // Eight bytes of sixteen: the same with and without a sign.
        (Type::Unsigned | Type::Signed, Value::Integer(number)) => {
            bytes.extend(&number.to_le_bytes()[..8]);
        }
        (_, value) => {
            // A zero byte would end the text.
            let text = value.to_string().replace('\0', "\u{2400}");
            bytes.extend(text.as_bytes());
            bytes.push(0);
        }
    }
}
