//! Memory: whose each physical byte is, who reaches it beside its owner, and why.

use paratia_verify::reach::Reach;
use paratia_verify::reach::declared::{Channel, Declaration, Partition, Port, Region, Span};
use paratia_verify::reach::matrix::{Shown, ShownAccess};
use paratia_verify::reach::shares;
use serde::Serialize;

/// The hypervisor as the checker calls it.
pub const HYPERVISOR: &str = "the hypervisor";
/// Whose bytes are that nobody reaches.
pub const NOBODY: &str = "nobody";

/// All memory, as it follows from the image.
#[derive(Clone, Debug, Serialize)]
pub struct Memory {
    /// Physical addresses in ascending order, with what nobody reaches of the board's RAM.
    pub ranges: Vec<Range>,
    /// What each partition sees.
    pub partitions: Vec<Map>,
}

/// Physical addresses that are reached alike throughout.
#[derive(Clone, Debug, Serialize)]
pub struct Range {
    /// The first.
    pub base: u64,
    /// How many.
    pub bytes: u64,
    /// What is there.
    pub what: String,
    /// Whose they are: a partition's name, the hypervisor's, each CPU's own, or nobody's.
    pub owner: String,
    /// Who reaches them, and how.
    pub accesses: Vec<ShownAccess>,
    /// Why several do; nothing if one does.
    pub reasons: Vec<Reason>,
}

/// Why somebody reaches a byte that isn't its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Of what kind.
    pub kind: Kind,
    /// In a sentence.
    pub text: String,
}

/// What bytes are shared for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The hypervisor scrubs and loads a partition before each start.
    Start,
    /// The hypervisor copies a channel's messages.
    Channel,
    /// A partition reads its passport.
    Passport,
    /// A partition is told its stolen time.
    StolenTime,
    /// One address, behind which each CPU has registers of its own.
    OwnOfCpu,
}

/// What a partition sees.
#[derive(Clone, Debug, Serialize)]
pub struct Map {
    /// The partition.
    pub partition: String,
    /// What lies where for it, in ascending order.
    pub mappings: Vec<Mapping>,
}

/// What is mapped for a partition.
#[derive(Clone, Debug, Serialize)]
pub struct Mapping {
    /// Where it sees it.
    pub ipa: u64,
    /// Where it lies.
    pub pa: u64,
    /// How many bytes.
    pub bytes: u64,
    /// What it is.
    pub what: String,
    /// What may be done.
    pub rights: String,
    /// As what type of memory.
    pub memory: String,
    /// Who else reaches it.
    pub others: Vec<String>,
}

impl Memory {
    /// What follows from an image.
    #[must_use]
    pub fn of(reach: &Reach, declared: &Declaration) -> Self {
        let mut ranges: Vec<Range> = reach
            .matrix
            .iter()
            .map(|row| range(row, declared))
            .collect();
        ranges.extend(unreached(&reach.matrix, &declared.board.ram));
        ranges.sort_by_key(|it| it.base);
        let partitions = declared.partitions.iter().map(|it| Map {
            partition: it.name.clone(),
            mappings: mappings(&who(it), &reach.matrix),
        });
        Self {
            ranges,
            partitions: partitions.collect(),
        }
    }
}

/// A partition as the checker calls it.
fn who(partition: &Partition) -> String {
    format!("partition '{}'", partition.name)
}

fn range(row: &Shown, declared: &Declaration) -> Range {
    Range {
        base: row.base,
        bytes: row.bytes,
        what: row.what.clone(),
        owner: owner(row, declared),
        accesses: row.accesses.clone(),
        reasons: reasons(row, declared),
    }
}

/// Those of the partitions that reach a row, and how.
fn partitions<'a>(
    row: &'a Shown,
    declared: &'a Declaration,
) -> Vec<(&'a Partition, &'a ShownAccess)> {
    let of = |access: &'a ShownAccess| {
        let partition = declared
            .partitions
            .iter()
            .find(|it| who(it) == access.who)?;
        Some((partition, access))
    };
    row.accesses.iter().filter_map(of).collect()
}

/// The partition that may change it, or those that may; what partitions only read is the hypervisor's.
fn owner(row: &Shown, declared: &Declaration) -> String {
    let partitions = partitions(row, declared);
    if partitions.len() > 1 && share(row, declared).is_none() {
        return "each CPU's own".to_owned();
    }
    let writers = partitions.iter().filter(|(_, it)| it.rights.contains('w'));
    let writers: Vec<&str> = writers.map(|(it, _)| it.name.as_str()).collect();
    if writers.is_empty() {
        return "hypervisor".to_owned();
    }
    writers.join(" and ")
}

/// The channel whose memory a row is.
fn share<'a>(row: &Shown, declared: &'a Declaration) -> Option<&'a Channel> {
    let span = Span {
        base: row.base,
        bytes: row.bytes,
    };
    let shares = shares::of(declared);
    let share = shares.iter().find(|share| share.span.has(span))?;
    declared.channels.get(share.channel)
}

/// Why each who isn't the owner reaches it, as far as the declaration tells.
fn reasons(row: &Shown, declared: &Declaration) -> Vec<Reason> {
    let partitions = partitions(row, declared);
    if row.accesses.len() < 2 && !partitions.iter().any(|(_, it)| !it.rights.contains('w')) {
        return Vec::new();
    }
    let span = Span {
        base: row.base,
        bytes: row.bytes,
    };
    let mut reasons = Vec::new();
    let mut add = |kind, text| reasons.push(Reason { kind, text });
    if partitions.len() > 1 && declared.board.lent_registers.is_some_and(|it| it.has(span)) {
        let text = "the interrupt controller shows each CPU its own registers here, and a switch carries them";
        add(Kind::OwnOfCpu, text.to_owned());
    }
    if let Some(channel) = share(row, declared) {
        for (partition, access) in partitions {
            add(Kind::Channel, shared(channel, &partition.name, access));
        }
        return reasons;
    }
    for (partition, access) in partitions {
        let name = &partition.name;
        let region = partition.regions.iter().find(|it| it.physical().has(span));
        let is_shared = row.accesses.iter().any(|it| it.who == HYPERVISOR);
        if let Some(region) = region.filter(|_| is_shared) {
            add(Kind::Start, start(region, name));
            for (channel, port, is_source) in ports(declared, name) {
                if region_at(region, port).is_some_and(|pa| span.range().contains(&pa)) {
                    add(Kind::Channel, message(channel, port, is_source));
                }
            }
        } else if access.input == partition.passport {
            add(
                Kind::Passport,
                format!("'{name}' reads its passport, a constant of the image"),
            );
        } else if Some(access.input) == partition.stolen_time {
            add(
                Kind::StolenTime,
                format!("the hypervisor tells '{name}' the time that it didn't run"),
            );
        }
    }
    reasons
}

fn shared(channel: &Channel, name: &str, access: &ShownAccess) -> String {
    let verb = if access.rights.contains('w') {
        "writes, and reads,"
    } else {
        "reads"
    };
    format!(
        "'{name}' {verb} memory of channel '{}' at {:#x}; before a start of who writes it the hypervisor scrubs it",
        channel.name, access.input
    )
}

fn start(region: &Region, name: &str) -> String {
    let what = match region.kind {
        kind if kind.takes_pieces() => "scrubs it and loads the image",
        _ => "scrubs it",
    };
    format!("before each start of '{name}' the hypervisor {what}")
}

/// The ends of channels that a partition has: the channel, the end, and whether it is the source.
fn ports<'a>(declared: &'a Declaration, name: &str) -> Vec<(&'a Channel, &'a Port, bool)> {
    let is_its = |port: &&Port| {
        declared
            .partitions
            .get(port.partition)
            .is_some_and(|it| it.name == name)
    };
    let of = |channel: &'a Channel| {
        let source = [(&channel.source, true)].into_iter();
        let all = source.chain(channel.destinations.iter().map(|it| (it, false)));
        all.filter(move |(port, _)| is_its(port))
            .map(move |(port, is_source)| (channel, port, is_source))
    };
    declared.channels.iter().flat_map(of).collect()
}

/// Where a port's message window lies, if it is in a region.
pub(super) fn region_at(region: &Region, port: &Port) -> Option<u64> {
    let offset = port.window.checked_sub(region.ipa)?;
    (offset < region.bytes).then(|| region.pa + offset)
}

fn message(channel: &Channel, port: &Port, is_source: bool) -> String {
    let verb = if is_source { "reads" } else { "writes" };
    let (bytes, at) = (channel.message_bytes, port.window);
    format!(
        "the hypervisor {verb} messages of channel '{}', {bytes} bytes at {at:#x} for port '{}'",
        channel.name, port.name
    )
}

/// The board's RAM that no row has.
fn unreached(rows: &[Shown], ram: &[Span]) -> Vec<Range> {
    let mut all = Vec::new();
    let mut ram = ram.to_vec();
    ram.sort_by_key(|it| it.base);
    let mut at = 0;
    for bank in ram {
        at = at.max(bank.base);
        let inside = rows
            .iter()
            .filter(|row| row.base < bank.end() && row.base + row.bytes > bank.base);
        let mut ends: Vec<(u64, u64)> =
            inside.map(|row| (row.base, row.base + row.bytes)).collect();
        ends.push((bank.end(), bank.end()));
        for (base, end) in ends {
            if base > at {
                all.push(Range {
                    base: at,
                    bytes: base - at,
                    what: "RAM that nobody reaches".to_owned(),
                    owner: NOBODY.to_owned(),
                    accesses: Vec::new(),
                    reasons: Vec::new(),
                });
            }
            at = at.max(end);
        }
    }
    all
}

/// What somebody sees, by input address.
fn mappings(who: &str, rows: &[Shown]) -> Vec<Mapping> {
    let mut all = Vec::new();
    for row in rows {
        for access in row.accesses.iter().filter(|it| it.who == who) {
            let others = row.accesses.iter().filter(|it| it.who != who);
            all.push(Mapping {
                ipa: access.input,
                pa: row.base,
                bytes: row.bytes,
                what: row.what.clone(),
                rights: access.rights.clone(),
                memory: access.memory.clone(),
                others: others.map(|it| it.who.clone()).collect(),
            });
        }
    }
    all.sort_by_key(|it| it.ipa);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_reaches_is_what_is_left() {
        let row = |base, bytes| Shown {
            base,
            bytes,
            what: String::new(),
            accesses: Vec::new(),
        };
        let bank = |base, bytes| Span { base, bytes };
        let left = unreached(
            &[row(5, 10), row(20, 5), row(40, 10)],
            &[bank(30, 30), bank(10, 20)],
        );
        let left: Vec<(u64, u64)> = left
            .iter()
            .map(|it| (it.base, it.base + it.bytes))
            .collect();
        assert_eq!(left, [(15, 20), (25, 30), (30, 40), (50, 60)]);
    }
}
