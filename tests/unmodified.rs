//! Unmodified systems: do they boot in a partition, and find everything in order there?

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use object::{Object as _, ObjectSection as _};
use paratia::own::Files;
use paratia::qemu::Time;
use paratia::run::Run;
use paratia::{build, catalog, pieces};
use paratia_config::image::PieceKind;
use paratia_tests::typed::dialogue;
use paratia_tests::{
    assert_critical_unharmed, assert_says, bare, board, count, finish, image_of, run, verdicts,
};

/// What a Linux says that has found everything in order.
const WELL: &str = "check: all is well";
/// What 128 system calls take on the bare machine with a seed, in ticks; a partition may take 1.1 times as much.
const BARE_CALLS: u64 = 3_848;

/// How many ticks Linux counted for 128 system calls.
fn calls(line: &str) -> Option<u64> {
    let (_, rest) = line.split_once("calls: ")?;
    rest.split_once(" ticks")?.0.parse().ok()
}

fn words(event: &str, action: &str) -> (String, String) {
    (event.to_owned(), action.to_owned())
}

#[test]
fn linux_finds_everything_in_order_and_restarts_when_it_asks_to() {
    let report = finish(&run("test-linux").stop_after(Duration::from_secs(12)));
    assert_says(&report, "linux", "init: workload load ended with 0");
    assert_says(&report, "linux", "check: performance monitors ok");
    // Of the timers that its tree names it takes the one that costs no exits.
    assert_says(&report, "linux", "MHz (virt).");
    assert_says(&report, "linux", WELL);
    let ticks = report
        .console_of("linux")
        .find_map(calls)
        .expect("it is said");
    assert!(ticks * 10 <= BARE_CALLS * 11, "{ticks} ticks for 128 calls");
    assert_eq!(verdicts(&report, "linux"), [words("shutdown", "halt")]);
    assert_eq!(count(&report, "again", "KASLR enabled"), 2);
    assert_eq!(count(&report, "again", "init: user space"), 2);
    assert_eq!(
        verdicts(&report, "again"),
        [words("reset", "restart"), words("reset", "halt")]
    );
}

/// By a program in its user space, with what the device tree says: a speed is read, a question sent and answered, and
/// memory shared. What can't be done is said, with nothing written.
#[test]
fn linux_reads_a_speed_sends_a_message_and_is_answered_from_user_space() {
    let report = finish(&run("linux-channels").stop_after(Duration::from_secs(3)));
    for line in [
        "channels: speed: sampling, read here, 8192 bytes at 0x60000000",
        "channels: question: queuing, written here, 8192 bytes at 0x60100000",
        "channels: answer: queuing, read here, 8192 bytes at 0x60200000",
        "channels: board: shared memory, written here, 4096 bytes at 0x60300000",
        "channels: the speed is 72",
        "channel answer: no message waits",
        "channels: before it is asked it ends with 1",
        "channels: the answer is '72 km/h'",
        "channels: the board has 'at home'",
        "channel speed: another partition writes it; this one may read",
        "channel question: the message is longer than the channel's",
        "channel question: it is a queue; `channel receive` takes its messages",
        "channel answer: another partition writes it; this one may read",
        "channel distance: there is no such channel; `channel` says which there are",
        "channels: what can't be done ends with 2",
        "init: workload channels ended with 0",
    ] {
        assert_says(&report, "linux", line);
    }
    assert_eq!(count(&report, "peer", "asked"), 1);
    assert_says(&report, "peer", "asked 'how fast?'");
    assert_says(
        &report,
        "peer",
        "on the board: ['a', 't', ' ', 'h', 'o', 'm', 'e', '\\0']",
    );
    assert_eq!(report.statistics("linux").unwrap().faults, 0);
}

#[test]
fn two_partitions_with_one_kernel_carry_it_once() {
    let bytes = fs::read(image_of("test-linux")).expect("the image is there");
    let file = object::File::parse(bytes.as_slice()).expect("an ELF file");
    let images = file.section_by_name(".images").expect("images").size();
    let choice = catalog::choose(&board(), "test-linux").expect("it exists");
    let pieces = pieces::of(&choice, None).expect("they are there");
    let all: u64 = pieces.iter().map(|piece| piece.size).sum();
    assert!(images < all * 6 / 10, "{images} bytes for pieces of {all}");
}

/// Files that a person names run in place of the declared ones; the image follows them, and that of
/// the declared ones stays.
#[test]
fn own_files_take_the_place_of_the_declared_ones() {
    let declared_image = fs::read(image_of("linux")).expect("the image is there");
    let declared = catalog::choose(&board(), "linux").expect("it exists");
    let pieces = pieces::of(&declared, None).expect("they are there");
    let folder = tempfile::tempdir().expect("a folder");
    let copy = |kind: PieceKind, name: &str| -> PathBuf {
        let piece = pieces
            .iter()
            .find(|it| it.partition == "linux" && it.kind == kind);
        let own = folder.path().join(name);
        fs::copy(&piece.expect("it is there").file, &own).expect("it can be copied");
        own
    };
    let files = Files {
        kernel: Some(copy(PieceKind::Kernel, "my kernel")),
        initrd: Some(copy(PieceKind::Initrd, "my disk")),
        command_line: Some("console=ttyAMA0 cma=0 my=own workload=poweroff".to_owned()),
        ..Files::default()
    };
    let own = files.in_place(declared, None).expect("they are fine");
    let first = fs::read(build::image_of(&own).expect("it builds")).expect("an image");

    // The disk grows by what Linux takes for the space between two archives.
    let disk = folder.path().join("my disk");
    let longer = [fs::read(&disk).expect("a disk"), vec![0; 512]].concat();
    fs::write(&disk, longer).expect("it can be written");
    let second = fs::read(build::image_of(&own).expect("it builds")).expect("an image");
    assert!(first != second, "the image follows its files");

    let report = finish(&Run::of(own).stop_after(Duration::from_secs(6)));
    assert_critical_unharmed(&report);
    assert_says(
        &report,
        "linux",
        "Kernel command line: console=ttyAMA0 cma=0 my=own",
    );
    assert_eq!(verdicts(&report, "linux"), [words("shutdown", "halt")]);
    let after = fs::read(declared.image()).expect("the image is there");
    assert!(after == declared_image, "the declared image stays");

    // A kernel that wants more memory than there is, by its header.
    let kernel = folder.path().join("my kernel");
    let mut bytes = fs::read(&kernel).expect("a kernel");
    bytes[16..24].copy_from_slice(&0x1000_0000_u64.to_le_bytes());
    fs::write(&kernel, bytes).expect("it can be written");
    let error = build::image_of(&own)
        .expect_err("it doesn't fit")
        .to_string();
    let expected = "my kernel' 0x4000_0000..0x5000_0000 lies outside its partition's RAM, region \
                    'ram' 0x4000_0000..0x4800_0000; enlarge the RAM, or move it";
    assert!(error.contains(expected), "{error}");
}

#[test]
fn linux_with_real_time_patches() {
    let report = finish(&run("linux-rt").stop_after(Duration::from_secs(4)));
    assert_says(&report, "linux", "PREEMPT_RT");
    assert_says(&report, "linux", WELL);
    assert_eq!(verdicts(&report, "linux"), []);
}

#[test]
fn linux_on_the_clusters_cpu_changes_nothing_for_it() {
    let report = finish(&run("linux").stop_after(Duration::from_secs(5)));
    assert_critical_unharmed(&report);
    assert_says(&report, "linux", "init: shell");
    assert_eq!(verdicts(&report, "linux"), []);
}

/// A binary as an ELF file and a flat one: entered where it is declared, with the device tree where it
/// was asked for, in the state in which arm64 systems are started.
#[test]
fn a_foreign_binary_is_started_as_declared() {
    let report = finish(&run("test-foreign").stop_after(Duration::from_secs(1)));
    for (partition, entry, name) in [
        ("elf", "x0 to x3 are 0x40200000 0 0 0", "segments"),
        ("raw", "x0 to x3 are 0x40300000 0 0 0", "bytes"),
    ] {
        let expected = [
            &format!("entered at 0x40000100, {entry}"),
            "EL1, MMU and cache off, interrupts masked",
            &format!("the tree's name for it is {name}"),
            "variables are zero: true",
        ];
        let said: Vec<_> = report.console_of(partition).collect();
        assert_eq!(said, expected, "{partition}");
        assert_eq!(verdicts(&report, partition), [words("shutdown", "halt")]);
    }
}

/// What is typed at U-Boot's prompt is answered, and it prompts again.
#[test]
fn u_boot_comes_to_its_prompt() {
    let report = dialogue(
        run("test-uboot"),
        "uboot",
        &[("=> ", "version\r"), ("U-Boot 20", ""), ("=> ", "")],
    );
    assert_says(&report, "uboot", "DRAM:  128 MiB");
    assert_says(&report, "uboot", "No ethernet found.");
    assert_says(&report, "uboot", "=> version");
    assert_eq!(count(&report, "uboot", "U-Boot 20"), 2);
    assert_eq!(verdicts(&report, "uboot"), []);
}

/// What is typed comes to the shell, and its answer back; a line that goes on is one line. Time passes
/// as for a person who types.
#[test]
fn a_shell_answers_what_is_typed() {
    let steps = [("# ", "echo it is $((6 * 7))\r"), ("it is 42", "")];
    let report = dialogue(run("linux").time(Time::Paced), "linux", &steps);
    assert_says(&report, "linux", "echo it is $((6 * 7))");
}

/// The device tree, the kernel and the initial RAM disk are right by themselves.
#[test]
fn linux_on_the_bare_machine_with_the_same_pieces() {
    let text = bare::partition("test-linux", "linux");
    assert!(text.contains(WELL), "{text}");
    assert!(text.contains("reboot: Power down"), "{text}");
    let ticks = text.lines().find_map(calls).expect("it is said");
    assert!(
        ticks.abs_diff(BARE_CALLS) * 100 <= BARE_CALLS,
        "{ticks} ticks for 128 calls"
    );
}
