//! What isn't proved, said first.

use std::fmt::Write as _;

use paratia::report::Document;
use paratia::report::unproved::Cause;

use super::shown;

pub(super) fn chapter(document: &Document) -> String {
    let mut html =
        "<p>What follows rests on these; a reviewer has to find them acceptable.</p>\n".to_owned();
    for (cause, title) in [
        (Cause::Checker, "What the checker of images doesn't tell"),
        (
            Cause::System,
            "What Paratia, the boards or the emulator don't give",
        ),
    ] {
        let _ = writeln!(html, "<h3>{title}</h3>\n<dl>");
        for (index, it) in document
            .unproved
            .iter()
            .enumerate()
            .filter(|(_, it)| it.cause == cause)
        {
            let at = |field: &str| format!("/unproved/{index}/{field}");
            let _ = writeln!(
                html,
                "<dt>{}</dt><dd>{} ({}: {})</dd>",
                shown::text(&at("title"), &it.title),
                shown::text(&at("text"), &it.text),
                shown::word(&at("cause"), it.cause),
                shown::code(&at("page"), it.page)
            );
        }
        html += "</dl>\n";
    }
    html
}
