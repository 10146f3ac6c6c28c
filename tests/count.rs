//! EVIDENCE.md's count is still true, and what isn't in an image is still not there.

use paratia::sources::Sources;
use paratia::{build, count, sources};
use paratia_tests::{DEFAULT_BOARD, is_about};

/// How far a figure may be from the one shown before the table is to be counted anew: a twentieth,
/// or a few of whatever it is.
fn is_near(shown: u64, counted: u64) -> bool {
    shown.abs_diff(counted) <= (shown / 20).max(8)
}

#[test]
fn the_evidence_shows_what_is_counted() {
    if !is_about(DEFAULT_BOARD) {
        return;
    }
    let page = std::fs::read_to_string(paratia::workspace::root().join("EVIDENCE.md"))
        .expect("there is an EVIDENCE.md");
    let shown = count::shown(&page).expect("it has the table");
    let counted = count::figures().expect("everything can be counted");
    let names: Vec<_> = counted.iter().map(|figure| figure.what.clone()).collect();
    let shown_names: Vec<_> = shown.iter().map(|(what, _)| what.clone()).collect();
    assert_eq!(
        shown_names, names,
        "bring it up to date: cargo paratia count --update"
    );
    let stale: Vec<_> = counted
        .iter()
        .zip(&shown)
        .filter(|(figure, (_, shown))| !is_near(*shown, figure.count))
        .map(|(figure, (_, shown))| {
            format!("{}: {shown} shown, {} counted", figure.what, figure.count)
        })
        .collect();
    assert!(
        stale.is_empty(),
        "bring it up to date with `cargo paratia count --update`: {stale:#?}"
    );
}

/// Systems that have between them all that one may have.
const SYSTEMS: [&str; 7] = [
    "cluster",
    "telltale",
    "linux-own-cpus",
    "test-linux-gicv2",
    "test-monitors",
    "test-messages",
    "test-queues",
];

/// Lets `check` look at the image of each of these systems.
fn for_each_image(mut check: impl FnMut(&str, &[u8])) {
    if !is_about(DEFAULT_BOARD) {
        return;
    }
    for system in SYSTEMS {
        let image = build::image(DEFAULT_BOARD, system).expect("it can be built");
        check(system, &std::fs::read(image).expect("it was built"));
    }
}

/// What is indexed in the hypervisor is a constant or asked for: no check of a bound is left that could
/// fail, whatever a system has.
#[test]
fn no_image_checks_a_bound() {
    for_each_image(|system, image| {
        let functions = sources::functions(image).expect("it has symbols");
        let panics: Vec<_> = functions
            .iter()
            .filter(|(_, name)| name.contains("panic"))
            .map(|(_, name)| name.as_str())
            .collect();
        assert!(
            panics.iter().any(|name| name.contains("overflow")),
            "{system}: panics would be found"
        );
        assert!(
            panics.iter().all(|name| !name.contains("bounds")),
            "{system}: {panics:?}; ask with `get`, or let a record of constants hold what is needed"
        );
    });
}

/// No arithmetic of the hypervisor's own could overflow and panic, least of all by what a guest does: it
/// wraps or saturates where it isn't known to fit.
#[test]
fn no_source_of_the_hypervisor_panics() {
    let mut found = Vec::new();
    for_each_image(|system, image| {
        let sources = Sources::of(image).expect("it has debug information");
        let (panics, ours): (Vec<_>, Vec<_>) = sources
            .callers("panicking::")
            .expect("they can be read")
            .into_iter()
            .partition(|place| !place.starts_with("hypervisor/src"));
        assert!(
            !panics.is_empty(),
            "{system}: those of the drivers would be found"
        );
        found.extend(ours.into_iter().map(|place| format!("{system}: {place}")));
    });
    assert_eq!(found, [""; 0], "use wrapping or saturating arithmetic");
}

/// A figure that moved by more than a twentieth is found.
#[test]
fn a_stale_figure_is_noticed() {
    assert!(is_near(1_000, 1_050) && is_near(0, 8));
    assert!(!is_near(1_000, 1_051) && !is_near(1_000, 949) && !is_near(0, 9));
}
