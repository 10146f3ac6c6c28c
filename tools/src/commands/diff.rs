//! `cargo paratia diff`: what changed between two images.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use paratia::{catalog, changes};
use paratia_verify::reach::{
    self,
    changes::{Change, Picture},
};
use serde_json::{Value, json};

use super::verify;
use crate::present::paint::{BAD, DIM, GOOD, PLAIN};

/// Say in words what changed between two systems, boards or images: who gained or lost access to what, which
/// window moved, who has another interrupt, channel, verdict or machine, which way grew. A gain that isn't
/// acknowledged fails.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The one before: SYSTEM, SYSTEM@BOARD, or a file that `verify --json` or `report` wrote.
    before: String,
    /// The one after, alike.
    after: String,
    /// Gains that are meant: a file with their sentences, a line each, as they are printed.
    #[arg(long, value_name = "FILE")]
    acknowledged: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let acknowledged = acknowledged(arguments.acknowledged.as_deref())?;
    let (before, after) = (side(&arguments.before)?, side(&arguments.after)?);
    let mut changes = reach::changes::between(&before.reach, &after.reach);
    changes.extend(changes::between(&before.declared, &after.declared));
    changes.extend(changes::of_paths(&before.bounds, &after.bounds));
    changes.sort_by_key(|change| !change.is_gain);
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

/// What is compared of an image.
struct Side {
    reach: Picture,
    /// What was declared, as JSON.
    declared: Value,
    /// The bounds of its ways.
    bounds: Value,
}

/// Of a system that is built, or of one that was looked at before.
fn side(of: &str) -> anyhow::Result<Side> {
    let is_file = Path::new(of).extension().is_some_and(|it| it == "json");
    if is_file {
        let text = fs::read_to_string(of).with_context(|| format!("can't read {of}"))?;
        let written = serde_json::from_str(&text).with_context(|| format!("{of} is no JSON"))?;
        return written_side(&written).with_context(|| {
            format!(
                "{of} isn't what `cargo paratia verify --json` or `cargo paratia report` of this version writes; \
                 write it anew"
            )
        });
    }
    let (system, board) = of.split_once('@').unwrap_or((of, "qemu-virt"));
    let choice = catalog::choose(board, system)?;
    let image = verify::built(&choice)?;
    let derived = verify::derive(&choice, &image)?;
    Ok(Side {
        declared: serde_json::to_value(&derived.declared)?,
        bounds: serde_json::to_value(&derived.code.bounds)?,
        reach: derived.reach.into(),
    })
}

/// Of what `verify --json` or `report` wrote.
fn written_side(written: &Value) -> anyhow::Result<Side> {
    let at = |pointer: &str| {
        let value = written.pointer(pointer).cloned();
        value.with_context(|| format!("there is no {pointer}"))
    };
    if written.get("reach").is_some() {
        return Ok(Side {
            reach: serde_json::from_value(at("/reach")?)?,
            declared: at("/declared")?,
            bounds: at("/code/bounds")?,
        });
    }
    let mut windows = at("/timing/windows")?;
    for window in windows.as_array_mut().into_iter().flatten() {
        // The report tells which vCPU by its number in its partition, the checker by one of all.
        let name = window["partition"].as_str().unwrap_or_default();
        window["who"] = json!(format!("partition '{name}'"));
        window["vcpu"] = Value::Null;
    }
    let reach = json!({
        "matrix": at("/memory/ranges")?,
        "windows": windows,
        "interrupts": at("/interrupts")?,
    });
    let parts = ["partitions", "channels", "faults", "digests"];
    let mut declared = json!({
        "major_frame_ns": at("/timing/major_frame_ns")?,
        "guard_ns": at("/timing/guard_ns")?,
    });
    for part in parts {
        declared[part] = at(&format!("/{part}"))?;
    }
    Ok(Side {
        reach: serde_json::from_value(reach)?,
        declared,
        bounds: at("/timing/paths/bound")?,
    })
}
