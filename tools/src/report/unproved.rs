//! What isn't proved and what is assumed: the lists of README.md and docs/verify.md, where people keep them.

use std::fs;

use anyhow::{Context as _, ensure};
use serde::Serialize;

use super::claims::plain;
use crate::workspace;

/// Each list: the page, the heading above it, what the entries are.
const LISTS: [(&str, &str, Cause); 2] = [
    ("docs/verify.md", "## What it doesn't prove", Cause::Checker),
    ("README.md", "## Limits, plainly", Cause::System),
];

/// Why something isn't claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The checker of images can't tell it.
    Checker,
    /// Paratia, the board or the emulator doesn't give it.
    System,
}

/// Something that isn't proved, or is assumed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unproved {
    /// Why.
    pub cause: Cause,
    /// The page that says it.
    pub page: &'static str,
    /// In a few words.
    pub title: String,
    /// In sentences.
    pub text: String,
}

/// Everything that isn't proved.
///
/// # Errors
/// If a page doesn't have its list.
pub fn read() -> anyhow::Result<Vec<Unproved>> {
    let mut all = Vec::new();
    for (page, heading, cause) in LISTS {
        let text = fs::read_to_string(workspace::root().join(page));
        let text = text.with_context(|| format!("can't read {page}"))?;
        let entries = of_page(&text, heading);
        ensure!(!entries.is_empty(), "{page} has no list below '{heading}'");
        all.extend(entries.into_iter().map(|(title, text)| Unproved {
            cause,
            page,
            title,
            text,
        }));
    }
    Ok(all)
}

/// The entries `- **Title.** Text` below a heading.
fn of_page(text: &str, heading: &str) -> Vec<(String, String)> {
    let Some((_, section)) = text.split_once(heading) else {
        return Vec::new();
    };
    let section = section.split("\n## ").next().unwrap_or(section);
    let entries = section.lines().filter_map(|line| line.strip_prefix("- **"));
    let entries = entries.filter_map(|entry| entry.split_once("**"));
    entries
        .map(|(title, text)| {
            let text = text.trim_start_matches([',', ':', ' ']);
            (
                plain(title).trim_end_matches(['.', ':']).to_owned(),
                plain(text),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_entry_has_a_title_and_sentences() {
        let text = "## So\n\nWords.\n\n- **One.** It is [so](x.md).\n- **Two**, and more.\n\n## Else\n- **No.** It isn't.\n";
        let entry = |title: &str, text: &str| (title.to_owned(), text.to_owned());
        let expected = [entry("One", "It is so."), entry("Two", "and more.")];
        assert_eq!(of_page(text, "## So"), expected);
    }

    #[test]
    fn both_lists_are_there() {
        let all = read().unwrap();
        for cause in [Cause::Checker, Cause::System] {
            let of = all.iter().filter(|it| it.cause == cause);
            assert!(of.count() >= 5, "{cause:?}");
        }
        assert!(
            all.iter()
                .all(|it| !it.title.is_empty() && !it.text.is_empty())
        );
    }
}
