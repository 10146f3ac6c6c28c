#!/bin/sh
# A thread that reads its own word before it writes it hides all other orders (loom 0.7.3)
#
# Expected: one thread looks at a word, another increments it as its only writer, by a load and a store: loom runs the
#   look before and after the store, so it finds 0 and 1. Its documentation promises all executions that the memory
#   model allows, but for what it names (relaxed values that are out of thin air, some of SeqCst).
# Seen: without the writer's own load both are found, in 6 runs. With it there is one run, and the look finds 0 alone.
# Why: rt/atomic.rs keeps one last access of a word, to which the next one may be put in another order. The writer's
#   load takes that place, and a load and another thread's load need no second order; so nobody compares the store
#   with the look before. The cure is to read a word that nobody else writes by unsync_load, which isn't noted.
# Matters: a ring between two threads begins like that on both sides. The model passes at once, whatever is wrong in it.
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
[workspace]
TOML
cat > src/main.rs <<'RUST'
use std::collections::BTreeSet;
use std::sync::Mutex;

use loom::sync::atomic::{AtomicUsize, Ordering::{Acquire, Relaxed, Release}};
use loom::sync::Arc;

#[derive(Clone, Copy)]
enum Own {
    Known,
    Load,
    UnsyncLoad,
}

/// How often loom runs the two threads, and what is found.
fn found(own: Own) -> (usize, BTreeSet<usize>) {
    static SEEN: Mutex<(usize, BTreeSet<usize>)> = Mutex::new((0, BTreeSet::new()));
    *SEEN.lock().unwrap() = (0, BTreeSet::new());
    loom::model(move || {
        SEEN.lock().unwrap().0 += 1;
        let word = Arc::new(AtomicUsize::new(0));
        let mine = word.clone();
        let writer = loom::thread::spawn(move || {
            let before = match own {
                Own::Known => 0,
                Own::Load => mine.load(Relaxed),
                // SAFETY: no other thread writes the word.
                Own::UnsyncLoad => unsafe { mine.unsync_load() },
            };
            mine.store(before + 1, Release);
        });
        let value = word.load(Acquire);
        SEEN.lock().unwrap().1.insert(value);
        writer.join().unwrap();
    });
    SEEN.lock().unwrap().clone()
}

fn main() {
    let (known, load, unsync) = (found(Own::Known), found(Own::Load), found(Own::UnsyncLoad));
    println!("runs, and what is found: without a load of its own {known:?}, with one {load:?}, with unsync_load {unsync:?}");
    assert_eq!(known.1, BTreeSet::from([0, 1]));
    assert_eq!(load, (1, BTreeSet::from([0])));
    assert_eq!(unsync.1, BTreeSet::from([0, 1]));
}
RUST
cargo run --quiet
