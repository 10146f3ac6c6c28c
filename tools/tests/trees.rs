//! Every device tree that a partition is handed, read by the device tree compiler, which knows the
//! specification from elsewhere: it has nothing to say against any.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};

use paratia::catalog;
use paratia::pieces::tree::Guest;

/// What the compiler says against a tree: nothing, if all is well.
fn said(tree: &[u8]) -> String {
    // The tree's own text goes nowhere.
    let mut child = Command::new("dtc")
        .args(["-I", "dtb", "-O", "dts", "-o", "/dev/null", "-"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("this test reads trees with dtc; please run: apt-get install device-tree-compiler");
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(tree).expect("it reads");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() {
        words
    } else {
        format!("{words}it failed: {}", output.status)
    }
}

#[test]
fn the_compiler_finds_nothing_against_any_tree() {
    // Many partitions have the same machine.
    let mut trees = BTreeMap::new();
    for board in catalog::boards() {
        for (name, system) in catalog::systems(board) {
            for partition in system.partitions {
                let guest = Guest {
                    command_line: "console=ttyAMA0",
                    initrd: Some((0x4800_0000, 0x4900_0000)),
                    ..Guest::of(partition, board.facts)
                };
                let whose = format!("{} of {name} on {}", partition.name, board.facts.name);
                trees.insert(guest.tree().expect("a tree"), whose);
            }
        }
    }
    assert!(trees.len() > 20, "only {} trees", trees.len());
    let findings: Vec<String> = trees
        .iter()
        .map(|(tree, whose)| (whose, said(tree)))
        .filter(|(_, words)| !words.is_empty())
        .map(|(whose, words)| format!("{whose}:\n{words}"))
        .collect();
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

/// The compiler would say so.
#[test]
fn a_name_that_is_there_twice_is_noticed() {
    let tree = |names: &[&str]| {
        let mut tree = vm_fdt::FdtWriter::new().unwrap();
        let root = tree.begin_node("").unwrap();
        for name in names {
            let node = tree.begin_node(name).unwrap();
            tree.end_node(node).unwrap();
        }
        tree.end_node(root).unwrap();
        tree.finish().unwrap()
    };
    assert_eq!(said(&tree(&["one", "two"])), "");
    let words = said(&tree(&["one", "one"]));
    assert!(words.contains("duplicate_node_names"), "{words}");
}
