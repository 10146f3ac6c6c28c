//! The table of `cargo paratia bench --against COMMIT`.

use anstyle::Style;
use paratia::bench::against::{Compared, Standing};

use super::bench::{shown, unit};
use super::paint::{DIM, GOOD, PLAIN, WARNING};
use super::table::Table;

/// From this ratio on a figure is worse, and its cause is to be named.
const WORSE: f64 = 1.02;

/// Shows each figure of the commit called `there`, of the state called `here`, and their ratio.
pub(crate) fn against(rows: &[Compared], there: &str, here: &str) {
    let heading = format!(">{there}");
    let mut table = Table::new(&["figure", "", &heading, ">here", ">ratio", ""]);
    for row in rows {
        table.coloured_row(colour(row), cells(row));
    }
    table.print();
    let count = |is: &dyn Fn(f64) -> bool| {
        let ratios = rows.iter().filter_map(Compared::ratio);
        ratios.filter(|ratio| is(*ratio)).count()
    };
    let (less, more, worse) = (
        count(&|ratio| ratio < 1.0),
        count(&|ratio| ratio > 1.0),
        count(&|ratio| ratio > WORSE),
    );
    anstream::println!(
        "\n{DIM}Here: {here}. Both were built and run on this machine, now.{PLAIN} {less} figures are \
         less, {more} more, {worse} of these by more than 2 %."
    );
}

fn colour(row: &Compared) -> Style {
    match row.ratio() {
        None => DIM,
        Some(ratio) if ratio < 1.0 => GOOD,
        Some(ratio) if ratio > WORSE => WARNING,
        Some(_) => Style::new(),
    }
}

fn cells(row: &Compared) -> [String; 6] {
    let number = |value: Option<u64>| match (value, row.unit) {
        (None, _) => "-".to_owned(),
        (Some(value), Some(unit)) => shown(unit, value),
        (Some(value), None) => value.to_string(),
    };
    let before = match row.standing {
        // Its number means something else there.
        Standing::OtherUnit(_) => row.before.map_or("-".to_owned(), |value| value.to_string()),
        _ => number(row.before),
    };
    [
        row.title.clone(),
        row.unit.map_or("", unit).to_owned(),
        before,
        number(row.now),
        row.ratio()
            .map_or(String::new(), |ratio| format!("{ratio:.3}")),
        note(row),
    ]
}

fn note(row: &Compared) -> String {
    match &row.standing {
        Standing::Both => String::new(),
        Standing::Renamed(key) => format!("called '{key}' there"),
        Standing::OtherUnit(unit) => format!("in {} there", unit.replace('_', " ")),
        Standing::OnlyHere => "missing there".to_owned(),
        Standing::OnlyThere => "missing here".to_owned(),
        Standing::Absent => "nothing to measure".to_owned(),
    }
}
