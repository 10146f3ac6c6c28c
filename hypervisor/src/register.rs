//! Trapped system registers and instructions, as a table: what is emulated, and how. Everything that
//! isn't in it is not the partition's to use.

use paratia_config::machine::Forbidden;
use paratia_config::system::HealthEvent;

use crate::arch::cpu as arch_cpu;
use crate::arch::syndrome::{SystemRegister, encoding};
use crate::cpu::Machine;
use crate::exit::Decision;
use crate::fault::{self, Details};
use crate::inject::Exception;
use crate::interrupt;
use crate::partition::Partition;
use crate::vcpu::Vcpu;
use crate::vgic::{Effect, Request};

/// What an access does: the register's value for a read; for a write it gets the value.
type Reader = fn(&mut Machine, &mut Vcpu, &mut Partition) -> u64;
type Writer = fn(&mut Machine, &mut Vcpu, &mut Partition, u64);

/// A register, or a group of them that differ in some bits of their encoding.
struct Row {
    encoding: u16,
    /// Bits of the encoding that count.
    mask: u16,
    read: Option<Reader>,
    write: Option<Writer>,
}

const EXACT: u16 = u16::MAX;
/// All of `CRm`.
const ANY_CRM: u16 = !(0xF << 3);

const fn written(encoding: u16, write: Writer) -> Row {
    Row {
        encoding,
        mask: EXACT,
        read: None,
        write: Some(write),
    }
}

/// Reads as `read` says and ignores writes.
const fn ignored(encoding: u16, mask: u16, read: Reader) -> Row {
    Row {
        encoding,
        mask,
        read: Some(read),
        write: Some(|_, _, _, _| {}),
    }
}

/// The registers.
const ROWS: &[Row] = &[
    // ICC_SGI1R_EL1, ICC_SGI0R_EL1, ICC_ASGI1R_EL1: trapped because physical interrupts are routed
    // to EL2 (IHI 0069, ICC_SGI1R_EL1).
    written(
        encoding(3, 0, 12, 11, 5),
        |machine, vcpu, partition, value| {
            send(machine, vcpu, partition, Request::Group1, value);
        },
    ),
    written(
        encoding(3, 0, 12, 11, 7),
        |machine, vcpu, partition, value| {
            send(machine, vcpu, partition, Request::Group0, value);
        },
    ),
    written(
        encoding(3, 0, 12, 11, 6),
        |machine, vcpu, partition, value| {
            send(machine, vcpu, partition, Request::Other, value);
        },
    ),
    // ICC_DIR_EL1: trapped while interrupts are in hand that found no list register.
    written(encoding(3, 0, 12, 11, 1), deactivate),
];

fn send(
    machine: &mut Machine,
    vcpu: &mut Vcpu,
    partition: &mut Partition,
    request: Request,
    value: u64,
) {
    interrupt::change(machine, vcpu, partition, |gic, number| {
        Effect::attend(gic.send(number, request, value))
    });
}

fn deactivate(machine: &mut Machine, vcpu: &mut Vcpu, partition: &mut Partition, value: u64) {
    #[allow(clippy::cast_possible_truncation, reason = "24 bits")]
    let id = (value & 0xFF_FFFF) as u32;
    interrupt::change(machine, vcpu, partition, |gic, number| {
        gic.deactivate(number, id)
    });
}

/// Handles a trapped access.
pub fn emulate(
    machine: &mut Machine,
    vcpu: &mut Vcpu,
    partition: &mut Partition,
    access: SystemRegister,
) -> Decision {
    let SystemRegister {
        encoding,
        register,
        read,
    } = access;
    let register = usize::from(register);
    let row = ROWS.iter().find(|row| encoding & row.mask == row.encoding);
    match row {
        Some(Row {
            read: Some(reader), ..
        }) if read => {
            arch_cpu::skip_instruction();
            let value = reader(machine, vcpu, partition);
            // Number 31 is XZR.
            if let Some(place) = vcpu.context.x.get_mut(register) {
                *place = value;
            }
            Decision::Resume
        }
        Some(Row {
            write: Some(writer),
            ..
        }) if !read => {
            arch_cpu::skip_instruction();
            let value = vcpu.context.x.get(register).copied().unwrap_or(0);
            writer(machine, vcpu, partition, value);
            Decision::Resume
        }
        _ => forbid(machine, partition),
    }
}

/// An instruction or a register that the partition may not use.
pub fn forbid(machine: &mut Machine, partition: &mut Partition) -> Decision {
    match partition.declaration().machine.forbidden {
        Forbidden::HealthEvent => {
            let event = HealthEvent::ForbiddenInstruction;
            fault::raise(machine, partition, event, Details::of_exit())
        }
        Forbidden::Undefined => {
            partition.undefined = partition.undefined.wrapping_add(1);
            arch_cpu::take_exception(Exception::Undefined);
            Decision::Resume
        }
    }
}
