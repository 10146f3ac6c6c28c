//! A value in an event: a number, a truth or a word.

use std::fmt;

use serde::{Serialize, Serializer};

/// A value in an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A number, written in decimal or, with `0x`, in hexadecimal.
    Integer(i128),
    /// `true` or `false`.
    Boolean(bool),
    /// Anything else.
    Text(String),
}

impl Value {
    /// The value that `text` stands for.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        if let Ok(truth) = text.parse() {
            return Self::Boolean(truth);
        }
        let number = match text.strip_prefix("0x") {
            Some(digits) => i128::from_str_radix(&digits.replace('_', ""), 16).ok(),
            None => text.parse().ok(),
        };
        number.map_or_else(|| Self::Text(text.to_owned()), Self::Integer)
    }

    /// The number, if it is one that fits.
    #[must_use]
    pub fn as_u64(&self) -> Option<u64> {
        match self {
            Self::Integer(number) => u64::try_from(*number).ok(),
            Self::Boolean(_) | Self::Text(_) => None,
        }
    }

    /// Whether it is so, if it says that.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Boolean(truth) => Some(*truth),
            Self::Integer(_) | Self::Text(_) => None,
        }
    }

    /// The text, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Integer(_) | Self::Boolean(_) => None,
            Self::Text(text) => Some(text),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(number) => write!(formatter, "{number}"),
            Self::Boolean(truth) => write!(formatter, "{truth}"),
            Self::Text(text) => write!(formatter, "{text}"),
        }
    }
}

/// As a JSON number, truth or string.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Integer(number) => match (u64::try_from(*number), i64::try_from(*number)) {
                (Ok(number), _) => serializer.serialize_u64(number),
                (_, Ok(number)) => serializer.serialize_i64(number),
                _ => serializer.serialize_str(&number.to_string()),
            },
            Self::Boolean(truth) => serializer.serialize_bool(*truth),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_words() {
        assert_eq!(Value::parse("42"), Value::Integer(42));
        assert_eq!(Value::parse("-7"), Value::Integer(-7));
        assert_eq!(
            Value::parse("0xffff_ffff_ffff_ffff").as_u64(),
            Some(u64::MAX)
        );
        assert_eq!(Value::parse("stray_access").as_str(), Some("stray_access"));
        assert_eq!(Value::parse("0x").as_str(), Some("0x"));
        assert_eq!(Value::parse("").as_str(), Some(""));
    }

    #[test]
    fn a_truth_is_neither_a_number_nor_a_word() {
        let so = Value::parse("true");
        assert_eq!(
            (so.as_bool(), so.as_u64(), so.as_str()),
            (Some(true), None, None)
        );
        assert_eq!(Value::parse("false").as_bool(), Some(false));
        assert_eq!(Value::parse("True").as_bool(), None);
        assert_eq!(serde_json::to_string(&so).unwrap(), "true");
    }

    #[test]
    fn a_negative_number_is_no_u64() {
        assert_eq!(Value::Integer(-1).as_u64(), None);
    }
}
