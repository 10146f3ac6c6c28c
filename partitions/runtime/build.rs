//! Tells dependent packages where the linker script lies (`DEP_PARATIA_RUNTIME_LINKER_SCRIPT`).

use std::path::Path;

fn main() {
    let directory = std::env::var("CARGO_MANIFEST_DIR").expect("Cargo sets it");
    let script = Path::new(&directory).join("partition.ld");
    println!("cargo::rerun-if-changed={}", script.display());
    println!("cargo::metadata=linker_script={}", script.display());
}
