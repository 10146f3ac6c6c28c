//! The report on code as text.

use std::fmt;

use super::report::{Report, Stack};

impl fmt::Display for Report {
    /// What was looked at, the deepest stack, the longest ways, and each finding on a line of its own.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "code: {} instructions in {} functions, {} rows of the reviewed list, {} calls and jumps through a \
             register",
            self.instructions,
            self.functions,
            self.reviewed.len(),
            self.indirect
        )?;
        let share = |stack: &&Stack| stack.bytes.saturating_mul(1000) / stack.of.max(1);
        if let Some(stack) = self.stacks.iter().max_by_key(share) {
            writeln!(
                f,
                "stacks: at most {} of {} bytes, by {}",
                stack.bytes, stack.of, stack.entry
            )?;
        }
        match &self.bounds {
            Some(bounds) => writeln!(
                f,
                "longest ways in instructions, as upper bounds: an exit {}, the end of a window and the switch {}, \
                 what a guard has to cover {}",
                bounds.exit, bounds.end, bounds.path
            )?,
            None => writeln!(
                f,
                "longest ways: no bound; loops that have none: {}",
                self.without_bound.len()
            )?,
        }
        for place in &self.without_bound {
            writeln!(f, "  {place}")?;
        }
        for finding in &self.findings {
            writeln!(f, "finding: {finding}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::bounded::Bounds;
    use super::super::finding::Finding;
    use super::*;

    #[test]
    fn a_report_says_what_was_looked_at_and_what_was_found() {
        let stack = |bytes, of, entry: &str| Stack {
            entry: entry.into(),
            bytes,
            of,
            way: Vec::new(),
        };
        let mut report = Report {
            instructions: 12,
            functions: 2,
            stacks: vec![stack(100, 1000, "one"), stack(90, 500, "two")],
            bounds: Some(Bounds {
                exit: 7,
                end: 8,
                path: 9,
                ..Bounds::default()
            }),
            ..Report::default()
        };
        let lines = |report: &Report| {
            report
                .to_string()
                .lines()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(lines(&report).len(), 3, "{report}");
        assert!(
            lines(&report)[1].ends_with("at most 90 of 500 bytes, by two"),
            "{report}"
        );
        assert!(lines(&report)[2].ends_with(
            "an exit 7, the end of a window and the switch 8, what a guard has to cover 9"
        ));
        report.bounds = None;
        report.without_bound.push("f at file:1".into());
        report.findings.push(Finding {
            place: "g at file:2".into(),
            address: 4,
            text: "it is wrong".into(),
        });
        let last = lines(&report)[2..].to_vec();
        assert_eq!(
            last,
            [
                "longest ways: no bound; loops that have none: 1",
                "  f at file:1",
                "finding: g at file:2: it is wrong"
            ]
        );
    }
}
