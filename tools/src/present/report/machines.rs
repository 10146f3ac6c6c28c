//! Machines: what each partition finds, beside its memory.

use paratia::report::Document;
use paratia::report::machines::{Device, Machine};

use super::owners;
use super::shown::{self, Cell, Unit};

pub(super) fn chapter(document: &Document) -> String {
    let mut html =
        "<p>What each partition is, and the machine that it finds, as declared.</p>\n".to_owned();
    for (index, machine) in document.partitions.iter().enumerate() {
        html += &of_partition(document, index, machine);
    }
    html
}

fn of_partition(document: &Document, index: usize, machine: &Machine) -> String {
    let at = |field: &str| format!("/partitions/{index}/{field}");
    let count =
        |field: &str, value: u32| Some(shown::number(&at(field), value.into(), Unit::Count));
    let address = |field: &str, value: Option<u64>| {
        value.map(|value| shown::number(&at(field), value, Unit::Address))
    };
    let given = |field: &str, is: bool| Some(shown::either(&at(field), is, ["yes", "no"]));
    let text = |field: &str, value: &str| Some(shown::text(&at(field), value));
    let facts = [
        ("starts with", text("image", &machine.image)),
        (
            "command line",
            machine
                .command_line
                .as_deref()
                .map(|it| shown::code(&at("command_line"), it)),
        ),
        (
            "arguments",
            Some(shown::code(&at("arguments"), &machine.arguments)),
        ),
        ("entry", address("entry_ipa", Some(machine.entry_ipa))),
        (
            "passport",
            address("passport_ipa", Some(machine.passport_ipa)),
        ),
        ("virtual CPUs", count("vcpus", machine.vcpus)),
        (
            "architecture of the GIC",
            count("gic_version", machine.gic_version),
        ),
        (
            "blocks of 32 shared interrupts",
            count("shared_blocks", machine.shared_blocks),
        ),
        (
            "distributor",
            address("distributor_ipa", Some(machine.distributor_ipa)),
        ),
        (
            "redistributors",
            address("redistributors_ipa", machine.redistributors_ipa),
        ),
        (
            "CPU interface",
            address("cpu_interface_ipa", machine.cpu_interface_ipa),
        ),
        ("UART", address("uart_ipa", machine.uart_ipa)),
        ("clock", address("clock_ipa", machine.clock_ipa)),
        ("watchdog", address("watchdog_ipa", machine.watchdog_ipa)),
        (
            "stolen time",
            address("stolen_time_ipa", machine.stolen_time_ipa),
        ),
        ("random numbers", given("entropy", machine.entropy)),
        ("performance monitors", given("monitors", machine.monitors)),
        ("debug registers", given("debug", machine.debug)),
        ("an access to nothing", text("stray", machine.stray)),
        (
            "a forbidden instruction",
            text("forbidden", machine.forbidden),
        ),
        (
            "picture",
            machine.picture.map(|it| {
                let of = |field: &str, value: u32| {
                    shown::number(&at(&format!("picture/{field}")), value.into(), Unit::Count)
                };
                format!(
                    "{} x {} pixels",
                    of("width", it.width),
                    of("height", it.height)
                )
            }),
        ),
    ];
    let rows = facts
        .into_iter()
        .filter_map(|(what, value)| Some(vec![Cell::Short(what.to_owned()), Cell::Words(value?)]));
    let devices = machine
        .devices
        .iter()
        .enumerate()
        .map(|(number, it)| device(&at("devices"), number, it));
    let rows: Vec<_> = rows.chain(devices).collect();
    format!(
        "<h3>{}{}</h3>\n{}",
        owners::mark(document, &machine.partition),
        shown::text(&at("partition"), &machine.partition),
        shown::table(&format!("machine-{index}"), &["what", "is"], &rows)
    )
}

fn device(at: &str, number: usize, device: &Device) -> Vec<Cell> {
    let at = |field: &str| format!("{at}/{number}/{field}");
    let trusted = [
        "trusted with bus mastering",
        "not trusted with bus mastering",
    ];
    vec![
        Cell::Short("device".to_owned()),
        Cell::Words(format!(
            "{} at {}, {}",
            shown::text(&at("device"), &device.device),
            shown::number(&at("registers_ipa"), device.registers_ipa, Unit::Address),
            shown::either(&at("trusted"), device.trusted, trusted)
        )),
    ]
}
