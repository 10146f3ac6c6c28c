//! Values as the page shows them: each says by a JSON Pointer (RFC 6901) where in report.json it stands, so that
//! a reader, and a test, can compare.

use std::fmt::Write as _;

use serde::Serialize;

use crate::present::page::{escaped, milliseconds};
use crate::present::quantity;

/// How people read a number.
#[derive(Clone, Copy, Debug)]
pub(super) enum Unit {
    /// As it is.
    Count,
    /// Nanoseconds, as milliseconds.
    Time,
    /// In the largest unit that divides it.
    Bytes,
    /// As an address.
    Address,
}

/// A number.
pub(super) fn number(at: &str, value: u64, unit: Unit) -> String {
    let text = match unit {
        Unit::Count => value.to_string(),
        Unit::Time => milliseconds(value),
        Unit::Bytes => quantity::size(value),
        Unit::Address => quantity::address(value),
    };
    format!("<data data-at=\"{at}\" value=\"{value}\">{text}</data>")
}

/// How many.
pub(super) fn count(at: &str, value: usize) -> String {
    number(at, value as u64, Unit::Count)
}

/// A time that may be before another, in nanoseconds.
pub(super) fn signed(at: &str, value: i64) -> String {
    format!("<data data-at=\"{at}\" value=\"{value}\">{value} ns</data>")
}

/// A time in nanoseconds, as such.
pub(super) fn nanoseconds(at: &str, value: u64) -> String {
    format!("<data data-at=\"{at}\" value=\"{value}\">{value} ns</data>")
}

/// Yes or no, in words.
pub(super) fn either(at: &str, value: bool, [yes, no]: [&str; 2]) -> String {
    let word = if value { yes } else { no };
    format!("<data data-at=\"{at}\" value=\"{value}\">{word}</data>")
}

/// A text.
pub(super) fn text(at: &str, value: &str) -> String {
    format!("<span data-at=\"{at}\">{}</span>", escaped(value))
}

/// One of a few words, as the document has it.
pub(super) fn word(at: &str, value: impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    text(at, value.as_str().unwrap_or_default())
}

/// A text that is told letter by letter.
pub(super) fn code(at: &str, value: &str) -> String {
    format!("<code data-at=\"{at}\">{}</code>", escaped(value))
}

/// A cell's content, and how it is set.
pub(super) enum Cell {
    /// Words that may be broken.
    Words(String),
    /// A number or a short word, in one line.
    Short(String),
    /// The same, to the right.
    Number(String),
}

impl Cell {
    /// How it is set, as an attribute.
    fn class(&self) -> &'static str {
        match self {
            Self::Words(_) => " class=\"w\"",
            Self::Short(_) => "",
            Self::Number(_) => " class=\"n\"",
        }
    }

    /// Below its column's head; a phone, which has no room for columns, shows that before it.
    fn html(&self, head: &str) -> String {
        let class = self.class();
        match self {
            Self::Words(it) | Self::Short(it) | Self::Number(it) if it.is_empty() => {
                format!("<td{class}></td>")
            }
            Self::Words(it) | Self::Short(it) | Self::Number(it) => {
                format!("<td{class} data-head=\"{head}\"><div>{it}</div></td>")
            }
        }
    }
}

/// A table that may be wider than the page, and then moves by itself.
pub(super) fn table(id: &str, heads: &[&str], rows: &[Vec<Cell>]) -> String {
    if rows.is_empty() {
        return "<p>none</p>\n".to_owned();
    }
    let mut html = format!("<div class=\"wide\">\n<table id=\"{id}\">\n<thead><tr>");
    for (head, cell) in heads.iter().zip(&rows[0]) {
        let _ = write!(html, "<th scope=\"col\"{}>{head}</th>", cell.class());
    }
    html += "</tr></thead>\n<tbody>\n";
    for row in rows {
        html += "<tr>";
        for (cell, head) in row.iter().zip(heads) {
            html += &cell.html(head);
        }
        html += "</tr>\n";
    }
    html + "</tbody>\n</table>\n</div>\n"
}
