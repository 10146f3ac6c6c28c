#!/bin/sh
# A lock that is never busy, a channel that never has a message, a count that never falls (loom 0.7.3)
#
# Expected: loom runs a test under every interleaving of its threads, so a call that doesn't wait is seen with each of its
#   outcomes: try_lock() before, during and after the other thread's section, try_recv() before and after its send().
# Seen: try_lock() and try_read() succeed in all runs, also when the other thread does atomic accesses inside of its
#   section; try_recv() finds nothing, in one single run; Arc::strong_count() is 2, in one run, though the other
#   thread drops its clone. shuttle 0.9.10, which tries schedules at random, sees the first three with both outcomes,
#   and strong_count() with one, like loom.
# Why: src/rt/mutex.rs, post_acquire: who gets the lock blocks all threads whose next step is on it, a try included,
#   until the release. sync/mpsc.rs: an empty channel is answered before the scheduler learns that two threads
#   touch one object. An access to one of the section's atomics right before the try brings the busy case back.
# Matters: the way that a program takes when the lock is busy, or when a message is there, is never run, and the report
#   says that all executions passed. Model such a state by an atomic of your own, which loom does branch on.
set -eu
command -v cargo >/dev/null || { echo "missing: cargo, by rustup or apt-get install cargo" >&2; exit 1; }
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
mkdir "$room/src"
cd "$room"
cat > Cargo.toml <<'TOML'
[package]
name = "probe"
version = "0.0.0"
edition = "2021"
[dependencies]
loom = "=0.7.3"
shuttle = "=0.9.10"
[workspace]
TOML
cat > src/main.rs <<'RUST'
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

static YES: AtomicUsize = AtomicUsize::new(0);
static NO: AtomicUsize = AtomicUsize::new(0);

fn note(outcome: bool) {
    if outcome { &YES } else { &NO }.fetch_add(1, Relaxed);
}

/// Which outcomes were seen since the last call: (true, false).
fn outcomes(name: &str) -> (bool, bool) {
    let (yes, no) = (YES.swap(0, Relaxed), NO.swap(0, Relaxed));
    println!("{name:28} yes {yes:4}, no {no:4}");
    (yes > 0, no > 0)
}

macro_rules! five {
    ($library:ident, $check:expr) => {{
        use $library::sync::{atomic::AtomicUsize, mpsc, Arc, Mutex, RwLock};
        use $library::thread::spawn;
        let mut seen = Vec::new();
        $check(|| {
            let here = Arc::new(Mutex::new(0));
            let there = here.clone();
            let other = spawn(move || *there.lock().unwrap() = 1);
            note(here.try_lock().is_ok());
            other.join().unwrap();
        });
        seen.push(outcomes(concat!(stringify!($library), " try_lock")));
        $check(|| {
            let here = Arc::new((Mutex::new(0), AtomicUsize::new(0)));
            let there = here.clone();
            let other = spawn(move || {
                let mut inside = there.0.lock().unwrap();
                there.1.store(1, Relaxed);
                *inside = 1;
            });
            note(here.0.try_lock().is_ok());
            other.join().unwrap();
        });
        seen.push(outcomes(concat!(stringify!($library), " try_lock, with an atomic")));
        $check(|| {
            let here = Arc::new(RwLock::new(0));
            let there = here.clone();
            let other = spawn(move || *there.write().unwrap() = 1);
            note(here.try_read().is_ok());
            other.join().unwrap();
        });
        seen.push(outcomes(concat!(stringify!($library), " try_read")));
        $check(|| {
            let (sender, receiver) = mpsc::channel();
            let other = spawn(move || sender.send(1).unwrap());
            note(receiver.try_recv().is_ok());
            other.join().unwrap();
        });
        seen.push(outcomes(concat!(stringify!($library), " try_recv")));
        $check(|| {
            let here = Arc::new(0);
            let there = here.clone();
            let other = spawn(move || drop(there));
            note(Arc::strong_count(&here) == 1);
            other.join().unwrap();
        });
        seen.push(outcomes(concat!(stringify!($library), " strong_count is 1")));
        seen
    }};
}

fn main() {
    let loom = five!(loom, loom::model);
    let shuttle = five!(shuttle, |test: fn()| shuttle::check_random(test, 1000));
    let (only_yes, only_no, both) = ((true, false), (false, true), (true, true));
    assert_eq!(loom, [only_yes, only_yes, only_yes, only_no, only_no]);
    assert_eq!(shuttle, [both, both, both, both, only_no]);
}
RUST
CARGO_TARGET_DIR="$room/target" cargo run --quiet --jobs 1
