//! Trapped system registers and instructions, as a table: what is emulated, and how. Everything that
//! isn't in it is not the partition's to use.

use paratia_config::machine::Forbidden;
use paratia_config::system::HealthEvent;

use crate::arch::debug::{self, DebugRegister};
use crate::arch::registers::write_register;
use crate::arch::{cpu as arch_cpu, timer};
use crate::base::total;
use crate::built::chosen::ANY;
use crate::exits::caches;
use crate::exits::fault;
use crate::interrupts::{lists, physical, shortcut};
use crate::machine::id_registers;
use crate::machine::inject::Exception;
use crate::machine::register_names as name;
use crate::machine::syndrome::{self, SystemRegister};
use crate::machine::vgic::{Effect, Request, low};
use crate::state::decision::Decision;
use crate::state::event::Details;
use crate::state::granted;
use crate::state::partition::Partition;
use crate::state::running::Guest;
use crate::state::vcpu::Vcpu;

/// What an access does: the register's value for a read; for a write it gets the value.
type Reader = fn(&mut Guest) -> u64;
type Writer = fn(&mut Guest, u64) -> Outcome;

/// Whether a write is through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The guest goes on after it.
    Done,
    /// The guest tries it again; interrupts come in between.
    Again,
}

/// A register, or a group of them that differ in some bits of their encoding.
struct TrappedRegister {
    encoding: u16,
    /// Bits of the encoding that count.
    mask: u16,
    read: Option<Reader>,
    write: Option<Writer>,
}

const EXACT: u16 = u16::MAX;
/// All of `CRm`.
const ANY_CRM: u16 = !(0xF << 3);
/// `CRm` 0 and 1.
const CRM_0_OR_1: u16 = !(1 << 3);

const fn written(encoding: u16, write: Writer) -> TrappedRegister {
    TrappedRegister {
        encoding,
        mask: EXACT,
        read: None,
        write: Some(write),
    }
}

const fn stored(encoding: u16, read: Reader, write: Writer) -> TrappedRegister {
    TrappedRegister {
        encoding,
        mask: EXACT,
        read: Some(read),
        write: Some(write),
    }
}

/// Reads as `read` says and ignores writes.
const fn ignored(encoding: u16, mask: u16, read: Reader) -> TrappedRegister {
    TrappedRegister {
        encoding,
        mask,
        read: Some(read),
        write: Some(|_, _| Outcome::Done),
    }
}

/// A register of the guest's own that is written as it wants.
macro_rules! passed {
    ($register:expr, $name:literal) => {
        written($register, |_, value| {
            // SAFETY: it acts on the guest that is loaded alone.
            unsafe { write_register!($name, value) };
            Outcome::Done
        })
    };
}

/// The registers.
const ROWS: &[TrappedRegister] = &[
    // As ICC_SGI1R_EL1, see `send`.
    written(name::ICC_SGI0R_EL1, |guest, value| {
        send_to_others(guest, Request::Group0, value);
        Outcome::Done
    }),
    written(name::ICC_ASGI1R_EL1, |guest, value| {
        send_to_others(guest, Request::Other, value);
        Outcome::Done
    }),
    // The physical timer: trapped by CNTHCTL_EL2.
    TrappedRegister {
        encoding: name::CNTPCT_EL0,
        mask: EXACT,
        read: Some(|_| timer::guest_now()),
        write: None,
    },
    stored(
        name::CNTP_TVAL_EL0,
        |guest| guest.vcpu.physical_timer.value(timer::guest_now()),
        |guest, value| {
            let now = timer::guest_now();
            guest.vcpu.physical_timer.set_value(value, now);
            physical::update_physical_timer(guest);
            Outcome::Done
        },
    ),
    stored(
        name::CNTP_CTL_EL0,
        |guest| guest.vcpu.physical_timer.control(timer::guest_now()),
        |guest, value| {
            guest.vcpu.physical_timer.set_control(value);
            physical::update_physical_timer(guest);
            Outcome::Done
        },
    ),
    stored(
        name::CNTP_CVAL_EL0,
        |guest| guest.vcpu.physical_timer.compare,
        |guest, value| {
            guest.vcpu.physical_timer.compare = value;
            physical::update_physical_timer(guest);
            Outcome::Done
        },
    ),
    written(name::DC_ISW, caches::maintain),
    written(name::DC_CSW, caches::maintain),
    written(name::DC_CISW, caches::maintain),
    // SCTLR_EL1 is watched for what it says of caches; the others are trapped with it (HCR_EL2.TVM).
    written(name::SCTLR_EL1, caches::set_system_control),
    passed!(name::TTBR0_EL1, "ttbr0_el1"),
    passed!(name::TTBR1_EL1, "ttbr1_el1"),
    passed!(name::TCR_EL1, "tcr_el1"),
    passed!(name::AFSR0_EL1, "afsr0_el1"),
    passed!(name::AFSR1_EL1, "afsr1_el1"),
    passed!(name::ESR_EL1, "esr_el1"),
    passed!(name::FAR_EL1, "far_el1"),
    passed!(name::MAIR_EL1, "mair_el1"),
    passed!(name::AMAIR_EL1, "amair_el1"),
    passed!(name::CONTEXTIDR_EL1, "contextidr_el1"),
    // Trapped with SMIDR_EL1, which is hidden.
    TrappedRegister {
        encoding: name::REVIDR_EL1,
        mask: EXACT,
        read: Some(|_| arch_cpu::revision()),
        write: None,
    },
    TrappedRegister {
        encoding: name::AIDR_EL1,
        mask: EXACT,
        read: Some(|_| arch_cpu::auxiliary_identity()),
        write: None,
    },
    // Trapped where there are SVE and SME.
    stored(
        name::CPACR_EL1,
        |_| arch_cpu::guest_access_control(),
        |_, value| {
            arch_cpu::set_guest_access_control(value);
            Outcome::Done
        },
    ),
    // Trapped while interrupts are in hand that found no list register.
    written(name::ICC_DIR_EL1, deactivate),
    // Trapped where another partition has no such registers. Always on, without a bypass.
    ignored(name::ICC_SRE_EL1, EXACT, |_| 0b111),
];

/// The debug registers of a partition that was granted them.
const GRANTED: &[(u16, DebugRegister)] = &[
    (name::DBGBVR0_EL1, DebugRegister::BreakpointValue),
    (name::DBGBCR0_EL1, DebugRegister::BreakpointControl),
    (name::DBGWVR0_EL1, DebugRegister::WatchpointValue),
    (name::DBGWCR0_EL1, DebugRegister::WatchpointControl),
];

/// The debug registers that are no partition's: as if nothing ever came of them. Every CPU has
/// breakpoints, watchpoints and an OS lock, and stock systems touch them without asking, so a
/// partition that is told of undefined instructions finds what an ID register without the grant
/// shows, two of each. To others these are forbidden like all the rest, but for those beside the ones
/// that they were granted.
const INERT: &[TrappedRegister] = &[
    // Numbers 0 and 1 of each.
    ignored(name::DBGBVR0_EL1, CRM_0_OR_1, |_| 0),
    ignored(name::DBGBCR0_EL1, CRM_0_OR_1, |_| 0),
    ignored(name::DBGWVR0_EL1, CRM_0_OR_1, |_| 0),
    ignored(name::DBGWCR0_EL1, CRM_0_OR_1, |_| 0),
    ignored(name::MDSCR_EL1, EXACT, |_| 0),
    ignored(name::MDCCINT_EL1, EXACT, |_| 0),
    ignored(name::OSECCR_EL1, EXACT, |_| 0),
    ignored(name::DBGPRCR_EL1, EXACT, |_| 0),
    ignored(name::OSDLR_EL1, EXACT, |_| 0),
    ignored(name::MDRAR_EL1, EXACT, |_| 0),
    // The channel to an external debugger.
    ignored(name::MDCCSR_EL0, EXACT, |_| 0),
    ignored(name::DBGDTR_EL0, EXACT, |_| 0),
    ignored(name::DBGDTRRX_EL0, EXACT, |_| 0),
    ignored(name::OSDTRRX_EL1, EXACT, |_| 0),
    ignored(name::OSDTRTX_EL1, EXACT, |_| 0),
    // The OS lock: there is one, and it is open.
    ignored(name::OSLAR_EL1, EXACT, |_| 0),
    ignored(name::OSLSR_EL1, EXACT, |_| 1 << 3),
    ignored(name::DBGCLAIMSET_EL1, EXACT, |_| 0),
    ignored(name::DBGCLAIMCLR_EL1, EXACT, |_| 0),
    ignored(name::DBGAUTHSTATUS_EL1, EXACT, |_| 0),
];

/// ACTLR_EL1, likewise, but for no one else.
const INERT_AUXILIARY: &[TrappedRegister] = &[ignored(name::ACTLR_EL1, EXACT, |_| 0)];

/// What an ID register shows.
fn id_register(partition: &Partition, encoding: u16) -> Option<u64> {
    let grants = granted::grants(partition);
    id_registers::value(encoding, arch_cpu::id_register(encoding), grants)
}

/// An access to a debug register that the vCPU was granted: what was read, or nothing for a write.
/// `None` if it wasn't, or the CPU has no such register.
fn debug_register(vcpu: &mut Vcpu, access: SystemRegister, value: u64) -> Option<u64> {
    if !granted::has_debug(vcpu) {
        return None;
    }
    let (encoding, read) = (access.encoding, access.read);
    if encoding == name::MDSCR_EL1 {
        if !read {
            debug::set_control(value);
        }
        return Some(debug::control());
    }
    let row = GRANTED.iter().find(|row| encoding & ANY_CRM == row.0);
    let (kind, number) = (row?.1, usize::from(encoding >> 3 & 0xF));
    if !read && !debug::set_register(kind, number, value) {
        return None;
    }
    debug::register(kind, number)
}

/// A write of `ICC_SGI1R_EL1` from a general register: trapped because physical interrupts are routed to
/// EL2 (IHI 0069, `ICC_SGI1R_EL1`). No other register is trapped as often, so it has a way of its own.
#[inline]
pub fn send(guest: &mut Guest, register: u8) -> Decision {
    if guest.vcpu.is_software() {
        return forbid(guest);
    }
    arch_cpu::skip_instruction();
    let value = guest.vcpu.general(register);
    match guest.partition.gic.only_to_self(guest.vcpu.number, value) {
        Some(id)
            if shortcut::place_any_at_rest(guest.cpu, guest.vcpu, &guest.partition.gic, id) => {}
        Some(id) => physical::offer(guest, id),
        None => send_to_others(guest, Request::Group1, value),
    }
    Decision::Resume
}

#[inline(never)]
fn send_to_others(guest: &mut Guest, request: Request, value: u64) {
    lists::change(guest, |gic, number| {
        Effect::only(gic.send(number, request, value))
    });
}

fn deactivate(guest: &mut Guest, value: u64) -> Outcome {
    let id = low(value & 0xFF_FFFF);
    lists::change(guest, |gic, number| gic.deactivate(number, id));
    Outcome::Done
}

/// What has no effect on this partition's machine, if the register is such a one.
fn inert(partition: &Partition, encoding: u16) -> Option<&'static TrappedRegister> {
    let machine = &partition.declaration().machine;
    let is_told = ANY.undefined && machine.forbidden == Forbidden::Undefined;
    let debug = (is_told || ANY.debug && machine.debug)
        .then(|| find(INERT, encoding))
        .flatten();
    let auxiliary = || find(INERT_AUXILIARY, encoding);
    debug.or_else(|| is_told.then(auxiliary).flatten())
}

/// The row of a table that is about this register.
fn find(table: &'static [TrappedRegister], encoding: u16) -> Option<&'static TrappedRegister> {
    table.iter().find(|row| encoding & row.mask == row.encoding)
}

/// Handles a trapped access with this syndrome.
pub fn emulate(guest: &mut Guest, esr: u64) -> Decision {
    let access = syndrome::system_register(esr);
    match perform(guest, access) {
        Some((Outcome::Done, value)) => {
            arch_cpu::skip_instruction();
            if access.read {
                guest.vcpu.set_general(access.register, value);
            }
            Decision::Resume
        }
        Some((Outcome::Again, _)) => Decision::Resume,
        None => forbid(guest),
    }
}

/// Carries an access out: what a read gives. Nothing if it isn't the partition's.
fn perform(guest: &mut Guest, access: SystemRegister) -> Option<(Outcome, u64)> {
    let SystemRegister { encoding, read, .. } = access;
    if read && let Some(value) = id_register(&guest.partition, encoding) {
        return Some((Outcome::Done, value));
    }
    if is_interface(encoding) && guest.vcpu.is_software() {
        return None;
    }
    let given = guest.vcpu.general(access.register);
    let mut row = find(ROWS, encoding);
    if row.is_none() {
        if let Some(value) = debug_register(guest.vcpu, access, given) {
            return Some((Outcome::Done, value));
        }
        row = inert(&guest.partition, encoding);
    }
    let row = row?;
    if read {
        row.read.map(|read| (Outcome::Done, read(guest)))
    } else {
        row.write.map(|write| (write(guest, given), 0))
    }
}

/// Whether a register is of a GICv3's CPU interface, which a guest with an emulated one doesn't have.
const fn is_interface(register: u16) -> bool {
    name::ICC_IAR0_EL1 <= register && register <= name::ICC_IGRPEN1_EL1
}

/// An instruction or a register that the partition may not use.
pub fn forbid(guest: &mut Guest) -> Decision {
    match guest.partition.declaration().machine.forbidden {
        Forbidden::Undefined if ANY.undefined => {
            total::add(&mut guest.partition.totals.undefined, 1);
            arch_cpu::take_exception(Exception::Undefined);
            Decision::Resume
        }
        Forbidden::HealthEvent | Forbidden::Undefined => {
            let event = HealthEvent::ForbiddenInstruction;
            fault::raise(guest, event, Details::of_exit(0))
        }
    }
}
