//! How often loops go round at most: the list of what was reviewed, with where each bound comes from.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::list;

/// The list: `function | rounds | reason`, a line each; `#` begins a comment.
const LIST: &str = include_str!("bounds.txt");

/// What is declared of a system that makes loops long, by the names that the list uses.
pub type Quantities = BTreeMap<String, u64>;

/// A row of the list.
#[derive(Clone, Debug)]
pub struct Row {
    /// The function in which the loop is, as [`super::places::Place`] has it, or one that it was put into.
    pub function: String,
    /// One further out that it was put into, too, if the row is about its loop there alone.
    pub within: Option<String>,
    /// Whether loops of the function that lie in each other go round so often together: one loop of the
    /// source, of which the compiler has made several.
    pub in_all: bool,
    /// How often it goes round.
    pub rounds: Rounds,
    /// Where that comes from.
    pub reason: String,
}

/// How often a loop goes round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rounds {
    /// At most as often as this sum of products, of numbers and quantities by name.
    AtMost(Vec<Vec<String>>),
    /// At most so often on a whole path, wherever on it.
    OnPath(Vec<Vec<String>>),
    /// As often as it likes: each round ends at a time of the plan, from which a path is counted anew.
    Waits,
    /// It works in time that is its own, until that is over: the round in hand then is part of a path, the
    /// others aren't.
    OwnTime,
    /// Not a loop but a function that copies: whole words by whole words, if they are a multiple of 8 bytes.
    Aligned,
    /// Not a loop but a function, which is called only if time is left for it, before a tick that it doesn't
    /// move: no part of any path. It is measured apart.
    Apart,
}

/// The rows of the list.
///
/// # Panics
/// If a line is garbled, which a test of this crate finds.
#[must_use]
pub fn rows() -> &'static [Row] {
    static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| list::rows(LIST, row));
    &ROWS
}

fn row(line: &str) -> Option<Row> {
    let mut columns = line.split('|').map(str::trim);
    let (function, rounds, reason) = (columns.next()?, columns.next()?, columns.next()?);
    let (function, within) = match function.split_once(" < ") {
        Some((function, within)) => (function, Some(within.to_owned())),
        None => (function, None),
    };
    let (rounds, in_all) = match rounds.strip_suffix(" in all") {
        Some(rounds) => (rounds, true),
        None => (rounds, false),
    };
    let (rounds, on_path) = match rounds.strip_suffix(" on a path") {
        Some(rounds) => (rounds, true),
        None => (rounds, false),
    };
    let factors = |product: &str| product.split('*').map(|it| it.trim().to_owned()).collect();
    let rounds = match rounds {
        "waits" => Rounds::Waits,
        "own time" => Rounds::OwnTime,
        "apart" => Rounds::Apart,
        "aligned" => Rounds::Aligned,
        sum if on_path => Rounds::OnPath(sum.split('+').map(factors).collect()),
        sum => Rounds::AtMost(sum.split('+').map(factors).collect()),
    };
    (!reason.is_empty()).then_some(Row {
        function: function.to_owned(),
        within,
        in_all,
        rounds,
        reason: reason.to_owned(),
    })
}

impl Row {
    /// Whether the row is about a loop in these functions, the innermost first, from its own on.
    #[must_use]
    pub fn is_about(&self, functions: &[String]) -> bool {
        let Some((own, outer)) = functions.split_first() else {
            return false;
        };
        *own == self.function
            && self
                .within
                .as_ref()
                .is_none_or(|within| outer.contains(within))
    }
}

impl Rounds {
    /// The number, if all quantities are known.
    #[must_use]
    pub fn number(&self, quantities: &Quantities) -> Option<u64> {
        let value = |name: &String| match name.parse() {
            Ok(number) => Some(number),
            Err(_) => quantities.get(name).copied(),
        };
        match self {
            Self::Waits => None,
            Self::OwnTime | Self::Apart | Self::Aligned => Some(0),
            Self::AtMost(sum) | Self::OnPath(sum) => {
                let product =
                    |factors: &Vec<String>| factors.iter().map(value).product::<Option<u64>>();
                sum.iter().map(product).sum()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_row_and_every_function_is_listed_once() {
        let mut seen = std::collections::BTreeSet::new();
        for row in rows() {
            assert!(
                seen.insert((&row.function, &row.within)),
                "{}",
                row.function
            );
        }
        assert!(seen.len() > 20);
    }

    #[test]
    fn sums_of_products_are_computed() {
        let quantities = [("BLOCKS".to_owned(), 2), ("VCPUS".to_owned(), 3)].into();
        let row = row("f | BLOCKS * VCPUS + BLOCKS + 1 | why").unwrap();
        assert_eq!(row.rounds.number(&quantities), Some(9));
        assert_eq!(row.rounds.number(&Quantities::new()), None);
        assert_eq!(super::row("f | waits | why").unwrap().rounds, Rounds::Waits);
        assert!(super::row("f | 1").is_none());
    }
}
