//! Accesses that stage 2 doesn't allow: to an emulated device, or to nothing.

use paratia_board_support::interrupt::CpuInterface as _;
use paratia_config::machine::{Stray, UART_INTERRUPT};
use paratia_config::system::HealthEvent;

use crate::arch::cpu as arch_cpu;
use crate::cpu::Machine;
use crate::exit::Decision;
use crate::fault::{self, Details};
use crate::inject::Exception;
use crate::interrupt;
use crate::mmio::{self, Access, Kind, Refusal};
use crate::partition::Partition;
use crate::places::{self, Device};
use crate::selected::{ANY, SOME_SOFTWARE};
use crate::vcpu::Vcpu;
use crate::vgic::{Done, VcpuSet, low};
use crate::{straight, terminal, vuart};

/// Does an access of a whole word to the interrupt controller after which nobody has to look, in a few
/// instructions. Else nothing has changed; whether it was such an access. `holds` asks whether the
/// controller is still to be told of an interrupt ([`straight::holds`]).
#[inline]
#[must_use]
pub fn access_shortly(
    esr: u64,
    vcpu: &mut Vcpu,
    partition: &mut Partition,
    holds: impl Fn(&Vcpu) -> bool,
) -> bool {
    let word = mmio::decode_word(esr, arch_cpu::fault_address(), arch_cpu::fault_page());
    let Some(word) = word else {
        return false;
    };
    let Some((frame, offset)) = places::find_gic(partition.facts.places, word.ipa) else {
        return false;
    };
    let Some(register) = partition.gic.plain(frame, vcpu.number, offset) else {
        return false;
    };
    if word.write {
        if holds(vcpu) || !register.write(low(vcpu.general(word.register))) {
            return false;
        }
    } else {
        let Some(value) = register.read(|| holds(vcpu)) else {
            return false;
        };
        vcpu.set_general(word.register, value.into());
    }
    arch_cpu::skip_instruction();
    true
}

/// A data access that trapped.
pub fn access(
    machine: &mut Machine,
    vcpu: &mut Vcpu,
    partition: &mut Partition,
    esr: u64,
) -> Decision {
    let decoded = mmio::decode(esr, arch_cpu::fault_address(), arch_cpu::fault_page());
    let undescribed = match decoded {
        Ok(access) => {
            if let Some((device, offset)) = find(partition, access.ipa) {
                arch_cpu::skip_instruction();
                emulate(machine, vcpu, partition, device, offset, access);
                return Decision::Resume;
            }
            false
        }
        Err(Refusal::NoSyndrome { ipa, .. } | Refusal::Maintenance { ipa }) => {
            find(partition, ipa).is_some()
        }
        Err(_) => false,
    };
    if undescribed {
        // The device is there, so an abort would be a lie; what it should do isn't known.
        return raise(machine, partition, HealthEvent::UndescribedAccess);
    }
    let write = esr >> 6 & 1 != 0;
    stray(
        machine,
        partition,
        HealthEvent::StrayAccess,
        Exception::DataAbort { write },
    )
}

/// The emulated device at a guest-physical address, and the place in its registers.
fn find(partition: &Partition, ipa: u64) -> Option<(Device, u64)> {
    let places = partition.facts.places;
    if ANY.uart || SOME_SOFTWARE {
        return places::find(places, ipa);
    }
    let (frame, offset) = places::find_gic(places, ipa)?;
    Some((Device::Gic(frame), offset))
}

/// An instruction fetch that trapped.
pub fn stray_fetch(
    machine: &mut Machine,
    _: &mut Vcpu,
    partition: &mut Partition,
    _: u64,
) -> Decision {
    stray(
        machine,
        partition,
        HealthEvent::StrayFetch,
        Exception::InstructionAbort,
    )
}

fn stray(
    machine: &mut Machine,
    partition: &mut Partition,
    event: HealthEvent,
    exception: Exception,
) -> Decision {
    match partition.declaration().machine.stray {
        Stray::ExternalAbort if ANY.aborts => {
            partition.aborts = partition.aborts.wrapping_add(1);
            arch_cpu::take_exception(exception);
            Decision::Resume
        }
        Stray::HealthEvent | Stray::ExternalAbort => raise(machine, partition, event),
    }
}

fn raise(machine: &mut Machine, partition: &mut Partition, event: HealthEvent) -> Decision {
    let details = Details {
        ipa: arch_cpu::fault_ipa(),
        ..Details::of_exit()
    };
    fault::raise(machine, partition, event, details)
}

fn emulate(
    machine: &mut Machine,
    vcpu: &mut Vcpu,
    partition: &mut Partition,
    device: Device,
    offset: u64,
    access: Access,
) {
    match access.kind {
        Kind::Write => {
            let value = access.outgoing(vcpu.general(access.register));
            write(
                machine,
                vcpu,
                partition,
                device,
                offset,
                access.width,
                value,
            );
        }
        Kind::Read { .. } => {
            let value = read(machine, vcpu, partition, device, offset, access.width);
            vcpu.set_general(access.register, access.incoming(value));
        }
    }
}

fn read(
    machine: &mut Machine,
    vcpu: &mut Vcpu,
    partition: &mut Partition,
    device: Device,
    offset: u64,
    width: u32,
) -> u64 {
    match device {
        Device::Gic(frame) => {
            straight::admit(machine, vcpu, partition);
            let read = partition.gic.read(frame, vcpu.number, offset, width);
            if read.attention == VcpuSet::NONE {
                return read.value;
            }
            interrupt::attend(machine, vcpu, partition, read.attention);
            partition.gic.read(frame, vcpu.number, offset, width).value
        }
        Device::CpuInterface => {
            let Some(interface) = vcpu.software_mut() else {
                return 0;
            };
            let value = interface.read(offset, width);
            interrupt::follow_software(machine, vcpu, partition);
            value
        }
        Device::Uart if !ANY.uart => 0,
        Device::Uart => {
            terminal::receive(partition);
            let value = partition.uart.read(offset, width);
            update_line(machine, vcpu, partition);
            value
        }
    }
}

fn write(
    machine: &mut Machine,
    vcpu: &mut Vcpu,
    partition: &mut Partition,
    device: Device,
    offset: u64,
    width: u32,
    value: u64,
) {
    match device {
        Device::Gic(frame) => {
            interrupt::change(machine, vcpu, partition, |gic, number| {
                gic.write(frame, number, offset, width, value)
            });
        }
        Device::CpuInterface => {
            let Some(interface) = vcpu.software_mut() else {
                return;
            };
            match interface.write(offset, width, value) {
                Done::Nothing => {}
                Done::Physical(id) => machine.interface.deactivate(id),
                Done::Unlisted(id) => {
                    interrupt::change(machine, vcpu, partition, |gic, number| {
                        gic.deactivate(number, id)
                    });
                }
            }
            interrupt::follow_software(machine, vcpu, partition);
        }
        Device::Uart if !ANY.uart => {}
        Device::Uart => {
            let effect = partition.uart.write(offset, width, value);
            if let vuart::Effect::Transmit(byte) = effect {
                terminal::send(machine, partition, byte);
            }
            update_line(machine, vcpu, partition);
        }
    }
}

/// Before a vCPU's window: takes what was typed, and shows the interrupt controller the level of the
/// UART's interrupt. Whom that concerns.
pub fn update_uart(vcpu: &Vcpu, partition: &mut Partition) -> VcpuSet {
    if !ANY.uart || partition.declaration().machine.uart.is_none() {
        return VcpuSet::NONE;
    }
    terminal::receive(partition);
    set_line(vcpu, partition)
}

/// Shows the interrupt controller the level of the UART's interrupt.
fn update_line(machine: &mut Machine, vcpu: &mut Vcpu, partition: &mut Partition) {
    let attention = set_line(vcpu, partition);
    interrupt::attend(machine, vcpu, partition, attention);
}

/// The level of the UART's interrupt, as an input of the interrupt controller. Whom it concerns.
fn set_line(vcpu: &Vcpu, partition: &mut Partition) -> VcpuSet {
    let high = partition.uart.line();
    partition.gic.set_line(vcpu.number, UART_INTERRUPT, high)
}
