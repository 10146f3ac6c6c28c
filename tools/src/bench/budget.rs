//! Budgets: the most that each figure may be, with its reason, in `tests/budgets.toml`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, ensure};
use serde::{Deserialize, Serialize};

use super::figures::FIGURES;

/// A figure's budget.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// The most that it may be.
    pub most: u64,
    /// What it should be, where that isn't reached: less than `most`.
    #[serde(default)]
    pub aim: Option<u64>,
    /// Why so much.
    pub reason: String,
}

impl Budget {
    /// What the figure should be.
    #[must_use]
    pub fn aim(&self) -> u64 {
        self.aim.unwrap_or(self.most)
    }
}

/// Whether a figure is within its budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is, and what it should be.
    Within,
    /// It is, but more than it should be.
    AboveAim,
    /// It isn't.
    Over,
    /// Paratia hasn't got what would be measured.
    Absent,
    /// It has no budget, as lines of code have none.
    Unbudgeted,
}

impl Verdict {
    /// The verdict on a value.
    #[must_use]
    pub fn of(value: Option<u64>, budget: Option<&Budget>) -> Self {
        match (value, budget) {
            (None, _) => Self::Absent,
            (Some(_), None) => Self::Unbudgeted,
            (Some(value), Some(budget)) if value > budget.most => Self::Over,
            (Some(value), Some(budget)) if value > budget.aim() => Self::AboveAim,
            (Some(_), Some(_)) => Self::Within,
        }
    }
}

/// The budgets in a file, by the figure's key.
///
/// # Errors
/// If it can't be read, names a figure that doesn't exist, gives no reason, or an aim that is none.
pub fn load(file: &Path) -> anyhow::Result<BTreeMap<String, Budget>> {
    let text =
        fs::read_to_string(file).with_context(|| format!("can't read {}", file.display()))?;
    parse(&text).with_context(|| format!("in {}", file.display()))
}

fn parse(text: &str) -> anyhow::Result<BTreeMap<String, Budget>> {
    let budgets: BTreeMap<String, Budget> = toml::from_str(text)?;
    for (key, budget) in &budgets {
        let exists = FIGURES.iter().any(|figure| figure.key == key);
        ensure!(exists, "no figure is called '{key}'");
        ensure!(
            !budget.reason.is_empty(),
            "the budget of '{key}' gives no reason"
        );
        ensure!(
            budget.aim.is_none_or(|aim| aim < budget.most),
            "the aim of '{key}' is no less than what it may be, {}; leave it out",
            budget.most
        );
    }
    Ok(budgets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budgets_are_checked() {
        let budgets = parse("[hvc-own]\nmost = 50\nreason = \"x\"\n").unwrap();
        let budget = budgets.get("hvc-own");
        assert_eq!(Verdict::of(Some(50), budget), Verdict::Within);
        assert_eq!(Verdict::of(Some(51), budget), Verdict::Over);
        assert_eq!(Verdict::of(None, budget), Verdict::Absent);
        assert_eq!(Verdict::of(Some(51), None), Verdict::Unbudgeted);
        let aimed = parse("[hvc-own]\nmost = 54\naim = 50\nreason = \"x\"\n").unwrap();
        let budget = aimed.get("hvc-own");
        assert_eq!(Verdict::of(Some(50), budget), Verdict::Within);
        assert_eq!(Verdict::of(Some(51), budget), Verdict::AboveAim);
        assert_eq!(Verdict::of(Some(55), budget), Verdict::Over);
        for wrong in [
            "[hvc-own]\nmost = 50\naim = 50\nreason = \"x\"",
            "[hvc-x]\nmost = 1\nreason = \"x\"",
            "[hvc-own]\nmost = 1\nreason = \"\"",
        ] {
            assert!(parse(wrong).is_err());
        }
    }
}
