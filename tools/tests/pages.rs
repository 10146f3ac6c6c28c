//! The pages that people read: short enough to be read, and true in what they point to.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use paratia::workspace;

/// The longest that the pages which everybody reads may be, in bytes.
const LIMITS: [(&str, u64); 2] = [("README.md", 12_000), ("ARCHITECTURE.md", 15_000)];

/// Every page of the project.
fn pages() -> Vec<PathBuf> {
    let mut pages = Vec::new();
    for folder in ["", "docs", "tests"] {
        let entries = fs::read_dir(workspace::root().join(folder)).expect("a folder with pages");
        let paths = entries.map(|entry| entry.expect("it can be listed").path());
        pages.extend(paths.filter(|path| path.extension().is_some_and(|it| it == "md")));
    }
    pages
}

/// A page's text without what stands in blocks of code.
fn prose(page: &Path) -> String {
    let text = fs::read_to_string(page).expect("a page can be read");
    let parts = text.split("```");
    parts.step_by(2).collect()
}

/// What is written as code in a text.
fn code(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// What stands between each `before` and the next `after`.
fn between<'a>(text: &'a str, before: &str, after: char) -> Vec<&'a str> {
    let parts = text.split(before).skip(1);
    parts.filter_map(|part| part.split(after).next()).collect()
}

/// The anchors of a page's headings, as web pages of repositories make them.
fn anchors(page: &Path) -> BTreeSet<String> {
    let text = prose(page);
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| {
        let words = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = words
            .chars()
            .filter(|it| it.is_alphanumeric() || " -".contains(*it));
        kept.collect::<String>().replace(' ', "-")
    };
    headings.map(anchor).collect()
}

/// The link's end, if there is something: a file or folder, and the heading if one is named.
fn leads_somewhere(page: &Path, link: &str) -> bool {
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = match file {
        "" => page.to_owned(),
        file => page.with_file_name(file),
    };
    target.exists() && (anchor.is_empty() || anchors(&target).contains(anchor))
}

#[test]
fn the_pages_that_everybody_reads_are_short() {
    for (page, most) in LIMITS {
        let path = workspace::root().join(page);
        let bytes = fs::metadata(path).expect("the page is there").len();
        assert!(
            bytes <= most,
            "{page} has {bytes} bytes, at most {most} are to be read"
        );
    }
}

#[test]
fn every_link_leads_somewhere() {
    for page in pages() {
        let text = prose(&page);
        let links = between(&text, "](", ')');
        for link in links.iter().chain(&between(&text, "src=\"", '"')) {
            let is_elsewhere = link.contains("://");
            assert!(
                is_elsewhere || leads_somewhere(&page, link),
                "{}: nothing is at '{link}'",
                page.display()
            );
        }
    }
}

/// A source that a page names by its place in the hypervisor, such as `way/exit.rs`, is there.
#[test]
fn every_source_that_is_named_is_there() {
    let root = workspace::root();
    let places = [
        "",
        "hypervisor/src",
        "board-support/src",
        "config/src",
        "tools/src",
        "tools/verify/src",
        "tests",
    ];
    for page in pages() {
        let text = prose(&page);
        for name in code(&text) {
            let is_source =
                name.ends_with(".rs") && name.contains('/') && !name.contains([' ', '*']);
            let is_there = places
                .iter()
                .any(|place| root.join(place).join(name).exists());
            // The history names what was there then.
            let is_old = page.ends_with("CHANGELOG.md") || page.ends_with("decisions.md");
            assert!(
                !is_source || is_old || is_there,
                "{}: there is no source '{name}'",
                page.display()
            );
        }
    }
}

/// The tests that EVIDENCE.md names, `file::name` or `name`, are functions of some test.
#[test]
fn every_test_that_a_claim_names_is_there() {
    let root = workspace::root();
    let files = workspace::sources().expect("the sources can be listed");
    let read = |file: &PathBuf| fs::read_to_string(file).expect("a source can be read");
    let sources: String = files.iter().map(read).collect();
    let text = prose(&root.join("EVIDENCE.md"));
    let mut count = 0;
    for name in code(&text) {
        let function = name.rsplit("::").next().unwrap_or(name);
        let letters = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_';
        // Names of tests are sentences.
        if function.bytes().all(letters) && function.matches('_').count() >= 2 {
            count += 1;
            assert!(
                sources.contains(&format!("fn {function}")),
                "EVIDENCE.md: no test is called '{name}'"
            );
        }
    }
    assert!(
        count > 50,
        "{count} tests named: the page isn't read as it is written"
    );
}
