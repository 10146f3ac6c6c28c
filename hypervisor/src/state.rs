//! What all CPUs share: channels' links, partitions' doorbells, the distributor, and the wish to stop. Each is safe to use
//! from every CPU without a lock.

use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use paratia_config::machines;
use paratia_config::system::Trace;

use crate::controller::Distributor;
use crate::doorbell::Doorbell;
use crate::owned::Owned;
use crate::port::Link;
use crate::selected::{PARTITION_COUNT, SYSTEM};
use crate::time::Ticks;

/// Size of the largest message of the system in 64-bit words.
const WORDS: usize = {
    let mut words = 0;
    let mut index = 0;
    while index < SYSTEM.channels.len() {
        let needed = SYSTEM.channels[index].message_bytes.div_ceil(8) as usize;
        words = if needed > words { needed } else { words };
        index += 1;
    }
    words
};

/// Most destinations of a channel.
const DESTINATIONS: usize = machines::most_destinations(SYSTEM);

static LINKS: [[Link<WORDS>; DESTINATIONS]; SYSTEM.channels.len()] =
    [const { [const { Link::new() }; DESTINATIONS] }; SYSTEM.channels.len()];

/// The links of a channel, one a destination; none for a channel that doesn't exist.
pub fn links(channel: usize) -> &'static [Link<WORDS>] {
    let count = SYSTEM
        .channels
        .get(channel)
        .map_or(0, |channel| channel.destinations.len());
    LINKS
        .get(channel)
        .and_then(|links| links.get(..count))
        .unwrap_or_default()
}

/// Every partition's doorbell, by its index.
pub static DOORBELLS: [Doorbell; PARTITION_COUNT] = [const { Doorbell::new() }; PARTITION_COUNT];

/// At which partition, and at which of its ports, a message of a channel rings for each of its
/// destinations.
static TO_RING: [[Option<(usize, usize)>; DESTINATIONS]; SYSTEM.channels.len()] =
    machines::to_ring(SYSTEM);

/// Where a message of a channel rings: partitions and their ports.
pub fn to_ring(channel: usize) -> impl Iterator<Item = (usize, usize)> {
    let ends = TO_RING.get(channel);
    ends.into_iter().flatten().copied().flatten()
}

static DISTRIBUTOR: Owned<Option<Distributor>> = Owned::new(None);

/// Keeps the distributor for all CPUs.
///
/// # Safety
/// On CPU 0, before any other CPU is started.
pub unsafe fn set_distributor(distributor: Distributor) {
    // SAFETY: the caller's promise.
    *unsafe { DISTRIBUTOR.get() } = Some(distributor);
}

/// The distributor. Its operations are single writes that concern one interrupt each, and every
/// interrupt has one owner.
pub fn distributor() -> &'static Distributor {
    // SAFETY: only read since boot.
    match unsafe { &*DISTRIBUTOR.pointer() } {
        Some(distributor) => distributor,
        None => crate::crash::without_machine(),
    }
}

/// Whether window starts and heartbeats are logged.
#[must_use]
pub const fn traces_windows() -> bool {
    matches!(SYSTEM.trace, Trace::Windows)
}

static EPOCH: AtomicU64 = AtomicU64::new(0);

/// Start of the schedule, once CPU 0 has set it.
#[must_use]
pub fn epoch() -> Option<Ticks> {
    let epoch = EPOCH.load(Ordering::Acquire);
    (epoch != 0).then_some(Ticks(epoch))
}

/// Sets the start of the schedule, for all CPUs.
pub fn set_epoch(epoch: Ticks) {
    EPOCH.store(epoch.0, Ordering::Release);
}

static CPUS_UP: AtomicUsize = AtomicUsize::new(0);

/// Counts this CPU as ready.
pub fn count_cpu_up() {
    CPUS_UP.fetch_add(1, Ordering::AcqRel);
}

/// CPUs that are ready.
#[must_use]
pub fn cpus_up() -> usize {
    CPUS_UP.load(Ordering::Acquire)
}

static CPUS_STOPPED: AtomicUsize = AtomicUsize::new(0);

/// Counts this CPU as stopped: it touches no partition any more.
pub fn count_cpu_stopped() {
    CPUS_STOPPED.fetch_add(1, Ordering::AcqRel);
}

/// CPUs that are stopped.
#[must_use]
pub fn cpus_stopped() -> usize {
    CPUS_STOPPED.load(Ordering::Acquire)
}

static STOP_AT: AtomicU64 = AtomicU64::new(u64::MAX);

/// Asks all CPUs to stop before they enter a slot that begins at that time or later.
pub fn stop_from(time: Ticks) {
    STOP_AT.fetch_min(time.0, Ordering::AcqRel);
}

/// Asks all CPUs to stop at the end of their window.
pub fn ask_to_stop() {
    stop_from(Ticks(0));
}

/// From when on CPUs are to stop: the beginning of time if at once, its end if never.
#[inline]
#[must_use]
pub fn stop_at() -> Ticks {
    Ticks(STOP_AT.load(Ordering::Acquire))
}
