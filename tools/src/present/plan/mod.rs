//! A system drawn as people draw it: memory, views, owners, channels, and the schedule.

mod axis;
mod channels;
mod document;
mod html;
mod memory;
mod owners;
mod timeline;
mod views;

use paratia::catalog::Choice;

use super::paint::{BOLD, DIM, PLAIN};
use document::Document;

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
    section("What the hypervisor maps elsewhere");
    memory::elsewhere(choice).print();
    section("What each partition sees (* critical)");
    views::table(choice).print();
    section("Devices and interrupts");
    owners::table(choice).print();
    section("Channels");
    print(&channels::lines(system));
    section("Schedule");
    print(&timeline::lines(choice, width));
}

/// A system's plan as JSON, for programs.
pub(crate) fn json(choice: &Choice) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(&Document::of(choice))?)
}

/// A system's plan as a page that needs nothing else.
pub(crate) fn html(choice: &Choice) -> String {
    html::page(&Document::of(choice))
}

/// A system's schedule as a drawing for a page: the windows of all CPUs over one major frame.
pub(crate) fn schedule(choice: &Choice) -> String {
    html::schedule(&Document::of(choice))
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
