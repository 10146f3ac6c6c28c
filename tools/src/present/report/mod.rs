//! The evidence for an image as one page that needs nothing else: no script, no other file, no network. It fits a
//! phone's width and a sheet of paper, and tells nothing by colour alone.

mod claims;
mod exchange;
mod faults;
mod machines;
mod memory;
mod origins;
mod owners;
mod shown;
mod timing;
mod unproved;

use std::fmt::Write as _;

use paratia::report::{Checks, Document};

use super::page::{self, escaped};
use shown::{Cell, Unit};

const STYLE: &str = include_str!("page.css");

/// The chapters: anchor, title, what writes it.
type Chapter = (&'static str, &'static str, fn(&Document) -> String);
const CHAPTERS: [Chapter; 9] = [
    ("unproved", "What isn't proved", unproved::chapter),
    ("checks", "What was looked at", |it| checks(&it.checks)),
    ("memory", "Memory", memory::chapter),
    ("machines", "Machines", machines::chapter),
    ("timing", "Timing", timing::chapter),
    ("exchange", "Exchange of information", exchange::chapter),
    ("faults", "Faults and verdicts", faults::chapter),
    ("claims", "Claims and their tests", claims::chapter),
    ("origins", "Digests and tools", origins::chapter),
];

/// The page.
pub(crate) fn page(document: &Document) -> String {
    let title = format!("{} on {}: evidence", document.system, document.board);
    let mut page = page::begin(&title, STYLE);
    page += &owners::hatchings();
    let version = shown::number("/version", document.version.into(), Unit::Count);
    let _ = writeln!(
        page,
        "<p>System {} on board {}: {}. All values are in <code>report.json</code>, too, version {version} of its \
         schema.</p>\n{}\n<nav aria-label=\"chapters\"><ul>",
        shown::text("/system", document.system),
        shown::text("/board", document.board),
        shown::text("/summary", document.summary),
        verdict(document)
    );
    for (anchor, title, _) in CHAPTERS {
        let _ = writeln!(page, "<li><a href=\"#{anchor}\">{title}</a></li>");
    }
    page += "</ul></nav>\n<ul id=\"owners\">\n";
    for table in &document.faults {
        let name = &table.partition;
        let critical = if table.critical { ", critical" } else { "" };
        let mark = owners::mark(document, name);
        let _ = writeln!(page, "<li>{mark}{}{critical}</li>", escaped(name));
    }
    page += "</ul>\n";
    for (anchor, title, chapter) in CHAPTERS {
        let _ = writeln!(page, "<h2 id=\"{anchor}\">{title}</h2>");
        page += &chapter(document);
    }
    page + page::END
}

/// In one sentence what came of it.
fn verdict(document: &Document) -> String {
    let findings = document.checks.findings.len();
    let broken = document.timing.run.broken.len();
    let words = match findings + broken {
        0 => "Nothing was found: the image is as declared, and its run kept every promise."
            .to_owned(),
        _ => format!("{findings} findings in the image, {broken} promises broken by its run."),
    };
    format!("<p class=\"verdict\">{words}</p>")
}

fn checks(checks: &Checks) -> String {
    let row = |what: &str, at: &str, value: u64| {
        let number = shown::number(&format!("/checks/{at}"), value, Unit::Count);
        vec![Cell::Words(what.to_owned()), Cell::Number(number)]
    };
    let rows = [
        row(
            "translation regimes, the hypervisor's and each partition's",
            "regimes",
            checks.regimes as u64,
        ),
        row("tables", "tables", checks.tables as u64),
        row(
            "descriptors, each bit by its rule",
            "descriptors",
            checks.descriptors,
        ),
        row(
            "windows, as boot makes plans of them",
            "windows",
            checks.windows as u64,
        ),
        row(
            "pieces of pristine images with the digest that boot asks for",
            "images",
            checks.images as u64,
        ),
        row("pages as they were linked", "pages", checks.pages as u64),
        row(
            "instructions decoded",
            "instructions",
            checks.instructions as u64,
        ),
        row("functions", "functions", checks.functions as u64),
        row(
            "instructions that touch the system, each in the reviewed list",
            "reviewed",
            checks.reviewed as u64,
        ),
    ];
    let mut html = shown::table("looked-at", &["what", "how many"], &rows);
    html += "<h3>Stacks</h3>\n<p>The most bytes that each entry needs with all that it calls, of those that its \
             stack has.</p>\n";
    let stack = |(index, it): (usize, &paratia::report::Stack)| {
        let at = |field: &str| format!("/checks/stacks/{index}/{field}");
        vec![
            Cell::Words(shown::code(&at("entry"), &it.entry)),
            Cell::Number(shown::number(&at("bytes"), it.bytes, Unit::Count)),
            Cell::Number(shown::number(&at("of"), it.of, Unit::Count)),
        ]
    };
    let rows: Vec<_> = checks.stacks.iter().enumerate().map(stack).collect();
    html += &shown::table("stacks", &["entry", "needs", "of"], &rows);
    html += "<h3>Findings</h3>\n";
    let finding = |(index, it): (usize, &String)| {
        vec![Cell::Words(shown::text(
            &format!("/checks/findings/{index}"),
            it,
        ))]
    };
    let rows: Vec<_> = checks.findings.iter().enumerate().map(finding).collect();
    html + &shown::table("findings", &["finding"], &rows)
}
