//! Links the program as Linux starts one that is whole by itself, and without what only debuggers read.

fn main() {
    for argument in ["-static", "-zmax-page-size=4096", "-s"] {
        println!("cargo::rustc-link-arg-bins={argument}");
    }
    // Cortex-A53 erratum 843419: an address made of ADRP at the end of a page may be wrong.
    println!("cargo::rustc-link-arg-bins=--fix-cortex-a53-843419");
}
