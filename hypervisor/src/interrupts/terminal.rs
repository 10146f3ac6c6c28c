//! An emulated UART's line: what the guest sends becomes its console, what is typed for it waits until
//! it has room.

use paratia_config::machine::UART_INTERRUPT;

use crate::base::total;
use crate::built::chosen::ANY;
use crate::machine::vgic::VcpuSet;
use crate::report::idle;
use crate::state::cpu::Cpu;
use crate::state::partition::Partition;
use crate::state::vcpu::Vcpu;

/// Steps of the log that a guest whose console is full may take on CPU 0, in its own time.
const MOST_STEPS: u32 = 4;

/// Sends a byte that the guest was told there is room for.
pub fn send(cpu: &mut Cpu, partition: &mut Partition, byte: u8) {
    let Some(console) = &mut partition.console else {
        return;
    };
    if console.enqueue(byte).is_err() {
        total::add(&mut partition.totals.console_dropped, 1);
    }
    for _ in 0..MOST_STEPS {
        if has_room(partition) || !idle::work_once(cpu) {
            break;
        }
    }
    let room = has_room(partition);
    partition.uart.set_room(room);
}

/// Takes what was typed, as far as the FIFO has room, and looks whether the console has room again.
pub fn receive(partition: &mut Partition) {
    if let Some(input) = &mut partition.input {
        while partition.uart.has_room() {
            let Some(byte) = input.dequeue() else { break };
            // There is room.
            let _ = partition.uart.receive(byte);
        }
    }
    let room = has_room(partition);
    partition.uart.set_room(room);
}

/// Whether the console takes another byte; without one, all that is sent goes nowhere.
#[inline(never)]
fn has_room(partition: &Partition) -> bool {
    let console = partition.console.as_ref();
    console.is_none_or(heapless::spsc::Producer::ready)
}

/// Before a vCPU's window: takes what was typed, and shows the interrupt controller the level of the
/// UART's interrupt. Whom that concerns.
pub fn update(vcpu: &Vcpu, partition: &mut Partition) -> VcpuSet {
    if !ANY.uart || partition.declaration().machine.uart.is_none() {
        return VcpuSet::NONE;
    }
    receive(partition);
    set_line(vcpu, partition)
}

/// The level of the UART's interrupt, as an input of the interrupt controller. Whom it concerns.
pub fn set_line(vcpu: &Vcpu, partition: &mut Partition) -> VcpuSet {
    let high = partition.uart.line();
    partition.gic.set_line(vcpu.number, UART_INTERRUPT, high)
}
