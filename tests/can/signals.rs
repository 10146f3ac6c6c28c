//! The DBC file's signals as cantools reads them, which nobody here wrote.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};

use paratia::workspace;
use paratia_can::vehicle::SIGNALS;
use paratia_can::{Scale, Signal};
use paratia_tests::readers;

/// Reads `MESSAGE BYTES` line by line, and writes `MESSAGE SIGNAL RAW PHYSICAL` for each signal, floats by their
/// bits; then `MESSAGE = BYTES`, the physical values encoded again.
const DECODER: &str = "
import struct, sys
import cantools

def bits(value):
    return struct.pack('>d', value).hex()

database = cantools.database.load_file(sys.argv[1])
out = []
for line in sys.stdin:
    name, text = line.split()
    message = database.get_message_by_name(name)
    data = bytes.fromhex(text)
    raw = message.decode(data, decode_choices=False, scaling=False)
    physical = message.decode(data, decode_choices=False)
    for signal, value in raw.items():
        value = bits(value) if isinstance(value, float) else value
        out.append(f'{name} {signal} {value} {bits(physical[signal])}')
    out.append(f'{name} = {message.encode(physical, strict=False).hex()}')
print('\\n'.join(out))
";

/// Of this one each raw value.
const EXHAUSTIVE: &str = "Oil";
/// Payloads at random of each message.
const AT_RANDOM: usize = 1_000;

/// Marsaglia's 64-bit xorshift.
fn next(random: &mut u64) -> u64 {
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    *random
}

/// A message's bytes: each signal's bits at random, but for `given`.
fn payload(message: &str, random: &mut u64, given: Option<(&Signal, u64)>) -> [u8; 8] {
    let of_message = || SIGNALS.iter().filter(|signal| signal.message == message);
    let drawn = next(random) % 3;
    let place = given
        .and_then(|(signal, _)| signal.multiplexed)
        .unwrap_or(drawn);
    let mut bytes = [0; 8];
    for signal in of_message().filter(|it| it.multiplexed.is_none_or(|value| value == place)) {
        let mut raw = next(random);
        if signal.is_float {
            // A number: no NaN, of which languages keep what they like.
            raw = u64::from(f32::to_bits((raw >> 40) as f32 / 1024.0));
        }
        signal.field.put(&mut bytes, raw);
    }
    for signal in of_message().filter(|it| it.name == "Place") {
        signal.field.put(&mut bytes, place);
    }
    if let Some((signal, raw)) = given {
        signal.field.put(&mut bytes, raw);
    }
    bytes
}

fn payloads() -> Vec<(&'static str, [u8; 8], usize)> {
    let mut random = 20;
    let messages: BTreeMap<_, _> = SIGNALS.iter().map(|it| (it.message, it.bytes)).collect();
    let mut all = Vec::new();
    for (message, length) in messages {
        all.extend((0..AT_RANDOM).map(|_| (message, payload(message, &mut random, None), length)));
    }
    for signal in SIGNALS.iter().filter(|it| it.name == EXHAUSTIVE) {
        assert_eq!(signal.field.bits(), 16);
        all.extend((0..=0xFFFF).map(|raw| {
            let bytes = payload(signal.message, &mut random, Some((signal, raw)));
            (signal.message, bytes, signal.bytes)
        }));
    }
    all
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What cantools says of these lines.
fn cantools(lines: String) -> String {
    let python = readers::python_with("cantools", &["cantools==45.1.0"]);
    let mut process = Command::new(python)
        .args(["-c", DECODER])
        .arg(workspace::root().join("partitions/can/vehicle.dbc"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python starts");
    let mut input = process.stdin.take().expect("a pipe");
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = process.wait_with_output().expect("it ends");
    writer
        .join()
        .expect("no panic")
        .expect("it reads all lines");
    assert!(output.status.success(), "cantools fails");
    String::from_utf8(output.stdout).expect("text")
}

/// A raw value as cantools writes it, and the physical value's bits.
fn as_said(signal: &Signal, bytes: [u8; 8]) -> (String, f64) {
    let raw = signal.field.get(bytes);
    let scale: &Scale = &signal.scale;
    if signal.is_float {
        let number = f64::from(f32::from_bits(raw.try_into().expect("32 bits")));
        return (
            format!("{:016x}", number.to_bits()),
            number * scale.factor + scale.offset,
        );
    }
    let number = if scale.is_signed {
        signal.field.get_signed(bytes)
    } else {
        raw.cast_signed()
    };
    (number.to_string(), scale.physical(number))
}

#[test]
fn cantools_reads_every_signal_as_it_was_written_and_writes_it_so() {
    let payloads = payloads();
    let lines = payloads
        .iter()
        .map(|(message, bytes, length)| format!("{message} {}\n", hex(&bytes[..*length])));
    let said = cantools(lines.collect());
    let mut said = said.lines();
    let mut seen = 0;
    for (message, bytes, length) in &payloads {
        let mut signals = 0;
        loop {
            let line = said.next().expect("an answer for each");
            let words: Vec<_> = line.split(' ').collect();
            let [of, name, rest @ ..] = &words[..] else {
                panic!("{line}");
            };
            assert_eq!(of, message, "{line}");
            if *name == "=" {
                assert_eq!(rest, [hex(&bytes[..*length])], "{line}");
                break;
            }
            let signal = SIGNALS
                .iter()
                .find(|it| it.message == *message && it.name == *name);
            let (raw, physical) = as_said(signal.expect("one of the file's"), *bytes);
            assert_eq!(
                rest,
                [raw, format!("{:016x}", physical.to_bits())],
                "{line}"
            );
            signals += 1;
        }
        let declared = SIGNALS.iter().filter(|it| it.message == *message);
        assert!(signals >= declared.filter(|it| it.multiplexed.is_none()).count());
        seen += signals;
    }
    assert_eq!(said.next(), None);
    assert!(seen > 200_000, "{seen} values were compared");
}
