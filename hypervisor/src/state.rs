//! What all CPUs share: channels' links, partitions' doorbells and occasions, the distributor, and the wish to stop. Each is
//! safe to use from every CPU without a lock.

use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use paratia_config::machines;
use paratia_config::system::Trace;

use crate::controller::Distributor;
use crate::doorbell::Doorbell;
use crate::facts::PARTITION_FACTS;
use crate::life::Occasions;
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
const MOST_DESTINATIONS: usize = machines::most_destinations(SYSTEM);

static LINKS: [[Link<WORDS>; MOST_DESTINATIONS]; SYSTEM.channels.len()] =
    [const { [const { Link::new() }; MOST_DESTINATIONS] }; SYSTEM.channels.len()];

/// Every partition's doorbell, by its index.
pub static DOORBELLS: [Doorbell; PARTITION_COUNT] = [const { Doorbell::new() }; PARTITION_COUNT];

/// In whose windows of each partition there is something to do, by its index.
pub static OCCASIONS: [Occasions; PARTITION_COUNT] = [const { Occasions::new() }; PARTITION_COUNT];

/// Where a message of a channel goes.
pub struct Destination {
    /// The link to there.
    pub link: &'static Link<WORDS>,
    /// Whom it interrupts.
    pub bell: Option<Bell>,
}

/// A partition that a message interrupts.
pub struct Bell {
    /// Its doorbell.
    pub doorbell: &'static Doorbell,
    /// Its port.
    pub port: usize,
    /// The number by which CPUs are interrupted for it.
    pub kick: u32,
    /// The affinities of the CPUs on which its vCPUs run.
    pub cpus: &'static [u64],
}

static DESTINATIONS: [[Option<Destination>; MOST_DESTINATIONS]; SYSTEM.channels.len()] = {
    let mut all = [const { [const { None }; MOST_DESTINATIONS] }; SYSTEM.channels.len()];
    let mut channel = 0;
    while channel < SYSTEM.channels.len() {
        let mut end = 0;
        while end < SYSTEM.channels[channel].destinations.len() {
            all[channel][end] = Some(Destination {
                link: &LINKS[channel][end],
                bell: bell(channel, end),
            });
            end += 1;
        }
        channel += 1;
    }
    all
};

/// At which partition, and at which of its ports, a message of a channel rings for each of its
/// destinations.
const TO_RING: [[Option<(usize, usize)>; MOST_DESTINATIONS]; SYSTEM.channels.len()] =
    machines::to_ring(SYSTEM);

const fn bell(channel: usize, end: usize) -> Option<Bell> {
    let Some((partition, port)) = TO_RING[channel][end] else {
        return None;
    };
    let facts = &PARTITION_FACTS[partition];
    let Some(kick) = facts.kick else {
        return None;
    };
    Some(Bell {
        doorbell: facts.doorbell,
        port,
        kick,
        cpus: facts.affinities,
    })
}

/// Where a message of a channel goes, by the number of the destination; nowhere for a channel that
/// doesn't exist.
#[inline]
#[must_use]
pub fn destinations(channel: usize) -> &'static [Option<Destination>] {
    DESTINATIONS.get(channel).map_or(&[], |ends| ends)
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
