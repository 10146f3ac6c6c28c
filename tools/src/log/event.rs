//! An event: something that the hypervisor reports, as values instead of text.
//!
//! It comes as a log message of one of two forms. One is a sentence, `name key=value key=value "some
//! text"`, whose text becomes the field [`TEXT`]. The other is a value of one of the hypervisor's types,
//! `Name { key: value, key: Name { key: value } }`; what is within a value counts as the event's own,
//! and a type's names become words: `StrayAccess` is `stray_access`.

use std::collections::BTreeMap;

use super::value::Value;

/// The field that holds an event's free text.
pub const TEXT: &str = "text";

/// Something that the hypervisor reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When: ticks of the system counter since the schedule's epoch; 0 before the epoch.
    pub time_ticks: u64,
    /// What, such as `heartbeat-missed`.
    pub name: String,
    /// The details, by name.
    pub fields: BTreeMap<String, Value>,
}

impl Event {
    /// The event in a log message. Every message gives one: words that aren't `key=value` become
    /// part of the text.
    #[must_use]
    pub fn parse(time_ticks: u64, message: &str) -> Self {
        let message = message.trim();
        if let Some(event) = Self::parse_value(time_ticks, message) {
            return event;
        }
        let (name, mut rest) = message.split_once(' ').unwrap_or((message, ""));
        let mut fields = BTreeMap::new();
        let mut words = Vec::new();
        while let Some((field, after)) = next_field(rest) {
            match field {
                Field::Pair(key, value) => drop(fields.insert(key.to_owned(), value)),
                Field::Word(word) => words.push(word),
            }
            rest = after;
        }
        if !words.is_empty() {
            fields.insert(TEXT.to_owned(), Value::Text(words.join(" ")));
        }
        Self {
            time_ticks,
            name: name.to_owned(),
            fields,
        }
    }

    /// The event in a message that is a value of one of the hypervisor's types.
    fn parse_value(time_ticks: u64, message: &str) -> Option<Self> {
        let (name, fields) = message.strip_suffix('}')?.split_once(" { ")?;
        if !is_type(name) {
            return None;
        }
        let fields = fields.split([',', '}']).filter_map(|pair| {
            // What opens a value within this one is no pair itself.
            let (key, value) = pair.rsplit('{').next()?.split_once(':')?;
            let (key, value) = (key.trim(), value.trim());
            let value = match quoted(value) {
                Some((text, _)) => Value::Text(text.to_owned()),
                None if is_type(value) => Value::Text(words(value, '_')),
                None => Value::parse(value),
            };
            Some((key.to_owned(), value))
        });
        Some(Self {
            time_ticks,
            name: words(name, '-'),
            fields: fields.collect(),
        })
    }

    /// The number in field `key`.
    #[must_use]
    pub fn integer(&self, key: &str) -> Option<u64> {
        self.fields.get(key)?.as_u64()
    }

    /// The word in field `key`.
    #[must_use]
    pub fn word(&self, key: &str) -> Option<&str> {
        self.fields.get(key)?.as_str()
    }

    /// The free text; empty if there is none.
    #[must_use]
    pub fn text(&self) -> &str {
        self.word(TEXT).unwrap_or_default()
    }

    /// The index of the partition that it is about.
    #[must_use]
    pub fn partition(&self) -> Option<usize> {
        usize::try_from(self.integer("partition")?).ok()
    }
}

/// Whether `text` is the name of a type or of one of its values.
fn is_type(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_uppercase())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The words of a type's name, with `between` between them.
fn words(name: &str, between: char) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !words.is_empty() {
            words.push(between);
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}

enum Field<'a> {
    Pair(&'a str, Value),
    Word(&'a str),
}

/// The first field of `text` and what follows it.
fn next_field(text: &str) -> Option<(Field<'_>, &str)> {
    let text = text.trim_start();
    if text.is_empty() {
        return None;
    }
    if let Some((quoted, rest)) = quoted(text) {
        return Some((Field::Word(quoted), rest));
    }
    let end = text.find(' ').unwrap_or(text.len());
    let Some((key, value)) = text[..end].split_once('=').filter(|(key, _)| is_key(key)) else {
        return Some((Field::Word(&text[..end]), &text[end..]));
    };
    match quoted(&text[key.len() + 1..]) {
        Some((inner, rest)) => Some((Field::Pair(key, Value::Text(inner.to_owned())), rest)),
        None => Some((Field::Pair(key, Value::parse(value)), &text[end..])),
    }
}

/// The text between the quote that `text` starts with and the next one.
fn quoted(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix('"')?.split_once('"')
}

fn is_key(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_fault_with_numbers_words_and_text() {
        let event = Event::parse(
            7,
            r#"fault partition=2 event=stray_access far=0x5000_0000 "wrote 0x5000_0000: no region""#,
        );
        assert_eq!((event.time_ticks, event.name.as_str()), (7, "fault"));
        assert_eq!(event.partition(), Some(2));
        assert_eq!(event.word("event"), Some("stray_access"));
        assert_eq!(event.integer("far"), Some(0x5000_0000));
        assert_eq!(event.text(), "wrote 0x5000_0000: no region");
    }

    #[test]
    fn a_name_alone() {
        let event = Event::parse(0, "stopped");
        assert_eq!((event.name.as_str(), event.fields.len()), ("stopped", 0));
    }

    #[test]
    fn a_quoted_value() {
        let event = Event::parse(0, r#"board-checked model="linux,dummy virt" cpus=4"#);
        assert_eq!(event.word("model"), Some("linux,dummy virt"));
        assert_eq!(event.integer("cpus"), Some(4));
    }

    #[test]
    fn an_ordinary_sentence_keeps_its_words() {
        let event = Event::parse(0, "hello = there a==b \"open");
        assert_eq!(event.name, "hello");
        assert_eq!(event.text(), "= there \"open");
        assert_eq!(event.word("a"), Some("=b"));
    }

    #[test]
    fn a_value_of_a_type() {
        let message = "ConsoleOverflow { partition: 2, dropped: 17 }";
        assert_eq!(
            Event::parse(3, message),
            Event::parse(3, "console-overflow partition=2 dropped=17")
        );
    }

    #[test]
    fn a_value_within_a_value_counts_as_the_events_own() {
        let message = "Fault { partition: 1, event: StrayAccess, details: Details { esr: 9, far: 0 }, \
                       cause: \"call\" }";
        let event = Event::parse(0, message);
        assert_eq!((event.name.as_str(), event.partition()), ("fault", Some(1)));
        assert_eq!(event.word("event"), Some("stray_access"));
        assert_eq!(event.integer("esr"), Some(9));
        assert_eq!(event.word("details"), None);
        assert_eq!(event.integer("far"), Some(0));
        assert_eq!(event.word("cause"), Some("call"));
    }

    proptest! {
        #[test]
        fn any_message_parses(message in "\\PC{0,100}") {
            let _ = Event::parse(0, &message);
        }
    }
}
