//! An emulated UART's line: what the guest sends becomes its console, what is typed for it waits until
//! it has room.

use crate::cpu::Machine;
use crate::idle;
use crate::partition::Partition;
use crate::total;

/// Steps of the log that a guest whose console is full may take on CPU 0, in its own time.
const MOST_STEPS: u32 = 4;

/// Sends a byte that the guest was told there is room for.
pub fn send(machine: &mut Machine, partition: &mut Partition, byte: u8) {
    let Some(console) = &mut partition.console else {
        return;
    };
    if console.enqueue(byte).is_err() {
        total::add(&mut partition.totals.console_dropped, 1);
    }
    for _ in 0..MOST_STEPS {
        if console.ready() || !idle::work_once(machine) {
            break;
        }
    }
    let room = console.ready();
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
    let room = partition
        .console
        .as_ref()
        .is_none_or(heapless::spsc::Producer::ready);
    partition.uart.set_room(room);
}
