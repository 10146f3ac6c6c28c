//! Many seeds, and what they broke.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::ops::{Range, RangeInclusive};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Instant;

use super::experiment::Experiment;
use super::judge::{Broken, TO_THE_TICK, broken};
use super::script::{ALL, Script};
use super::shrink::shrink;

/// Runs at once: more than CPUs, for a run also waits, for its QEMU to start and for what it writes.
const AT_ONCE: usize = 4;
/// After how many seeds a campaign says that it gets on.
const PROGRESS: u32 = 50;

/// A promise that a seed broke, and the shortest script that does.
pub struct Found {
    system: String,
    /// How many seeds had run when this one came.
    after: u32,
    script: Script,
    vcpus: u32,
    broken: Broken,
}

/// Runs these seeds in one system; stops at the first that breaks something.
pub fn run(system: &str, seeds: RangeInclusive<u32>) -> Vec<Found> {
    let experiment = Experiment::new(system);
    let mut after = 0;
    for seed in seeds {
        after += 1;
        let found = look(&experiment, seed, after, |_| true);
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// Runs these seeds, each in one of the systems by turns. Each promise that breaks is shrunk
/// once for each system, and all of it is said at once.
pub fn by_turns(systems: &[&str], seeds: Range<u32>) -> Vec<Found> {
    let begun = Instant::now();
    let experiments: Vec<_> = systems
        .iter()
        .map(|system| Experiment::new(system))
        .collect();
    let next = AtomicU32::new(seeds.start);
    let (known, all) = (Mutex::new(HashMap::new()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if !seeds.contains(&seed) {
                        return;
                    }
                    let experiment = &experiments[seed as usize % experiments.len()];
                    let is_new = |broken: &Broken| {
                        let key = (experiment.system.clone(), broken.promise);
                        let mut known = known.lock().expect("nobody panicked");
                        let count = known.entry(key).or_insert(0);
                        *count += 1;
                        *count == 1
                    };
                    let after = seed - seeds.start + 1;
                    if after.is_multiple_of(PROGRESS) {
                        println!("{after} seeds begun, {:.0?}", begun.elapsed());
                    }
                    let found = look(experiment, seed, after, is_new);
                    if !found.is_empty() {
                        println!("{}", words(&found));
                        all.lock().expect("nobody panicked").extend(found);
                    }
                }
            });
        }
    });
    let known = known.into_inner().expect("nobody panicked");
    println!(
        "{} seeds, {} promises broken, {:.0?}",
        seeds.len(),
        known.len(),
        begun.elapsed()
    );
    for ((system, promise), count) in known {
        println!("{system}: \"{promise}\" broken by {count} seeds");
    }
    all.into_inner().expect("nobody panicked")
}

/// Runs a seed; what it broke that is wanted, each shrunk.
fn look(
    experiment: &Experiment,
    seed: u32,
    after: u32,
    mut wanted: impl FnMut(&Broken) -> bool,
) -> Vec<Found> {
    let whole = Script { seed, kept: ALL };
    let mut all: Vec<Broken> = broken(experiment, &experiment.run(whole));
    all.dedup_by_key(|broken| broken.promise);
    let by_ticks = all.iter().position(|broken| broken.promise == TO_THE_TICK);
    if let Some(place) = by_ticks
        && experiment.cpus() > 1
        && !broken(experiment, &experiment.run(whole))
            .iter()
            .any(|again| again.promise == TO_THE_TICK)
    {
        let once = all.remove(place);
        println!(
            "{}: seed {seed}, once and not again: {}",
            experiment.system, once.seen
        );
    }
    all.retain(|broken| wanted(broken));
    let shrunk = all.into_iter().map(|first| {
        let mut last = first.clone();
        let script = shrink(whole, |script| {
            let again = broken(experiment, &experiment.run(script));
            let again = again
                .into_iter()
                .find(|again| again.promise == first.promise);
            let is_broken = again.is_some();
            last = again.unwrap_or_else(|| last.clone());
            is_broken
        });
        Found {
            system: experiment.system.clone(),
            after,
            script,
            vcpus: experiment.vcpus(),
            broken: last,
        }
    });
    shrunk.collect()
}

/// What was found, for a person.
pub fn words(all: &[Found]) -> String {
    let mut text = String::new();
    for found in all {
        let Found {
            system,
            after,
            script,
            vcpus,
            broken,
        } = found;
        let steps: Vec<_> = script.steps(*vcpus).collect();
        let numbers: Vec<_> = steps.iter().map(|step| step.number.to_string()).collect();
        let _ = writeln!(
            text,
            "\n{system}: seed {} ({after} in this search) breaks \"{}\": {}\n  PARATIA_CHAOS_RUN={system}:{}:{}",
            script.seed,
            broken.promise,
            broken.seen,
            script.seed,
            numbers.join(",")
        );
        let on = (1..*vcpus).filter(|vcpu| script.turns_on(*vcpu));
        let on: Vec<_> = on.map(|vcpu| vcpu.to_string()).collect();
        if !on.is_empty() {
            let _ = writeln!(text, "  on from each start: vCPU {}", on.join(", "));
        }
        for step in steps {
            let _ = writeln!(text, "  {step}");
        }
    }
    text
}
