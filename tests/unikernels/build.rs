//! Links each unikernel as Solo5's toolchain does: at 1 MiB, segments by rights, notes in headers of their own.

use std::path::Path;

fn main() {
    let directory = std::env::var("CARGO_MANIFEST_DIR").expect("Cargo sets it");
    let script = Path::new(&directory).join("unikernel.ld");
    println!("cargo::rerun-if-changed={}", script.display());
    println!("cargo::rustc-link-arg-bins=-T{}", script.display());
    println!("cargo::rustc-link-arg-bins=-zmax-page-size=4096");
    println!("cargo::rustc-link-arg-bins=--no-pie");
}
