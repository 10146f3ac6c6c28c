//! Calls through a register: which functions each may go to.
//!
//! A pointer comes from a table of constants or from an argument; which one is a matter of types, which an
//! image doesn't have. So the targets are a list that was reviewed, and the image says whether the list is
//! whole: every function whose address the image stores or computes must be a target of one of them or be
//! listed as never called, and every row must meet one.

use std::collections::{BTreeMap, BTreeSet};

use super::places::Places;
use super::text::Text;
use super::word::Flow;

/// A place of calls through a register, by its function, and where they may go.
pub struct Row {
    /// The function, as [`super::places::Place`] has it.
    pub function: &'static str,
    /// Parts of the names of what it calls.
    pub targets: &'static [&'static str],
    /// Where the pointer comes from.
    pub reason: &'static str,
}

const READERS: &[&str] = &[
    ">::control",
    ">::control_v2",
    ">::type_v2",
    ">::targets",
    ">::senders",
    ">::route",
    ">::redistributor_control",
    ">::redistributor_type",
    ">::waker",
    ">::ROWS_V3::{closure",
    ">::ROWS_V2::{closure",
    ">::ROWS_REDISTRIBUTOR::{closure",
];
const WRITERS: &[&str] = &[
    ">::set_control",
    ">::set_route",
    ">::set_waker",
    ">::set_targets",
    ">::add_senders",
    ">::remove_senders",
    ">::send_by_register",
    "vgic::row::ignore",
];
const FIELD_READERS: &[&str] = &["Block>::priority_field", "Block>::trigger_field"];
const FIELD_WRITERS: &[&str] = &["Block>::set_priority_field", "Block>::set_trigger_field"];

/// The list.
pub const ROWS: &[Row] = &[
    Row {
        function: "way/exit: {closure}",
        targets: &[
            "way::exit::Exit>::system_error::{closure",
            "way::exit::Exit>::interrupt_long::{closure",
            "way::exit::forbidden",
            "exits::device::access",
            "exits::device::stray_fetch",
            "exits::register::emulate",
        ],
        reason: "what `handle_seldom` is given by its callers in the same file",
    },
    Row {
        function: "way/exit: synchronous",
        targets: &[
            "way::exit::Exit>::called",
            "way::exit::Exit>::window_given_back",
            "way::exit::Exit>::writes",
            "way::exit::Exit>::reads",
            "way::exit::Exit>::sends",
            "way::exit::Exit>::receives",
            "way::exit::Exit>::signals",
            "way::exit::Exit>::takes",
        ],
        reason: "the ways of calls by their numbers, `WAYS` in the same file",
    },
    Row {
        function: "machine/vgic/access: value",
        targets: READERS,
        reason: "the readers in the rows of the emulated controller",
    },
    Row {
        function: "machine/vgic/access: write",
        targets: WRITERS,
        reason: "the writers in the rows of the emulated controller",
    },
    Row {
        function: "machine/vgic/access: {closure}",
        targets: FIELD_READERS,
        reason: "the readers of fields in the rows of the emulated controller",
    },
    Row {
        function: "machine/vgic/access: write_fields",
        targets: FIELD_WRITERS,
        reason: "the writers of fields in the rows of the emulated controller",
    },
    Row {
        function: "exits/register: {closure}",
        targets: &[
            "exits::register::ROWS::{closure",
            "exits::register::INERT::{closure",
            "exits::register::INERT_AUXILIARY::{closure",
            "exits::register::ignored::{closure",
            "exits::register::deactivate",
            "exits::caches::maintain",
            "exits::caches::set_system_control",
        ],
        reason: "the readers and writers in the rows of the trapped registers",
    },
    Row {
        function: "machine/psci: {closure}",
        targets: &[
            "machine::psci::FUNCTIONS::{closure",
            "machine::psci::Psci>::suspend",
        ],
        reason: "the rows of the PSCI functions",
    },
    Row {
        function: "machine/vuart: {closure}",
        targets: &["machine::vuart::REGISTERS::{closure", "vuart::Uart>::take"],
        reason: "the readers in the rows of the emulated UART",
    },
    Row {
        function: "machine/vuart: write_word",
        targets: &[
            "machine::vuart::REGISTERS::{closure",
            "machine::vuart::constant::{closure",
            "vuart::Uart>::send",
            "vuart::Uart>::set_line_control",
        ],
        reason: "the writers in the rows of the emulated UART",
    },
    Row {
        function: "machine/vgic/interface/registers: {closure}",
        targets: &[
            "interface::registers::REGISTERS::{closure",
            "interface::registers::only_written::{closure",
        ],
        reason: "the readers in the rows of the emulated CPU interface",
    },
    Row {
        function: "machine/vgic/interface/registers: write",
        targets: &[
            "interface::registers::REGISTERS::{closure",
            "interface::registers::only_read::{closure",
            "CpuInterface>::deactivate",
            "CpuInterface>::end",
        ],
        reason: "the writers in the rows of the emulated CPU interface",
    },
];

/// Functions whose address is taken and that no call through a register goes to, and who takes it.
pub const NOT_CALLED: &[(&str, &str)] = &[
    ("_start", "the image's header and the other CPUs' start"),
    ("vectors: ", "VBAR_EL2"),
    (
        "awaited_system_error",
        "compared with where an SError was taken",
    ),
];

/// The functions that each listed call may go to, by the call's address.
#[must_use]
pub fn calls(text: &Text, places: &Places) -> BTreeMap<u64, Vec<u64>> {
    let taken: Vec<u64> = taken(text).collect();
    let all = text.instructions().filter(|it| is_indirect(it.word.flow));
    let listed = all.filter_map(|it| {
        let function = places.of_instruction(text, it.address).function;
        let row = ROWS.iter().find(|row| row.function == function)?;
        let targets = taken.iter().copied();
        let targets = targets.filter(|target| is_one_of(row.targets, text.name_at(*target)));
        Some((it.address, targets.collect()))
    });
    listed.collect()
}

/// Functions whose address is taken that no row has.
pub fn unlisted(text: &Text) -> impl Iterator<Item = u64> {
    taken(text).filter(|target| {
        let name = text.name_at(*target);
        let is_called = ROWS.iter().any(|row| is_one_of(row.targets, name));
        !is_called && !NOT_CALLED.iter().any(|(part, _)| name.starts_with(part))
    })
}

/// A part that ends with a whole word stands for a name's end, or what is followed by a closure.
fn is_one_of(parts: &[&str], name: &str) -> bool {
    parts.iter().any(|part| match part.ends_with("{closure") {
        true => name.contains(part),
        false => name.ends_with(part) || name.contains(&format!("{part}::<")),
    })
}

/// Functions whose address the image stores or computes.
fn taken(text: &Text) -> impl Iterator<Item = u64> {
    let stored = text.stored_addresses().into_keys();
    let all: BTreeSet<_> = stored
        .chain(computed(text).map(|(target, _)| target))
        .collect();
    all.into_iter()
}

/// Functions whose address the code computes: `ADR`.
pub fn computed(text: &Text) -> impl Iterator<Item = (u64, u64)> {
    text.instructions().filter_map(|it| {
        let target = address(it.bits, it.address)?;
        text.function(target)
            .is_some()
            .then_some((target, it.address))
    })
}

/// What `ADR` computes (Arm ARM, C4.1.92.1).
fn address(bits: u32, at: u64) -> Option<u64> {
    if bits & 0x9F00_0000 != 0x1000_0000 {
        return None;
    }
    let distance = (bits >> 3 & 0x1F_FFFC) | (bits >> 29 & 3);
    let distance = (distance << 11).cast_signed() >> 11;
    Some(at.wrapping_add_signed(distance.into()))
}

/// Whether an instruction is a jump or call through a register, and not a return.
#[must_use]
pub const fn is_indirect(flow: Flow) -> bool {
    match flow {
        Flow::Jump(_) | Flow::CallRegister(_) => true,
        Flow::Return(register) => register != 30,
        _ => false,
    }
}
