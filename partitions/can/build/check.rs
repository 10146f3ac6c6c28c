//! What the generated code takes for granted of a DBC file, or says that it can't do.

use can_dbc::{
    ByteOrder, Dbc, Message, MultiplexIndicator, Signal, SignalExtendedValueType as Kind,
};

/// Bytes of a classic frame.
const MOST_BYTES: u64 = 8;
/// Integers up to here have a 64-bit float of their own.
const MOST_BITS: u64 = 53;

/// How far a signal's lowest bit lies above that of the 8 bytes, taken as one number in the signal's order.
///
/// A start bit is counted from bit 0 of byte 0 upwards; in Motorola's order it is the signal's highest bit,
/// from which the signal goes down through the byte and on to the next byte's bit 7. Nothing if the signal
/// doesn't lie in the 8 bytes.
pub fn shift(signal: &Signal) -> Option<u64> {
    let above = match signal.byte_order {
        ByteOrder::LittleEndian => {
            let end = signal.start_bit.checked_add(signal.size)?;
            return (end <= MOST_BYTES * 8).then_some(signal.start_bit);
        }
        ByteOrder::BigEndian => signal.start_bit / 8 * 8 + (7 - signal.start_bit % 8),
    };
    (MOST_BYTES * 8).checked_sub(above.checked_add(signal.size)?)
}

/// The bits of the frame that a signal has: bit 8 n + b is bit b of byte n.
fn occupied(signal: &Signal) -> Option<u64> {
    let mask = (u64::MAX >> (64 - signal.size)) << shift(signal)?;
    Some(match signal.byte_order {
        ByteOrder::LittleEndian => mask,
        ByteOrder::BigEndian => mask.swap_bytes(),
    })
}

/// The kind of number that a signal is.
pub fn kind(dbc: &Dbc, message: &Message, signal: &Signal) -> Kind {
    dbc.extended_value_type_for_signal(message.id, &signal.name)
        .copied()
        .unwrap_or(Kind::SignedOrUnsignedInteger)
}

/// Everything that is wrong, in words.
pub fn findings(dbc: &Dbc) -> Vec<String> {
    let mut found = Vec::new();
    for message in &dbc.messages {
        let name = &message.name;
        if message.size > MOST_BYTES {
            found.push(format!(
                "message '{name}': {} bytes, a frame has {MOST_BYTES}; split it",
                message.size
            ));
        }
        let multiplexors = message
            .signals
            .iter()
            .filter(|signal| signal.multiplexer_indicator == MultiplexIndicator::Multiplexor);
        if multiplexors.count() > 1 {
            found.push(format!("message '{name}': several multiplexors; leave one"));
        }
        for signal in &message.signals {
            let finding = of_signal(dbc, message, signal);
            found.extend(
                finding.map(|it| format!("message '{name}': signal '{}': {it}", signal.name)),
            );
        }
        if found.is_empty() {
            found.extend(overlaps(message));
        }
    }
    found
}

fn of_signal(dbc: &Dbc, message: &Message, signal: &Signal) -> Option<String> {
    let most = match kind(dbc, message, signal) {
        Kind::SignedOrUnsignedInteger => MOST_BITS,
        Kind::IEEEfloat32Bit if signal.size != 32 => {
            return Some(format!(
                "a float of {} bits; one of SIG_VALTYPE_ 1 has 32",
                signal.size
            ));
        }
        Kind::IEEEdouble64bit if signal.size != 64 => {
            return Some(format!(
                "a float of {} bits; one of SIG_VALTYPE_ 2 has 64",
                signal.size
            ));
        }
        Kind::IEEEfloat32Bit | Kind::IEEEdouble64bit => 64,
    };
    if signal.size == 0 || signal.size > most {
        return Some(format!(
            "{} bits, an integer may have 1 to {most}",
            signal.size
        ));
    }
    let frame = if message.size >= MOST_BYTES {
        u64::MAX
    } else {
        (1 << (message.size * 8)) - 1
    };
    if occupied(signal).is_none_or(|bits| bits & !frame != 0) {
        return Some(format!("bits beyond the message's {} bytes", message.size));
    }
    if signal.factor == 0.0 || !signal.factor.is_finite() || !signal.offset.is_finite() {
        return Some(format!(
            "factor {} and offset {}; give a factor other than 0",
            signal.factor, signal.offset
        ));
    }
    if matches!(
        signal.multiplexer_indicator,
        MultiplexIndicator::MultiplexorAndMultiplexedSignal(_)
    ) {
        return Some("multiplexed and a multiplexor, which isn't generated".to_owned());
    }
    None
}

/// Signals that have bits in common, and aren't alternatives.
fn overlaps(message: &Message) -> Vec<String> {
    let alternative = |signal: &Signal| match signal.multiplexer_indicator {
        MultiplexIndicator::MultiplexedSignal(value) => Some(value),
        _ => None,
    };
    let mut found = Vec::new();
    for (index, one) in message.signals.iter().enumerate() {
        for other in &message.signals[index + 1..] {
            let both = [alternative(one), alternative(other)];
            let excluded = matches!(both, [Some(a), Some(b)] if a != b);
            let common = occupied(one).unwrap_or(0) & occupied(other).unwrap_or(0);
            if common != 0 && !excluded {
                found.push(format!(
                    "message '{}': signals '{}' and '{}' have bits {common:#x} in common; move one",
                    message.name, one.name, other.name
                ));
            }
        }
    }
    found
}
