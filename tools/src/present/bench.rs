//! The table of `cargo paratia bench`.

use anstyle::Style;
use paratia::bench::Measurement;
use paratia::bench::budget::{Budget, Verdict};
use paratia::bench::figures::Unit;

use super::paint::{BAD, DIM, GOOD, PLAIN, WARNING};
use super::table::Table;

/// Shows the figures, and why those over their aim may be so.
pub(crate) fn bench(rows: &[Measurement]) {
    let mut table = Table::new(&[
        "figure",
        "",
        ">floor",
        ">Paratia",
        ">ratio",
        ">Xen",
        ">ratio",
        ">aim",
        ">budget",
        "verdict",
        "others, measured once",
    ]);
    for row in rows {
        table.coloured_row(colour(row.verdict), cells(row));
    }
    table.print();
    let of = |verdict| rows.iter().filter(|row| row.verdict == verdict).count();
    anstream::println!(
        "\n{DIM}Instructions, unless a unit is given; the reading of the counter is in every figure \
         that has a floor. Ratios: Paratia to the floor, Xen to Paratia. Where the budget is above the \
         aim, tests/budgets.toml says why. Lines of code have no budget.{PLAIN}"
    );
    match of(Verdict::Over) {
        0 => anstream::println!(
            "{GOOD}All within their budgets{PLAIN}: {} at their aims, {} above; {} absent.",
            of(Verdict::Within),
            of(Verdict::AboveAim),
            of(Verdict::Absent)
        ),
        over => anstream::println!("{BAD}{over} figures over their budgets.{PLAIN}"),
    }
}

fn colour(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Over => BAD,
        Verdict::Absent => DIM,
        Verdict::AboveAim => WARNING,
        Verdict::Within | Verdict::Unbudgeted => Style::new(),
    }
}

fn cells(row: &Measurement) -> [String; 11] {
    let number = |value: Option<u64>| value.map_or("-".to_owned(), |it| shown(row.figure.unit, it));
    let others = row.figure.measured_once.iter();
    let others: Vec<_> = others
        .map(|(name, value)| format!("{name} {}", grouped(*value)))
        .collect();
    [
        row.figure.title.to_owned(),
        unit(row.figure.unit).to_owned(),
        number(row.floor),
        number(row.paratia),
        ratio(row.paratia, row.floor),
        number(row.xen),
        ratio(row.xen, row.paratia),
        number(row.budget.as_ref().map(Budget::aim)),
        number(row.budget.as_ref().map(|budget| budget.most)),
        verdict(row.verdict).to_owned(),
        others.join(", "),
    ]
}

pub(super) fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Instructions => "",
        Unit::HundredthsPerByte => "a byte",
        Unit::Bytes => "bytes",
        Unit::Lines => "lines",
        Unit::Millionths => "%",
    }
}

pub(super) fn shown(unit: Unit, value: u64) -> String {
    match unit {
        Unit::HundredthsPerByte => format!("{}.{:02}", value / 100, value % 100),
        Unit::Millionths => format!("{}.{:04}", value / 10_000, value % 10_000),
        _ => grouped(value),
    }
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Within => "as aimed",
        Verdict::AboveAim => "above aim",
        Verdict::Over => "OVER",
        Verdict::Absent => "absent",
        Verdict::Unbudgeted => "",
    }
}

/// `12.5`; nothing of nothing.
#[allow(clippy::cast_precision_loss, reason = "a tenth is all that is shown")]
fn ratio(value: Option<u64>, to: Option<u64>) -> String {
    match (value, to) {
        (Some(value), Some(to)) if to > 0 => format!("{:.1}", value as f64 / to as f64),
        _ => String::new(),
    }
}

/// `12 345`.
fn grouped(value: u64) -> String {
    paratia::bench::chart::grouped(value).replace('\u{2009}', " ")
}
