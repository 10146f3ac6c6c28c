//! Plain tables: a heading, then rows; numbers to the right, words to the left.

use super::paint::{BOLD, PLAIN};

/// A table under construction.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these column headings. A heading that starts with `>` is of a column of numbers.
    pub(crate) fn new(headings: &[&str]) -> Self {
        let mut table = Self::default();
        table.row(headings.iter().map(ToString::to_string));
        table
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The lines of the table, without colour, the headings first.
    pub(crate) fn lines(&self) -> Vec<String> {
        let Some(headings) = self.rows.first() else {
            return Vec::new();
        };
        let right: Vec<bool> = headings.iter().map(|text| text.starts_with('>')).collect();
        let text = |cell: &str| cell.strip_prefix('>').unwrap_or(cell).to_owned();
        let rows: Vec<Vec<String>> = self
            .rows
            .iter()
            .map(|row| row.iter().map(|cell| text(cell)).collect())
            .collect();
        let width = |column: usize| {
            rows.iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.chars().count())
                .max()
        };
        let widths: Vec<usize> = (0..right.len()).map(|it| width(it).unwrap_or(0)).collect();
        rows.iter().map(|row| line(row, &widths, &right)).collect()
    }

    /// Prints it.
    pub(crate) fn print(&self) {
        for (index, line) in self.lines().iter().enumerate() {
            if index == 0 {
                anstream::println!("{BOLD}{line}{PLAIN}");
            } else {
                anstream::println!("{line}");
            }
        }
    }
}

fn line(row: &[String], widths: &[usize], right: &[bool]) -> String {
    let cells = row
        .iter()
        .zip(widths)
        .zip(right)
        .map(|((cell, &width), &right)| {
            if right {
                format!("{cell:>width$}")
            } else {
                format!("{cell:width$}")
            }
        });
    cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_right_and_words_left() {
        let mut table = Table::new(&["name", ">count", "note"]);
        table.row(["a".to_owned(), "7".to_owned(), "x".to_owned()]);
        table.row(["longer".to_owned(), "123456".to_owned(), String::new()]);
        assert_eq!(
            table.lines(),
            [
                "name     count  note",
                "a            7  x",
                "longer  123456"
            ]
        );
    }
}
