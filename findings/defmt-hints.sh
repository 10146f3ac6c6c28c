#!/bin/sh
# -1 of eight bits is shown with 128 ones, and "in hex" means some fields only (defmt 1.2.0, defmt-decoder 1.2.0)
#
# Expected: {=i8:b} of -1 is 11111111, as in core::fmt, and {=i8:x} is ff; {:x} of a type that derives Format shows all
#   of its numbers in hex, as {:x?} does of one that derives Debug.
# Seen: binary and octal of a negative number have 128 bits. In a struct with named fields the unsigned ones are in hex
#   and the signed ones decimal; the fields of structs inside are all decimal. A tuple struct shows
#   both in hex. So "a: 16, b: 10" are 16 and 16.
# Why: defmt-decoder/src/frame.rs: numbers are widened to i128, and only hexadecimal is narrowed again; the derived format
#   has {=i16:?} for named fields, whose "?" gives way to the outer hint for unsigned numbers alone.
# Matters: registers and temperatures are read from such a line without a prefix to tell 10 from 0x10. Use {:#x}, whose
#   prefix shows what is hex, or the fields one by one.
set -eu
command -v cargo >/dev/null || { echo "missing: cargo, by rustup or apt-get install cargo" >&2; exit 1; }
command -v ld.bfd >/dev/null || { echo "missing: apt-get install binutils" >&2; exit 1; }
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
mkdir "$room/src" "$room/.cargo"
cd "$room"
cat > Cargo.toml <<'TOML'
[package]
name = "probe"
version = "0.0.0"
edition = "2021"
build = "build.rs"
[dependencies]
defmt = "=1.2.0"
defmt-decoder = { version = "=1.2.0", default-features = false }
[workspace]
TOML
printf '[env]\nDEFMT_LOG = "trace"\n' > .cargo/config.toml
# What defmt's own linker script does, as an addition to the host's.
cat > strings.x <<'X'
SECTIONS { .defmt 1 (INFO) : { . = 1; *(.defmt.prim.*); *(.defmt.*); } } INSERT AFTER .bss;
X
cat > build.rs <<'RUST'
fn main() {
    let room = std::env::var("CARGO_MANIFEST_DIR").unwrap();
    for argument in ["-no-pie", "-fuse-ld=bfd", &format!("-T{room}/strings.x")] {
        println!("cargo:rustc-link-arg-bins={argument}");
    }
}
RUST
cat > src/main.rs <<'RUST'
use std::sync::Mutex;

static SENT: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static mut ENCODER: defmt::Encoder = defmt::Encoder::new();

/// Collects the frames, as a target's logger sends them.
#[defmt::global_logger]
struct Logger;

fn keep(bytes: &[u8]) {
    SENT.lock().unwrap().extend_from_slice(bytes);
}

// SAFETY: there is one thread.
unsafe impl defmt::Logger for Logger {
    fn acquire() {
        unsafe { (*&raw mut ENCODER).start_frame(keep) }
    }
    unsafe fn flush() {}
    unsafe fn release() {
        unsafe { (*&raw mut ENCODER).end_frame(keep) }
    }
    unsafe fn write(bytes: &[u8]) {
        unsafe { (*&raw mut ENCODER).write(bytes, keep) }
    }
}

defmt::timestamp!("");

/// What the host shows for all that was sent.
fn shown() -> Vec<String> {
    let table = defmt_decoder::Table::parse(&std::fs::read("/proc/self/exe").unwrap()).unwrap().unwrap();
    let mut decoder = table.new_stream_decoder();
    decoder.received(&SENT.lock().unwrap());
    std::iter::from_fn(|| decoder.decode().ok().map(|frame| frame.display_message().to_string())).collect()
}

#[derive(defmt::Format)]
struct Reading {
    a: i16,
    b: u16,
}

#[derive(defmt::Format)]
struct Pair(i16, u16);

#[derive(defmt::Format)]
struct Both {
    inner: Reading,
    b: u16,
}

fn main() {
    defmt::info!("{=i8:b}", -1);
    defmt::info!("{=i8:o}", -1);
    defmt::info!("{=i8:x}", -1);
    defmt::info!("{:x}", Reading { a: 16, b: 16 });
    defmt::info!("{:x}", Pair(16, 16));
    defmt::info!("{:x}", Both { inner: Reading { a: 16, b: 16 }, b: 16 });
    let lines = shown();
    for line in &lines {
        println!("{line}");
    }
    assert_eq!(lines[0], "1".repeat(128));
    assert_eq!(lines[1], format!("{:o}", -1i128));
    let rest = ["ff", "Reading { a: 16, b: 10 }", "Pair(10, 10)", "Both { inner: Reading { a: 16, b: 16 }, b: 10 }"];
    assert_eq!(lines[2..], rest);
}
RUST
host=$(rustc -vV | sed -n 's/^host: //p')
RUSTFLAGS=-Crelocation-model=static CARGO_TARGET_DIR="$room/target" cargo run --quiet --jobs 1 --target "$host"
