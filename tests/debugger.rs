//! Does a debugger stop where it is asked to, and nowhere else?

use std::fs;
use std::time::Duration;

use paratia::debugger::Session;
use paratia::progress::Silent;
use paratia::qemu::Time;
use paratia::run::Run;
use paratia::{catalog, workspace};
use paratia_tests::readers;

/// The page with the session.
const PAGE: &str = "docs/debugger.md";
/// Board time after which a run ends that nobody stops.
const LIMIT: Duration = Duration::from_secs(5);

/// What a page shows: what is typed, and what the answer has at least, line by line.
#[derive(Default)]
struct Step {
    typed: String,
    answer: Vec<String>,
}

/// The session of the page: the first step is the start.
fn documented() -> Vec<Step> {
    let text = fs::read_to_string(workspace::root().join(PAGE)).expect("the page is there");
    let (_, rest) = text.split_once("```gdb\n").expect("it has a session");
    let (session, _) = rest.split_once("```").expect("which ends");
    let mut steps: Vec<Step> = Vec::new();
    for line in session.lines() {
        if let Some(typed) = line
            .strip_prefix("(gdb) ")
            .or_else(|| line.strip_prefix("$ "))
        {
            steps.push(Step {
                typed: typed.to_owned(),
                ..Step::default()
            });
        } else if let Some(step) = steps.last_mut() {
            step.answer.push(line.to_owned());
        }
    }
    steps
}

/// Plays commands, each after a mark, and returns what is answered to each; the first is what is said before.
fn play(partition: &str, commands: &[&str]) -> Vec<String> {
    readers::install(&["gdb-multiarch"]);
    let choice = catalog::choose("qemu-virt", "cluster").expect("it is there");
    let session = Session::prepare(choice, Some(partition), &mut Silent).expect("it is built");
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("said");
    let mut arguments = vec!["-batch".to_owned()];
    let mut add = |command: &str| arguments.extend(["-ex".to_owned(), command.to_owned()]);
    add(&format!("set logging file {}", log.display()));
    add("set logging enabled on");
    for command in commands {
        add("echo \\n@@@\\n");
        add(command);
    }
    let run = Run::of(choice).stop_after(LIMIT).time(Time::Paced);
    let played = session.run(run, &arguments, &mut |_| {});
    let (report, status) = played.expect("both can be started");
    assert!(status.success(), "{status}: {}", report.outcome);
    let said = fs::read_to_string(log).expect("gdb has written what it said");
    said.split("@@@\n").map(str::to_owned).collect()
}

/// Whether all that stands between `...` comes one after the other.
fn has(text: &str, wanted: &str) -> bool {
    let mut rest = text;
    wanted.split("...").all(|part| match rest.split_once(part) {
        Some((_, behind)) => {
            rest = behind;
            true
        }
        None => false,
    })
}

/// What the page says is what happens: a breakpoint in a partition hits in it alone, though another comes by
/// the same address before; variables are there; one in the hypervisor hits at EL2.
#[test]
fn the_session_of_the_documentation() {
    let steps = documented();
    let (start, typed) = steps.split_first().expect("it begins somehow");
    assert_eq!(start.typed, "cargo paratia run cluster --gdb speedometer");
    let commands: Vec<&str> = typed.iter().map(|step| step.typed.as_str()).collect();
    let said = play("speedometer", &commands);
    assert_eq!(said.len(), typed.len() + 1, "{said:#?}");
    for (step, said) in typed.iter().zip(&said[1..]) {
        for line in &step.answer {
            assert!(has(said, line), "{}: no '{line}' in\n{said}", step.typed);
        }
    }
}

/// Each of many stops is in the partition whose breakpoint it is, whatever condition is set afterwards.
#[test]
fn a_breakpoint_hits_in_its_partition_alone() {
    let mut commands = vec![
        "break speedometer::receiver::Receiver::read",
        "condition 1 1 == 1",
    ];
    commands.extend(["continue"; 5]);
    let said = play("speedometer", &commands);
    for stop in &said[3..] {
        assert!(stop.contains("CPU 0, partition 'speedometer'"), "{said:#?}");
    }
}
