//! Generates the types of `vehicle.dbc`.

mod check;
mod generate;

use std::path::Path;
use std::{env, fs};

use can_dbc::Dbc;

const FILE: &str = "vehicle.dbc";

fn main() {
    println!("cargo::rerun-if-changed={FILE}");
    println!("cargo::rerun-if-changed=build");
    let text = fs::read_to_string(FILE).unwrap_or_else(|error| panic!("{FILE}: {error}"));
    let dbc = Dbc::try_from(text.as_str()).unwrap_or_else(|error| panic!("{FILE}: {error}"));
    let findings = check::findings(&dbc);
    assert!(findings.is_empty(), "{FILE}:\n{}", findings.join("\n"));
    let folder = env::var_os("OUT_DIR").expect("Cargo gives it");
    let place = Path::new(&folder).join("vehicle.rs");
    fs::write(&place, generate::module(&dbc))
        .unwrap_or_else(|error| panic!("{}: {error}", place.display()));
}
