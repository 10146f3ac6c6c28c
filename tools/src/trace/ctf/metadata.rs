//! The description of a trace's types, in the format's own language (TSDL, CTF 1.8, 7 and appendix C).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::super::timeline::Timeline;
use crate::log::Value;

/// A field's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// A number without a sign, in 64 bits.
    Unsigned,
    /// A number with a sign, in 64 bits.
    Signed,
    /// One byte, 0 or 1.
    Truth,
    /// UTF-8 up to a zero byte.
    Text,
}

impl Type {
    /// The type of a value.
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Boolean(_) => Self::Truth,
            Value::Text(_) => Self::Text,
            Value::Integer(number) if u64::try_from(*number).is_ok() => Self::Unsigned,
            Value::Integer(number) if i64::try_from(*number).is_ok() => Self::Signed,
            Value::Integer(_) => Self::Text,
        }
    }

    fn declared(self) -> &'static str {
        match self {
            Self::Unsigned => "u64",
            Self::Signed => "integer { size = 64; align = 8; signed = true; }",
            Self::Truth => "truth",
            Self::Text => "string { encoding = UTF8; }",
        }
    }
}

/// An event's name, and its fields with their types.
type Class = (String, Vec<(String, Type)>);

/// The classes of events, with their numbers.
#[derive(Debug, Default)]
pub struct Classes(BTreeMap<Class, u16>);

impl Classes {
    /// The number of the class of events with this name and such fields.
    pub fn number(&mut self, name: &str, fields: &BTreeMap<String, Value>) -> u16 {
        let fields = fields.iter().map(|(key, it)| (key.clone(), Type::of(it)));
        let next = u16::try_from(self.0.len()).unwrap_or(u16::MAX);
        *self
            .0
            .entry((name.to_owned(), fields.collect()))
            .or_insert(next)
    }

    /// The description.
    pub fn metadata(&self, timeline: &Timeline) -> String {
        let (system, board) = (timeline.choice.name, timeline.choice.board.name);
        let frequency_hz = timeline.frequency_hz;
        let mut text = format!(
            "/* CTF 1.8 */\n\n\
             typealias integer {{ size = 8; align = 8; signed = false; }} := u8;\n\
             typealias integer {{ size = 16; align = 8; signed = false; }} := u16;\n\
             typealias integer {{ size = 32; align = 8; signed = false; }} := u32;\n\
             typealias integer {{ size = 64; align = 8; signed = false; }} := u64;\n\
             typealias enum : u8 {{ \"false\" = 0, \"true\" = 1 }} := truth;\n\n\
             trace {{\n    major = 1;\n    minor = 8;\n    byte_order = le;\n    packet.header := struct {{\n        \
             u32 magic;\n        u32 stream_id;\n        u64 stream_instance_id;\n    }};\n}};\n\n\
             env {{\n    domain = \"paratia\";\n    tracer_name = \"paratia\";\n    system = \"{system}\";\n    \
             board = \"{board}\";\n    counter_hz = {frequency_hz};\n}};\n\n\
             clock {{\n    name = board;\n    description = \"nanoseconds since the schedule's epoch\";\n    \
             freq = 1000000000;\n}};\n\n\
             typealias integer {{ size = 64; align = 8; signed = false; map = clock.board.value; }} := \
             stamp;\n\n\
             stream {{\n    id = 0;\n    packet.context := struct {{\n        stamp timestamp_begin;\n        \
             stamp timestamp_end;\n        u64 content_size;\n        u64 packet_size;\n        u32 cpu_id;\n    \
             }};\n    event.header := struct {{\n        u16 id;\n        stamp timestamp;\n    }};\n}};\n"
        );
        let mut classes: Vec<_> = self.0.iter().collect();
        classes.sort_by_key(|(_, number)| **number);
        for ((name, fields), number) in classes {
            // Writing to a string can't fail.
            let _ = write!(
                text,
                "\nevent {{\n    name = \"{name}\";\n    id = {number};\n    stream_id = 0;\n    fields := \
                 struct {{\n"
            );
            for (field, kind) in fields {
                // The underscore keeps names apart from the language's own words; readers take it away.
                let _ = writeln!(text, "        {} _{field};", kind.declared());
            }
            text += "    };\n};\n";
        }
        text
    }
}
