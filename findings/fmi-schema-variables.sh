#!/bin/sh
# A model's gear isn't among its variables, and its kelvin are refused (crate fmi-schema 0.8.0)
#
# Expected: a reader of FMI 2.0 and 3.0 descriptions gives all variables with what the standard says of
#   them, or refuses what it doesn't know; the crate's types are strict about unknown elements elsewhere.
# Seen: (1) FMI 3: a variable of type Enumeration is left out without a word: two variables, one is given.
#   (2) FMI 3: a unit with the base unit K or A, as the standard spells them, makes the whole description
#   unreadable. (3) FMI 2: start values of String and Enumeration are gone, and so are unit, min and max of
#   Real; what is written back has none of them.
# Why: src/fmi3/variable/model_variables.rs has no tag Enumeration, and the list isn't strict;
#   fmi3/unit.rs asks for attributes "k" and "a"; fmi2/scalar_variable.rs has no such fields.
# Matters: a tool that lists or connects variables (the crates fmi and fmi-sim do) has neither gears nor
#   modes, and 20 is set where 293.15 is meant. Compare the count with the description's.
set -eu
command -v cargo >/dev/null || { echo "missing: cargo, by rustup or apt-get install cargo" >&2; exit 1; }
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
mkdir "$room/src"
cd "$room"
cat > Cargo.toml <<'TOML'
[package]
name = "probe"
version = "0.0.0"
edition = "2021"
[dependencies]
fmi-schema = "=0.8.0"
[workspace]
TOML
cat > src/main.rs <<'RUST'
use fmi_schema::fmi2::Fmi2ModelDescription;
use fmi_schema::fmi3::Fmi3ModelDescription;
use fmi_schema::traits::FmiModelDescription;

fn third(units: &str) -> String {
    format!(
        r#"<fmiModelDescription fmiVersion="3.0" modelName="car" instantiationToken="t"><CoSimulation modelIdentifier="car"/>
        <UnitDefinitions>{units}</UnitDefinitions>
        <TypeDefinitions><EnumerationType name="Gear"><Item name="R" value="-1"/><Item name="N" value="0"/></EnumerationType></TypeDefinitions>
        <ModelVariables><Float64 name="speed" valueReference="1" causality="output"/>
        <Enumeration name="gear" declaredType="Gear" valueReference="2" causality="output"/></ModelVariables>
        <ModelStructure><Output valueReference="1"/><Output valueReference="2"/></ModelStructure></fmiModelDescription>"#
    )
}

const SECOND: &str = r#"<fmiModelDescription fmiVersion="2.0" modelName="car" guid="t"><CoSimulation modelIdentifier="car"/>
        <UnitDefinitions><Unit name="degC"><BaseUnit K="1" offset="273.15"/></Unit></UnitDefinitions>
        <ModelVariables>
        <ScalarVariable name="coolant" valueReference="1" causality="input"><Real unit="degC" min="-40" max="150" start="20"/></ScalarVariable>
        <ScalarVariable name="map" valueReference="2" causality="parameter" variability="fixed"><String start="a.csv"/></ScalarVariable>
        <ScalarVariable name="gear" valueReference="3" causality="input"><Enumeration declaredType="Gear" start="2"/></ScalarVariable>
        <ScalarVariable name="on" valueReference="4" causality="input"><Boolean start="true"/></ScalarVariable>
        </ModelVariables><ModelStructure/></fmiModelDescription>"#;

fn main() {
    let metre = r#"<Unit name="m/s"><BaseUnit m="1" s="-1"/></Unit>"#;
    let kelvin = r#"<Unit name="K"><BaseUnit K="1"/></Unit>"#;
    let car = Fmi3ModelDescription::deserialize(&third(metre)).unwrap();
    let names: Vec<_> = car.model_variables.iter_abstract().map(|variable| variable.name().to_string()).collect();
    let outputs = car.model_structure.outputs().count();
    println!("FMI 3, variables of speed and gear: {names:?}; outputs: {outputs}");
    let with_kelvin = Fmi3ModelDescription::deserialize(&third(kelvin));
    println!("FMI 3, with a unit of kelvin: {:?}", with_kelvin.as_ref().map(|_| "read"));

    let car = Fmi2ModelDescription::deserialize(SECOND).unwrap();
    for variable in &car.model_variables.variables {
        println!("FMI 2, {}: {:?}", variable.name, variable.elem);
    }
    let written = car.serialize().unwrap();
    let kept = ["unit=", "min=", "max=", "a.csv", "declaredType=", "start=\"20\""].map(|text| (text, written.contains(text)));
    println!("FMI 2, written back: {kept:?}");

    assert_eq!((names, outputs), (vec!["speed".to_string()], 2));
    assert!(with_kelvin.is_err());
    assert_eq!(kept.map(|(_, found)| found), [false, false, false, false, false, true]);
}
RUST
CARGO_TARGET_DIR="$room/target" timeout -k 5 600 cargo run --quiet --jobs 1
