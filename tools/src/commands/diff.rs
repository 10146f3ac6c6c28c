//! `cargo paratia diff`: what changed between two images.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use paratia::catalog;
use paratia_verify::reach::changes::{self, Change, Picture};
use serde::Deserialize;

use super::verify;
use crate::present::paint::{BAD, DIM, GOOD, PLAIN};

/// Say in words what changed between two systems, boards or images: who gained or lost access to what, which
/// window moved, who has another interrupt. A gain that isn't acknowledged fails.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The one before: SYSTEM, SYSTEM@BOARD, or a file that `verify --json` wrote.
    before: String,
    /// The one after, alike.
    after: String,
    /// Gains that are meant: a file with their sentences, a line each, as they are printed.
    #[arg(long, value_name = "FILE")]
    acknowledged: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let acknowledged = acknowledged(arguments.acknowledged.as_deref())?;
    let changes = changes::between(&picture(&arguments.before)?, &picture(&arguments.after)?);
    let is_open = |change: &&Change| change.is_gain && !acknowledged.contains(&change.sentence);
    for change in &changes {
        let sentence = &change.sentence;
        match (change.is_gain, is_open(&change)) {
            (true, true) => anstream::println!("{BAD}gain{PLAIN}: {sentence}"),
            (true, false) => anstream::println!("{DIM}acknowledged{PLAIN}: {sentence}"),
            (false, _) => anstream::println!("{GOOD}no gain{PLAIN}: {sentence}"),
        }
    }
    let open = changes.iter().filter(is_open).count();
    let all = changes.len();
    anstream::println!("{all} changes, {open} of them gains that aren't acknowledged");
    Ok(if open == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn acknowledged(file: Option<&Path>) -> anyhow::Result<BTreeSet<String>> {
    let Some(file) = file else {
        return Ok(BTreeSet::new());
    };
    let text = fs::read_to_string(file);
    let text = text.with_context(|| format!("can't read {}", file.display()))?;
    Ok(text.lines().map(str::to_owned).collect())
}

/// What `verify --json` writes, as far as it is compared.
#[derive(Deserialize)]
struct Written {
    reach: Picture,
}

/// Of a system that is built, or of one that was looked at before.
fn picture(of: &str) -> anyhow::Result<Picture> {
    if Path::new(of)
        .extension()
        .is_some_and(|extension| extension == "json")
    {
        let text = fs::read_to_string(of).with_context(|| format!("can't read {of}"))?;
        let written: Written = serde_json::from_str(&text)
            .with_context(|| format!("{of} isn't what `cargo paratia verify --json` writes"))?;
        return Ok(written.reach);
    }
    let (system, board) = of.split_once('@').unwrap_or((of, "qemu-virt"));
    let choice = catalog::choose(board, system)?;
    let image = verify::built(&choice)?;
    Ok(verify::derive(&choice, &image)?.reach.into())
}
