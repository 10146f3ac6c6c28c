use paratia::catalog;
use paratia::log::Event;
use paratia::run::Sight;
use paratia::trace::Recorder;

use super::*;
use crate::present::page::tests::assert_balanced;

fn of(system: &str, events: &[(u64, &str)], line: &str) -> Timeline {
    let choice = catalog::choose("qemu-virt", system).unwrap();
    let mut recorder = Recorder::new(&choice);
    for (ticks, message) in events {
        recorder.take(Sight::Event(&Event::parse(*ticks, message)));
    }
    let partition = choice.system.partitions[0].name;
    recorder.take(Sight::Console {
        partition,
        line,
        goes_on: false,
    });
    Timeline::new(&choice, recorder.moments(), None)
}

const BEGIN: [(u64, &str); 2] = [
    (0, "boot cpus=1 frequency_hz=1000000"),
    (0, "epoch ticks=500"),
];

#[test]
fn a_page_needs_nothing_else() {
    for system in ["cluster", "test-cpus-4", "bench-partitions-128"] {
        let page = page(&of(system, &BEGIN, "hello"));
        assert_balanced(&page);
        for outside in ["http", "src=", "@import", "url(\"", "url(/"] {
            assert!(!page.contains(outside), "{system}: {outside}");
        }
    }
}

#[test]
fn what_a_guest_writes_is_text() {
    let said = "</script><script>alert(1)</script><!-- &amp;";
    let fault = (9_000, "fault partition=0 event=stray_access \"</script>\"");
    let page = page(&of("cluster", &[BEGIN[0], BEGIN[1], fault], said));
    assert_balanced(&page);
    assert!(!page.contains("<script>alert"));
    assert!(page.contains("&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;!-- &amp;amp;"));
    assert_eq!(
        page.matches("</script>").count(),
        2,
        "the data's and the script's own"
    );
}

#[test]
fn the_tables_have_what_was_heard() {
    let events = [
        BEGIN[0],
        BEGIN[1],
        (
            1_000,
            "Heartbeat { partition: 1, sequence: 3, counted: true }",
        ),
        (2_000, "HeartbeatMissed { partition: 1, count: 4 }"),
        (3_000, "Started { partition: 2, condition: 2, restarts: 1 }"),
    ];
    let page = page(&of("cluster", &events, "hello"));
    let row = page.lines().find(|line| {
        line.starts_with("<tr>") && line.contains("speedometer *</td><td class=\"n\">1</td>")
    });
    let row = row.expect("the speedometer's numbers");
    let numbers: Vec<&str> = row
        .split("class=\"n\">")
        .skip(1)
        .filter_map(|cell| cell.split('<').next())
        .collect();
    assert_eq!(numbers, ["1", "1", "4", "0", "0", "0"]);
    assert!(page.contains("started condition=2 restarts=1"));
    assert!(page.contains("<a href=\"#t3000000\">3 ms</a>"));
}
