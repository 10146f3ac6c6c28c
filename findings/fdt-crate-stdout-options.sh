#!/bin/sh
# The console isn't found once its speed is given (crate fdt 0.1.5)
#
# Expected: stdout-path = "serial0:115200n8" names the alias serial0; what follows the colon is for the
#   driver (Devicetree Specification 0.4, 3.6: a colon ends the path).
# Seen: chosen().stdout() gives the UART for "serial0" and None for "serial0:115200n8".
#   flat_device_tree 3.1.1, a fork of it, finds both.
# Why: src/standard_nodes.rs, Chosen::stdout, looks the whole string up as a path.
# Matters: QEMU's virt board gives a path without options, and the trees of real boards give them, the
#   Raspberry Pi's among them: a system that is silent on hardware alone.
set -eu
command -v cargo >/dev/null || { echo "missing: cargo, by rustup or apt-get install cargo" >&2; exit 1; }
command -v dtc >/dev/null || { echo "missing: apt-get install device-tree-compiler" >&2; exit 1; }
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
mkdir "$room/src"
cd "$room"
for path in serial0 serial0:115200n8; do
    dtc -q -O dtb -o "$path.dtb" - <<DTS
/dts-v1/;
/ {
	compatible = "acme,board";
	model = "an example";
	#address-cells = <1>;
	#size-cells = <1>;
	aliases { serial0 = "/uart@9000000"; };
	chosen { stdout-path = "$path"; };
	uart@9000000 { reg = <0x9000000 0x1000>; };
};
DTS
done
cat > Cargo.toml <<'TOML'
[package]
name = "probe"
version = "0.0.0"
edition = "2021"
[dependencies]
fdt = "=0.1.5"
flat_device_tree = "=3.1.1"
[workspace]
TOML
cat > src/main.rs <<'RUST'
fn consoles(path: &str) -> [Option<String>; 2] {
    let blob = std::fs::read(format!("{path}.dtb")).unwrap();
    let fork = flat_device_tree::Fdt::new(&blob).unwrap();
    let found = [
        fdt::Fdt::new(&blob).unwrap().chosen().stdout().map(|node| node.name.to_string()),
        fork.chosen().ok().and_then(|chosen| chosen.stdout()).map(|console| console.node().name.to_string()),
    ];
    println!("stdout-path {path:?}: fdt {:?}, flat_device_tree {:?}", found[0], found[1]);
    found
}

fn main() {
    let uart = || Some("uart@9000000".to_string());
    assert_eq!(consoles("serial0"), [uart(), uart()]);
    assert_eq!(consoles("serial0:115200n8"), [None, uart()]);
}
RUST
CARGO_TARGET_DIR="$room/target" cargo run --quiet --jobs 1
