use super::*;
use crate::catalog;
use crate::log::Event;
use crate::run::Sight;
use crate::trace::Recorder;
use crate::trace::notes;

/// What is heard of the cluster when a microsecond is a tick.
fn heard(events: &[(u64, &str)]) -> (Choice, Vec<Moment>) {
    let choice = catalog::choose("qemu-virt", "cluster").unwrap();
    let mut recorder = Recorder::new(&choice);
    for (ticks, message) in events {
        recorder.take(Sight::Event(&Event::parse(*ticks, message)));
    }
    (choice, recorder.moments())
}

const BOOT: (u64, &str) = (0, "boot cpus=1 frequency_hz=1000000");
const EPOCH: (u64, &str) = (0, "epoch ticks=500");
const WINDOW: (u64, &str) = (
    22_003,
    "Window { partition: 1, cpu: 0, scheduled: 22000, start: 22003 }",
);

#[test]
fn the_log_has_starts_and_the_plan_has_ends() {
    let (choice, moments) = heard(&[BOOT, EPOCH, WINDOW]);
    let timeline = Timeline::new(&choice, moments, None);
    let [window] = timeline.windows.as_slice() else {
        panic!("{timeline:?}");
    };
    assert_eq!((window.partition, window.vcpu, window.cpu), (1, 0, 0));
    assert_eq!(window.planned, (22_000_000, 32_000_000));
    assert_eq!(window.ran, (22_003_000, 32_000_000));
    assert_eq!(window.basis, (Basis::Measured, Basis::Planned));
    assert_eq!(window.moment, Some(2));
}

#[test]
fn who_hears_of_no_window_has_the_plan() {
    let (choice, moments) = heard(&[BOOT, EPOCH, (21_000, "heartbeat partition=1")]);
    let timeline = Timeline::new(&choice, moments, None);
    assert_eq!(
        timeline.windows.len(),
        4,
        "three in a frame, one in the next"
    );
    let planned = (Basis::Planned, Basis::Planned);
    assert!(timeline.windows.iter().all(|it| it.basis == planned));
}

#[test]
fn a_tracer_sees_ends_and_why() {
    let (choice, moments) = heard(&[BOOT, EPOCH, WINDOW]);
    let vmid = |partition: u64| format!("{:x} 80000000", (partition + 1) << 48);
    let text = format!(
        "return 0 22503500 {speedometer}\n\
         exit 0 22600000 480 0 0 0 40 0 0 0\n\
         interrupt 0 22600100 1b\n\
         return 0 22601000 {speedometer}\n\
         exit 0 23000000 400 5a000000 0 0 44 c6000007 0 0\n\
         interrupt 0 23000100 3ff\n\
         return 0 32500100 {infotainment}\n\
         exit 0 32500200 400 4000000 0 0 48 0 0 0\n",
        speedometer = vmid(1),
        infotainment = vmid(2),
    );
    let notes = notes::parse(&text).unwrap();
    let timeline = Timeline::new(&choice, moments, Some(&notes));
    let [first, second] = timeline.windows.as_slice() else {
        panic!("{:?}", timeline.windows);
    };
    assert_eq!(first.ran, (22_003_000, 22_500_000));
    assert_eq!(first.basis, (Basis::Measured, Basis::Measured));
    assert_eq!(
        (second.partition, second.ran),
        (2, (32_000_100, 32_000_200))
    );
    let causes: Vec<_> = timeline
        .exits
        .iter()
        .map(|it| (it.partition, it.cause.name, it.ends_window, it.ran))
        .collect();
    assert_eq!(
        causes,
        [
            (1, "interrupt", false, (22_100_000, 22_101_000)),
            (1, "call", true, (22_500_000, 32_000_100)),
            (2, "wait", true, (32_000_200, 32_000_200)),
        ]
    );
    let interrupt = Interrupt {
        cpu: 0,
        time_ns: 22_100_100,
        number: 27,
    };
    assert_eq!(timeline.interrupts, [interrupt], "1023 is none");
}
