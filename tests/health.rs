//! The health monitor's word on whole boards: what is told of faults, and who comes back.

use std::time::Duration;

use paratia::run::RunReport;
use paratia_instruments::dashboard::DisplayedSpeed;
use paratia_instruments::drive_cycle::DriveCycle;
use paratia_tests::picture::photograph;
use paratia_tests::{finish, run, verdicts};

/// A partition's records that its life hangs on, in the order in which they came: faults that aren't
/// ignored, verdicts on them, and starts.
fn turns(report: &RunReport, partition: &str) -> Vec<String> {
    let index = report.system.partition_index(partition).expect("it exists");
    let of_it = report
        .events
        .iter()
        .filter(|event| event.integer("partition") == Some(index as u64));
    let word = |event: &paratia::log::Event, key| event.word(key).unwrap_or_default().to_owned();
    of_it
        .filter_map(|event| match event.name.as_str() {
            "fault" if word(event, "event") == "stray_access" => Some("fault".to_owned()),
            "verdict" if word(event, "action") != "ignore" => Some(word(event, "action")),
            "started" => Some("started".to_owned()),
            _ => None,
        })
        .collect()
}

#[test]
fn whatever_a_partition_repeats_its_faults_are_told() {
    let report = finish(&run("test-records").stop_after(Duration::from_secs(2)));
    let life = ["fault", "restart", "started"];
    let mut expected: Vec<_> = life.iter().copied().cycle().take(8 * life.len()).collect();
    expected.extend(["fault", "halt"]);
    assert_eq!(turns(&report, "repeater"), expected);

    // What is repeated is told within bounds, and counted.
    let of = report.statistics("repeater").expect("statistics");
    let told = report.about("fault", "repeater").count() as u64;
    assert_eq!(of.faults, 9 + 9 * 600, "{of:?}");
    assert_eq!(told + of.faults_untold, of.faults, "{of:?}");
    let ignored = verdicts(&report, "repeater")
        .into_iter()
        .filter(|(event, action)| event == "application_error" && action == "ignore")
        .count();
    assert!((9..=9 * 3 * 2).contains(&ignored), "{ignored} are told");

    // And the neighbour's records are all there: it gives four heartbeats in each window but its first.
    let of = report.statistics("victim").expect("statistics");
    let told = |name| report.about(name, "victim").count() as u64;
    assert_eq!(
        (told("window"), told("heartbeat")),
        (of.windows, 4 * (of.windows - 1))
    );
    assert_eq!((of.heartbeats_missed, of.faults), (0, 0));
}

/// What the guest of `test-backlog` does by its run argument: it dies at once.
const DIES: u64 = 1;

/// One that is restarted faster than the log is written, as CPU 0 has next to no time for that: each of its
/// lives is told all the same, since none begins before there is room for its end. (What doesn't fit is
/// counted, and [`finish`] wants that to be nothing.)
#[test]
fn a_life_waits_until_its_end_can_be_told() {
    let run = run("test-backlog").argument("restless", DIES);
    let report = finish(&run.stop_after(Duration::from_millis(400)));
    let restarts = report.statistics("restless").expect("statistics").restarts;
    let ends: Vec<_> = report.about("verdict", "restless").collect();
    assert_eq!(ends.len() as u64, restarts);
    // Loaded in one window and started in the next, of which there are seven pairs in a frame.
    let frame = report.system.schedule.major_frame;
    let starts = report.about("started", "restless");
    let took = |(start, end): (&paratia::log::Event, &&paratia::log::Event)| {
        report.duration(start.time_ticks - end.time_ticks)
    };
    let took: Vec<_> = starts.zip(&ends).map(took).collect();
    let waited = took.iter().filter(|took| **took > frame / 3).count();
    assert!(took.len() > 30 && waited > 3, "{took:?}");
    assert!(took[0] < frame / 7, "at first there is room: {took:?}");
}

/// The major frames of `cluster` in which its picture stands still if the speedometer hangs: the one in
/// which it hangs, up to three until its missed heartbeat is seen and it is loaded anew, and those in
/// which it starts, as it does at boot.
const FRAMES_WITHOUT_A_PICTURE: u64 = 12;

#[test]
fn a_speedometer_that_hangs_is_back_with_its_picture() {
    const HANGS_IN: u64 = 50;
    let stop_after = Duration::from_millis(2_000);
    let run = run("cluster")
        .argument("speedometer", HANGS_IN)
        .stop_after(stop_after);
    let (picture, report) = photograph(&run);
    assert_eq!(
        verdicts(&report, "speedometer"),
        [("missed_heartbeat".to_owned(), "restart".to_owned())]
    );
    let of = |partition: &str| report.statistics(partition).expect("statistics");
    assert_eq!(
        (
            of("speedometer").heartbeats_missed,
            of("speedometer").restarts
        ),
        (1, 1)
    );
    assert_eq!(
        (of("vehicle").heartbeats_missed, of("vehicle").faults),
        (0, 0)
    );

    let frames = report.about("heartbeat", "speedometer");
    let times: Vec<_> = frames.map(|event| event.time_ticks).collect();
    let longest = times.windows(2).map(|pair| pair[1] - pair[0]).max();
    let longest = report.duration(longest.expect("frames were drawn"));
    let frame = report.system.schedule.major_frame;
    let without = longest.as_nanos().div_ceil(frame.as_nanos()) - 1;
    assert!(
        (3..=u128::from(FRAMES_WITHOUT_A_PICTURE)).contains(&without),
        "{without} major frames without a picture"
    );
    let time = Duration::from_secs(20) + stop_after - frame;
    let speed = DriveCycle::UDDS.speed_at(time);
    let shown = DisplayedSpeed::KilometresPerHour(speed.to_whole_kilometres_per_hour());
    assert_eq!(picture.speed(), Some(shown));
    assert!(!picture.warns());
}
