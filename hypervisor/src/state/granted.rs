//! What partitions were granted beside the CPU itself: performance monitors and debug registers,
//! switched with the vCPU that has them.
//!
//! Only vCPUs of partitions that were granted something have state here, and in a system that grants
//! nothing this is no code at all.

use paratia_config::each;
use paratia_config::machine::VirtualMachine;

use crate::arch::debug::Debug;
use crate::arch::performance::Performance;
use crate::base::owned::Owned;
use crate::built::chosen::{ANY, PARTITION_OF, SYSTEM, VCPU_COUNT};
use crate::machine::id_registers::Grants;
use crate::machine::vgic::Model;
use crate::state::partition::Partition;
use crate::state::vcpu::Vcpu;

/// Where in a pool each vCPU's state is, for those that were granted something, and how many they are: so a
/// pool has no room for others.
struct Places {
    of: [Option<usize>; VCPU_COUNT],
    count: usize,
}

/// What can be granted beside the CPU, and has state to be switched.
#[derive(Clone, Copy)]
enum Grant {
    Performance,
    Debug,
}

impl Grant {
    const fn is_in(self, machine: &VirtualMachine) -> bool {
        match self {
            Self::Performance => machine.pmu,
            Self::Debug => machine.debug,
        }
    }

    const fn places(self) -> Places {
        let mut places = Places {
            of: [None; VCPU_COUNT],
            count: 0,
        };
        each! { vcpu below VCPU_COUNT => {
            if self.is_in(&SYSTEM.partitions[PARTITION_OF[vcpu]].machine) {
                places.of[vcpu] = Some(places.count);
                places.count += 1;
            }
        }}
        places
    }
}

const PERFORMANCE_COUNT: usize = Grant::Performance.places().count;
static PERFORMANCE: [Owned<Performance>; PERFORMANCE_COUNT] =
    [const { Owned::new(Performance::RESET) }; PERFORMANCE_COUNT];

const DEBUG_COUNT: usize = Grant::Debug.places().count;
static DEBUG: [Owned<Debug>; DEBUG_COUNT] = [const { Owned::new(Debug::RESET) }; DEBUG_COUNT];

/// What a partition's ID registers may show.
#[must_use]
pub fn grants(partition: &Partition) -> Grants {
    let machine = &partition.declaration().machine;
    Grants {
        pmu: machine.pmu,
        debug: machine.debug,
        gic_system_registers: ANY.model.unwrap_or(partition.facts.model) == Model::V3,
    }
}

/// Where the state of a vCPU's performance monitors is, if it was granted them.
#[must_use]
pub const fn performance_of(vcpu: usize) -> Option<&'static Owned<Performance>> {
    match Grant::Performance.places().of[vcpu] {
        Some(place) => Some(&PERFORMANCE[place]),
        None => None,
    }
}

/// Where the state of a vCPU's debug registers is, if it was granted them.
#[must_use]
pub const fn debug_of(vcpu: usize) -> Option<&'static Owned<Debug>> {
    match Grant::Debug.places().of[vcpu] {
        Some(place) => Some(&DEBUG[place]),
        None => None,
    }
}

/// The state of a vCPU's performance monitors, if it was granted them.
#[inline]
fn performance(vcpu: &mut Vcpu) -> Option<&mut Performance> {
    let place = vcpu.facts.performance.filter(|_| PERFORMANCE_COUNT != 0)?;
    // SAFETY: who has the vCPU has this, and it is borrowed for as long.
    Some(unsafe { place.get() })
}

/// The state of a vCPU's debug registers, if it was granted them.
#[inline]
fn debug(vcpu: &mut Vcpu) -> Option<&mut Debug> {
    let place = vcpu.facts.debug.filter(|_| DEBUG_COUNT != 0)?;
    // SAFETY: who has the vCPU has this, and it is borrowed for as long.
    Some(unsafe { place.get() })
}

/// Whether a vCPU was granted debug registers.
#[must_use]
pub fn has_debug(vcpu: &Vcpu) -> bool {
    DEBUG_COUNT != 0 && vcpu.facts.debug.is_some()
}

/// Puts what was granted to how it is after a reset, of a vCPU that is in no CPU's registers.
pub fn reset(vcpu: &mut Vcpu) {
    if let Some(performance) = performance(vcpu) {
        *performance = Performance::RESET;
    }
    if let Some(debug) = debug(vcpu) {
        *debug = Debug::RESET;
    }
}

/// The vCPU's window is over: nothing of this counts or traps any more.
#[inline]
pub fn leave(vcpu: &mut Vcpu) {
    if let Some(performance) = performance(vcpu) {
        performance.leave();
    }
    if let Some(debug) = debug(vcpu) {
        debug.leave();
    }
}

/// The vCPU runs next; its counters stand still until [`go_on`].
#[inline]
pub fn enter(vcpu: &mut Vcpu) {
    if let Some(performance) = performance(vcpu) {
        performance.enter();
    }
    if let Some(debug) = debug(vcpu) {
        debug.enter();
    }
}

/// Whether its performance monitors raise their interrupt; nothing if it has none.
#[inline]
pub fn has_overflow(vcpu: &mut Vcpu) -> Option<bool> {
    performance(vcpu).map(|performance| performance.has_overflow())
}

/// The vCPU's window has begun: its counters go on.
#[inline]
pub fn go_on(vcpu: &mut Vcpu) {
    if let Some(performance) = performance(vcpu) {
        performance.go_on();
    }
}
