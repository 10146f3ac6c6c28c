//! The report that rules write to: it counts findings and keeps the one that was asked for.
//!
//! A constant can't hold a list of unknown length, so whoever wants all findings asks for the
//! first, the second and so on, until there is none.

use crate::text::Text;

/// A finding's text: subject, the fact with both values, the remedy.
pub type Message = Text<512>;

/// Something in a system that breaks a rule.
#[derive(Clone, Copy, Debug)]
pub struct Finding {
    /// The rule's name, as in [`super::RULES`].
    pub rule: &'static str,
    /// What is wrong, and what to do about it.
    pub message: Message,
}

/// Collects what the rules find.
pub(super) struct Report {
    wanted: usize,
    seen: usize,
    rule: &'static str,
    finding: Option<Finding>,
}

impl Report {
    /// A report that keeps the finding with this index.
    pub(super) const fn keeping(wanted: usize) -> Self {
        Self {
            wanted,
            seen: 0,
            rule: "",
            finding: None,
        }
    }

    /// From here on, findings are this rule's.
    pub(super) const fn begin(&mut self, rule: &'static str) {
        self.rule = rule;
    }

    /// Adds a finding of the current rule.
    pub(super) const fn add(&mut self, message: Message) {
        if self.seen == self.wanted {
            self.finding = Some(Finding {
                rule: self.rule,
                message,
            });
        }
        self.seen += 1;
    }

    /// The finding that was asked for, if there are that many.
    pub(super) const fn finding(&self) -> Option<Finding> {
        self.finding
    }
}
