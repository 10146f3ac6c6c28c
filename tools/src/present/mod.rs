//! How things look on a terminal.

mod against;
mod bench;
mod closing;
mod console;
mod fault;
mod instruction;
mod page;
pub(crate) mod paint;
pub(crate) mod plan;
pub(crate) mod profile;
pub(crate) mod quantity;
pub(crate) mod report;
mod sentence;
mod status;
pub(crate) mod table;
pub(crate) mod timeline;

pub(crate) use against::against;
pub(crate) use bench::bench;
pub(crate) use closing::closing;
pub(crate) use console::Console;
pub(crate) use status::Status;

/// An error that ends a command, with its causes.
pub(crate) fn error(error: &anyhow::Error) {
    use paint::{BAD, PLAIN};
    anstream::eprintln!("{BAD}error{PLAIN}: {error:#}");
}
