//! The axis below a plan: its boundaries in milliseconds.

use std::time::Duration;

use paratia_config::Window;

use super::timeline::Scale;
use crate::present::quantity::milliseconds;

/// Labels below the columns of all boundaries; one that finds no room is left out, but never the
/// first and the last.
pub(super) fn line(plan: &[Window], scale: Scale) -> String {
    let mut times: Vec<Duration> = plan
        .iter()
        .flat_map(|window| [window.start, window.start + window.length])
        .collect();
    times.extend([Duration::ZERO, scale.frame()]);
    times.sort();
    times.dedup();

    let last = format!("{} ms", milliseconds(scale.frame()));
    // The last label's number stands below its boundary, its unit beyond.
    let last_from = (scale.columns() + 4).saturating_sub(last.len());
    let mut line = String::new();
    for time in &times[..times.len() - 1] {
        let label = milliseconds(*time);
        let from = scale.column(*time).saturating_sub(label.len() / 2);
        let fits = line.is_empty() || from > line.len();
        if fits && from + label.len() < last_from {
            line += &format!("{:room$}{label}", "", room = from - line.len().min(from));
        }
    }
    format!(
        "{line}{:room$}{last}",
        "",
        room = last_from.saturating_sub(line.len())
    )
}
