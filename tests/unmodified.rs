//! Unmodified systems: do they boot in a partition, and find everything in order there?

use std::time::Duration;

use object::{Object as _, ObjectSection as _};
use paratia::qemu::Time;
use paratia::{catalog, pieces};
use paratia_tests::typed::dialogue;
use paratia_tests::{
    assert_critical_unharmed, assert_says, bare, board, count, finish, image_of, run, verdicts,
};

/// What a Linux says that has found everything in order.
const WELL: &str = "check: all is well";

fn words(event: &str, action: &str) -> (String, String) {
    (event.to_owned(), action.to_owned())
}

#[test]
fn linux_finds_everything_in_order_and_restarts_when_it_asks_to() {
    let report = finish(&run("test-linux").stop_after(Duration::from_secs(8)));
    assert_says(&report, "linux", WELL);
    assert_eq!(verdicts(&report, "linux"), [words("shutdown", "halt")]);
    assert_eq!(count(&report, "again", "init: user space"), 2);
    assert_eq!(
        verdicts(&report, "again"),
        [words("reset", "restart"), words("reset", "halt")]
    );
}

#[test]
fn two_partitions_with_one_kernel_carry_it_once() {
    let bytes = std::fs::read(image_of("test-linux")).expect("the image is there");
    let file = object::File::parse(bytes.as_slice()).expect("an ELF file");
    let images = file.section_by_name(".images").expect("images").size();
    let choice = catalog::choose(&board(), "test-linux").expect("it exists");
    let pieces = pieces::of(&choice, None).expect("they are there");
    let all: u64 = pieces.iter().map(|piece| piece.size).sum();
    assert!(images < all * 6 / 10, "{images} bytes for pieces of {all}");
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
}
