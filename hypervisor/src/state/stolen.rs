//! Stolen time (Arm DEN0057): what a vCPU is told of the windows that it didn't have.
//!
//! Stolen is the time between two windows in which the vCPU had something to do: one that waits for
//! an interrupt misses nothing.

use paratia_config::address::{Ipa, PAGE_BYTES, Pa};
use paratia_config::layout;

use crate::arch::{memory, timer};
use crate::base::time::Ticks;
use crate::base::total;
use crate::built::chosen::{ANY, LAYOUT, PARTITION_COUNT, SYSTEM};
use crate::state::constants::PartitionFacts;
use crate::state::vcpu::Vcpu;

/// Bytes of a vCPU's record (DEN0057, 3.2.2): revision and attributes, both zero, then the time.
const RECORD_BYTES: u64 = 64;
/// Where the time lies in it, in nanoseconds.
const TIME_OFFSET: u64 = 8;

const _: () = assert!(RECORD_BYTES * crate::machine::psci::MAX_VCPUS as u64 <= PAGE_BYTES);

/// Where the time is told.
pub struct TimeRecord {
    /// To the vCPU.
    pub ipa: Ipa,
    /// By the hypervisor.
    pa: Pa,
}

impl TimeRecord {
    /// Of vCPU `number` of a partition; nothing if that isn't told.
    #[must_use]
    pub const fn of(partition: usize, number: usize) -> Option<Self> {
        let Some(page) = SYSTEM.partitions[partition].machine.stolen_time else {
            return None;
        };
        let Some(records) = self::page(partition) else {
            return None;
        };
        let offset = RECORD_BYTES * number as u64;
        Some(Self {
            ipa: page.offset(offset),
            pa: records.offset(offset),
        })
    }
}

/// The page of a partition's records, if its vCPUs are told.
#[must_use]
pub const fn page(partition: usize) -> Option<Pa> {
    const PAGES: [Pa; PARTITION_COUNT] = layout::stolen_time_records(&LAYOUT, SYSTEM);
    match SYSTEM.partitions[partition].machine.stolen_time {
        Some(_) => Some(PAGES[partition]),
        None => None,
    }
}

/// Fills the page of a partition's records with zeros: its guest can read all of it, and all that is
/// ever written there besides is the time.
///
/// # Safety
/// None of the partition's vCPUs is in a window.
#[inline]
pub unsafe fn scrub(facts: &PartitionFacts) {
    if let Some(page) = facts.stolen_time.filter(|_| ANY.stolen_time) {
        // SAFETY: a page of the hypervisor's own that nobody but the CPUs of the partition's vCPUs
        // writes, and they in its windows; the caller promises that none is in one.
        unsafe { memory::zero(page.0, PAGE_BYTES) };
    }
}

/// What a vCPU knows of the time that it didn't have.
#[derive(Clone, Copy, Debug)]
pub struct StolenTime {
    /// When it lost its CPU while it had something to do.
    since: Option<Ticks>,
    ticks: u64,
    /// In which of its partition's lives.
    life: u64,
}

impl StolenTime {
    /// Nothing stolen.
    pub const NONE: Self = Self {
        since: None,
        ticks: 0,
        life: 0,
    };

    /// The vCPU begins in its partition's life with this number: nothing is stolen yet in a new one, and
    /// the time in which a vCPU is off is nobody's theft.
    pub fn begin(&mut self, life: u64) {
        let ticks = if self.life == life { self.ticks } else { 0 };
        *self = Self {
            since: None,
            ticks,
            life,
        };
    }

    /// The vCPU loses its CPU at `now`, with something to do or waiting.
    pub fn leave(&mut self, now: Ticks, waits: bool) {
        self.since = (!waits).then_some(now);
    }
}

/// The vCPU gets its CPU back at `now`.
pub fn come_back(vcpu: &mut Vcpu, now: Ticks) {
    let Some(record) = &vcpu.facts.stolen_time else {
        return;
    };
    if let Some(since) = vcpu.stolen.since.take() {
        total::add(&mut vcpu.stolen.ticks, now.since(since));
    }
    let nanoseconds = timer::nanoseconds(vcpu.stolen.ticks);
    // SAFETY: the record of a vCPU of this CPU, in the hypervisor's own memory.
    unsafe { memory::write_word(record.pa.0.wrapping_add(TIME_OFFSET), nanoseconds) };
}
