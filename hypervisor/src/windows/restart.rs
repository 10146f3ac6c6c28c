//! Restart: scrubbing and reloading inside the partition's own windows, so that nobody else pays.
//!
//! # Who does it, and what is held
//! The CPU of the partition's first vCPU, in that vCPU's windows. A life that is over stays over until
//! this CPU says otherwise ([`crate::policy::lifecycle`]), so once every sibling has left its window, nobody else
//! touches the partition's memory, and the work needs no lock; how far it is stands with the first vCPU.
//! The partition's lock is held for a moment at the end, when what its vCPUs share begins anew.
//!
//! # How long a step may take
//! A step is like an exit: it may begin just before the window's end, and the switch follows. So it is
//! bounded as exits are, by what the rules demand of the guard
//! ([`paratia_config::rules::longest_path`]), and needs no margin of its own: each window that is longer
//! than the guard, which the rules demand of all, does one step at least.

use paratia_abi::StartCondition;
use paratia_config::system::Image;

use crate::arch::{cpu as arch_cpu, memory, timer};
use crate::base::total;
use crate::built::chosen::{ANY, run_argument};
use crate::interrupts::connection;
use crate::policy::reload::{Reload, ReloadStep};
use crate::report::idle;
use crate::state::constants::PartitionFacts;
use crate::state::cpu::{Cpu, Loaded};
use crate::state::event::{Event, Record};
use crate::state::partition::Partition;
use crate::state::queues;
use crate::state::running::Guest;
use crate::state::stolen;
use crate::state::vcpu::Vcpu;
use crate::windows::seeds;

/// Goes on with the work in the window of the partition's first vCPU until it is done or the window over;
/// the partition starts in the window after.
pub fn work(cpu: &mut Cpu, vcpu: &mut Vcpu) {
    let begun = idle::sleep_until(cpu.slot.start);
    total::add(&mut vcpu.counts.windows, 1);
    timer::arm(cpu.slot.preempt_at);
    loop {
        // SAFETY: the partition's life is over, none of its vCPUs is in a window, and this CPU alone
        // can begin the next.
        if !unsafe { step(vcpu.facts.of_partition, &mut vcpu.reload) } {
            start(cpu, vcpu);
            break;
        }
        // The timer is looked at only, never taken: nothing interrupts EL2, and the switch arms it anew.
        if timer::is_due() {
            break;
        }
    }
    let used = timer::now().since(begun);
    total::add(&mut vcpu.counts.used_ticks, used);
}

/// Does all of the work at once: at boot. By its name the bench tells what is done for each byte.
///
/// # Safety
/// The caller is CPU 0 at boot, and no partition runs yet.
#[inline(never)]
pub unsafe fn load_at_boot(partition: &Partition) {
    let mut reload = Reload::new();
    // SAFETY: the caller promises that no partition runs, this one included. Bounded by its memory.
    while unsafe { step(partition.facts, &mut reload) } {}
}

/// One step; whether there was one left.
///
/// # Safety
/// None of the partition's vCPUs is in a window, and none begins one until the caller lets it.
#[inline(never)]
unsafe fn step(facts: &PartitionFacts, reload: &mut Reload) -> bool {
    let shared_memory = if ANY.channel_memory {
        facts.shared_memory
    } else {
        &[]
    };
    match reload.next(facts.declaration.regions, shared_memory, facts.image.pieces) {
        // SAFETY: whole pages of the partition's regions, or of memory that only it writes and that others read
        // as what may change at any time, which EL2's map covers; the caller promises that it doesn't run.
        ReloadStep::Zero(at, size) => unsafe { memory::zero(at, size) },
        // SAFETY: a page of the partition's RAM, which has been checked to hold the piece when its
        // physical address was computed.
        ReloadStep::Copy(to, bytes) => unsafe { memory::copy_image(to, bytes) },
        ReloadStep::Done => {
            // SAFETY: the caller promises that none of the partition's vCPUs is in a window.
            unsafe { stolen::scrub(facts) };
            return false;
        }
    }
    true
}

/// Makes the partition ready for its first instruction.
fn start(cpu: &mut Cpu, vcpu: &mut Vcpu) {
    // What any CPU still holds of the last life's code and translations is of memory that has changed.
    arch_cpu::set_stage2(vcpu.facts.stage2);
    memory::forget_guest();
    // SAFETY: this CPU has the vCPU's window, and whoever reloads in it has dropped the exit's guard.
    let mut guest = unsafe { Guest::of(cpu, vcpu) };
    // No life begins whose end the log may not tell. It waits for CPU 0, one window at a time.
    if !guest.partition.records.can_start() {
        return;
    }
    connection::forget(guest.cpu.distributor, &guest.partition);
    queues::restart_receiver(guest.partition.facts);
    guest.partition.reset_machine();
    let loaded = &mut guest.cpu.loaded;
    let Some(condition) = begin(guest.vcpu, loaded, &mut guest.partition) else {
        return;
    };
    guest.vcpu.reload = Reload::new();
    let now = timer::now();
    if let Some(supervision) = &mut guest.partition.supervision {
        supervision.start(now);
    }
    let event = Event::Started {
        partition: guest.partition.index,
        condition: condition as u64,
        restarts: guest.partition.totals.restarts,
    };
    guest.partition.records.tell(Record { time: now, event });
}

/// Begins the partition's next life, whose memory is loaded: its first vCPU is at its entry point. Why it
/// begins; nothing if it wasn't to.
pub fn begin(
    first: &mut Vcpu,
    loaded: &mut Loaded,
    partition: &mut Partition,
) -> Option<StartCondition> {
    let condition = partition.life.start()?;
    if ANY.entropy {
        // SAFETY: the partition's memory is loaded, and its next life begins with this, so none of its vCPUs is
        // in a window.
        unsafe { seeds::write(partition) };
    }
    let (declaration, restarts) = (partition.declaration(), partition.totals.restarts);
    let is_tender = ANY.tender && matches!(declaration.image, Image::Unikernel { .. });
    let registers = if is_tender || matches!(declaration.image, Image::Program(_)) {
        [
            declaration.passport.0,
            condition as u64,
            restarts,
            run_argument(partition.index),
        ]
    } else {
        // As arm64 Linux is booted, and whoever follows it (Documentation/arm64/booting.rst, 4).
        let device_tree = partition.facts.image.device_tree;
        [device_tree.map_or(0, |place| place.0), 0, 0, 0]
    };
    first.begin(loaded, restarts, declaration.entry.0, registers);
    Some(condition)
}
