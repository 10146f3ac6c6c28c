use super::*;

fn plain(width: usize) -> Vec<String> {
    let choice = paratia::catalog::choose("qemu-virt", "cluster").unwrap();
    let lines = lines(&choice, width);
    lines
        .iter()
        .map(|line| anstream::adapter::strip_str(line).to_string())
        .collect()
}

#[test]
fn the_cluster() {
    let expected = "
        ┌───────┬───────────────────────────────────────┬───────────────────────────┐
CPU 0   │vehic…▒│speedometer                           ▒│infotainment              ▒│
        └───────┴───────────────────────────────────────┴───────────────────────────┘
        0       2                                      12                          19  20 ms
CPU 1, 2, 3: idle";
    assert_eq!(
        plain(92)[..5]
            .iter()
            .map(|line| format!("\n{}", line.trim_end()))
            .collect::<String>(),
        expected
    );
}

#[test]
fn every_width_holds_its_lines() {
    for width in 60..130 {
        for line in &plain(width)[..4] {
            assert!(line.chars().count() <= width, "{width}: {line}");
        }
    }
}

#[test]
fn columns_are_to_scale() {
    let scale = Scale {
        frame: Duration::from_millis(20),
        columns: 80,
    };
    let at = |ms| scale.column(Duration::from_millis(ms));
    assert_eq!([at(0), at(2), at(12), at(20)], [0, 8, 48, 80]);
}

#[test]
fn names_shrink_to_their_boxes() {
    let short = |room| shortened("vehicle", room);
    assert_eq!(
        [short(9), short(7), short(4), short(1)],
        ["vehicle", "vehicle", "veh…", ""]
    );
}
