//! The events of a guest of Xen's, as its interrupt controller sees them: one private interrupt of each vCPU, a
//! level that follows the byte by which the vCPU is told. The guest clears the byte without an exit, so the
//! level is looked at whenever list registers are filled.
//!
//! With them goes its console, whose ring is moved when the guest says that there is something, and at the
//! beginning of each window.

use paratia_config::xen::{CONSOLE_PORT, CONSOLE_STEP_BYTES, EVENT_INTERRUPT};

use crate::arch::memory::Physical;
use crate::built::chosen::ANY;
use crate::machine::vgic::VcpuSet;
use crate::machine::xen::ring::Ring;
use crate::machine::xen::status::Refusal;
use crate::report::idle;
use crate::state::cpu::Cpu;
use crate::state::partition::Partition;
use crate::state::running::Guest;

/// Steps of the log that a guest whose console is full may take on CPU 0, in its own time.
const MOST_STEPS: u32 = 4;
/// Channels of which a guest is told before a window; the others wait for the next.
const MOST_TOLD: u32 = 8;

/// Tells of an event on a channel. Whom that concerns.
///
/// # Errors
/// It can't be told now, and will be when a window begins.
pub fn tell(partition: &mut Partition, port: usize) -> Result<VcpuSet, Refusal> {
    let Some(xen) = partition.xen.iter_mut().flatten().next() else {
        return Ok(VcpuSet::NONE);
    };
    let told = xen.events.tell(&mut Physical, port)?;
    Ok(told.map_or(VcpuSet::NONE, |vcpu| raise(partition, vcpu)))
}

/// A vCPU has been told of an event. Whom that concerns.
pub fn raise(partition: &mut Partition, vcpu: usize) -> VcpuSet {
    partition.gic.set_line(vcpu, EVENT_INTERRUPT, true)
}

/// Shows the controller the level as it is now, of the vCPU that runs here and whose list registers are about
/// to be filled.
pub fn show_level(guest: &mut Guest) {
    let number = guest.vcpu.number;
    let partition = &mut *guest.partition;
    if let Some(xen) = partition.xen.iter().flatten().next() {
        let is_told = xen.events.is_told(&Physical, number);
        let _ = partition.gic.set_line(number, EVENT_INTERRUPT, is_told);
    }
}

/// Works on the log, in the guest's own time, if the guest's console has no room.
pub fn make_room(cpu: &mut Cpu, partition: &Partition) {
    for _ in 0..MOST_STEPS {
        let console = partition.console.as_ref();
        if console.is_none_or(heapless::spsc::Producer::ready) || !idle::work_once(cpu) {
            break;
        }
    }
}

/// Moves the console, in both directions. Whether the guest is to be told of it.
pub fn move_console(cpu: &mut Cpu, partition: &mut Partition) -> bool {
    make_room(cpu, partition);
    let Partition {
        xen,
        console,
        input,
        ..
    } = partition;
    let Some(xen) = xen.iter().flatten().next() else {
        return false;
    };
    let give = |byte| {
        console
            .as_mut()
            .is_none_or(|console| console.enqueue(byte).is_ok())
    };
    let said = Ring::from_guest(xen.console).take(&mut Physical, CONSOLE_STEP_BYTES, give);
    let typed = || input.as_mut().and_then(heapless::spsc::Consumer::dequeue);
    let heard = Ring::to_guest(xen.console).put(&mut Physical, typed);
    said != 0 || heard != 0
}

/// Before a vCPU's window: moves the console, and tells what couldn't be told before. Whom that concerns.
pub fn update(cpu: &mut Cpu, partition: &mut Partition) -> VcpuSet {
    if !ANY.xen {
        return VcpuSet::NONE;
    }
    let mut port = move_console(cpu, partition).then_some(CONSOLE_PORT);
    let mut concerned = VcpuSet::NONE;
    for _ in 0..MOST_TOLD {
        let xen = partition.xen.iter_mut().flatten().next();
        let Some(next) = port.take().or_else(|| xen?.events.next_waiting()) else {
            break;
        };
        // What can't be told now goes on waiting.
        concerned = concerned.union(tell(partition, next).unwrap_or(VcpuSet::NONE));
    }
    concerned
}
