//! What each partition sees: guest-physical addresses, what lies behind them, and its rights.

use paratia::catalog::Choice;
use paratia_config::system::Criticality;
use paratia_config::tables::channel_memory;
use paratia_config::{Partition, tables};

use crate::present::quantity::{address, range, size};
use crate::present::table::Table;

/// One line a region, device, port and passport.
pub(super) fn table(choice: &Choice) -> Table {
    let mut table = Table::new(&[
        "partition",
        "guest-physical",
        "physical",
        ">size",
        "rights",
        "what",
    ]);
    for (index, partition) in choice.system.partitions.iter().enumerate() {
        let critical = partition.criticality == Criticality::Critical;
        let mut name = format!("{}{}", partition.name, if critical { " *" } else { "" });
        for row in rows(choice, index, partition) {
            table.coloured_row(
                crate::present::paint::partition(index),
                [std::mem::take(&mut name)].into_iter().chain(row),
            );
        }
    }
    table
}

/// What is mapped, as the tables are built from it, so that nothing can be left out; and the messages in it.
fn rows(choice: &Choice, index: usize, partition: &Partition) -> Vec<[String; 5]> {
    let mut rows: Vec<(u64, [String; 5])> = Vec::new();
    let mut add = |ipa: u64, pa: u64, bytes: u64, rights: &str, what: String| {
        let row = [
            range(ipa, bytes),
            address(pa),
            size(bytes),
            rights.to_owned(),
            what,
        ];
        rows.push((ipa, row));
    };
    for mapping in tables::stage2_of(choice.system, choice.board, index).as_slice() {
        let rights = mapping.attributes.stage2_rights();
        let what = what(choice, partition, mapping.input);
        add(
            mapping.input,
            mapping.output,
            mapping.size_bytes,
            rights,
            what,
        );
    }
    for channel in choice.system.channels {
        let bytes = u64::from(channel.message_bytes);
        for end in 0..=channel.destinations.len() {
            let port = channel.end(end);
            let place = partition.ram_at(port.window, bytes);
            if let (true, Some(pa)) = (port.partition == partition.name, place) {
                let verb = if end == 0 { "sent" } else { "received" };
                add(
                    port.window.0,
                    pa.0,
                    bytes,
                    "rw-",
                    format!("'{}' messages {verb}", port.port),
                );
            }
        }
    }
    rows.sort_by_key(|(ipa, _)| *ipa);
    rows.into_iter().map(|(_, row)| row).collect()
}

/// What a partition has of channels' memory at an address.
fn channel(choice: &Choice, partition: &Partition, ipa: u64) -> Option<String> {
    let views = channel_memory::views(choice.system, choice.board, partition.name);
    let mut views = views.iter().filter(|it| it.physical.size_bytes > 0);
    let view = views.find(|it| it.ipa.0 == ipa)?;
    let channel = &choice.system.channels[view.channel];
    let ends = (0..=channel.destinations.len()).map(|end| channel.end(end));
    let is_first = { ends }.any(|port| port.partition == partition.name && port.window.0 == ipa);
    let part = if is_first { "memory" } else { "reader's page" };
    let uncached = if view.is_cached { "" } else { ", not cached" };
    Some(format!("{part} of channel '{}'{uncached}", channel.name))
}

/// What a partition has mapped at an address.
pub(super) fn what(choice: &Choice, partition: &Partition, ipa: u64) -> String {
    let machine = &partition.machine;
    let mut regions = partition.regions.iter();
    if let Some(region) = regions.find(|it| it.ipa.0 == ipa) {
        return region.name.to_owned();
    }
    let mut devices = partition.devices.iter();
    if let Some(owned) = devices.find(|it| it.ipa.0 == ipa) {
        let device = choice.board.device(owned.device);
        let more = device.and_then(|it| it.reaches);
        let more = more.map(|more| format!("; reaches {more}"));
        return format!("device '{}'{}", owned.device, more.unwrap_or_default());
    }
    if let Some(channel) = channel(choice, partition, ipa) {
        return channel;
    }
    let known = if partition.passport.0 == ipa {
        "passport"
    } else if machine.stolen_time.is_some_and(|it| it.0 == ipa) {
        "stolen time"
    } else if machine.gic.cpu_interface.0 == ipa {
        "GIC's virtual CPU interface, each CPU's own"
    } else {
        "?"
    };
    known.to_owned()
}

#[cfg(test)]
mod tests {
    use paratia::catalog;

    use super::*;

    /// Of every system on every board, each mapping is shown, and shown as what it is.
    #[test]
    fn whatever_is_mapped_has_a_name() {
        let mut seen = Vec::new();
        for listed in catalog::boards() {
            for (name, _) in catalog::systems(listed) {
                let choice = catalog::choose(listed.facts.name, name).unwrap();
                for (index, partition) in choice.system.partitions.iter().enumerate() {
                    let rows = rows(&choice, index, partition);
                    let mappings = tables::stage2_of(choice.system, choice.board, index);
                    for mapping in mappings.as_slice() {
                        let shown = range(mapping.input, mapping.size_bytes);
                        let is_it = |row: &&[String; 5]| row[0] == shown;
                        let row = rows.iter().find(is_it).expect("it is shown");
                        assert_ne!(row[4], "?", "{name} on {}: {row:?}", listed.facts.name);
                        seen.push(row[4].clone());
                    }
                }
            }
        }
        for what in [
            "passport",
            "stolen time",
            "GIC's virtual CPU interface, each CPU's own",
        ] {
            assert!(seen.iter().any(|it| it == what), "{what}");
        }
    }
}
