//! The passport: what the configuration gave the partition.

use core::ops::Range;
use core::sync::atomic::{AtomicPtr, Ordering};

use paratia_abi::passport::{MAGIC, Passport, PortRecord, REGION_RAM};

/// The partition's own passport, once [`at`] has found it.
static OWN: AtomicPtr<Passport> = AtomicPtr::new(core::ptr::null_mut());

/// The partition's own passport.
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
pub(crate) unsafe fn at(ipa: usize) -> &'static Passport {
    // SAFETY: the caller promises that the page is there; ABI 1 promises that it is aligned and
    // holds a passport, all of whose bit patterns are valid.
    let passport = unsafe { &*core::ptr::with_exposed_provenance::<Passport>(ipa) };
    assert!(passport.magic == MAGIC, "x0 points to no passport");
    assert!(passport.abi_version >> 16 == 1, "ABI version 1 is needed");
    OWN.store(core::ptr::from_ref(passport).cast_mut(), Ordering::Relaxed);
    passport
}

/// The value of `key` among the passport's arguments, which are written `key=value key=value`.
#[must_use]
pub fn argument(passport: &'static Passport, key: &str) -> Option<&'static str> {
    passport
        .arguments()
        .split_ascii_whitespace()
        .filter_map(|word| word.split_once('='))
        .find_map(|(name, value)| (name == key).then_some(value))
}

/// The port called `name` that has `direction`, and its index in calls.
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

/// Guest-physical addresses of the partition's first region of RAM, which holds the image.
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
