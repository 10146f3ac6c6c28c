//! EVIDENCE.md's claims and the tests, traced both ways: each claim has a test that is there, each test of a whole
//! image a claim.

use std::collections::BTreeSet;

use paratia::report::claims::{self, Claim, Sources};

/// Folders of what tests are made of, whose own tests claim nothing of an image.
const HELPERS: [&str; 2] = ["src::", "guests::"];

fn all() -> (Sources, Vec<Claim>) {
    let sources = Sources::read().expect("the sources can be read");
    let claims = claims::read(&sources).expect("each claim has its tests");
    (sources, claims)
}

#[test]
fn every_claim_has_a_test_that_is_there() {
    let (_, claims) = all();
    let isolation = claims
        .iter()
        .filter(|it| it.subject.starts_with("Isolation"));
    assert!(isolation.count() >= 25, "the page is read as it is written");
    let lines = claims
        .iter()
        .flat_map(|it| &it.tests)
        .filter(|it| it.line.is_some());
    assert!(lines.count() >= 120, "most are told by their line");
}

#[test]
fn every_test_of_a_whole_image_has_a_claim() {
    let (sources, claims) = all();
    let named = claims.iter().flat_map(|it| &it.tests);
    // A file's name is for all tests in it.
    let named: BTreeSet<&str> = named
        .map(|it| it.name.rsplit("::").next().unwrap_or(&it.name))
        .collect();
    let of_images = sources.of_images();
    let tests = of_images
        .iter()
        .filter(|it| !HELPERS.iter().any(|helper| it.starts_with(helper)));
    let mut count = 0;
    let mut without = Vec::new();
    for test in tests {
        count += 1;
        let (file, name) = test.split_once("::").expect("a file and a name");
        if !named.contains(file) && !named.contains(name) {
            without.push(test);
        }
    }
    assert!(count > 150, "{count} are found");
    assert!(
        without.is_empty(),
        "name these at a claim of EVIDENCE.md, or at a new one: {without:#?}"
    );
}
