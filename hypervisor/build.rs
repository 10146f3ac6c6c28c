//! Joins one board and one system: picks the types, the images and their digests, and writes the
//! linker script from the layout's numbers.
//!
//! Reads `PARATIA_BOARD`, `PARATIA_SYSTEM` (default: `cluster` on `qemu-virt`) and `PARATIA_PIECES`,
//! the list of all pieces of the partitions' images. Without the latter there are no images, which is
//! enough to check and test the code on the host. `PARATIA_REGIONS` lists the regions of partitions whose
//! memory is divided by what their image says.

#[path = "build/images.rs"]
mod images;
#[path = "build/regions.rs"]
mod regions;
#[path = "build/seeds.rs"]
mod seeds;

use std::path::{Path, PathBuf};
use std::{env, fs};

use paratia_board_support::list::Listed;
use paratia_config::address::PAGE_BYTES;
use paratia_config::layout::{Layout, REACH_BYTES};

use paratia_config::machines::{Model, Union};
use paratia_config::system::System;
use paratia_config::{BoardFacts, run, tables};

use images::Piece;

fn main() {
    let board_name = variable("PARATIA_BOARD").unwrap_or_else(|| "qemu-virt".into());
    let system_name = variable("PARATIA_SYSTEM").unwrap_or_else(|| "cluster".into());
    let Some(board) = Listed::find(&board_name) else {
        panic!("no board is called '{board_name}'");
    };
    let Some((_, system)) = board.systems.iter().find(|(name, _)| *name == system_name) else {
        panic!("no system is called '{system_name}'");
    };

    let divided =
        variable("PARATIA_REGIONS").map_or_else(Vec::new, |list| regions::read(Path::new(&list)));
    let system = regions::divided(system, &divided);

    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets OUT_DIR"));
    write(
        &out.join("selected.rs"),
        &selected(board.type_path, &board_name, &system_name, system, &divided),
    );
    write(&out.join("link.x"), &linker_script(board.facts, system));
    println!("cargo::rustc-check-cfg=cfg(only_gic, values(\"v2\", \"v3\"))");
    if env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("none") {
        match Union::of(system, board.facts).model {
            Some(Model::V2) => println!("cargo::rustc-cfg=only_gic=\"v2\""),
            Some(Model::V3) => println!("cargo::rustc-cfg=only_gic=\"v3\""),
            None => {}
        }
        println!(
            "cargo::rustc-link-arg-bins=-T{}",
            out.join("link.x").display()
        );
        // The places of the parts are fixed by the layout, so nothing needs to be padded to pages
        // of the linker's choice.
        println!("cargo::rustc-link-arg-bins=-zmax-page-size=4096");
        // Cortex-A53 erratum 843419: an address made of ADRP at the end of a page may be wrong.
        println!("cargo::rustc-link-arg-bins=--fix-cortex-a53-843419");
    }
}

fn variable(name: &str) -> Option<String> {
    println!("cargo::rerun-if-env-changed={name}");
    env::var(name).ok()
}

fn write(path: &Path, text: &str) {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return;
    }
    fs::write(path, text)
        .unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
}

/// The types and images that the crate's `selected` module includes.
fn selected(
    board_type: &str,
    board_name: &str,
    system_name: &str,
    system: &System,
    divided: &[regions::Line],
) -> String {
    let module = system_name.replace('-', "_");
    let pieces = variable("PARATIA_PIECES").map_or_else(Vec::new, |list| pieces(Path::new(&list)));
    format!(
        "/// The board.\npub type SelectedBoard = {board_type};\n\
         /// The system.\n\
         pub type SelectedSystem = paratia_config::systems::{module}::Definition<SelectedBoard>;\n\
         /// The names of both, for the log: numbers in the image.\n\
         #[cfg(target_os = \"none\")]\n\
         #[must_use]\n\
         pub fn names() -> [defmt::Str; 2] {{\n    \
             [defmt::intern!({system_name:?}), defmt::intern!({board_name:?})]\n}}\n\
         {}{}",
        regions::code(system, divided),
        images::code(system, &pieces)
    )
}

/// The pieces of all partitions' images, as the tool lists them: a line each.
fn pieces(list: &Path) -> Vec<Piece> {
    println!("cargo::rerun-if-changed={}", list.display());
    let text = fs::read_to_string(list).unwrap_or_else(|error| {
        panic!(
            "cannot read the list of images {}: {error}; `cargo paratia build` writes it",
            list.display()
        )
    });
    let pieces: Option<Vec<Piece>> = text.lines().map(Piece::parse).collect();
    let pieces = pieces.unwrap_or_else(|| panic!("a line of {} is garbled", list.display()));
    for piece in &pieces {
        println!("cargo::rerun-if-changed={}", piece.file.display());
    }
    pieces
}

/// Every part at its constant place; the link fails if one outgrows it.
fn linker_script(board: &BoardFacts, system: &System) -> String {
    let layout = tables::layout(system, board);
    let Layout {
        text,
        rodata,
        crash,
        data,
        stacks,
        tables,
        passports,
        records: _,
        images,
    } = &layout;
    let run = run::SECTION;
    format!(
        "ENTRY(_start)
PHDRS
{{
    text PT_LOAD FLAGS(5);
    rodata PT_LOAD FLAGS(4);
    data PT_LOAD FLAGS(6);
    tables PT_LOAD FLAGS(4);
    passports PT_LOAD FLAGS(4);
    images PT_LOAD FLAGS(4);
}}
{FORMATS}
SECTIONS
{{
    .defmt {formats:#x} : {{ . += 1; *(.defmt .defmt.*) KEEP(*(.defmt.end .defmt.end.*)) }} :NONE
    ASSERT(SIZEOF(.defmt) < {FORMAT_IDS:#x}, \"there are more log formats than numbers for them\")
    .text {text:#x} : {{ KEEP(*(.text.start)) *(.text.once) *(.text.vectors) *(.text .text.*) }} :text
    ASSERT(SIZEOF(.text) <= {text_bytes:#x}, \"the hypervisor's .text outgrew its place in config/src/tables/layout.rs\")
    {run} {rodata:#x} : {{ KEEP(*({run})) }} :rodata
    .rodata : {{ *(.rodata .rodata.*) }} :rodata
    ASSERT(SIZEOF({run}) + SIZEOF(.rodata) <= {rodata_bytes:#x} - 64, \"the hypervisor's .rodata outgrew its place in config/src/tables/layout.rs\")
    .crash {crash:#x} (NOLOAD) : {{ KEEP(*(.crash)) }} :NONE
    .data {data:#x} : {{ *(.data .data.*) }} :data
    .bss (NOLOAD) : ALIGN(64) {{ __bss_start = .; *(.bss .bss.* COMMON) . = ALIGN(64); __bss_end = .; }} :data
    ASSERT(__bss_end <= {data_end:#x}, \"the hypervisor's variables outgrew the bound in config/src/tables/room.rs\")
    ASSERT(__bss_end <= {text:#x} + {REACH_BYTES:#x}, \"the hypervisor's variables end more than 1 MiB behind its first instruction, and no instruction reaches further; the rule variables_in_reach should have said so\")
    .stacks {stacks:#x} (NOLOAD) : {{ . += {stacks_bytes:#x}; }} :NONE
    .tables {tables:#x} : {{ KEEP(*(.tables)) }} :tables
    ASSERT(SIZEOF(.tables) == {tables_bytes:#x}, \"the translation tables don't fill their place\")
    .passports {passports:#x} : {{ KEEP(*(.passports)) }} :passports
    ASSERT(SIZEOF(.passports) == {passports_bytes:#x}, \"the passports don't fill their place\")
    .images {images:#x} : {{ KEEP(*(.images)) }} :images
    ASSERT(SIZEOF(.images) <= {images_bytes:#x}, \"the partitions' images outgrew the hypervisor's memory\")
    .seal 0 (INFO) : {{ QUAD({SEAL_MAGIC:#x}) . += {seal_bytes:#x}; }} :NONE
    /DISCARD/ : {{ *(.eh_frame*) *(.comment) *(.note*) }}
}}
",
        formats = formats(&layout),
        text = text.base.0,
        text_bytes = text.size_bytes,
        rodata = rodata.base.0,
        rodata_bytes = rodata.size_bytes,
        crash = crash.base.0,
        data = data.base.0,
        data_end = data.end().0,
        stacks = stacks.base.0,
        stacks_bytes = stacks.size_bytes,
        tables = tables.base.0,
        tables_bytes = tables.size_bytes,
        passports = passports.base.0,
        passports_bytes = passports.size_bytes,
        images = images.base.0,
        images_bytes = images.size_bytes,
        seal_bytes = DIGEST_BYTES * (1 + (passports.end().0 - text.base.0) / PAGE_BYTES),
    )
}

/// First word of the section in which the tool notes digests of what was linked: "PARASEAL" in little-endian
/// ASCII. A digest of each page from the first instruction to the last passport follows, and one of the
/// symbols.
const SEAL_MAGIC: u64 = u64::from_le_bytes(*b"PARASEAL");
/// Bytes of a SHA-256.
const DIGEST_BYTES: u64 = 32;

/// Log formats are numbered by the low 16 bits of their addresses.
const FORMAT_IDS: u64 = 1 << 16;

/// What `defmt.x`, the script of the `defmt` crate, says besides the place of the formats.
const FORMATS: &str = "EXTERN(_defmt_acquire);
EXTERN(_defmt_release);
EXTERN(__defmt_default_timestamp);
EXTERN(__DEFMT_MARKER_TIMESTAMP_WAS_DEFINED);
PROVIDE(_defmt_timestamp = __defmt_default_timestamp);
PROVIDE(_defmt_panic = __defmt_default_panic);";

/// Where the log's formats are linked to, with the low 16 bits zero. They are in no memory, but
/// instructions name them, and `defmt.x` would have them at 0, which these don't reach. The tool puts
/// them there in the linked file, where readers of logs look for them.
fn formats(layout: &Layout) -> u64 {
    let text = layout.text.base.0;
    let place = text
        .checked_sub(FORMAT_IDS)
        .map(|below| below & !(FORMAT_IDS - 1));
    place.unwrap_or_else(|| {
        panic!("the image starts at {text:#x}; the numbers of log formats need 64 KiB below")
    })
}
