//! Plain tables: a heading, then rows; numbers to the right, words to the left.

use anstyle::Style;

use super::paint::{BOLD, PLAIN};

/// A table under construction.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
    /// The colour of each row's first cell.
    colours: Vec<Style>,
}

impl Table {
    /// A table with these column headings. A heading that starts with `>` is of a column of numbers.
    pub(crate) fn new(headings: &[&str]) -> Self {
        let mut table = Self::default();
        table.coloured_row(BOLD, headings.iter().map(ToString::to_string));
        table
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.coloured_row(Style::new(), cells);
    }

    /// Adds a row whose first cell has a colour.
    pub(crate) fn coloured_row(&mut self, colour: Style, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
        self.colours.push(colour);
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

    /// Prints it: the headings bold, the first cells in their rows' colours.
    pub(crate) fn print(&self) {
        for (index, line) in self.lines().iter().enumerate() {
            let colour = self.colours[index];
            let first = if index == 0 {
                line.len()
            } else {
                self.first_cell(index)
            };
            let (first, rest) = line.split_at(first);
            anstream::println!("{colour}{first}{PLAIN}{rest}");
        }
    }

    /// Length of the first cell of a row in bytes.
    fn first_cell(&self, row: usize) -> usize {
        self.rows[row].first().map_or(0, String::len)
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
