//! The Rust text for a DBC file.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use can_dbc::{
    AttributeValue, ByteOrder, Dbc, Message, MessageId, MultiplexIndicator, NumericValue, Signal,
    SignalExtendedValueType as Kind, ValueType,
};

use crate::check::{kind, shift};

/// The attribute with a message's E2E Data ID.
const DATA_ID: &str = "E2E_DataID";

/// Everything.
pub fn module(dbc: &Dbc) -> String {
    let messages = dbc.messages.iter().map(|message| {
        let of = Of { dbc, message };
        of.structure() + &of.alternatives() + &of.constants() + &of.implementation()
    });
    messages.collect::<String>() + &table(dbc)
}

/// A message of a file.
struct Of<'a> {
    dbc: &'a Dbc,
    message: &'a Message,
}

impl Of<'_> {
    fn plain(&self) -> impl Iterator<Item = &Signal> {
        self.message.signals.iter().filter(|signal| {
            !matches!(
                signal.multiplexer_indicator,
                MultiplexIndicator::MultiplexedSignal(_) | MultiplexIndicator::Multiplexor
            )
        })
    }

    fn multiplexor(&self) -> Option<&Signal> {
        let mut all = self.message.signals.iter();
        all.find(|signal| signal.multiplexer_indicator == MultiplexIndicator::Multiplexor)
    }

    /// The multiplexed signals by the multiplexor's value.
    fn multiplexed(&self) -> BTreeMap<u64, Vec<&Signal>> {
        let mut all = BTreeMap::<_, Vec<_>>::new();
        for signal in &self.message.signals {
            if let MultiplexIndicator::MultiplexedSignal(value) = signal.multiplexer_indicator {
                all.entry(value).or_default().push(signal);
            }
        }
        all
    }

    /// The enumeration's name.
    fn enumeration(&self, multiplexor: &Signal) -> String {
        format!("{}{}", self.message.name, multiplexor.name)
    }

    fn rust_type(&self, signal: &Signal) -> String {
        let size = signal.size.next_power_of_two().max(8);
        match (kind(self.dbc, self.message, signal), signal.value_type) {
            (Kind::IEEEfloat32Bit, _) => "f32".to_owned(),
            (Kind::IEEEdouble64bit, _) => "f64".to_owned(),
            (_, ValueType::Unsigned) if signal.size == 1 => "bool".to_owned(),
            (_, ValueType::Unsigned) => format!("u{size}"),
            (_, ValueType::Signed) => format!("i{size}"),
        }
    }

    fn documentation(&self, signal: &Signal) -> String {
        let comment = self.dbc.signal_comment(self.message.id, &signal.name);
        let comment = comment.map_or(String::new(), |it| format!(" {it}"));
        format!("Raw value of `{}`.{comment}", signal.name)
    }

    fn structure(&self) -> String {
        let comment = self
            .dbc
            .message_comment(self.message.id)
            .unwrap_or("A message.");
        let mut text = format!(
            "/// {comment}\n#[derive(Clone, Copy, Debug, PartialEq)]\npub struct {} {{\n",
            self.message.name
        );
        for signal in self.plain() {
            let (name, kind) = (snake(&signal.name), self.rust_type(signal));
            let _ = writeln!(
                text,
                "/// {}\npub {name}: {kind},",
                self.documentation(signal)
            );
        }
        if let Some(multiplexor) = self.multiplexor() {
            let (name, kind) = (snake(&multiplexor.name), self.enumeration(multiplexor));
            let _ = writeln!(
                text,
                "/// Which of its alternatives it is.\npub {name}: {kind},"
            );
        }
        text + "}\n"
    }

    fn alternatives(&self) -> String {
        let Some(multiplexor) = self.multiplexor() else {
            return String::new();
        };
        let mut text = format!(
            "/// The alternatives of [`{}`].\n#[derive(Clone, Copy, Debug, PartialEq)]\npub enum {} {{\n",
            self.message.name,
            self.enumeration(multiplexor)
        );
        for (value, signals) in self.multiplexed() {
            let variant = format!("{}{value}", multiplexor.name);
            let _ = writeln!(
                text,
                "/// With `{}` {value}.\n{variant} {{",
                multiplexor.name
            );
            for signal in signals {
                let (name, kind) = (snake(&signal.name), self.rust_type(signal));
                let _ = writeln!(text, "/// {}\n{name}: {kind},", self.documentation(signal));
            }
            text += "},\n";
        }
        text + "}\n"
    }

    fn constants(&self) -> String {
        let mut text = format!("impl {} {{\n", self.message.name);
        for signal in &self.message.signals {
            let _ = writeln!(
                text,
                "/// What a count of `{0}` is.\npub const {1}: Scale = {2};\n\
                 const {1}_FIELD: Field = {3};",
                signal.name,
                snake(&signal.name).to_uppercase(),
                scale(signal),
                field(signal)
            );
        }
        if let Some(AttributeValue::Uint(id)) = self.dbc.message_attribute(self.message.id, DATA_ID)
        {
            let _ = writeln!(text, "/// Its E2E Data ID.\npub const DATA_ID: u16 = {id};");
        }
        text + "}\n"
    }

    fn implementation(&self) -> String {
        let name = &self.message.name;
        let mut encode = String::new();
        let mut decode = String::new();
        for signal in self.plain() {
            let field = snake(&signal.name);
            let _ = writeln!(encode, "{}", self.put(signal, &format!("self.{field}")));
            let _ = writeln!(decode, "{field}: {},", self.get(signal));
        }
        if let Some(multiplexor) = self.multiplexor() {
            let field = snake(&multiplexor.name);
            let enumeration = self.enumeration(multiplexor);
            let constant = format!("{}_FIELD", field.to_uppercase());
            let _ = writeln!(encode, "match self.{field} {{");
            let _ = writeln!(decode, "{field}: match Self::{constant}.get(bytes) {{");
            for (value, signals) in self.multiplexed() {
                let names: String = signals.iter().map(|it| snake(&it.name) + ", ").collect();
                let variant = format!("{enumeration}::{}{value}", multiplexor.name);
                let _ = writeln!(encode, "{variant} {{ {names} }} => {{");
                let _ = writeln!(encode, "Self::{constant}.put(&mut bytes, {value});");
                let _ = writeln!(decode, "{value} => {variant} {{");
                for signal in signals {
                    let field = snake(&signal.name);
                    let _ = writeln!(encode, "{}", self.put(signal, &field));
                    let _ = writeln!(decode, "{field}: {},", self.get(signal));
                }
                encode += "}\n";
                decode += "},\n";
            }
            encode += "}\n";
            decode += "other => return Err(DecodeError::Multiplexor(other)),\n},\n";
        }
        let id = match self.message.id {
            MessageId::Standard(id) => format!("standard({id:#x})"),
            MessageId::Extended(id) => format!("extended({id:#x})"),
        };
        format!(
            "impl Message for {name} {{\nconst NAME: &'static str = {name:?};\n\
             const ID: Id = {id};\nconst BYTES: usize = {size};\ntype Bytes = [u8; {size}];\n\
             fn encode(&self) -> Result<[u8; {size}], EncodeError> {{\nlet mut bytes = [0; 8];\n{encode}\
             Ok(core::array::from_fn(|index| bytes[index]))\n}}\n\
             fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {{\n\
             let bytes = padded(bytes, {size})?;\nOk(Self {{\n{decode}}})\n}}\n}}\n",
            size = self.message.size
        )
    }

    /// A statement that puts a value into the bytes.
    fn put(&self, signal: &Signal, value: &str) -> String {
        let field = format!("Self::{}_FIELD", snake(&signal.name).to_uppercase());
        let kind = self.rust_type(signal);
        let wide = match kind.as_str() {
            "u64" | "i64" => value.to_owned(),
            _ if signal.value_type == ValueType::Signed => format!("i64::from({value})"),
            _ => format!("u64::from({value})"),
        };
        match (kind.as_str(), signal.value_type) {
            ("f32", _) => format!("{field}.put(&mut bytes, u64::from({value}.to_bits()));"),
            ("f64", _) => format!("{field}.put(&mut bytes, {value}.to_bits());"),
            ("bool", _) => format!("{field}.put(&mut bytes, {wide});"),
            (_, ValueType::Unsigned) => format!(
                "{field}.put_unsigned(&mut bytes, {:?}, {wide})?;",
                signal.name
            ),
            (_, ValueType::Signed) => format!(
                "{field}.put_signed(&mut bytes, {:?}, {wide})?;",
                signal.name
            ),
        }
    }

    /// The value in the bytes. An integer has no more bits than its type.
    fn get(&self, signal: &Signal) -> String {
        let field = format!("Self::{}_FIELD", snake(&signal.name).to_uppercase());
        match (self.rust_type(signal).as_str(), signal.value_type) {
            ("f32", _) => format!("f32::from_bits({field}.get(bytes) as u32)"),
            ("f64", _) => format!("f64::from_bits({field}.get(bytes))"),
            ("bool", _) => format!("{field}.get(bytes) != 0"),
            ("u64", _) => format!("{field}.get(bytes)"),
            ("i64", _) => format!("{field}.get_signed(bytes)"),
            (kind, ValueType::Unsigned) => format!("{field}.get(bytes) as {kind}"),
            (kind, ValueType::Signed) => format!("{field}.get_signed(bytes) as {kind}"),
        }
    }
}

fn field(signal: &Signal) -> String {
    let order = match signal.byte_order {
        ByteOrder::LittleEndian => "Intel",
        ByteOrder::BigEndian => "Motorola",
    };
    let shift = shift(signal).expect("it was checked");
    format!("Field::new(Order::{order}, {shift}, {})", signal.size)
}

fn scale(signal: &Signal) -> String {
    let number = |value: NumericValue| match value {
        NumericValue::Uint(value) => format!("{value}_f64"),
        NumericValue::Int(value) => format!("{value}_f64"),
        NumericValue::Double(value) => format!("{value:?}"),
    };
    let (least, most) = (number(signal.min), number(signal.max));
    // [0|0] means that there is no range.
    let range = if least == most {
        "None".to_owned()
    } else {
        format!("Some(({least}, {most}))")
    };
    format!(
        "Scale {{ factor: {:?}, offset: {:?}, range: {range}, bits: {}, is_signed: {}, unit: {:?} }}",
        signal.factor,
        signal.offset,
        signal.size,
        signal.value_type == ValueType::Signed,
        signal.unit
    )
}

/// All signals, for whoever wants to go through them.
fn table(dbc: &Dbc) -> String {
    let mut text =
        "/// All signals of all messages.\npub const SIGNALS: &[Signal] = &[\n".to_owned();
    for message in &dbc.messages {
        for signal in &message.signals {
            let multiplexed = match signal.multiplexer_indicator {
                MultiplexIndicator::MultiplexedSignal(value) => format!("Some({value})"),
                _ => "None".to_owned(),
            };
            let is_float = kind(dbc, message, signal) != Kind::SignedOrUnsignedInteger;
            let name = snake(&signal.name).to_uppercase();
            let _ = writeln!(
                text,
                "Signal {{ message: {0}::NAME, id: {0}::ID, bytes: {1}, name: {2:?}, start: {3}, \
                 field: {0}::{name}_FIELD, scale: {0}::{name}, is_float: {is_float}, \
                 multiplexed: {multiplexed} }},",
                message.name, message.size, signal.name, signal.start_bit
            );
        }
    }
    text + "];\n"
}

/// `TripTime` and `E2E_CRC` as `trip_time` and `e2e_crc`.
fn snake(name: &str) -> String {
    let mut text = String::new();
    let mut before = '_';
    for letter in name.chars() {
        if letter.is_uppercase() && before.is_lowercase() {
            text.push('_');
        }
        text.extend(letter.to_lowercase());
        before = letter;
    }
    text
}
