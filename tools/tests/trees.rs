//! Every device tree that a partition is handed, read by the device tree compiler, which knows the
//! specification from elsewhere: it has nothing to say against any.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use paratia::catalog;
use paratia::pieces::tree::Guest;
use paratia::workspace;
use paratia_config::Ipa;
use paratia_config::machine::VirtualMachine;

/// What the compiler says against a tree: nothing, if all is well.
fn said(tree: &[u8]) -> String {
    read(tree).1
}

/// A tree in the compiler's words, and what it says against it.
fn read(tree: &[u8]) -> (String, String) {
    let mut child = Command::new("dtc")
        .args(["-I", "dtb", "-O", "dts", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("this test reads trees with dtc; please run: apt-get install device-tree-compiler");
    // It reads all of its input before it writes.
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(tree).expect("it reads");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() {
        (text, words)
    } else {
        (text, format!("{words}it failed: {}", output.status))
    }
}

/// The machines that a partition can have, each by what it has more than the first, or other.
fn machines() -> Vec<(&'static str, Guest<'static>)> {
    let plain = || Guest {
        machine: VirtualMachine {
            entropy: false,
            clock: None,
            ..VirtualMachine::VIRT
        },
        gic_version: 3,
        ram: vec![(0x4000_0000, 64 << 20)],
        monitors_interrupt: None,
        watchdog_seconds: 2,
        xen: None,
        devices: Vec::new(),
        channels: Vec::new(),
        command_line: "console=ttyAMA0",
        initrd: None,
    };
    let with = |change: fn(&mut Guest<'static>)| {
        let mut guest = plain();
        change(&mut guest);
        guest
    };
    vec![
        ("gicv3", plain()),
        ("gicv2", with(|it| it.gic_version = 2)),
        ("vcpus", with(|it| it.machine = it.machine.with_vcpus(4))),
        ("no-uart", with(|it| it.machine = VirtualMachine::PLAIN)),
        (
            "monitors",
            with(|it| {
                it.machine.pmu = true;
                it.monitors_interrupt = Some(23);
            }),
        ),
        (
            "stolen-time",
            with(|it| it.machine.stolen_time = Some(Ipa(0x6000_0000))),
        ),
        (
            "devices",
            with(|it| {
                it.devices = vec![
                    ("rtc", 0x0901_0000, 0x1000, &[34]),
                    ("gpio", 0x0903_0000, 0x1000, &[39]),
                ];
            }),
        ),
        (
            "memories",
            with(|it| it.ram = vec![(0x4000_0000, 2 << 20), (0x8000_0000, 32 << 20)]),
        ),
        (
            "clock",
            with(|it| it.machine.clock = Some(Ipa(0x0901_0000))),
        ),
        (
            "watchdog",
            with(|it| it.machine = it.machine.with_watchdog()),
        ),
        ("seeds", with(|it| it.machine.entropy = true)),
        (
            "initrd",
            with(|it| it.initrd = Some((0x4300_0000, 0x4312_3456))),
        ),
    ]
}

/// Foreign guests are told of each kind of machine what they were always told (`tests/abi-1`). One that isn't
/// stored yet is, by `PARATIA_STORE_ABI=1`; what is stored stays.
#[test]
fn every_machine_has_the_tree_that_it_had() {
    let folder = workspace::root().join("tests/abi-1/trees");
    let mut stored = BTreeSet::new();
    for (name, guest) in machines() {
        let tree = guest.tree().expect("a tree");
        let place = folder.join(format!("{name}.dtb"));
        if std::env::var_os("PARATIA_STORE_ABI").is_some() && !place.exists() {
            fs::write(&place, &tree).expect("it can be written");
        }
        let expected = fs::read(&place);
        let expected = expected.unwrap_or_else(|error| panic!("{}: {error}", place.display()));
        // In the compiler's words, whatever the order of what isn't ordered.
        let [expected, tree] = [read(&expected), read(&tree)];
        assert_eq!(tree.1, "", "{name}");
        assert_eq!(
            expected.0, tree.0,
            "{name}: left: as it was; right: as it is"
        );
        assert!(tree.0.contains("memory@"), "{name}: {}", tree.0);
        stored.insert(place);
    }
    for entry in fs::read_dir(folder).expect("it is there") {
        let place = entry.expect("it can be read").path();
        assert!(
            stored.contains(&place),
            "{}: of no machine",
            place.display()
        );
    }
}

/// What the compiler says of Xen's node, which Linux looks for by this very name (`fdt_find_hyper_node`).
const OF_XEN: &str = "/hypervisor: node has a reg or ranges property, but no unit name";

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
                    ..Guest::of(system, partition, board.facts)
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
        .filter(|(_, words)| {
            words
                .lines()
                .any(|line| !line.is_empty() && !line.ends_with(OF_XEN))
        })
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
