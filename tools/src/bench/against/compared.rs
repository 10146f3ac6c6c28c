//! Figures of two states side by side: by their keys, or else by their titles.

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use crate::bench::Measurement;
use crate::bench::figures::{Figure, Unit};

/// A figure as another state's bench wrote it. More may stand there, which later ones may have added.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Theirs {
    /// Its key there.
    pub key: String,
    /// Its title there.
    pub title: String,
    /// Its unit there, by the name that this state may not know.
    pub unit: String,
    /// Its value; nothing if it wasn't there to be measured.
    pub paratia: Option<u64>,
}

/// How a figure stands in the two states.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Measured in both.
    Both,
    /// Measured in both; it had this key there.
    Renamed(String),
    /// Measured in both, there in this other unit: no ratio says anything.
    OtherUnit(String),
    /// Missing in the other state.
    OnlyHere,
    /// Missing here, where nothing has its key or its title.
    OnlyThere,
    /// Known to both, and one of them had nothing to measure.
    Absent,
}

/// A figure in two states.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Compared {
    /// Its key here, or there if it isn't known here.
    pub key: String,
    /// Its title.
    pub title: String,
    /// Its unit here; nothing if it isn't known here.
    pub unit: Option<Unit>,
    /// Its value in the other state.
    pub before: Option<u64>,
    /// Its value in this one.
    pub now: Option<u64>,
    /// What can be said of both.
    pub standing: Standing,
}

impl Compared {
    /// This state's value as a part of the other's; 1 if both are 0, nothing if only the other's is.
    #[must_use]
    #[allow(
        clippy::cast_precision_loss,
        reason = "thousandths are all that is shown"
    )]
    pub fn ratio(&self) -> Option<f64> {
        if !matches!(self.standing, Standing::Both | Standing::Renamed(_)) {
            return None;
        }
        match (self.before?, self.now?) {
            (0, 0) => Some(1.0),
            (0, _) => None,
            (before, now) => Some(now as f64 / before as f64),
        }
    }
}

/// The figures in what another state's bench wrote.
///
/// # Errors
/// If that isn't a list of figures.
pub fn read(json: &str) -> anyhow::Result<Vec<Theirs>> {
    serde_json::from_str(json).context("that isn't what `cargo paratia bench --json` writes")
}

/// This state's figures in their order, each beside the other state's; then what only that one has.
#[must_use]
pub fn compare(theirs: Vec<Theirs>, ours: &[Measurement]) -> Vec<Compared> {
    let mut left = theirs;
    // Keys first: a title may have moved on to another figure.
    let by_key: Vec<_> = ours
        .iter()
        .map(|row| take(&mut left, |it| it.key == row.figure.key))
        .collect();
    let mut rows: Vec<_> = ours
        .iter()
        .zip(by_key)
        .map(|(row, found)| {
            let found = found.or_else(|| take(&mut left, |it| it.title == row.figure.title));
            beside(row.figure, row.paratia, found)
        })
        .collect();
    rows.extend(left.into_iter().map(|it| Compared {
        key: it.key,
        title: it.title,
        unit: None,
        before: it.paratia,
        now: None,
        standing: Standing::OnlyThere,
    }));
    rows
}

/// Takes the first that is meant.
fn take(from: &mut Vec<Theirs>, is_meant: impl Fn(&Theirs) -> bool) -> Option<Theirs> {
    let at = from.iter().position(is_meant)?;
    Some(from.remove(at))
}

fn beside(figure: &'static Figure, now: Option<u64>, found: Option<Theirs>) -> Compared {
    let before = found.as_ref().and_then(|it| it.paratia);
    let standing = match found {
        None => Standing::OnlyHere,
        Some(it) if it.unit != figure.unit.key() => Standing::OtherUnit(it.unit),
        Some(_) if before.is_none() || now.is_none() => Standing::Absent,
        Some(it) if it.key != figure.key => Standing::Renamed(it.key),
        Some(_) => Standing::Both,
    };
    Compared {
        key: figure.key.to_owned(),
        title: figure.title.to_owned(),
        unit: Some(figure.unit),
        before,
        now,
        standing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::budget::Verdict;
    use crate::bench::figures::FIGURES;

    fn ours(key: &str, paratia: Option<u64>) -> Measurement {
        Measurement {
            figure: FIGURES
                .iter()
                .find(|it| it.key == key)
                .expect("there is such a figure"),
            floor: None,
            paratia,
            xen: None,
            budget: None,
            verdict: Verdict::Unbudgeted,
        }
    }

    fn theirs(key: &str, title: &str, unit: &str, paratia: Option<u64>) -> Theirs {
        let (key, title, unit) = (key.to_owned(), title.to_owned(), unit.to_owned());
        Theirs {
            key,
            title,
            unit,
            paratia,
        }
    }

    #[test]
    fn what_a_bench_writes_is_read_by_another() {
        let rows = [ours("hvc-own", Some(50)), ours("boot-hash", None)];
        let written = serde_json::to_string(&rows).unwrap();
        let read = read(&written).unwrap();
        let compared = compare(read, &rows);
        assert_eq!(compared[0].standing, Standing::Both);
        assert_eq!(compared[0].ratio(), Some(1.0));
        assert_eq!(compared[1].standing, Standing::Absent);
        assert_eq!(compared[1].ratio(), None);
        assert_eq!(compared.len(), 2);
    }

    #[test]
    fn what_is_no_list_of_figures_is_refused() {
        for wrong in [
            "",
            "error: unexpected argument '--json'",
            "{}",
            "[{\"key\": 3}]",
        ] {
            let error = format!("{:#}", read(wrong).unwrap_err());
            assert!(
                error.starts_with("that isn't what `cargo paratia bench --json`"),
                "{error}"
            );
        }
    }

    #[test]
    fn missing_and_renamed_figures_are_told() {
        let here = [
            ours("hvc-own", Some(40)),
            ours("port-write", Some(104)),
            ours("boot-hash", Some(3)),
            ours("text", Some(7)),
            ours("jitter-all", Some(2)),
        ];
        let title = here[1].figure.title;
        let there = vec![
            theirs(
                "hvc-own",
                "whatever it was called",
                "instructions",
                Some(50),
            ),
            theirs("sampling-write", title, "instructions", Some(208)),
            theirs("boot-hash", "-", "instructions", Some(57)),
            theirs("gone", "something older", "furlongs", Some(9)),
            theirs("jitter-all", "-", "instructions", Some(0)),
        ];
        let rows = compare(there, &here);
        let standings: Vec<_> = rows.iter().map(|row| row.standing.clone()).collect();
        assert_eq!(
            standings,
            [
                Standing::Both,
                Standing::Renamed("sampling-write".to_owned()),
                Standing::OtherUnit("instructions".to_owned()),
                Standing::OnlyHere,
                Standing::Both,
                Standing::OnlyThere,
            ]
        );
        let ratios: Vec<_> = rows.iter().map(Compared::ratio).collect();
        assert_eq!(ratios, [Some(0.8), Some(0.5), None, None, None, None]);
        assert_eq!((rows[5].key.as_str(), rows[5].before), ("gone", Some(9)));
    }
}
