//! A guest's set/way maintenance and its switching of caches, carried out; see [`crate::machine::set_way`].

use crate::arch::{cpu as arch_cpu, memory};
use crate::exits::register::Outcome;
use crate::machine::set_way::{Cleaning, CleaningStep, SetWay};
use crate::state::partition::Partition;
use crate::state::running::Guest;
use crate::state::vcpu::Vcpu;

/// `SCTLR_EL1.M` and `C`.
const MMU_AND_CACHES: u64 = 1 | 1 << 2;

/// `DC ISW`, `DC CSW`, `DC CISW`.
pub fn maintain(guest: &mut Guest, _: u64) -> Outcome {
    if guest.vcpu.set_way == SetWay::Watching {
        return Outcome::Done;
    }
    clean(guest.vcpu, &guest.partition)
}

/// A write to `SCTLR_EL1` while it is watched.
pub fn set_system_control(guest: &mut Guest, value: u64) -> Outcome {
    let switches = (arch_cpu::system_control() ^ value) & MMU_AND_CACHES != 0;
    if switches {
        if let Outcome::Again = clean(guest.vcpu, &guest.partition) {
            return Outcome::Again;
        }
        if value & MMU_AND_CACHES == MMU_AND_CACHES {
            guest.vcpu.set_way = SetWay::Idle;
            guest.vcpu.control();
        }
    }
    arch_cpu::set_system_control(value);
    Outcome::Done
}

/// One step of cleaning; when all is done, caches are watched.
#[inline(never)]
fn clean(vcpu: &mut Vcpu, partition: &Partition) -> Outcome {
    let mut cleaning = match vcpu.set_way {
        SetWay::Cleaning(cleaning) => cleaning,
        SetWay::Idle | SetWay::Watching => Cleaning::default(),
    };
    match cleaning.next(partition.declaration().regions) {
        CleaningStep::Clean(at, size) => {
            // SAFETY: a piece of the partition's RAM, which EL2's map covers.
            unsafe { memory::clean(at, size) };
            vcpu.set_way = SetWay::Cleaning(cleaning);
            // Watched registers trap in the meantime, too: their writes go on with the cleaning.
            vcpu.control();
            Outcome::Again
        }
        CleaningStep::Done => {
            vcpu.set_way = SetWay::Watching;
            Outcome::Done
        }
    }
}
