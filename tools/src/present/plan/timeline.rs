//! The schedule as a timeline: one row of boxes a CPU, to scale, each box closed by its guard.

use std::time::Duration;

use anstyle::Style;
use paratia::catalog::Choice;
use paratia_config::Window;
use paratia_config::system::Schedule;

use super::axis;
use crate::present::paint::{self, DIM, PLAIN};
use crate::present::quantity::milliseconds;

/// Columns before the boxes.
const INDENT: usize = 8;
/// What a guard looks like.
const GUARD: char = '▒';

/// The lines of the timeline, in at most `width` columns.
pub(super) fn lines(choice: &Choice, width: usize) -> Vec<String> {
    let schedule = &choice.system.schedule;
    let scale = Scale {
        frame: schedule.major_frame,
        columns: width.saturating_sub(INDENT + 4),
    };
    let mut lines = Vec::new();
    for (cpu, plan) in schedule.plans.iter().enumerate() {
        if !plan.is_empty() {
            lines.extend(boxes(choice, cpu, plan, scale));
            lines.push(format!("{:INDENT$}{}", "", axis::line(plan, scale)));
        }
    }
    lines.push(idle_cpus(choice));
    lines.push(format!(
        "{:INDENT$}{DIM}major frame {} ms; {GUARD} guard {} ms in which the next partition is \
         switched in (drawn wider){PLAIN}",
        "",
        milliseconds(schedule.major_frame),
        milliseconds(schedule.guard)
    ));
    lines
}

/// From times to columns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    frame: Duration,
    columns: usize,
}

impl Scale {
    /// The column of a moment of the major frame.
    pub(super) fn column(self, time: Duration) -> usize {
        let frame = self.frame.as_nanos().max(1);
        let scaled = (time.as_nanos() * self.columns as u128 * 2 + frame) / (2 * frame);
        usize::try_from(scaled)
            .unwrap_or(usize::MAX)
            .min(self.columns)
    }

    /// The end of the frame.
    pub(super) fn frame(self) -> Duration {
        self.frame
    }

    /// The last column.
    pub(super) fn columns(self) -> usize {
        self.columns
    }
}

/// A window on its way to paper.
struct Drawn {
    from: usize,
    to: usize,
    name: &'static str,
    colour: Style,
}

/// Three rows: the boxes' tops, names, and bottoms.
fn boxes(choice: &Choice, cpu: usize, plan: &[Window], scale: Scale) -> [String; 3] {
    let drawn: Vec<Drawn> = plan
        .iter()
        .map(|window| Drawn {
            from: scale.column(window.start),
            to: scale.column(window.start + window.length),
            name: window.partition,
            colour: choice
                .system
                .partition_index(window.partition)
                .map_or(Style::new(), paint::partition),
        })
        .collect();
    let title = format!("CPU {cpu}");
    let schedule = &choice.system.schedule;
    [
        format!("{:INDENT$}{}", "", rule(&drawn, ['┌', '┬', '┐'])),
        format!("{title:INDENT$}{}", names(&drawn, schedule, scale)),
        format!("{:INDENT$}{}", "", rule(&drawn, ['└', '┴', '┘'])),
    ]
}

/// A row of lines with corners where boxes begin, meet and end.
fn rule(drawn: &[Drawn], [first, both, last]: [char; 3]) -> String {
    let mut row = String::new();
    let mut at = 0;
    for (index, window) in drawn.iter().enumerate() {
        let meets = index > 0 && drawn[index - 1].to == window.from;
        if meets {
            row.pop();
            at -= 1;
        }
        row.extend(std::iter::repeat_n(' ', window.from.saturating_sub(at)));
        row.push(if meets { both } else { first });
        row.extend(std::iter::repeat_n(
            '─',
            (window.to - window.from).saturating_sub(1),
        ));
        row.push(last);
        at = window.to + 1;
    }
    row
}

/// The row between the lines: names, guards, idle time.
fn names(drawn: &[Drawn], schedule: &Schedule, scale: Scale) -> String {
    let mut row = String::new();
    let mut at = 0;
    for window in drawn {
        if window.from >= at {
            row += &idle(window.from - at);
            row.push('│');
        }
        let room = (window.to - window.from).saturating_sub(1);
        let guard = scale.column(schedule.guard).clamp(1, room.max(1)).min(room);
        let name = shortened(window.name, room - guard);
        let fill = room - guard - name.chars().count();
        let colour = window.colour;
        row += &format!("{colour}{name}{PLAIN}{:fill$}{DIM}", "");
        row.extend(std::iter::repeat_n(GUARD, guard));
        row += &format!("{PLAIN}│");
        at = window.to + 1;
    }
    row + &idle((scale.columns() + 1).saturating_sub(at))
}

/// Time that nobody has.
fn idle(columns: usize) -> String {
    let word = if columns > 4 { "idle" } else { "" };
    format!("{DIM}{word:^columns$}{PLAIN}")
}

/// A name in a box of `room` columns.
fn shortened(name: &str, room: usize) -> String {
    if name.len() <= room {
        return name.to_owned();
    }
    let kept: String = name.chars().take(room.saturating_sub(1)).collect();
    if room > 1 { format!("{kept}…") } else { kept }
}

/// `CPUs 1-3  idle`.
fn idle_cpus(choice: &Choice) -> String {
    let plans = choice.system.schedule.plans;
    let is_idle = |cpu: &usize| plans.get(*cpu).is_none_or(|plan| plan.is_empty());
    let idle: Vec<String> = (0..choice.board.cpus.len())
        .filter(is_idle)
        .map(|cpu| cpu.to_string())
        .collect();
    if idle.is_empty() {
        return String::new();
    }
    format!("{DIM}CPU {}: idle{PLAIN}", idle.join(", "))
}

#[cfg(test)]
mod tests;
