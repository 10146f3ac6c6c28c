//! Memory: a picture by owner, who reaches what and why, and what each partition sees.

use std::fmt::Write as _;

use paratia::report::Document;
use paratia::report::memory::{Map, Range};

use super::owners;
use super::shown::{self, Cell, Unit};
use crate::present::page::escaped;
use crate::present::quantity;

/// Least and most height of a part of the picture, and of a gap between addresses, in points.
const LEAST: u64 = 20;
const MOST: u64 = 64;
const GAP: u64 = 16;

pub(super) fn chapter(document: &Document) -> String {
    let mut html =
        "<h3>Physical memory by owner</h3>\n<p>From the lowest address on; heights grow with the \
                    logarithm of sizes. Derived from the image's translation tables.</p>\n"
            .to_owned();
    html += &picture(document);
    html += "<h3 id=\"matrix\">Who reaches which byte</h3>\n<p>Every range of physical addresses that somebody \
             reaches, by all translation regimes of the image, and the RAM that nobody does. Where there is more than the owner, it says why.</p>\n";
    html += &matrix(document);
    html += "<h3 id=\"views\">What each partition sees</h3>\n";
    for (index, map) in document.memory.partitions.iter().enumerate() {
        let name = &map.partition;
        let mark = owners::mark(document, name);
        let title = shown::text(&format!("/memory/partitions/{index}/partition"), name);
        let _ = writeln!(html, "<h4 id=\"view-{}\">{mark}{title}</h4>", escaped(name));
        html += &view(index, map);
    }
    html
}

/// Ranges of one owner that follow each other.
struct Part<'a> {
    base: u64,
    end: u64,
    owner: &'a str,
}

fn parts(ranges: &[Range]) -> Vec<Part<'_>> {
    let mut all: Vec<Part<'_>> = Vec::new();
    for range in ranges {
        let end = range.base.saturating_add(range.bytes);
        match all.last_mut() {
            Some(last) if last.end == range.base && last.owner == range.owner => last.end = end,
            _ => all.push(Part {
                base: range.base,
                end,
                owner: &range.owner,
            }),
        }
    }
    all
}

/// Points that so many bytes are high: four for each doubling of a page.
fn height(bytes: u64) -> u64 {
    let doublings = u64::from((bytes / 4096).max(1).ilog2());
    (LEAST + 4 * doublings).min(MOST)
}

fn picture(document: &Document) -> String {
    let parts = parts(&document.memory.ranges);
    let (mut drawn, mut y, mut last) = (String::new(), 0, None);
    for part in &parts {
        if last.is_some_and(|end| end != part.base) {
            let middle = y + GAP / 2 + 4;
            let _ = writeln!(drawn, "<text x=\"92\" y=\"{middle}\">&#8942;</text>");
            y += GAP;
        }
        last = Some(part.end);
        let bytes = part.end - part.base;
        let height = height(bytes);
        let place = format!("x=\"92\" y=\"{y}\" height=\"{height}\" class=\"rest\"");
        let number = owners::number(document, part.owner);
        let name = escaped(part.owner);
        let label = format!("{number} {name}, {}", quantity::size(bytes));
        let _ = writeln!(
            drawn,
            "<g class=\"part\" data-base=\"{}\" data-bytes=\"{bytes}\" data-owner=\"{name}\"><title>{}: {label}</title>\
             <text x=\"0\" y=\"{}\">{}</text>{}<text class=\"{}\" x=\"100\" y=\"{}\">{}</text></g>",
            part.base,
            quantity::range(part.base, bytes),
            y + 12,
            quantity::address(part.base),
            owners::filled(document, part.owner, &place),
            if number.is_empty() { "" } else { "in" },
            y + height / 2 + 4,
            label.trim()
        );
        y += height;
    }
    format!(
        "<svg id=\"physical\" class=\"whole\" style=\"height:{}px\" role=\"img\" aria-label=\"physical memory by \
         owner\">\n{drawn}</svg>\n",
        y + 2
    )
}

fn matrix(document: &Document) -> String {
    let row = |(index, range): (usize, &Range)| {
        let at = |field: &str| format!("/memory/ranges/{index}/{field}");
        let access = range.accesses.iter().enumerate().map(|(of, it)| {
            let at = |field: &str| at(&format!("accesses/{of}/{field}"));
            format!(
                "{} {} at {}, {}",
                shown::text(&at("who"), &it.who),
                shown::code(&at("rights"), &it.rights),
                shown::number(&at("input"), it.input, Unit::Address),
                shown::text(&at("memory"), &it.memory)
            )
        });
        let accesses: Vec<String> = access.collect();
        let reasons = range.reasons.iter().enumerate().map(|(of, it)| {
            let at = |field: &str| at(&format!("reasons/{of}/{field}"));
            format!(
                "{}: {}",
                shown::word(&at("kind"), it.kind),
                shown::text(&at("text"), &it.text)
            )
        });
        let reasons: Vec<String> = reasons.collect();
        vec![
            Cell::Short(shown::number(&at("base"), range.base, Unit::Address)),
            Cell::Number(shown::number(&at("bytes"), range.bytes, Unit::Bytes)),
            Cell::Short(format!(
                "{}{}",
                owners::mark(document, &range.owner),
                shown::text(&at("owner"), &range.owner)
            )),
            Cell::Words(shown::text(&at("what"), &range.what)),
            Cell::Words(accesses.join("<br>")),
            Cell::Words(reasons.join("<br>")),
        ]
    };
    let rows: Vec<_> = document.memory.ranges.iter().enumerate().map(row).collect();
    let heads = [
        "from",
        "size",
        "owner",
        "what",
        "who reaches it",
        "why more than the owner",
    ];
    shown::table("ranges", &heads, &rows)
}

fn view(partition: usize, map: &Map) -> String {
    let row = |(index, it): (usize, &paratia::report::memory::Mapping)| {
        let at = |field: &str| format!("/memory/partitions/{partition}/mappings/{index}/{field}");
        let others = it.others.iter().enumerate();
        let others: Vec<String> = others
            .map(|(of, it)| shown::text(&at(&format!("others/{of}")), it))
            .collect();
        vec![
            Cell::Short(shown::number(&at("ipa"), it.ipa, Unit::Address)),
            Cell::Short(shown::number(&at("pa"), it.pa, Unit::Address)),
            Cell::Number(shown::number(&at("bytes"), it.bytes, Unit::Bytes)),
            Cell::Short(shown::code(&at("rights"), &it.rights)),
            Cell::Short(shown::text(&at("memory"), &it.memory)),
            Cell::Words(shown::text(&at("what"), &it.what)),
            Cell::Words(others.join(", ")),
        ]
    };
    let rows: Vec<_> = map.mappings.iter().enumerate().map(row).collect();
    let heads = [
        "guest-physical",
        "physical",
        "size",
        "rights",
        "memory",
        "what",
        "who else",
    ];
    shown::table(&format!("maps-{partition}"), &heads, &rows)
}
