//! Stolen time (Arm DEN0057): what a vCPU is told of the windows that it didn't have.
//!
//! Stolen is the time between two windows in which the vCPU had something to do: one that waits for
//! an interrupt misses nothing.

use paratia_config::address::PAGE_BYTES;

use crate::arch::{memory, timer};
use crate::selected::{STOLEN_TIME_RECORDS, SYSTEM};
use crate::time::Ticks;
use crate::vcpu::Vcpu;

/// Bytes of a vCPU's record (DEN0057, 3.2.2): revision and attributes, both zero, then the time.
const RECORD_BYTES: u64 = 64;
/// Where the time lies in it, in nanoseconds.
const TIME_OFFSET: u64 = 8;

const _: () = assert!(RECORD_BYTES * crate::psci::MAX_VCPUS as u64 <= PAGE_BYTES);

/// Where the vCPU finds its record; nothing if its partition isn't told.
#[must_use]
pub fn record_ipa(vcpu: &Vcpu) -> Option<u64> {
    let page = SYSTEM.partitions[vcpu.partition].machine.stolen_time?;
    Some(page.0.wrapping_add(RECORD_BYTES * vcpu.number as u64))
}

/// What a vCPU knows of the time that it didn't have.
#[derive(Clone, Copy, Debug)]
pub struct StolenTime {
    /// When it lost its CPU while it had something to do.
    since: Option<Ticks>,
    ticks: u64,
}

impl StolenTime {
    /// Nothing stolen.
    pub const NONE: Self = Self {
        since: None,
        ticks: 0,
    };

    /// The vCPU loses its CPU at `now`, with something to do or waiting.
    pub fn leave(&mut self, now: Ticks, waits: bool) {
        self.since = (!waits).then_some(now);
    }
}

/// The vCPU gets its CPU back at `now`.
pub fn come_back(vcpu: &mut Vcpu, now: Ticks) {
    let machine = &SYSTEM.partitions[vcpu.partition].machine;
    if machine.stolen_time.is_none() {
        return;
    }
    if let Some(since) = vcpu.stolen.since.take() {
        vcpu.stolen.ticks = vcpu.stolen.ticks.wrapping_add(now.since(since));
    }
    let page = STOLEN_TIME_RECORDS[vcpu.partition];
    let record = page.0 + RECORD_BYTES * vcpu.number as u64;
    let nanoseconds = timer::nanoseconds(vcpu.stolen.ticks);
    // SAFETY: the record of a vCPU of this CPU, in the hypervisor's own memory.
    unsafe { memory::write_word(record + TIME_OFFSET, nanoseconds) };
}
