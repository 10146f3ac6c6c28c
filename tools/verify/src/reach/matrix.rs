//! Who reaches which byte: all regimes' maps by physical address.

use serde::{Deserialize, Serialize};

use super::declared::{Declaration, Span};
use super::expected::Places;
use super::memory::{Memory, Rights};
use super::regimes::{Regime, Whose};
use super::shares;

/// Physical addresses that are reached alike throughout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The addresses.
    pub span: Span,
    /// Who reaches them.
    pub accesses: Vec<Access>,
}

/// How somebody reaches some physical addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// Who.
    pub whose: Whose,
    /// At which input address, of the row's first byte.
    pub input: u64,
    /// What may be done.
    pub rights: Rights,
    /// As what type of memory.
    pub memory: Memory,
}

/// A row, for people.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Shown {
    /// The first physical address.
    pub base: u64,
    /// How many bytes.
    pub bytes: u64,
    /// What is there.
    pub what: String,
    /// Who reaches it.
    pub accesses: Vec<ShownAccess>,
}

/// An access, for people.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownAccess {
    /// Who.
    pub who: String,
    /// At which input address.
    pub input: u64,
    /// What may be done: `rwx`, with a dash for what may not.
    pub rights: String,
    /// As what type of memory.
    pub memory: String,
}

impl Row {
    /// It, for people.
    #[must_use]
    pub fn shown(&self, declared: &Declaration, places: &Places) -> Shown {
        let accesses = self.accesses.iter().map(|access| ShownAccess {
            who: access.whose.name(declared),
            input: access.input,
            rights: access.rights.to_string(),
            memory: access.memory.to_string(),
        });
        Shown {
            base: self.span.base,
            bytes: self.span.bytes,
            what: what(self.span, declared, places),
            accesses: accesses.collect(),
        }
    }
}

/// The matrix of all regimes, in ascending order of physical addresses; what nobody reaches isn't in it.
#[must_use]
pub fn of(regimes: &[Regime]) -> Vec<Row> {
    // Where something begins or ends.
    let mut begins = Vec::new();
    let mut edges = Vec::new();
    for regime in regimes {
        for mapping in &regime.walk.mappings {
            let end = mapping.output.saturating_add(mapping.bytes);
            begins.push((mapping.output, end, regime.whose, *mapping));
            edges.extend([mapping.output, end]);
        }
    }
    begins.sort_by_key(|(start, end, whose, mapping)| (*start, *end, *whose, mapping.input));
    edges.sort_unstable();
    edges.dedup();
    let mut rows: Vec<Row> = Vec::new();
    let mut active: Vec<(u64, u64, Whose, super::walk::Mapping)> = Vec::new();
    let mut next = 0;
    for pair in edges.windows(2) {
        let (start, end) = (pair[0], pair[1]);
        active.retain(|(_, until, ..)| *until > start);
        while let Some(one) = begins.get(next).filter(|one| one.0 <= start) {
            active.push(*one);
            next += 1;
        }
        let mut accesses: Vec<Access> = active
            .iter()
            .map(|(from, _, whose, mapping)| Access {
                whose: *whose,
                input: mapping.input.wrapping_add(start - from),
                rights: mapping.rights,
                memory: mapping.memory,
            })
            .collect();
        accesses.sort_by_key(|access| (access.whose, access.input));
        if !accesses.is_empty() {
            push(
                &mut rows,
                Row {
                    span: Span {
                        base: start,
                        bytes: end - start,
                    },
                    accesses,
                },
            );
        }
    }
    rows
}

/// Adds a row, to the last one if it goes on alike.
fn push(rows: &mut Vec<Row>, row: Row) {
    if let Some(last) = rows.last_mut()
        && last.span.end() == row.span.base
        && last.accesses.len() == row.accesses.len()
        && last.accesses.iter().zip(&row.accesses).all(|(one, next)| {
            one.input.wrapping_add(last.span.bytes) == next.input
                && (one.whose, one.rights, one.memory) == (next.whose, next.rights, next.memory)
        })
    {
        last.span.bytes += row.span.bytes;
        return;
    }
    rows.push(row);
}

/// A matrix as `tools/verify/second_opinion.py` prints it: a line for each row.
#[must_use]
pub fn canonical(rows: &[Row], regimes: &[Regime]) -> String {
    let vmid = |whose: Whose| {
        let regime = regimes.iter().find(|regime| regime.whose == whose);
        regime.and_then(|regime| regime.vmid).unwrap_or(0)
    };
    let mut text = String::new();
    for row in rows {
        let mut accesses: Vec<(u64, &Access)> = row
            .accesses
            .iter()
            .map(|access| (vmid(access.whose), access))
            .collect();
        accesses.sort_by_key(|(vmid, access)| (*vmid, access.input));
        let accesses = accesses.into_iter().map(|(vmid, access)| {
            let who = if vmid == 0 {
                "el2".to_owned()
            } else {
                format!("vmid {vmid}")
            };
            format!(
                "{who} {} {} at {:#x}",
                access.rights, access.memory, access.input
            )
        });
        let accesses: Vec<String> = accesses.collect();
        let (base, end) = (row.span.base, row.span.end());
        text += &format!("{base:#x} {end:#x}: {}\n", accesses.join(", "));
    }
    text
}

/// What lies at some physical addresses, by the declaration and the image's parts.
#[must_use]
pub fn what(span: Span, declared: &Declaration, places: &Places) -> String {
    let mut names: Vec<String> = Vec::new();
    let parts = places.all();
    let parts = parts.iter().map(|(name, part, _)| (*name, *part));
    let others = [("the hypervisor's stacks", places.stacks)];
    for (name, part) in parts.chain(others) {
        if !part.meets(span) {
            continue;
        }
        names.push(match name {
            "the passports" => passports(span, declared, places),
            _ => name.to_owned(),
        });
    }
    for partition in &declared.partitions {
        for region in partition
            .regions
            .iter()
            .filter(|region| region.physical().meets(span))
        {
            names.push(format!(
                "region '{}' of partition '{}'",
                region.name, partition.name
            ));
        }
    }
    for share in shares::of(declared) {
        if share.span.meets(span) {
            let channel = &declared.channels[share.channel];
            names.push(format!("memory of channel '{}'", channel.name));
        }
    }
    for device in declared
        .board
        .devices
        .iter()
        .filter(|device| device.span.meets(span))
    {
        names.push(format!("device '{}'", device.name));
    }
    for registers in &declared.board.hypervisor_registers {
        if registers.span.meets(span) {
            names.push(registers.name.clone());
        }
    }
    if declared
        .board
        .device_tree
        .is_some_and(|tree| tree.meets(span))
    {
        names.push("the board's device tree".to_owned());
    }
    if declared
        .board
        .lent_registers
        .is_some_and(|lent| lent.meets(span))
    {
        names.push("the interrupt controller's virtual CPU interface".to_owned());
    }
    if names.is_empty() {
        let is_ram = declared.board.ram.iter().any(|ram| ram.meets(span));
        names.push(
            if is_ram {
                "RAM that is nobody's"
            } else {
                "nothing that the board's facts name"
            }
            .to_owned(),
        );
    }
    names.join(", ")
}

fn passports(span: Span, declared: &Declaration, places: &Places) -> String {
    let meets = |index: &usize| places.passport(*index).meets(span);
    let mut of: Vec<&str> = (0..declared.partitions.len())
        .filter(meets)
        .map(|index| declared.partitions[index].name.as_str())
        .collect();
    if of.len() > 3 {
        of.truncate(3);
        of.push("others");
    }
    format!("the passport of {}", of.join(", "))
}

#[cfg(test)]
mod tests {
    use super::super::descriptor::Stage;
    use super::super::walk::{Mapping, Walk};
    use super::*;

    fn regime(whose: Whose, mappings: &[(u64, u64, u64)]) -> Regime {
        let mapping = |(input, output, bytes): &(u64, u64, u64)| Mapping {
            input: *input,
            output: *output,
            bytes: *bytes,
            rights: Rights::ALL,
            memory: Memory::WRITE_BACK,
        };
        Regime {
            whose,
            root: 0,
            vmid: None,
            found: String::new(),
            stage: Stage::Two,
            walk: Walk {
                mappings: mappings.iter().map(mapping).collect(),
                ..Walk::default()
            },
        }
    }

    /// Regimes that map by chance, against the question who reaches each byte.
    #[test]
    fn every_byte_is_reached_by_whom_the_maps_say() {
        let mut seed = 7_u64;
        let mut next = |below: u64| {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        };
        for _ in 0..500 {
            let mut draw = |whose| {
                let count = next(5);
                let mappings: Vec<_> = (0..count)
                    .map(|index| (1000 * index, next(30), 1 + next(9)))
                    .collect();
                regime(whose, &mappings)
            };
            let regimes = [
                draw(Whose::Hypervisor),
                draw(Whose::Partition(0)),
                draw(Whose::Partition(1)),
            ];
            let rows = of(&regimes);
            for byte in 0..50 {
                let mut expected: Vec<(Whose, u64)> = Vec::new();
                for regime in &regimes {
                    for mapping in &regime.walk.mappings {
                        let span = Span {
                            base: mapping.output,
                            bytes: mapping.bytes,
                        };
                        if span.range().contains(&byte) {
                            expected.push((regime.whose, mapping.input + byte - mapping.output));
                        }
                    }
                }
                expected.sort_unstable();
                let row = rows.iter().find(|row| row.span.range().contains(&byte));
                let found: Vec<(Whose, u64)> = row.map_or(Vec::new(), |row| {
                    let input = |access: &Access| access.input + byte - row.span.base;
                    row.accesses
                        .iter()
                        .map(|access| (access.whose, input(access)))
                        .collect()
                });
                assert_eq!(found, expected, "byte {byte}");
            }
            assert!(
                rows.windows(2)
                    .all(|pair| pair[0].span.end() <= pair[1].span.base)
            );
        }
    }
}
