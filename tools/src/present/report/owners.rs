//! Whose something is, told by a number, a hatching and a colour: any one of the three is enough.

use std::fmt::Write as _;

use paratia::report::Document;
use paratia::report::memory::NOBODY;

use crate::present::page::{colour, escaped};

/// How many hatchings there are.
const HATCHINGS: usize = 6;
/// Lines of each, in a square of eight units.
const LINES: [&str; HATCHINGS] = [
    "",
    "M0 8L8 0",
    "M0 0L8 8",
    "M0 4H8",
    "M4 0V8",
    "M0 8L8 0M0 0L8 8",
];

/// The hatchings, for all drawings of the page.
pub(super) fn hatchings() -> String {
    let mut html = "<svg class=\"hidden\" aria-hidden=\"true\"><defs>\n".to_owned();
    for (index, lines) in LINES.iter().enumerate() {
        let _ = writeln!(
            html,
            "<pattern id=\"hatching-{index}\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\">\
             <path d=\"M0 0{lines}\" stroke=\"#0008\" fill=\"none\"/></pattern>"
        );
    }
    html + "</defs></svg>\n"
}

/// A rectangle's fill and what lies over it; `place` are its attributes of place.
pub(super) fn filled(document: &Document, owner: &str, place: &str) -> String {
    let Some(index) = index(document, owner) else {
        let fill = if owner == NOBODY { "none" } else { "#9994" };
        return format!("<rect {place} fill=\"{fill}\" stroke=\"currentColor\"/>");
    };
    format!(
        "<rect {place} fill=\"{}\" stroke=\"#000a\"/><rect {place} fill=\"url(#hatching-{})\"/>",
        colour(index),
        index % HATCHINGS
    )
}

fn index(document: &Document, owner: &str) -> Option<usize> {
    document.faults.iter().position(|it| it.partition == owner)
}

/// A partition's number, or nothing for anybody else.
pub(super) fn number(document: &Document, owner: &str) -> String {
    index(document, owner).map_or_else(String::new, |it| it.to_string())
}

/// A small square with a partition's number.
pub(super) fn mark(document: &Document, owner: &str) -> String {
    let place = "x=\"0\" y=\"0\" width=\"100%\" height=\"100%\"";
    format!(
        "<svg class=\"mark\" role=\"img\" aria-label=\"{}\">{}<text class=\"in\" x=\"50%\" y=\"13\" \
         text-anchor=\"middle\">{}</text></svg>",
        escaped(owner),
        filled(document, owner, place),
        number(document, owner)
    )
}
