//! Who owns which device and interrupt.

use paratia::catalog::Choice;
use paratia_config::MemoryRange;
use paratia_config::board::CpuStart;

use crate::present::paint::{self, DIM};
use crate::present::quantity::{range, size};
use crate::present::table::Table;

/// The hypervisor, as an owner.
const HYPERVISOR: &str = "hypervisor";

/// One line a device, the hypervisor's own first.
pub(super) fn table(choice: &Choice) -> Table {
    let mut table = Table::new(&["owner", "device", "registers", ">size", "interrupts"]);
    for (device, registers) in own_devices(choice) {
        let cells = [HYPERVISOR, device].map(str::to_owned);
        let place = [
            range(registers.base.0, registers.size_bytes),
            size(registers.size_bytes),
        ];
        table.coloured_row(paint::BOLD, cells.into_iter().chain(place));
    }
    for device in choice.board.devices {
        let registers = device.registers;
        let owner = choice.system.partitions.iter().position(|partition| {
            partition
                .devices
                .iter()
                .any(|owned| owned.device == device.name)
        });
        let (name, colour) = match owner {
            Some(index) => (
                choice.system.partitions[index].name,
                paint::partition(index),
            ),
            None => ("nobody", DIM),
        };
        let note = if device.bus_master {
            "  (bus master: never given away)"
        } else {
            ""
        };
        let interrupts: Vec<String> = device.interrupts.iter().map(ToString::to_string).collect();
        table.coloured_row(
            colour,
            [
                name.to_owned(),
                device.name.to_owned(),
                range(registers.base.0, registers.size_bytes),
                size(registers.size_bytes),
                format!("{}{note}", interrupts.join(", ")),
            ],
        );
    }
    table
}

/// The devices that the hypervisor keeps, with their registers.
fn own_devices(choice: &Choice) -> Vec<(&'static str, MemoryRange)> {
    let controller = &choice.board.interrupt_controller;
    let parts = (0..).map_while(|index| controller.registers(index));
    let mut all: Vec<_> = parts
        .map(|(whose, range)| (whose.trim_start_matches("the "), range))
        .collect();
    all.push(("debug UART", choice.board.uart));
    if let CpuStart::SpinTable { page, .. } = choice.board.cpu_start {
        all.push(("spin table", page));
    }
    all.extend(
        choice
            .board
            .hypervisor_devices
            .iter()
            .map(|range| ("firmware interface", *range)),
    );
    all
}
