#!/bin/sh
# A valid tree with one property taken out has no nodes left (crates fdt 0.1.5 and flat_device_tree 3.1.1)
#
# Expected: a property that a boot loader took out in place (libfdt's fdt_nop_property overwrites it with
#   FDT_NOP) is skipped by every reader: NOP may stand anywhere in the structure block (Devicetree
#   Specification 0.4, 5.4.1), so the nodes behind it are still there.
# Seen: with the root's "model" taken out, both crates read the tree without an error and list the root
#   alone: no memory, no CPUs, no UART. fdt-rs 0.4.5, dtoolkit 0.4.1 and dtc find all five nodes;
#   device_tree 1.1.0 at least refuses the tree with ParseError.
# Why: node.rs, children(): properties are skipped as long as FDT_PROP follows FDT_PROP; a NOP between two
#   of them ends that loop, and the property behind it is taken for the end of the children.
# Matters: firmware edits trees in place, and a kernel then finds no memory with one loader and all of it
#   with another. A reader that checks the board against its configuration has to refuse "nothing there".
set -eu
command -v cargo >/dev/null || { echo "missing: cargo, by rustup or apt-get install cargo" >&2; exit 1; }
command -v dtc >/dev/null || { echo "missing: apt-get install device-tree-compiler" >&2; exit 1; }
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check pylibfdt==1.7.2.post2
mkdir "$room/src"
cd "$room"
dtc -q -O dtb -o whole.dtb - <<'DTS'
/dts-v1/;
/ {
	compatible = "acme,board";
	model = "an example";
	#address-cells = <2>;
	#size-cells = <2>;
	chosen { };
	memory@40000000 { device_type = "memory"; reg = <0 0x40000000 0 0x10000000>; };
	soc { uart@9000000 { reg = <0 0x9000000 0 0x1000>; }; };
};
DTS
venv/bin/python - <<'PY'
import libfdt

tree = libfdt.Fdt(bytearray(open("whole.dtb", "rb").read()))
assert libfdt.fdt_nop_property(tree._fdt, 0, "model") == 0
open("edited.dtb", "wb").write(tree.as_bytearray())
PY
dtc -q -I dtb -O dts edited.dtb | grep -c '{$' | sed 's/^/edited tree, nodes by dtc: /'
cat > Cargo.toml <<'TOML'
[package]
name = "probe"
version = "0.0.0"
edition = "2021"
[dependencies]
fdt = "=0.1.5"
flat_device_tree = "=3.1.1"
device_tree = "=1.1.0"
fdt-rs = "=0.4.5"
dtoolkit = "=0.4.1"
[workspace]
TOML
cat > src/main.rs <<'RUST'
use dtoolkit::Node;
use fdt_rs::prelude::*;

fn below(node: dtoolkit::fdt::FdtNode<'_>) -> usize {
    1 + node.children().map(below).sum::<usize>()
}

fn count(name: &str) -> [Option<usize>; 5] {
    let blob = std::fs::read(name).unwrap();
    let parsed = unsafe { fdt_rs::base::DevTree::new(&blob) }.unwrap();
    let mut by_fdt_rs = 0;
    let mut nodes = parsed.nodes();
    while let Ok(Some(_)) = fdt_rs::base::iters::DevTreeNodeIter::next(&mut nodes) {
        by_fdt_rs += 1;
    }
    let counts = [
        Some(fdt::Fdt::new(&blob).unwrap().all_nodes().count()),
        Some(flat_device_tree::Fdt::new(&blob).unwrap().all_nodes().count()),
        device_tree::DeviceTree::load(&blob).ok().map(|tree| nodes_of(&tree.root)),
        Some(by_fdt_rs),
        Some(below(dtoolkit::fdt::Fdt::new(blob.as_slice()).unwrap().root())),
    ];
    println!("{name}: fdt, flat_device_tree, device_tree, fdt-rs, dtoolkit: {counts:?}");
    counts
}

fn nodes_of(node: &device_tree::Node) -> usize {
    1 + node.children.iter().map(nodes_of).sum::<usize>()
}

fn main() {
    assert_eq!(count("whole.dtb"), [Some(5); 5]);
    assert_eq!(count("edited.dtb"), [Some(1), Some(1), None, Some(5), Some(5)]);
}
RUST
CARGO_TARGET_DIR="$room/target" cargo run --quiet --jobs 1
