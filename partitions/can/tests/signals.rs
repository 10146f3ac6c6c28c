//! Every signal of the DBC file, with every raw value of up to 16 bits and many of the larger ones, against a
//! reading of the file's numbers bit by bit.

use paratia_can::vehicle::{self, SIGNALS};
use paratia_can::{DecodeError, EncodeError, Message, Order, OutOfRange, Signal};

/// Marsaglia's 64-bit xorshift: the same numbers in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn bytes(&mut self) -> [u8; 8] {
        self.next().to_le_bytes()
    }
}

/// The bits of a signal in a frame, its lowest first, as the format counts them: bit 8 n + b is bit b of byte n; in
/// Motorola's order the start is the highest, and after bit 0 of a byte comes bit 7 of the next.
fn places(signal: &Signal) -> Vec<(usize, u32)> {
    let mut at = signal.start;
    let mut all = Vec::new();
    for _ in 0..signal.field.bits() {
        all.push(((at / 8) as usize, at % 8));
        at = match signal.field.order() {
            Order::Intel => at + 1,
            Order::Motorola if at.is_multiple_of(8) => at + 15,
            Order::Motorola => at - 1,
        };
    }
    if signal.field.order() == Order::Motorola {
        all.reverse();
    }
    all
}

fn read_by_bits(signal: &Signal, bytes: [u8; 8]) -> u64 {
    let bits = places(signal).into_iter().enumerate();
    bits.map(|(index, (byte, bit))| u64::from(bytes[byte] >> bit & 1) << index)
        .sum()
}

/// All raw values of few bits; limits, single bits and many at random of many.
fn raw_values(signal: &Signal, random: &mut Random) -> Vec<u64> {
    let bits = signal.field.bits();
    if bits <= 16 {
        return (0..1 << bits).collect();
    }
    let mask = u64::MAX >> (64 - bits);
    let single = (0..bits).flat_map(|bit| [1 << bit, !(1 << bit) & mask]);
    let mut all: Vec<_> = single.chain([0, mask]).collect();
    all.extend((0..20_000).map(|_| random.next() & mask));
    all
}

/// The number that a raw value's bits are.
fn number(signal: &Signal, raw: u64) -> i64 {
    let bits = signal.field.bits();
    let is_negative = signal.scale.is_signed && raw >> (bits - 1) & 1 == 1;
    let raw = raw.cast_signed();
    if is_negative { raw - (1 << bits) } else { raw }
}

#[test]
fn a_raw_value_is_where_the_file_says_and_comes_back_alone() {
    let mut random = Random(20);
    for signal in SIGNALS {
        for raw in raw_values(signal, &mut random) {
            let before = random.bytes();
            let mut bytes = before;
            signal.field.put(&mut bytes, raw);
            assert_eq!(read_by_bits(signal, bytes), raw, "{signal:?}");
            assert_eq!(signal.field.get(bytes), raw, "{signal:?}");
            if signal.scale.is_signed {
                let number = number(signal, raw);
                assert_eq!(signal.field.get_signed(bytes), number, "{signal:?}");
            }
            let old = signal.field.get(before);
            signal.field.put(&mut bytes, old);
            assert_eq!(bytes, before, "other bits: {signal:?}");
        }
    }
}

#[test]
fn a_physical_value_is_that_raw_value_again() {
    let mut random = Random(21);
    for signal in SIGNALS.iter().filter(|signal| !signal.is_float) {
        let scale = &signal.scale;
        let mut refused = 0;
        for raw in raw_values(signal, &mut random) {
            let number = number(signal, raw);
            match scale.raw(scale.physical(number)) {
                Ok(again) => assert_eq!(again, number, "{signal:?}"),
                Err(OutOfRange) => {
                    let (least, most) =
                        scale.range.expect("bits alone refuse none of their values");
                    let half = scale.factor.abs() / 2.0;
                    let physical = scale.physical(number);
                    let within = (least - half..=most + half).contains(&physical);
                    assert!(!within, "{physical} {signal:?}");
                    refused += 1;
                }
            }
        }
        let refuses = [
            "Speed",
            "EngineSpeed",
            "PedalPosition",
            "Gear",
            "Place",
            "Outside",
        ];
        assert_eq!(refused > 0, refuses.contains(&signal.name), "{signal:?}");
        if let Some((least, most)) = scale.range {
            assert!(
                scale.raw(least).is_ok() && scale.raw(most).is_ok(),
                "{signal:?}"
            );
        }
    }
}

/// Bytes whose bits beyond the message's signals are zero, with a multiplexor that it knows.
fn payload<M: Message>(random: &mut Random) -> [u8; 8] {
    let of_message = || SIGNALS.iter().filter(|signal| signal.message == M::NAME);
    let chosen = random.next() % 3;
    let mut bytes = [0; 8];
    for signal in of_message() {
        if signal.multiplexed.is_none_or(|value| value == chosen) {
            signal.field.put(&mut bytes, random.next());
        }
        if signal.name == "Place" {
            signal.field.put(&mut bytes, chosen);
        }
    }
    bytes
}

fn comes_back<M: Message>(random: &mut Random) {
    for _ in 0..50_000 {
        let bytes = payload::<M>(random);
        let message = M::decode(&bytes[..M::BYTES]).unwrap_or_else(|error| panic!("{error:?}"));
        let again = message.encode().unwrap_or_else(|error| panic!("{error:?}"));
        assert_eq!(again.as_ref(), &bytes[..M::BYTES], "{}", M::NAME);
    }
    for found in (0..=8).filter(|length| *length != M::BYTES) {
        let expected = M::BYTES;
        let error = M::decode(&[0; 8][..found]).err();
        assert_eq!(error, Some(DecodeError::Length { expected, found }));
    }
}

#[test]
fn every_message_comes_back_and_has_one_length() {
    let mut random = Random(22);
    comes_back::<vehicle::Speed>(&mut random);
    comes_back::<vehicle::TripDistance>(&mut random);
    comes_back::<vehicle::TripTime>(&mut random);
    comes_back::<vehicle::CycleTime>(&mut random);
    comes_back::<vehicle::Odometer>(&mut random);
    comes_back::<vehicle::Engine>(&mut random);
    comes_back::<vehicle::Temperatures>(&mut random);
}

#[test]
fn a_float_is_a_float_to_the_bit() {
    let mut random = Random(23);
    for _ in 0..100_000 {
        let power = f32::from_bits((random.next() >> 32).try_into().unwrap());
        let engine = vehicle::Engine {
            engine_speed: 0x1234,
            power,
            pedal_position: 7,
            gear: -1,
        };
        let bytes = engine.encode().unwrap();
        assert_eq!(bytes[..2], [0x12, 0x34]);
        assert_eq!(bytes[2..6], power.to_le_bytes());
        assert_eq!(bytes[6..], [7, 0x0F]);
        let again = vehicle::Engine::decode(&bytes).unwrap();
        assert_eq!(again.power.to_bits(), power.to_bits());
    }
}

#[test]
fn an_alternative_is_one_of_the_files() {
    let outside = vehicle::Temperatures {
        place: vehicle::TemperaturesPlace::Place0 { outside: -200 },
    };
    assert_eq!(outside.encode().unwrap(), [0, 0xF3, 0x80, 0]);
    let unknown = vehicle::Temperatures::decode(&[3, 0, 0, 0]);
    assert_eq!(unknown, Err(DecodeError::Multiplexor(3)));
}

#[test]
fn a_value_with_more_bits_than_its_place_is_refused() {
    let gear = |gear| vehicle::Engine {
        engine_speed: 0,
        power: 0.0,
        pedal_position: 0,
        gear,
    };
    assert!(gear(7).encode().is_ok() && gear(-8).encode().is_ok());
    for beyond in [8, -9, i8::MIN, i8::MAX] {
        let error = gear(beyond).encode();
        assert_eq!(error, Err(EncodeError { signal: "Gear" }), "{beyond}");
    }
}

/// The header is profile 5's, where the protection puts it.
#[test]
fn protected_messages_have_their_header_in_the_file() {
    for signal in SIGNALS {
        let expected = match signal.name {
            "E2E_CRC" => (0, 16),
            "E2E_Counter" => (16, 8),
            _ => continue,
        };
        assert_eq!((signal.start, signal.field.bits()), expected, "{signal:?}");
        assert_eq!(signal.field.order(), Order::Intel);
    }
    let ids = [
        vehicle::Speed::DATA_ID,
        vehicle::TripDistance::DATA_ID,
        vehicle::TripTime::DATA_ID,
        vehicle::CycleTime::DATA_ID,
        vehicle::Odometer::DATA_ID,
    ];
    assert!(
        ids.iter()
            .all(|id| ids.iter().filter(|it| *it == id).count() == 1)
    );
}
