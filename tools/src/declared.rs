//! Whether a system keeps the rules, told before anything is built: the same findings that would stop
//! the build, all of them, and in the rules' words instead of the compiler's.

use anyhow::ensure;
use paratia_config::rules::{self, Finding};

use crate::catalog::Choice;
use crate::pieces::Piece;

/// What the rules find in a system, with the pieces of its images if they are there.
#[must_use]
pub fn findings(choice: &Choice, pieces: &[Piece]) -> Vec<Finding> {
    let pieces: Vec<_> = pieces.iter().map(Piece::for_rules).collect();
    rules::findings(choice.system, choice.board, &pieces).collect()
}

/// A finding as a line.
#[must_use]
pub fn line(finding: &Finding) -> String {
    format!("{}: {}", finding.rule, finding.message.as_str())
}

/// How many findings there are in a system, as a sentence's end.
#[must_use]
pub fn count(choice: &Choice, count: usize) -> String {
    let findings = if count == 1 { "finding" } else { "findings" };
    format!(
        "system '{}' on {}: {count} {findings}",
        choice.name, choice.board.name
    )
}

/// Whether a system keeps every rule.
///
/// # Errors
/// The findings, a line each, as `cargo paratia check` lists them.
pub fn keeps_rules(choice: &Choice, pieces: &[Piece]) -> anyhow::Result<()> {
    let findings = findings(choice, pieces);
    let lines: Vec<String> = findings.iter().map(line).collect();
    ensure!(
        findings.is_empty(),
        "{}\n{}",
        count(choice, findings.len()),
        lines.join("\n")
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use paratia_config::System;
    use paratia_config::system::Schedule;

    use super::*;
    use crate::catalog::choose;

    #[test]
    fn every_finding_is_a_line() {
        let mut choice = choose("qemu-virt", "hello").unwrap();
        assert!(keeps_rules(&choice, &[]).is_ok());
        choice.system = Box::leak(Box::new(System {
            summary: "",
            schedule: Schedule {
                guard: Duration::ZERO,
                ..choice.system.schedule
            },
            ..*choice.system
        }));
        let said = keeps_rules(&choice, &[]).unwrap_err().to_string();
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(lines.len(), 3, "{said}");
        assert_eq!(lines[0], "system 'hello' on qemu-virt: 2 findings");
        assert!(lines[1].starts_with("summary_is_a_line: system 'hello': its summary has 0 bytes"));
        assert!(lines[2].starts_with("guard_covers_longest_path: system 'hello': guard 0 ms"));
    }
}
