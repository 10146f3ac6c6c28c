//! Kicks: the software-generated interrupt by which CPUs of one partition tell each other to look, because
//! a sibling changed a vCPU's interrupts, or a message came to a port.

use paratia_abi::passport::MAX_PORTS;
use paratia_board_support::interrupt::{CpuInterface as _, PrivateInterrupts as _};

use crate::base::bits::bit;
use crate::built::chosen::{ANY, BOARD};
use crate::built::controllers;
use crate::machine::vgic::VcpuSet;
use crate::policy::doorbell::Ports;
use crate::state::channels::Bell;
use crate::state::cpu::Cpu;
use crate::state::partition::Partition;
use crate::state::running::Guest;

/// A message has come to a partition's port: interrupts the partition where it runs, if it is in a
/// window and doesn't know of one yet.
#[inline]
pub fn ring(cpu: &mut Cpu, bell: &Bell) {
    let rings = bell.doorbell.ring(bell.port);
    // Whoever rings runs here, so the vCPU in a window is on another CPU.
    if let Some(affinity) = rings.and_then(|vcpu| bell.cpus.get(vcpu)) {
        cpu.interface.send(bell.kick, *affinity);
    }
}

/// The interrupts of the partition's ports.
pub fn interrupts_of(partition: &Partition, ports: Ports) -> impl Iterator<Item = u32> + use<> {
    let all = &partition.facts.port_interrupts;
    ports.iter().map(|port| all[port % MAX_PORTS])
}

/// Interrupts other vCPUs where they run, so that they look at their interrupts.
pub fn kick(guest: &mut Guest, vcpus: VcpuSet) {
    if !ANY.kicks {
        return;
    }
    let Some(id) = guest.partition.facts.kick else {
        return;
    };
    let own = BOARD.cpus.get(guest.cpu.index);
    for number in vcpus.intersection(guest.partition.running).iter() {
        let affinity = guest.partition.facts.affinities.get(number);
        if let Some(affinity) = affinity.filter(|it| Some(*it) != own) {
            guest.cpu.interface.send(id, *affinity);
        }
    }
}

/// Lets the partition's kicks through or holds them back, where they can't be disabled.
pub fn set_kick_priority(cpu: &mut Cpu, partition: &Partition, priority: u8) {
    if controllers::KICKS_STAY_ENABLED
        && ANY.kicks
        && let Some(id) = partition.facts.kick
    {
        cpu.private.set_private_priority(bit(id as usize), priority);
    }
}
