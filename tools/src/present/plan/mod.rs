//! A system drawn as people draw it: memory, views, owners, channels, and the schedule.

mod axis;
mod channels;
mod memory;
mod owners;
mod timeline;
mod views;

use paratia::catalog::Choice;

use super::paint::{BOLD, DIM, PLAIN};

/// Shows a system's plan in at most `width` columns.
pub(crate) fn show(choice: &Choice, width: usize) {
    let (system, board) = (choice.system, choice.board);
    anstream::println!(
        "{BOLD}{}{PLAIN} on {}: {}",
        choice.name,
        board.name,
        system.summary
    );
    section("Physical memory");
    print(&memory::lines(choice));
    section("What each partition sees (* critical)");
    views::table(choice).print();
    section("Devices and interrupts");
    owners::table(choice).print();
    section("Channels");
    print(&channels::lines(system));
    section("Schedule");
    print(&timeline::lines(choice, width));
}

fn section(title: &str) {
    anstream::println!("\n{BOLD}{title}{PLAIN}");
}

fn print(lines: &[String]) {
    if lines.is_empty() {
        anstream::println!("  {DIM}none{PLAIN}");
    }
    for line in lines {
        anstream::println!("{line}");
    }
}
