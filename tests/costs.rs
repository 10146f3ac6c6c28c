//! Costs: every figure within its budget, without a peer beside it.

use paratia::bench;
use paratia::bench::budget::Verdict;
use paratia::build::Silent;
use paratia_tests::{DEFAULT_BOARD, is_about};

#[test]
fn every_figure_is_within_its_budget() {
    if !is_about(DEFAULT_BOARD) {
        return;
    }
    bench::build_for_tests().expect("the images and the counter build");
    let rows = bench::measure(false, &mut Silent).expect("every run reaches its end");
    for row in &rows {
        let (title, most) = (row.figure.title, row.budget.as_ref().map(|it| it.most));
        println!("{title}: {:?} of {most:?}", row.paratia);
    }
    let over: Vec<_> = rows
        .iter()
        .filter(|row| matches!(row.verdict, Verdict::Over | Verdict::Unbudgeted))
        .map(|row| (row.figure.key, row.paratia, row.budget.as_ref()))
        .collect();
    assert!(
        over.is_empty(),
        "over their budgets, or without one: {over:#?}"
    );
    let measured = rows.iter().filter(|row| row.verdict == Verdict::Within);
    assert!(measured.count() >= 20, "the figures are there");
}
