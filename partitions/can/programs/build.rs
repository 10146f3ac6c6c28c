//! Links each partition as the runtime's linker script says.

fn main() {
    let script = std::env::var("DEP_PARATIA_RUNTIME_LINKER_SCRIPT").expect("the runtime gives it");
    println!("cargo::rerun-if-changed={script}");
    println!("cargo::rustc-link-arg-bins=-T{script}");
    println!("cargo::rustc-link-arg-bins=-zmax-page-size=4096");
    // Cortex-A53 erratum 843419: an address made of ADRP at the end of a page may be wrong.
    println!("cargo::rustc-link-arg-bins=--fix-cortex-a53-843419");
}
