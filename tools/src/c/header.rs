//! `hypervisor/abi/include/paratia.h`: the guest interface for C, written from the same tables.
//!
//! Numbers and comments are those of [`paratia_abi`]; sizes and places of fields are asked of Rust's
//! compiler here, and asserted to C's there.

use std::fmt::Write as _;
use std::mem::{offset_of, size_of};
use std::path::PathBuf;

use paratia_abi::call::{CALLS, CONSOLE_WRITE_BYTES, Call, Features, UID};
use paratia_abi::direct::{
    COUNT_BITS, HEADER_BYTES, QueuingHeader, QueuingReader, SAMPLING_SLOTS, SamplingHeader,
    SlotHeader,
};
use paratia_abi::passport::{
    self, DisplayRecord, MAX_ARGUMENTS_BYTES, MAX_INTERRUPTS, MAX_NAME_BYTES, MAX_PORTS,
    MAX_REGIONS, MAX_WINDOWS, MemoryRecord, Passport, PortRecord, RegionRecord, WindowRecord,
};
use paratia_abi::{ABI_VERSION, ExitCause, OperatingMode, ReportedError, StartCondition, status};

use crate::workspace;

/// Where the header lies.
#[must_use]
pub fn place() -> PathBuf {
    workspace::root().join("hypervisor/abi/include/paratia.h")
}

/// The header.
#[must_use]
pub fn text() -> String {
    let mut text = String::from(BEGINNING);
    constants(&mut text);
    calls(&mut text);
    for record in records() {
        record.write(&mut text);
    }
    text.push_str(FUNCTIONS);
    text
}

const BEGINNING: &str = "\
/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The interface between Paratia and its partitions, version 1, for C11.
 *
 * Written by `cargo paratia header` from the tables of hypervisor/abi; a test compares them. Within
 * version 1 calls, codes and fields are added at the end, never changed or taken away.
 *
 * At the entry point, in EL1 with MMU and caches off and interrupts masked, x0 is the address of the
 * partition's passport, x1 an enum paratia_start_condition, x2 the number of restarts so far, x3 the
 * run argument. A call is HVC #0 with its number in w0, arguments in x1 to x6, results in x0 to x3;
 * no argument is a pointer: messages lie in their port's window.
 */
#ifndef PARATIA_H
#define PARATIA_H

#include <stddef.h>
#include <stdint.h>

";

const FUNCTIONS: &str = r#"
/* Results of a call. */
struct paratia_results {
    int64_t status;
    uint64_t values[3];
};

#ifdef __aarch64__
/* Calls Paratia: `function` is one of PARATIA_..., what isn't used of `arguments` is zero. */
static inline struct paratia_results paratia_call(uint32_t function, const uint64_t arguments[6])
{
    register uint64_t x0 __asm__("x0") = function;
    register uint64_t x1 __asm__("x1") = arguments[0];
    register uint64_t x2 __asm__("x2") = arguments[1];
    register uint64_t x3 __asm__("x3") = arguments[2];
    register uint64_t x4 __asm__("x4") = arguments[3];
    register uint64_t x5 __asm__("x5") = arguments[4];
    register uint64_t x6 __asm__("x6") = arguments[5];
    __asm__ volatile("hvc #0"
                     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)
                     : "r"(x4), "r"(x5), "r"(x6)
                     : "memory");
    return (struct paratia_results){ (int64_t)x0, { x1, x2, x3 } };
}
#endif

#endif
"#;

fn define(text: &mut String, name: &str, value: impl std::fmt::Display) {
    let _ = writeln!(text, "#define PARATIA_{name} {value}");
}

fn title(text: &mut String, words: &str) {
    let _ = writeln!(text, "\n/* {words} */");
}

fn constants(text: &mut String) {
    define(
        text,
        "ABI_VERSION",
        format_args!("UINT32_C({ABI_VERSION:#010x})"),
    );
    title(text, "Answers of calls, in x0.");
    for (name, value) in STATUSES {
        define(text, name, format_args!("INT64_C({value})"));
    }
    title(text, "Bits of the version call's feature word.");
    for (name, bits) in Features::all().iter_names() {
        define(
            text,
            &format!("FEATURE_{name}"),
            format_args!("UINT64_C({})", bits.bits()),
        );
    }
    title(text, "The UID of the calls' range, as four words.");
    let words = UID.map(|word| format!("UINT32_C({word:#010x})"));
    define(text, "UID", format_args!("{{ {} }}", words.join(", ")));
    title(text, "Limits.");
    for (name, value) in LIMITS {
        define(text, name, value);
    }
    title(text, "Kinds in the passport.");
    let magic = passport::MAGIC;
    define(
        text,
        "PASSPORT_MAGIC",
        format_args!("UINT64_C({magic:#018x})"),
    );
    for (name, value) in KINDS {
        define(text, name, value);
    }
    enumeration(
        text,
        "start_condition",
        "Why the partition starts.",
        &[
            ("NORMAL_START", StartCondition::NormalStart as u64),
            ("PARTITION_RESTART", StartCondition::PartitionRestart as u64),
            (
                "HEALTH_MONITOR_RESTART",
                StartCondition::HealthMonitorRestart as u64,
            ),
        ],
    );
    enumeration(
        text,
        "operating_mode",
        "Arguments of PARATIA_SET_MODE.",
        &[
            ("MODE_IDLE", OperatingMode::Idle as u64),
            ("MODE_STARTING", OperatingMode::Starting as u64),
            ("MODE_NORMAL", OperatingMode::Normal as u64),
        ],
    );
    enumeration(
        text,
        "reported_error",
        "Arguments of PARATIA_REPORT_ERROR.",
        &[
            ("ERROR_APPLICATION", ReportedError::Application as u64),
            (
                "ERROR_UNHANDLED_EXCEPTION",
                ReportedError::UnhandledException as u64,
            ),
        ],
    );
    let causes = ExitCause::ALL.map(|cause| {
        (
            format!("EXIT_{}", cause.name().to_uppercase()),
            cause as u64,
        )
    });
    let causes: Vec<_> = causes
        .iter()
        .map(|(name, value)| (name.as_str(), *value))
        .collect();
    enumeration(
        text,
        "exit_cause",
        "Arguments of PARATIA_EXIT_STATISTICS.",
        &causes,
    );
}

const STATUSES: [(&str, i64); 6] = [
    ("SUCCESS", status::SUCCESS),
    ("NOT_SUPPORTED", status::NOT_SUPPORTED),
    ("INVALID_PARAMETERS", status::INVALID_PARAMETERS),
    ("NOT_FOUND", status::NOT_FOUND),
    ("EMPTY", status::EMPTY),
    ("BUSY", status::BUSY),
];

const LIMITS: [(&str, usize); 10] = [
    ("CONSOLE_WRITE_BYTES", CONSOLE_WRITE_BYTES),
    ("MAX_NAME_BYTES", MAX_NAME_BYTES),
    ("MAX_ARGUMENTS_BYTES", MAX_ARGUMENTS_BYTES),
    ("MAX_REGIONS", MAX_REGIONS),
    ("MAX_PORTS", MAX_PORTS),
    ("MAX_WINDOWS", MAX_WINDOWS),
    ("MAX_INTERRUPTS", MAX_INTERRUPTS),
    ("SAMPLING_SLOTS", SAMPLING_SLOTS),
    ("HEADER_BYTES", HEADER_BYTES),
    ("COUNT_BITS", COUNT_BITS as usize),
];

const KINDS: [(&str, u32); 10] = [
    ("REGION_RAM", passport::REGION_RAM),
    ("REGION_FRAME_BUFFER", passport::REGION_FRAME_BUFFER),
    ("REGION_DEVICE", passport::REGION_DEVICE),
    ("PORT_SOURCE", passport::PORT_SOURCE),
    ("PORT_DESTINATION", passport::PORT_DESTINATION),
    ("MEMORY_SAMPLING", passport::MEMORY_SAMPLING),
    ("MEMORY_QUEUING", passport::MEMORY_QUEUING),
    ("MEMORY_SHARED", passport::MEMORY_SHARED),
    ("FORMAT_XRGB8888", passport::FORMAT_XRGB8888),
    ("FORMAT_XBGR8888", passport::FORMAT_XBGR8888),
];

fn enumeration(text: &mut String, name: &str, words: &str, values: &[(&str, u64)]) {
    title(text, words);
    let _ = writeln!(text, "enum paratia_{name} {{");
    for (value, number) in values {
        let _ = writeln!(text, "    PARATIA_{value} = {number},");
    }
    text.push_str("};\n");
}

/// Every call with its documentation.
fn calls(text: &mut String) {
    for Call {
        id,
        symbol,
        documentation,
        ..
    } in CALLS
    {
        text.push_str("\n/*");
        for line in documentation {
            let _ = writeln!(text, "{}", in_c(line).trim_end());
            text.push_str(" *");
        }
        text.push_str("/\n");
        define(text, symbol, format_args!("UINT32_C({id:#010x})"));
    }
}

/// A line of Rust's documentation in C's words: names without their paths, and with their prefix.
fn in_c(line: &str) -> String {
    let mut words = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("[`") {
        let Some((link, behind)) = after.split_once("`]") else {
            break;
        };
        words.push_str(before);
        words.push_str(&c_name(link));
        rest = behind;
    }
    words + rest
}

fn c_name(link: &str) -> String {
    let name = link.rsplit("::").next().unwrap_or(link);
    match name {
        "OperatingMode" => "an enum paratia_operating_mode".into(),
        "ReportedError" => "an enum paratia_reported_error".into(),
        "ExitCause" => "enum paratia_exit_cause".into(),
        "Features" => "PARATIA_FEATURE_...".into(),
        _ => format!("PARATIA_{name}"),
    }
}

/// A `repr(C)` record: its name in C, its size, its fields.
struct Record {
    name: &'static str,
    words: &'static str,
    size_bytes: usize,
    fields: Vec<Field>,
}

/// A field: its name in both languages, its declaration in C, its offset.
struct Field {
    name: &'static str,
    declaration: &'static str,
    offset: usize,
}

impl Record {
    fn write(&self, text: &mut String) {
        let name = self.name;
        title(text, self.words);
        let _ = writeln!(text, "struct paratia_{name} {{");
        for field in &self.fields {
            let (declaration, words) = match field.declaration.split_once(" /*") {
                Some((declaration, words)) => (declaration, format!(" /*{words}")),
                None => (field.declaration, String::new()),
            };
            let _ = writeln!(text, "    {declaration};{words}");
        }
        text.push_str("};\n");
        for Field {
            name: field,
            offset,
            ..
        } in &self.fields
        {
            let _ = writeln!(
                text,
                "_Static_assert(offsetof(struct paratia_{name}, {field}) == {offset}, \"{field}\");"
            );
        }
        let size = self.size_bytes;
        let _ = writeln!(
            text,
            "_Static_assert(sizeof(struct paratia_{name}) == {size}, \"{name}\");"
        );
    }
}

macro_rules! record {
    ($type:ty, $name:literal, $words:literal, { $($field:ident: $declaration:literal,)* }) => {
        Record {
            name: $name,
            words: $words,
            size_bytes: size_of::<$type>(),
            fields: vec![$(Field {
                name: stringify!($field),
                declaration: $declaration,
                offset: offset_of!($type, $field),
            }),*],
        }
    };
}

/// The records of channels' memory and of the passport; each before those that have it.
fn records() -> [Record; 10] {
    [
        record!(SamplingHeader, "sampling_header", "The first page of a direct sampling channel's memory (docs/guest-interface.md has the order of accesses).", {
            newest: "uint64_t newest /* number of the newest message; 0: none */",
            reserved: "uint64_t reserved[7]",
            numbers: "uint64_t numbers[PARATIA_SAMPLING_SLOTS] /* of each slot's message; 0 while it changes */",
        }),
        record!(QueuingHeader, "queuing_header", "The first page of a direct queuing channel's memory, which its sender writes.", {
            sent: "uint64_t sent /* number of the last message sent */",
            refused: "uint64_t refused /* messages that found no room */",
        }),
        record!(QueuingReader, "queuing_reader", "The page that a direct queuing channel's reader writes.", {
            taken: "uint64_t taken /* number of the last message taken */",
            opened: "uint64_t opened /* not 0 once the reader looks */",
        }),
        record!(SlotHeader, "slot", "What lies before a message in its slot; the first slot is PARATIA_HEADER_BYTES from the window.", {
            length: "uint64_t length /* bytes */",
            written: "uint64_t written /* ticks of CNTVCT_EL0, by its writer's word */",
        }),
        record!(MemoryRecord, "memory", "A channel's own memory at a port; all zero if there is none.", {
            kind: "uint32_t kind /* PARATIA_MEMORY_... */",
            rights: "uint32_t rights /* bit 0 read, bit 1 write */",
            flags: "uint32_t flags /* bit 0: cached for all its ends */",
            slots: "uint32_t slots /* messages for which there is room */",
            slot_bytes: "uint64_t slot_bytes /* from one slot to the next */",
            size_bytes: "uint64_t size_bytes /* from the port's window on */",
            reader_page: "uint64_t reader_page /* that the reader writes; 0: none */",
        }),
        record!(RegionRecord, "region", "A region of memory that the partition may touch.", {
            name: "char name[PARATIA_MAX_NAME_BYTES] /* UTF-8, padded with zero bytes */",
            base: "uint64_t base",
            size_bytes: "uint64_t size_bytes",
            kind: "uint32_t kind /* PARATIA_REGION_... */",
            rights: "uint32_t rights /* bit 0 read, bit 1 write, bit 2 execute */",
        }),
        record!(PortRecord, "port", "An end of a channel; its place in the passport is its number in calls.", {
            name: "char name[PARATIA_MAX_NAME_BYTES]",
            window: "uint64_t window /* address of its message window */",
            message_bytes: "uint32_t message_bytes /* largest message */",
            direction: "uint32_t direction /* PARATIA_PORT_... */",
            refresh_ns: "uint64_t refresh_ns /* refresh period of the channel */",
        }),
        record!(WindowRecord, "window", "A window of the partition, from the major frame's start.", {
            start_ns: "uint64_t start_ns",
            length_ns: "uint64_t length_ns /* its guard included */",
        }),
        record!(DisplayRecord, "display", "The frame buffer; all zero if there is none.", {
            base: "uint64_t base",
            width: "uint32_t width /* pixels */",
            height: "uint32_t height",
            stride_bytes: "uint32_t stride_bytes /* from one row to the next */",
            format: "uint32_t format /* PARATIA_FORMAT_... */",
        }),
        record!(Passport, "passport", "The read-only page in which a partition finds what it was given. Counts say how many entries are used.", {
            magic: "uint64_t magic /* PARATIA_PASSPORT_MAGIC */",
            abi_version: "uint32_t abi_version",
            partition: "uint32_t partition /* its index in the system */",
            name: "char name[PARATIA_MAX_NAME_BYTES]",
            system: "char system[PARATIA_MAX_NAME_BYTES]",
            board: "char board[PARATIA_MAX_NAME_BYTES]",
            gic_version: "uint32_t gic_version /* 2 or 3 */",
            timer_interrupt: "uint32_t timer_interrupt",
            major_frame_ns: "uint64_t major_frame_ns",
            heartbeat_period_ns: "uint64_t heartbeat_period_ns /* 0: none is expected */",
            gic_bases: "uint64_t gic_bases[2] /* distributor; CPU interface (2) or redistributor (3) */",
            region_count: "uint32_t region_count",
            port_count: "uint32_t port_count",
            window_count: "uint32_t window_count",
            interrupt_count: "uint32_t interrupt_count",
            regions: "struct paratia_region regions[PARATIA_MAX_REGIONS]",
            ports: "struct paratia_port ports[PARATIA_MAX_PORTS]",
            windows: "struct paratia_window windows[PARATIA_MAX_WINDOWS]",
            interrupts: "uint32_t interrupts[PARATIA_MAX_INTERRUPTS]",
            display: "struct paratia_display display",
            arguments: "char arguments[PARATIA_MAX_ARGUMENTS_BYTES]",
            device_models: "char device_models[PARATIA_MAX_REGIONS][PARATIA_MAX_NAME_BYTES]",
            port_interrupts: "uint32_t port_interrupts[PARATIA_MAX_PORTS] /* 0: none */",
            port_depths: "uint32_t port_depths[PARATIA_MAX_PORTS] /* 0: a sampling port */",
            port_memories: "struct paratia_memory port_memories[PARATIA_MAX_PORTS] /* a port with memory has no calls */",
            port_signals: "uint32_t port_signals[PARATIA_MAX_PORTS] /* of an event's port: most signals in a window of the source */",
        }),
    ]
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::process::Command;

    use super::*;

    #[test]
    fn the_header_is_as_the_tables_are() {
        let written = fs::read_to_string(place()).unwrap();
        assert!(
            written == text(),
            "{} isn't what hypervisor/abi says; `cargo paratia header` writes it anew",
            place().display()
        );
    }

    #[test]
    fn links_of_the_documentation_are_names_in_c() {
        assert_eq!(
            in_c(" `x0` = [`crate::status::SUCCESS`], up to [`CONSOLE_WRITE_BYTES`]; [`open"),
            " `x0` = PARATIA_SUCCESS, up to PARATIA_CONSOLE_WRITE_BYTES; [`open"
        );
        assert!(!text().contains("[`") && !text().contains("crate::"));
    }

    /// C's compiler for this machine agrees about every place: both have 64-bit words.
    #[test]
    fn a_c_compiler_finds_every_field_where_rust_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let check = |header: &str| {
            fs::write(folder.path().join("paratia.h"), header).unwrap();
            let source = folder.path().join("check.c");
            fs::write(&source, "#include \"paratia.h\"\nint nothing;\n").unwrap();
            Command::new("cc")
                .args([
                    "-std=c11",
                    "-Wall",
                    "-Wextra",
                    "-Wpedantic",
                    "-Werror",
                    "-fsyntax-only",
                ])
                .arg(&source)
                .output()
                .unwrap()
        };
        let good = check(&text());
        assert!(
            good.status.success(),
            "{}",
            String::from_utf8_lossy(&good.stderr)
        );
        let moved = text().replace("    uint32_t partition;", "    uint64_t partition;");
        assert_ne!(moved, text());
        let bad = check(&moved);
        assert!(!bad.status.success(), "a field that grew is noticed");
    }
}
