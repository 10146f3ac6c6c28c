//! Links each guest as the runtime's linker script says. The foreign one is entered elsewhere.

fn main() {
    let script = std::env::var("DEP_PARATIA_RUNTIME_LINKER_SCRIPT").expect("the runtime gives it");
    println!("cargo::rerun-if-changed={script}");
    println!("cargo::rustc-link-arg-bins=-T{script}");
    println!("cargo::rustc-link-arg-bins=-zmax-page-size=4096");
    println!("cargo::rustc-link-arg-bin=foreign=--entry=entered");
}
