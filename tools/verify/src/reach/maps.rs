//! Each regime's map against what it must be: descriptor by descriptor, and to the byte.

use std::collections::BTreeSet;

use super::compare::{Difference, differences};
use super::declared::{Declaration, Span};
use super::expected::{self, INPUT_END, Places};
use super::finding::{About, Finding};
use super::matrix;
use super::regimes::{Regime, Whose};
use super::stacks;
use super::walk::{Fault, Mapping, TABLE_BYTES, Tables, Walk};

/// What a regime must map, kept so that a part of it can be compared again.
#[derive(Clone, Debug)]
pub struct Expected {
    whose: Whose,
    name: String,
    /// Where its root is, and how that was found.
    root: String,
    mappings: Vec<Mapping>,
}

impl Expected {
    /// Of one regime.
    #[must_use]
    pub fn of(regime: &Regime, declared: &Declaration, places: &Places) -> Self {
        Self {
            whose: regime.whose,
            name: regime.whose.name(declared),
            root: format!("{:#x} ({})", regime.root, regime.found),
            mappings: expected::of(regime.whose, declared, places),
        }
    }

    /// What is wrong with what a walk says of some input addresses.
    #[must_use]
    pub fn findings(
        &self,
        walk: &Walk,
        (start, end): (u64, u64),
        declared: &Declaration,
        places: &Places,
    ) -> Vec<Finding> {
        let runs = walk.faults.chunk_by(|one, next| {
            next.kind == one.kind && next.at == one.at + 8 && next.level == one.level
        });
        let mut findings: Vec<Finding> = runs.map(|run| self.fault(run)).collect();
        let mut compare = |start: u64, end: u64| {
            let found = differences(&self.mappings, &walk.mappings, start, end);
            findings.extend(
                found
                    .iter()
                    .map(|found| self.difference(found, declared, places)),
            );
        };
        if self.whose != Whose::Hypervisor {
            compare(start, end);
            return findings;
        }
        // EL2's stacks have a rule of their own.
        let area = places.stacks;
        compare(start, end.min(area.base));
        compare(start.max(area.end()), end);
        if start < area.end() && area.base < end {
            findings.extend(stacks::findings(&walk.mappings, area, declared.cpu_count()));
        }
        findings
    }

    /// What is wrong with descriptors in a row, alike.
    fn fault(&self, run: &[Fault]) -> Finding {
        let fault = &run[0];
        let mut place = format!(
            "descriptor {:#x} at {:#x}, level {}, for {:#x} on of {}",
            fault.descriptor, fault.at, fault.level, fault.input, self.name
        );
        if run.len() > 1 {
            place += &format!(", and the {} behind it", run.len() - 1);
        }
        Finding::new(About::Tables, place, fault.kind.to_string())
    }

    fn difference(
        &self,
        difference: &Difference,
        declared: &Declaration,
        places: &Places,
    ) -> Finding {
        let place = format!(
            "{}, {:#x}..{:#x}",
            self.name,
            difference.input,
            difference.input + difference.bytes
        );
        let shown = |mapping: Option<Mapping>| match mapping {
            None => "nothing".to_owned(),
            Some(mapping) => {
                let span = Span {
                    base: mapping.output,
                    bytes: mapping.bytes,
                };
                let what = matrix::what(span, declared, places);
                format!(
                    "{} as {} to {:#x}, {what},",
                    mapping.rights, mapping.memory, mapping.output
                )
            }
        };
        let fact = format!(
            "the tables from {} on map {} where it must be {}",
            self.root,
            shown(difference.derived),
            shown(difference.expected)
        );
        Finding::new(About::Tables, place, fact.trim_end_matches(',').to_owned())
    }
}

/// What is wrong with all regimes' maps, and with tables that none or several have.
#[must_use]
pub fn findings(
    regimes: &[Regime],
    tables: &Tables<'_>,
    declared: &Declaration,
    places: &Places,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for regime in regimes {
        let expected = Expected::of(regime, declared, places);
        let all = (0, INPUT_END);
        findings.extend(expected.findings(&regime.walk, all, declared, places));
    }
    let wanted = 1 + declared.partitions.len();
    if regimes.len() != wanted {
        let fact = format!(
            "{} were found, but the hypervisor and each partition make {wanted}",
            regimes.len()
        );
        findings.push(Finding::new(About::Tables, "translation regimes", fact));
    }
    findings.extend(shared(regimes, declared));
    findings.extend(unused(regimes, tables));
    findings
}

/// Tables that two regimes have.
fn shared(regimes: &[Regime], declared: &Declaration) -> Vec<Finding> {
    let mut owners = std::collections::BTreeMap::new();
    let mut findings = Vec::new();
    for regime in regimes {
        for visited in &regime.walk.tables {
            if let Some(other) = owners.insert(visited.table, regime.whose) {
                let place = format!("table at {:#x}", visited.table);
                let fact = format!(
                    "it is one of {} and of {}, but each must have its own",
                    other.name(declared),
                    regime.whose.name(declared)
                );
                findings.push(Finding::new(About::Tables, place, fact));
            }
        }
    }
    findings
}

/// Tables to which nothing leads, but in which something is.
fn unused(regimes: &[Regime], tables: &Tables<'_>) -> Vec<Finding> {
    let used: BTreeSet<u64> = regimes
        .iter()
        .flat_map(|regime| &regime.walk.tables)
        .map(|visited| visited.table)
        .collect();
    let count = tables.bytes.len() as u64 / TABLE_BYTES;
    let all = (0..count).map(|index| tables.base + index * TABLE_BYTES);
    let mut findings = Vec::new();
    for table in all.filter(|table| !used.contains(table)) {
        let entries = (0..TABLE_BYTES)
            .step_by(8)
            .filter_map(|at| tables.word(table + at));
        let filled = entries.filter(|entry| *entry != 0).count();
        if filled > 0 {
            let fact = format!("nothing leads to it, but {filled} of its entries aren't 0");
            findings.push(Finding::new(
                About::Tables,
                format!("table at {table:#x}"),
                fact,
            ));
        }
    }
    findings
}
