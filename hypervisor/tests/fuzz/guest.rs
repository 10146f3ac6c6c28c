//! A guest and its devices, by chance.

use paratia_hypervisor::machine::id_registers::{self, Grants};
use paratia_hypervisor::machine::mmio::{self, Access, AccessKind, Order};
use paratia_hypervisor::machine::psci::PowerDecision;
use paratia_hypervisor::machine::register_names as name;
use paratia_hypervisor::machine::syndrome::{self, Cause};
use paratia_hypervisor::machine::vgic::{Frame, Model, Request, VcpuSet};
use paratia_hypervisor::machine::vuart;

use super::generator::Generator;
use super::machine::{
    CPU_INTERFACE, DISTRIBUTOR, Machine, REDISTRIBUTORS, UART, UART_INTERRUPT, VCPUS,
};

/// A data abort by a described access that stage 2 doesn't map.
const ACCESS: u64 = 0x24 << 26 | 1 << 25 | 1 << 24 | 0x07;
/// A trapped system register.
const REGISTER: u64 = 0x18 << 26 | 1 << 25;
/// Offsets that mean something, in any of the frames.
const OFFSETS: [u64; 14] = [
    0x000, 0x004, 0x00C, 0x010, 0x014, 0x080, 0x100, 0x180, 0x200, 0x280, 0x300, 0x380, 0x400,
    0xC00,
];
/// Interrupts that meet each other.
const IDS: [u32; 12] = [0, 1, 2, 16, 27, 31, 32, 33, 40, 41, 64, 71];

/// One thing happens. Whether it was an interrupt that was taken.
pub fn act(machine: &mut Machine, by_chance: &mut Generator) -> bool {
    let vcpu = by_chance.below(VCPUS);
    match by_chance.below(100) {
        0..45 => access(machine, by_chance, vcpu),
        45..50 => end(machine, by_chance, vcpu),
        50..65 => return take(machine, by_chance, vcpu),
        65..80 => device(machine, by_chance, vcpu),
        80..88 => register(machine, by_chance, vcpu),
        88..92 => power(machine, by_chance, vcpu),
        92..96 => line(machine, by_chance),
        96..98 => machine.attend(vcpu),
        _ => machine.enable(vcpu),
    }
    false
}

/// An access as the hardware reports it: mostly to where something is.
fn access(machine: &mut Machine, by_chance: &mut Generator, vcpu: usize) {
    let frames = [DISTRIBUTOR, CPU_INTERFACE, REDISTRIBUTORS, UART];
    let base = by_chance.one_of(&frames);
    let offset = match by_chance.below(4) {
        0 => by_chance.number() & 0x3_FFFF,
        1 => by_chance.number() & 0xFFC,
        2 => by_chance.one_of(&OFFSETS) + by_chance.number() % 3 * 4,
        _ => by_chance.one_of(&OFFSETS) + 0x1_0000 * (by_chance.number() & 3),
    };
    let ipa = base + offset;
    let esr = if by_chance.chance(90) {
        // Mostly words.
        let size = by_chance.one_of(&[2, 2, 2, 2, 0, 1, 3]);
        let rest = by_chance.number() & (0x1F << 16 | 1 << 21 | 1 << 15 | 1 << 6);
        ACCESS | size << 22 | rest
    } else {
        by_chance.number()
    };
    let access = mmio::decode(esr, ipa & 0xFFF, ipa >> 8 & !0xF);
    let Some(access) = access.filter(|access| access.kind != AccessKind::Unknown) else {
        return;
    };
    assert_eq!(access.ipa, ipa);
    let value = access.outgoing(by_chance.value(), Order::Little);
    let read = emulate(machine, vcpu, &access, value);
    let bits = access.width * 8;
    assert!(
        bits == 64 || read >> bits == 0,
        "{access:x?} reads {read:#x}"
    );
    let _ = access.incoming(read, Order::Big);
}

fn emulate(machine: &mut Machine, vcpu: usize, access: &Access, value: u64) -> u64 {
    let write = matches!(access.kind, AccessKind::Write);
    let width = access.width;
    match access.ipa {
        UART..0x0900_1000 => {
            let offset = access.ipa - UART;
            let read = if write {
                match machine.uart.write(offset, width, value) {
                    vuart::UartEffect::Nothing | vuart::UartEffect::Transmit(_) => 0,
                }
            } else {
                machine.uart.read(offset, width)
            };
            raise_uart(machine);
            read
        }
        REDISTRIBUTORS..0x080E_0000 => frame(
            machine,
            vcpu,
            Frame::Redistributors,
            access.ipa - REDISTRIBUTORS,
            access,
            value,
        ),
        CPU_INTERFACE..0x0801_2000 if machine.model == Model::V2 => {
            let offset = access.ipa - CPU_INTERFACE;
            if write {
                machine.write_interface(vcpu, offset, width, value);
                return 0;
            }
            machine.read_interface(vcpu, offset, width)
        }
        DISTRIBUTOR..0x0801_0000 => frame(
            machine,
            vcpu,
            Frame::Distributor,
            access.ipa - DISTRIBUTOR,
            access,
            value,
        ),
        _ => 0,
    }
}

fn frame(
    machine: &mut Machine,
    vcpu: usize,
    frame: Frame,
    offset: u64,
    access: &Access,
    value: u64,
) -> u64 {
    let width = access.width;
    let mut read = 0;
    machine.exit(vcpu, |machine| {
        if matches!(access.kind, AccessKind::Write) {
            let effect = machine.gic.write(frame, vcpu, offset, width, value);
            return machine.apply(effect);
        }
        read = machine.read_frame(frame, vcpu, offset, width);
        VcpuSet::NONE
    });
    read
}

/// A program takes an interrupt, and mostly ends it.
fn take(machine: &mut Machine, by_chance: &mut Generator, vcpu: usize) -> bool {
    let interface = &machine.interfaces[vcpu];
    let signalled = interface.signal() || interface.fast_signal();
    let taken = machine.read_interface(vcpu, 0xC, 4);
    assert!(signalled || taken == 1023, "{taken} wasn't signalled");
    let is_one = taken & 0x3FF < 1020;
    if is_one && by_chance.chance(70) {
        machine.write_interface(vcpu, 0x10, 4, taken);
        machine.write_interface(vcpu, 0x1000, 4, taken);
    }
    is_one
}

/// It ends one that it may never have taken.
fn end(machine: &mut Machine, by_chance: &mut Generator, vcpu: usize) {
    let id = u64::from(by_chance.one_of(&IDS)) | by_chance.number() & 1 << 10;
    let offset = by_chance.one_of(&[0x10, 0x10, 0x24, 0x1000]);
    machine.write_interface(vcpu, offset, 4, id);
}

/// A device's level changes, or an interrupt comes once.
fn device(machine: &mut Machine, by_chance: &mut Generator, vcpu: usize) {
    let id = if by_chance.chance(90) {
        by_chance.one_of(&IDS)
    } else {
        u32::try_from(by_chance.number() >> 40).expect("24 bits")
    };
    let high = by_chance.chance(50);
    let pulse = by_chance.chance(30);
    machine.exit(vcpu, |machine| {
        if pulse {
            machine.gic.pulse(vcpu, id)
        } else if id == UART_INTERRUPT {
            VcpuSet::NONE
        } else {
            machine.gic.set_line(vcpu, id, high)
        }
    });
}

/// A trapped register: an SGI, a deactivation, an ID register, or anything.
fn register(machine: &mut Machine, by_chance: &mut Generator, vcpu: usize) {
    let esr = if by_chance.chance(30) {
        by_chance.number()
    } else {
        // Op0 3, Op1 0, CRn 12, CRm 11: ICC_SGI1R_EL1 and its neighbours; or CRn 0.
        let crn = by_chance.one_of(&[12, 0]);
        let crm = if crn == 12 {
            11
        } else {
            by_chance.number() & 7
        };
        let op2 = by_chance.number() & 7;
        REGISTER | 3 << 20 | op2 << 17 | crn << 10 | crm << 1 | by_chance.number() & (0x1F << 5 | 1)
    };
    if syndrome::decode(esr) != Cause::SystemRegister {
        return;
    }
    let trapped = syndrome::system_register(esr);
    assert!(trapped.register < 32);
    let value = by_chance.value();
    let request = match trapped.encoding {
        name::ICC_SGI1R_EL1 => Request::Group1,
        name::ICC_ASGI1R_EL1 => Request::Other,
        name::ICC_SGI0R_EL1 => Request::Group0,
        name::ICC_DIR_EL1 => {
            let id = u32::try_from(value & 0xFF_FFFF).expect("24 bits");
            machine.exit(vcpu, |machine| {
                let effect = machine.gic.deactivate(vcpu, id);
                machine.apply(effect)
            });
            return;
        }
        it => {
            let shown = id_registers::value(it, value, Grants::default());
            assert_eq!(shown.is_some(), id_registers::is_id_register(it));
            return;
        }
    };
    machine.exit(vcpu, |machine| machine.gic.send(vcpu, request, value));
}

fn power(machine: &mut Machine, by_chance: &mut Generator, vcpu: usize) {
    let base = by_chance.one_of(&[0x8400_0000, 0xC400_0000]);
    let known = base + by_chance.number() % 12;
    let any = by_chance.number() >> 32;
    let id = if by_chance.chance(90) { known } else { any };
    let id = u32::try_from(id).expect("32 bits");
    let parameters = [
        by_chance.one_of(&[0, 1, 2, 0x1_0000, u64::MAX, id.into()]),
        by_chance.value(),
        by_chance.number(),
    ];
    match machine.psci.call(vcpu, id, parameters) {
        PowerDecision::TurnOn(start) | PowerDecision::WaitAndStart(start) => {
            assert!(start.vcpu < VCPUS && start.entry.is_multiple_of(4));
            assert_eq!(start.entry >> 30, 1, "in memory");
            machine.psci.begun(start.vcpu);
        }
        PowerDecision::Answer(answer) => assert!(answer >= -9),
        PowerDecision::TurnOff
        | PowerDecision::Wait
        | PowerDecision::SystemOff
        | PowerDecision::SystemReset
        | PowerDecision::Unknown => {}
    }
}

/// Something comes over the UART's line.
fn line(machine: &mut Machine, by_chance: &mut Generator) {
    let room = machine.uart.has_room();
    let taken = if by_chance.chance(90) {
        machine.uart.receive(by_chance.number().to_le_bytes()[0])
    } else {
        machine.uart.receive_break()
    };
    assert_eq!(room, taken);
    raise_uart(machine);
}

fn raise_uart(machine: &mut Machine) {
    let high = machine.uart.line();
    machine.exit(0, |machine| machine.gic.set_line(0, UART_INTERRUPT, high));
}
