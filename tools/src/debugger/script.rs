//! What gdb is told at its start, in its Python.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use paratia_config::Partition;

use super::sections::Range;

/// The part that is the same for every system.
const CONDITIONS: &str = include_str!("session.py");

/// What is told.
pub(super) struct Facts<'a> {
    /// Where QEMU listens.
    pub(super) socket: &'a Path,
    /// The file with the hypervisor's symbols.
    pub(super) hypervisor: &'a Path,
    /// Where its code lies.
    pub(super) code: Range,
    /// The partition that is looked at, by its index, with the file of its symbols and where its code lies.
    pub(super) guest: Option<(usize, Option<(PathBuf, Range)>)>,
    /// All partitions.
    pub(super) partitions: &'a [Partition],
}

/// The session's text.
pub(super) fn text(facts: &Facts<'_>) -> String {
    let names: Vec<&str> = facts.partitions.iter().map(|it| it.name).collect();
    let guest = facts.guest.as_ref();
    let file = guest.and_then(|(_, file)| file.as_ref());
    let range = |range: Range| format!("({:#x}, {:#x})", range.start, range.end);
    let mut text = String::new();
    let mut say = |name: &str, value: String| {
        // There is memory, or nothing works.
        let _ = writeln!(text, "{name} = {value}");
    };
    say("SOCKET", quoted(facts.socket));
    say("HYPERVISOR", quoted(facts.hypervisor));
    say("HYPERVISOR_CODE", range(facts.code));
    say("PARTITIONS", format!("{names:?}"));
    say(
        "GUEST",
        guest.map_or("None".to_owned(), |(index, _)| index.to_string()),
    );
    say(
        "PROGRAM",
        file.map_or("None".to_owned(), |(file, _)| quoted(file)),
    );
    say(
        "PROGRAM_CODE",
        file.map_or("(0, 0)".to_owned(), |(_, code)| range(*code)),
    );
    text + CONDITIONS
}

/// A path as a string of Python's.
fn quoted(path: &Path) -> String {
    format!("{:?}", path.display().to_string())
}
