//! Claims: each with its id, which is its anchor, and the tests that attack it.

use std::fmt::Write as _;

use paratia::report::Document;
use paratia::report::claims::{Claim, Test};

use super::shown::{self, Unit};

pub(super) fn chapter(document: &Document) -> String {
    let mut html = "<p>Of every image, not of this one alone. Ids and tests are kept in <code>EVIDENCE.md</code>; that \
                    each test is there was looked up when this was written, that it passes is shown by <code>cargo \
                    paratia test</code>.</p>\n"
        .to_owned();
    let mut subject = None;
    for (index, claim) in document.claims.iter().enumerate() {
        if subject != Some(&claim.subject) {
            if subject.is_some() {
                html += "</dl>\n";
            }
            let _ = writeln!(
                html,
                "<h3>{}</h3>\n<dl>",
                crate::present::page::escaped(&claim.subject)
            );
            subject = Some(&claim.subject);
        }
        html += &one(index, claim);
    }
    html + "</dl>\n"
}

fn one(index: usize, claim: &Claim) -> String {
    let at = |field: &str| format!("/claims/{index}/{field}");
    let id = &claim.id;
    let mut html = format!(
        "<dt id=\"claim-{id}\"><a href=\"#claim-{id}\">{}</a> {}</dt><dd>{}, <span hidden>{}</span>attacked by",
        shown::text(&at("id"), id),
        shown::text(&at("claim"), &claim.claim),
        shown::text(&at("status"), &claim.status),
        shown::text(&at("subject"), &claim.subject),
    );
    for (of, test) in claim.tests.iter().enumerate() {
        let between = if of == 0 { "" } else { "," };
        let _ = write!(
            html,
            "{between} {}",
            place(&at(&format!("tests/{of}")), test)
        );
    }
    html + "</dd>\n"
}

fn place(at: &str, test: &Test) -> String {
    let line = test.line.map_or_else(String::new, |line| {
        format!(
            ":{}",
            shown::number(&format!("{at}/line"), line as u64, Unit::Count)
        )
    });
    format!(
        "{} ({}{line})",
        shown::code(&format!("{at}/name"), &test.name),
        shown::text(&format!("{at}/file"), &test.file)
    )
}
