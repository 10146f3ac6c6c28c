//! What all CPUs share: partitions' doorbells and occasions, the distributor, the start of the schedule, the
//! counts of CPUs, and the wish to stop. Each is safe to use from every CPU without a lock.

use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use paratia_config::system::Trace;

use crate::base::owned::Owned;
use crate::base::time::Ticks;
use crate::built::chosen::{PARTITION_COUNT, SYSTEM};
use crate::built::controllers::Distributor;
use crate::policy::doorbell::Doorbell;
use crate::policy::lifecycle::Occasions;

/// Every partition's doorbell, by its index.
pub static DOORBELLS: [Doorbell; PARTITION_COUNT] = [const { Doorbell::new() }; PARTITION_COUNT];

/// In whose windows of each partition there is something to do, by its index.
pub static OCCASIONS: [Occasions; PARTITION_COUNT] = [const { Occasions::new() }; PARTITION_COUNT];

static DISTRIBUTOR: Owned<Option<Distributor>> = Owned::new(None);

/// Keeps the distributor for all CPUs.
///
/// # Safety
/// The caller is on CPU 0, before any other CPU is started, and calls this once.
pub unsafe fn set_distributor(distributor: Distributor) -> &'static Distributor {
    // SAFETY: the caller promises to be on the only CPU that is started, so nobody has a reference to it.
    unsafe { DISTRIBUTOR.get() }.insert(distributor)
}

/// The distributor, once CPU 0 has set it up; each CPU keeps it with what is its own. Its operations are
/// single writes that concern one interrupt each, and every interrupt has one owner.
#[must_use]
pub fn distributor() -> Option<&'static Distributor> {
    // SAFETY: CPU 0 writes it before it starts the other CPUs, and from then on it is only read.
    unsafe { &*DISTRIBUTOR.pointer() }.as_ref()
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
