//! Colours. `anstream` leaves them out where output is no terminal, and honours `NO_COLOR`.

use anstyle::{AnsiColor, Reset, Style};

/// Back to normal.
pub(crate) const PLAIN: Reset = Reset;
/// Headings and subjects.
pub(crate) const BOLD: Style = Style::new().bold();
/// What matters less.
pub(crate) const DIM: Style = Style::new().dimmed();
/// What is as it should be.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// What isn't.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// What needs a look.
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default();

/// Partitions' colours, by their index.
const PARTITIONS: [AnsiColor; 6] = [
    AnsiColor::Cyan,
    AnsiColor::Green,
    AnsiColor::Magenta,
    AnsiColor::Yellow,
    AnsiColor::Blue,
    AnsiColor::BrightRed,
];

/// The colour of a partition.
pub(crate) fn partition(index: usize) -> Style {
    PARTITIONS[index % PARTITIONS.len()].on_default()
}
