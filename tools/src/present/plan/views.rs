//! What each partition sees: guest-physical addresses, what lies behind them, and its rights.

use paratia::catalog::Choice;
use paratia_config::address::PAGE_BYTES;
use paratia_config::system::{Criticality, RegionKind};
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
    for region in partition.regions {
        let rights = match region.kind {
            RegionKind::Ram => "rwx",
            RegionKind::FrameBuffer => "rw-",
        };
        add(
            region.ipa.0,
            region.pa.0,
            region.size_bytes,
            rights,
            region.name.to_owned(),
        );
    }
    for owned in partition.devices {
        if let Some(device) = choice.board.device(owned.device) {
            let more = device.reaches.map(|more| format!("; reaches {more}"));
            let what = format!("device '{}'{}", device.name, more.unwrap_or_default());
            let place = device.registers;
            add(owned.ipa.0, place.base.0, place.size_bytes, "rw-", what);
        }
    }
    let passport = tables::layout(choice.system, choice.board).passport(index);
    add(
        partition.passport.0,
        passport.0,
        PAGE_BYTES,
        "r--",
        "passport".to_owned(),
    );
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
