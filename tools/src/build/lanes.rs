//! Many images at a time: the last step of a build, which takes nearly all of its time, keeps one CPU
//! busy and no more.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::hypervisor::Stale;
use crate::progress::{Progress, Silent};
use crate::setup::Toolchain;
use crate::workspace;

/// Most lanes. Each compiles `core` and all libraries once for itself, and takes up to a gigabyte.
const MOST_LANES: usize = 4;
/// Images for which a further lane is worth that.
const IMAGES_A_LANE: usize = 6;
/// How often progress is shown.
const TICK: Duration = Duration::from_millis(100);

/// What a lane says.
enum Said {
    Begun(String),
    Ended(String, Duration, anyhow::Result<()>),
}

/// Builds them all.
///
/// # Errors
/// The first that comes; those that are under way are ended, no further one is begun.
pub(super) fn build(
    toolchain: Toolchain,
    stale: Vec<Stale>,
    progress: &mut dyn Progress,
) -> anyhow::Result<()> {
    let total = stale.len();
    if total == 0 {
        return Ok(());
    }
    progress.begin(&format!("building {total} images"));
    let cpus = thread::available_parallelism().map_or(1, usize::from);
    let lanes = total.div_ceil(IMAGES_A_LANE).min(cpus).min(MOST_LANES);
    let queue = Mutex::new(stale.into_iter());
    let (sender, said) = mpsc::channel();
    thread::scope(|scope| {
        for number in 0..lanes {
            let sender = sender.clone();
            let queue = &queue;
            scope.spawn(move || work(toolchain, number, queue, &sender));
        }
        drop(sender);
        let result = watch(total, &said, progress);
        // Nobody listens any more.
        drop(said);
        result
    })?;
    progress.done();
    Ok(())
}

/// One lane: builds what is next until nothing is left or nobody listens any more.
fn work<'a>(
    toolchain: Toolchain,
    number: usize,
    queue: &Mutex<impl Iterator<Item = Stale<'a>>>,
    say: &Sender<Said>,
) {
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    while let Some(stale) = next() {
        let title = stale.title();
        if say.send(Said::Begun(title.clone())).is_err() {
            return;
        }
        let begun = Instant::now();
        let result = stale.build(toolchain, &workspace::lane(number), &mut Silent);
        let failed = result.is_err();
        let ended = Said::Ended(title, begun.elapsed(), result);
        if say.send(ended).is_err() || failed {
            return;
        }
    }
}

/// Shows what the lanes say until all are done, or one has failed.
fn watch(total: usize, said: &Receiver<Said>, progress: &mut dyn Progress) -> anyhow::Result<()> {
    let mut count = 0;
    let mut under_way: Vec<String> = Vec::new();
    loop {
        match said.recv_timeout(TICK) {
            Ok(Said::Begun(title)) => under_way.push(title),
            Ok(Said::Ended(title, time, result)) => {
                result?;
                count += 1;
                under_way.retain(|other| *other != title);
                progress.part(&format!("{count} of {total}: {title}"), time);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
        progress.detail(&format!("{count} done; {}", under_way.join(", ")));
    }
}
