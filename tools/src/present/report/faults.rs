//! Faults and verdicts: the health table of each partition.

use std::fmt::Write as _;

use paratia::report::Document;
use paratia::report::faults::{Row, Table};

use super::owners;
use super::shown::{self, Cell, Unit};

pub(super) fn chapter(document: &Document) -> String {
    let mut html = "<p>What the hypervisor does on each kind of fault of a partition, and how often the measured run \
                    told of it.</p>\n"
        .to_owned();
    for (index, table) in document.faults.iter().enumerate() {
        html += &of_partition(document, index, table);
    }
    html
}

fn of_partition(document: &Document, index: usize, table: &Table) -> String {
    let at = |field: &str| format!("/faults/{index}/{field}");
    let number = |field: &str, value, unit| shown::number(&at(field), value, unit);
    let mut html = format!(
        "<h3>{}{}</h3>\n<p>{}. At most {} restarts within {}; one more is a halt. More than {} refused calls in a \
         window are a fault.",
        owners::mark(document, &table.partition),
        shown::text(&at("partition"), &table.partition),
        shown::either(&at("critical"), table.critical, ["Critical", "Best effort"]),
        number("restarts", table.restarts.into(), Unit::Count),
        number("restart_period_ns", table.restart_period_ns, Unit::Time),
        number(
            "refused_calls_per_window",
            table.refused_calls_per_window.into(),
            Unit::Count
        ),
    );
    let _ = match &table.heartbeat {
        Some(it) => writeln!(
            html,
            " A sign of life is due every {}, within {} of its start, and the first at most {} after a start.</p>",
            number("heartbeat/period_ns", it.period_ns, Unit::Time),
            number("heartbeat/deadline_ns", it.deadline_ns, Unit::Time),
            number("heartbeat/start_within_ns", it.start_within_ns, Unit::Time)
        ),
        None => writeln!(
            html,
            " It owes no signs of life: if it hangs, nothing but its silence tells.</p>"
        ),
    };
    let row = |(of, it): (usize, &Row)| {
        let at = |field: &str| at(&format!("rows/{of}/{field}"));
        vec![
            Cell::Short(shown::code(&at("event"), it.event)),
            Cell::Short(shown::text(&at("action"), it.action)),
            Cell::Number(shown::count(&at("told"), it.told.unwrap_or(0))),
        ]
    };
    let rows: Vec<_> = table.rows.iter().enumerate().map(row).collect();
    html + &shown::table(
        &format!("health-{index}"),
        &["fault", "what follows", "told in the run"],
        &rows,
    )
}
