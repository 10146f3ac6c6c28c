//! A broken system stops the build with its message: a crate that declares one must not compile.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

/// What `nav` and `hud` would share, as the compiler prints it.
const MESSAGE: &str = "evaluation panicked: partition 'nav': region 'ram' 0x4800_0000..0x4810_0000 \
                       overlaps region 'ram' of partition 'hud' 0x4808_0000..0x4828_0000; move or \
                       shrink one";

const BROKEN: &str = r#"
const BROKEN: System = System {
    partitions: &[
        base::NAV,
        Partition {
            regions: &[
                Region { pa: Pa(0x4808_0000), ..base::HUD_RAM },
                base::PIXELS,
            ],
            ..base::HUD
        },
        base::MEDIA,
    ],
    ..base::SYSTEM
};
const _: () = assert_valid(&BROKEN, &base::BOARD, base::IMAGES);
"#;

const VALID: &str = "const _: () = assert_valid(&base::SYSTEM, &base::BOARD, base::IMAGES);";

/// Constants of the largest system. The compiler refuses (`long_running_const_eval`) one that takes
/// more than two million calls and turns of loops: pairs of 700 ports are 250 thousand, and each rule on
/// them, or table of them, would take several a pair.
const LARGEST: &str = r#"
use full::{FULL, PARTITIONS, PROGRAMS};
use paratia_config::{machines, passport, ports, tables};
const _: () = assert_valid(&FULL, &base::BOARD, &PROGRAMS);
const COUNT: usize = tables::table_count(&FULL, &base::BOARD);
static TABLES: tables::Tables<COUNT> = tables::build(&FULL, &base::BOARD);
static ROOTS: [u64; PARTITIONS] = tables::vttbr(&FULL, &base::BOARD);
static PASSPORTS: [passport::PassportPage; PARTITIONS] = passport::passports(&FULL, &base::BOARD);
static PORTS: [ports::PartitionPorts; PARTITIONS] = ports::port_table(&FULL);
static TO_RING: [[Option<(usize, usize)>; 1]; FULL.channels.len()] = machines::to_ring(&FULL);
static KICKS: [Option<u32>; PARTITIONS] = machines::kicks(&FULL);
static CPUS: [usize; FULL.vcpu_count()] = machines::cpu_of(&FULL);
static OWNERS: [usize; FULL.vcpu_count()] = machines::partition_of(&FULL);
static SHARED: [bool; FULL.vcpu_count()] = machines::share_cpu(&FULL);
"#;

#[test]
fn of_the_largest_system_constants_take_few_steps() {
    let (built, output) = check("largest", LARGEST);
    assert!(built, "{output}");
}

#[test]
fn with_the_message_of_the_first_finding() {
    let (built, output) = check("valid", VALID);
    assert!(built, "the valid system doesn't build: {output}");
    let (built, output) = check("broken", BROKEN);
    assert!(!built, "the broken system builds");
    assert!(output.contains(MESSAGE), "{output}");
}

/// Checks a crate with this declaration; returns whether it builds, and what the compiler prints.
fn check(name: &str, declaration: &str) -> (bool, String) {
    let config = env!("CARGO_MANIFEST_DIR");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).unwrap();
    let manifest = format!(
        "[package]\nname = \"{name}\"\nedition = \"2024\"\n[workspace]\n\
         [lib]\npath = \"lib.rs\"\n[dependencies]\nparatia-config.path = {config:?}\n"
    );
    let shared = format!("{config}/tests/support");
    let source = format!(
        "#![allow(dead_code, unused_imports)]\n\
         #[path = {:?}]\nmod base;\n\
         #[path = {:?}]\nmod board;\n\
         #[path = {:?}]\nmod full;\n\
         use paratia_config::{{Pa, Partition, Region, System, rules::assert_valid}};\n\
         {declaration}",
        format!("{shared}/base.rs"),
        format!("{shared}/board.rs"),
        format!("{shared}/full.rs"),
    );
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::write(folder.join("lib.rs"), source).unwrap();
    // The same versions as the workspace's, so that nothing has to be fetched.
    let lock = Path::new(config).join("../Cargo.lock");
    fs::copy(lock, folder.join("Cargo.lock")).unwrap();

    let output = Command::new(env!("CARGO"))
        .args(["check", "--offline", "--color=never", "--target-dir"])
        .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("target"))
        .current_dir(&folder)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.success(), text)
}
