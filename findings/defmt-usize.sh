#!/bin/sh
# On a 64-bit processor, half of an address is logged (defmt 1.2.0)
#
# Expected: usize, isize and pointers are logged with all of their bits, as u64 is.
# Seen: 0x1_4000_0000 of usize is shown as 0x40000000, and -5,000,000,000 of isize as -705032704; a pointer is shown with
#   its lower 32 bits. The same address as a u64 is whole. Slices, ranges and NonZeroUsize are cut likewise.
# Why: defmt/src/export/integers.rs writes `*b as u32`, and defmt-decoder reads four bytes: the wire has 32 bits for
#   usize, whatever the target's have. Pointers are formatted by way of usize.
# Matters: on AArch64 two different addresses look the same, and RAM above 4 GiB looks like RAM below. Nothing warns, at
#   compile time or in the log. Cast to u64 in each log statement.
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

fn main() {
    let (address, distance) = (0x1_4000_0000usize, -5_000_000_000isize);
    let local = 7u8;
    let pointer = &raw const local;
    defmt::info!("{=usize:#x} {:#x} {=u64:#x}", address, address, address as u64);
    defmt::info!("{=isize}", distance);
    defmt::info!("{}", [address]);
    defmt::info!("{}", pointer);
    let lines = shown();
    for line in &lines {
        println!("{line}");
    }
    println!("the pointer was {pointer:?}");
    assert_eq!(lines[..3], ["0x40000000 0x40000000 0x140000000", "-705032704", "[1073741824]"]);
    assert_eq!(lines[3], format!("{:#x}", pointer as usize as u32));
}
RUST
host=$(rustc -vV | sed -n 's/^host: //p')
RUSTFLAGS=-Crelocation-model=static CARGO_TARGET_DIR="$room/target" cargo run --quiet --jobs 1 --target "$host"
