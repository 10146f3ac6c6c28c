//! The figures as a table in a document: written there, and read back.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};

use super::Figure;
use crate::{whole, workspace};

/// The place for the table in EVIDENCE.md.
const BEGIN: &str = "<!-- cargo paratia count -->\n";
const END: &str = "<!-- end of the count -->\n";

/// The figures as a table in Markdown.
#[must_use]
pub fn table(figures: &[Figure]) -> String {
    let mut text = "| what | count | of |\n|---|---:|---|\n".to_owned();
    for Figure { what, count, unit } in figures {
        text += &format!("| {what} | {} | {unit} |\n", grouped(*count));
    }
    text
}

/// `12 345`.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// The figures that a document shows: what, and how many.
///
/// # Errors
/// If it has no table, or a line of it can't be read.
pub fn shown(document: &str) -> anyhow::Result<Vec<(String, u64)>> {
    let table = document
        .split_once(BEGIN)
        .and_then(|(_, rest)| Some(rest.split_once(END)?.0));
    let Some(table) = table else {
        bail!("the document has no place for the count: {BEGIN}...{END}");
    };
    let rows = table.lines().skip(2).map(|line| {
        let mut cells = line.trim_matches('|').split('|').map(str::trim);
        let (what, count) = (cells.next(), cells.next());
        let count = count.and_then(|count| count.replace(' ', "").parse().ok());
        what.zip(count)
            .map(|(what, count)| (what.to_owned(), count))
            .with_context(|| format!("can't read the figure in '{line}'"))
    });
    rows.collect()
}

/// Puts the table into a file's place for it.
///
/// # Errors
/// If the file can't be read or written, or has no such place.
pub fn update(file: &Path, figures: &[Figure]) -> anyhow::Result<()> {
    let old = fs::read_to_string(file)?;
    let parts = old
        .split_once(BEGIN)
        .and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let Some((before, after)) = parts else {
        bail!("{} has no place for the count", workspace::shown(file));
    };
    let new = format!("{before}{BEGIN}{}{END}{after}", table(figures));
    Ok(whole::write(file, new)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x.md");
        fs::write(&file, format!("a\n{BEGIN}old\n{END}b\n")).unwrap();
        let figures = [
            Figure::new("lines", 1_234_567, "lines"),
            Figure::new("none", 0, "bytes"),
        ];
        update(&file, &figures).unwrap();
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("a\n") && text.ends_with("b\n"));
        assert!(text.contains("| lines | 1 234 567 | lines |\n"));
        assert_eq!(
            shown(&text).unwrap(),
            [("lines".to_owned(), 1_234_567), ("none".to_owned(), 0)]
        );
    }
}
