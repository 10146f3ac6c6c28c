//! A value in an event: a number or a word.

use std::fmt;

use serde::{Serialize, Serializer};

/// A value in an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A number, written in decimal or, with `0x`, in hexadecimal.
    Integer(i128),
    /// Anything else.
    Text(String),
}

impl Value {
    /// The value that `text` stands for.
    #[must_use]
    pub fn parse(text: &str) -> Self {
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
            Self::Text(_) => None,
        }
    }

    /// The text, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Integer(_) => None,
            Self::Text(text) => Some(text),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(number) => write!(formatter, "{number}"),
            Self::Text(text) => write!(formatter, "{text}"),
        }
    }
}

/// As a JSON number or string.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Integer(number) => match (u64::try_from(*number), i64::try_from(*number)) {
                (Ok(number), _) => serializer.serialize_u64(number),
                (_, Ok(number)) => serializer.serialize_i64(number),
                _ => serializer.serialize_str(&number.to_string()),
            },
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
    fn a_negative_number_is_no_u64() {
        assert_eq!(Value::Integer(-1).as_u64(), None);
    }
}
