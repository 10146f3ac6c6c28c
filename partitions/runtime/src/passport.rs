//! The passport: what the configuration gave the partition.

use core::ops::Range;
use core::sync::atomic::{AtomicPtr, Ordering};
use core::time::Duration;

use arm_gic::IntId;
use paratia_abi::passport::{MemoryRecord, Passport, PortRecord, REGION_RAM};

use crate::time::Ticks;

/// The partition's own passport, once [`at`] has found it.
static OWN: AtomicPtr<Passport> = AtomicPtr::new(core::ptr::null_mut());

/// The partition's own passport.
///
/// ```no_run
/// use paratia_runtime::{passport, println};
///
/// println!("on {}", passport::own().board.as_str());
/// ```
///
/// # Panics
/// Before the partition's main function runs.
#[must_use]
pub fn own() -> &'static Passport {
    // SAFETY: null, or what `at` put there: a page that never changes.
    let passport = unsafe { OWN.load(Ordering::Relaxed).as_ref() };
    passport.expect("the entry has found the passport")
}

/// The passport at a guest-physical address, from now on the partition's own.
///
/// # Panics
/// If there is none of ABI version 1.
///
/// # Safety
/// `ipa` must be the address that the hypervisor gave in `x0` at the entry: a page of the
/// partition that never changes.
#[cfg(target_os = "none")]
pub(crate) unsafe fn at(ipa: usize) -> &'static Passport {
    // SAFETY: the caller promises that the page is there; ABI 1 promises that it is aligned and
    // holds a passport, all of whose bit patterns are valid.
    let passport = unsafe { &*core::ptr::with_exposed_provenance::<Passport>(ipa) };
    assert!(
        passport.magic == paratia_abi::passport::MAGIC,
        "x0 points to no passport"
    );
    assert!(passport.abi_version >> 16 == 1, "ABI version 1 is needed");
    OWN.store(core::ptr::from_ref(passport).cast_mut(), Ordering::Relaxed);
    passport
}

/// The value of `key` among the passport's arguments, which are written `key=value key=value`.
///
/// ```no_run
/// use paratia_runtime::passport;
///
/// // arguments: "cycle=udds start=20s"
/// assert_eq!(passport::argument(passport::own(), "cycle"), Some("udds"));
/// ```
#[must_use]
pub fn argument(passport: &'static Passport, key: &str) -> Option<&'static str> {
    passport
        .arguments()
        .split_ascii_whitespace()
        .filter_map(|word| word.split_once('='))
        .find_map(|(name, value)| (name == key).then_some(value))
}

/// The port called `name` that has `direction`, and its index in calls.
///
/// ```no_run
/// use paratia_runtime::abi::passport::PORT_SOURCE;
/// use paratia_runtime::passport;
///
/// let (index, record) = passport::port(passport::own(), "speed", PORT_SOURCE).expect("a port");
/// assert_eq!(record.message_bytes, 64);
/// ```
#[must_use]
pub fn port(
    passport: &'static Passport,
    name: &str,
    direction: u32,
) -> Option<(u64, &'static PortRecord)> {
    (0..)
        .zip(passport.ports())
        .find(|(_, port)| port.name.as_str() == name && port.direction == direction)
}

/// As [`port`], if it is a sampling port.
///
/// ```no_run
/// use paratia_runtime::abi::passport::PORT_DESTINATION;
/// use paratia_runtime::passport;
///
/// let speed = passport::sampling_port(passport::own(), "speed", PORT_DESTINATION);
/// ```
#[must_use]
pub fn sampling_port(
    passport: &'static Passport,
    name: &str,
    direction: u32,
) -> Option<(u64, &'static PortRecord)> {
    port(passport, name, direction)
        .filter(|(index, _)| depth(passport, *index) == 0 && !has_memory(passport, *index))
        .filter(|(index, _)| signals(passport, *index) == 0)
}

/// As [`port`], if it is a queuing port.
///
/// ```no_run
/// use paratia_runtime::abi::passport::PORT_SOURCE;
/// use paratia_runtime::passport;
///
/// let readings = passport::queuing_port(passport::own(), "readings", PORT_SOURCE);
/// ```
#[must_use]
pub fn queuing_port(
    passport: &'static Passport,
    name: &str,
    direction: u32,
) -> Option<(u64, &'static PortRecord)> {
    port(passport, name, direction).filter(|(index, _)| depth(passport, *index) > 0)
}

/// Whether a port's channel has memory of its own, so that there are no calls for it.
fn has_memory(passport: &Passport, index: u64) -> bool {
    let index = usize::try_from(index).ok();
    let memory = index.and_then(|index| passport.port_memories.get(index));
    memory.is_some_and(|memory| memory.kind != 0)
}

/// How many messages wait at most at a port; 0 at a sampling port.
///
/// ```no_run
/// use paratia_runtime::passport;
///
/// let is_queuing = passport::depth(passport::own(), 0) > 0;
/// ```
#[must_use]
pub fn depth(passport: &Passport, index: u64) -> u32 {
    let depth = usize::try_from(index)
        .ok()
        .and_then(|index| passport.port_depths.get(index));
    depth.copied().unwrap_or(0)
}

/// As [`port`], if it is an event's.
///
/// ```no_run
/// use paratia_runtime::abi::passport::PORT_SOURCE;
/// use paratia_runtime::passport;
///
/// let alarm = passport::event_port(passport::own(), "alarm", PORT_SOURCE);
/// ```
#[must_use]
pub fn event_port(
    passport: &'static Passport,
    name: &str,
    direction: u32,
) -> Option<(u64, &'static PortRecord)> {
    port(passport, name, direction).filter(|(index, _)| signals(passport, *index) > 0)
}

/// How often the source of the event at a port may signal it in a window of its own; 0 at a port of another
/// kind.
///
/// ```no_run
/// use paratia_runtime::passport;
///
/// let is_event = passport::signals(passport::own(), 0) > 0;
/// ```
#[must_use]
pub fn signals(passport: &Passport, index: u64) -> u32 {
    let signals = usize::try_from(index)
        .ok()
        .and_then(|index| passport.port_signals.get(index));
    signals.copied().unwrap_or(0)
}

/// As [`port`], with the memory of its own that the channel has, if it is of this kind.
///
/// ```no_run
/// use paratia_runtime::abi::passport::{MEMORY_SHARED, PORT_SOURCE};
/// use paratia_runtime::passport;
///
/// let board = passport::memory_port(passport::own(), "board", PORT_SOURCE, MEMORY_SHARED);
/// ```
#[must_use]
pub fn memory_port(
    passport: &'static Passport,
    name: &str,
    direction: u32,
    kind: u32,
) -> Option<(&'static PortRecord, &'static MemoryRecord)> {
    let (index, record) = port(passport, name, direction)?;
    let memory = passport.port_memories.get(usize::try_from(index).ok()?)?;
    (memory.kind == kind).then_some((record, memory))
}

/// The interrupt that comes with a message at the port with this index in calls, if the configuration names
/// one.
///
/// ```no_run
/// use paratia_runtime::passport;
///
/// let bell = passport::port_interrupt(0);
/// ```
#[must_use]
pub fn port_interrupt(index: u64) -> Option<IntId> {
    let index = usize::try_from(index).ok()?;
    let interrupt = *own().port_interrupts.get(index)?;
    IntId::try_from(interrupt).ok().filter(|id| id.is_spi())
}

/// Guest-physical addresses of the partition's first region of RAM, which holds the image.
///
/// ```no_run
/// use paratia_runtime::passport;
///
/// let bytes = passport::ram(passport::own()).count();
/// ```
///
/// # Panics
/// If it has none; the image wouldn't run then.
#[must_use]
pub fn ram(passport: &Passport) -> Range<u64> {
    let region = passport
        .regions()
        .iter()
        .find(|region| region.kind == REGION_RAM);
    let region = region.expect("the image lies in RAM");
    region.base..region.base + region.size_bytes
}

/// The length of the major frame: a whole number of ticks.
///
/// ```no_run
/// use paratia_runtime::passport;
/// use paratia_runtime::time::Instant;
///
/// let frames = Instant::now().0 / passport::major_frame(passport::own()).0;
/// ```
#[must_use]
pub fn major_frame(passport: &Passport) -> Ticks {
    Ticks::within(Duration::from_nanos(passport.major_frame_ns))
}
