//! The report that rules write to: it counts findings and keeps a few of them.
//!
//! A constant can't hold a list of unknown length, so whoever wants all findings asks for the
//! first few, the next and so on, until there are no more.

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

/// Most findings that a report keeps.
pub(super) const MOST_KEPT: usize = 32;

/// Collects what the rules find.
pub(super) struct Report {
    first: usize,
    most: usize,
    seen: usize,
    rule: &'static str,
    kept: [Option<Finding>; MOST_KEPT],
}

impl Report {
    /// A report that keeps at most `most` findings, from that with the index `first` on.
    pub(super) const fn keeping(first: usize, most: usize) -> Self {
        Self {
            first,
            most,
            seen: 0,
            rule: "",
            kept: [None; MOST_KEPT],
        }
    }

    /// From here on, findings are this rule's.
    pub(super) const fn begin(&mut self, rule: &'static str) {
        self.rule = rule;
    }

    /// Adds a finding of the current rule.
    pub(super) const fn add(&mut self, message: Message) {
        if self.seen >= self.first && self.seen - self.first < self.most {
            self.kept[self.seen - self.first] = Some(Finding {
                rule: self.rule,
                message,
            });
        }
        self.seen += 1;
    }

    /// Whether no further finding would be kept.
    pub(super) const fn is_full(&self) -> bool {
        self.seen >= self.first + self.most
    }

    /// The `index`th finding of those kept.
    pub(super) const fn kept(&self, index: usize) -> Option<Finding> {
        if index < MOST_KEPT {
            self.kept[index]
        } else {
            None
        }
    }
}
