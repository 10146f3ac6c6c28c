//! Trapped system registers and instructions, as a table: what is emulated, and how. Everything that
//! isn't in it is not the partition's to use.

use paratia_config::machine::Forbidden;
use paratia_config::system::HealthEvent;

use crate::arch::debug::{self, Kind};
use crate::arch::registers::write_register;
use crate::arch::syndrome::{self, SystemRegister, encoding};
use crate::arch::{cpu as arch_cpu, timer};
use crate::caches;
use crate::exit::Decision;
use crate::fault::{self, Details};
use crate::granted;
use crate::guest::Guest;
use crate::id_registers;
use crate::inject::Exception;
use crate::interrupt;
use crate::partition::Partition;
use crate::selected::ANY;
use crate::straight;
use crate::total;
use crate::vcpu::Vcpu;
use crate::vgic::{Effect, Request, low};

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
/// `CRm` 0 and 1.
const CRM_0_OR_1: u16 = !(1 << 3);

const fn written(encoding: u16, write: Writer) -> Row {
    Row {
        encoding,
        mask: EXACT,
        read: None,
        write: Some(write),
    }
}

const fn stored(encoding: u16, read: Reader, write: Writer) -> Row {
    Row {
        encoding,
        mask: EXACT,
        read: Some(read),
        write: Some(write),
    }
}

/// Reads as `read` says and ignores writes.
const fn ignored(encoding: u16, mask: u16, read: Reader) -> Row {
    Row {
        encoding,
        mask,
        read: Some(read),
        write: Some(|_, _| Outcome::Done),
    }
}

/// A register of the guest's own that is written as it wants.
macro_rules! passed {
    ($op0:literal $op1:literal $crn:literal $crm:literal $op2:literal, $name:literal) => {
        written(encoding($op0, $op1, $crn, $crm, $op2), |_, value| {
            // SAFETY: it acts on the guest that is loaded alone.
            unsafe { write_register!($name, value) };
            Outcome::Done
        })
    };
}

/// The registers.
const ROWS: &[Row] = &[
    // ICC_SGI0R_EL1, ICC_ASGI1R_EL1: as ICC_SGI1R_EL1, see `send`.
    written(encoding(3, 0, 12, 11, 7), |guest, value| {
        send_to_others(guest, Request::Group0, value);
        Outcome::Done
    }),
    written(encoding(3, 0, 12, 11, 6), |guest, value| {
        send_to_others(guest, Request::Other, value);
        Outcome::Done
    }),
    // CNTPCT_EL0, CNTP_TVAL_EL0, CNTP_CTL_EL0, CNTP_CVAL_EL0: trapped by CNTHCTL_EL2.
    Row {
        encoding: encoding(3, 3, 14, 0, 1),
        mask: EXACT,
        read: Some(|_| timer::guest_now()),
        write: None,
    },
    stored(
        encoding(3, 3, 14, 2, 0),
        |guest| guest.vcpu.physical_timer.value(timer::guest_now()),
        |guest, value| {
            let now = timer::guest_now();
            guest.vcpu.physical_timer.set_value(value, now);
            interrupt::update_physical_timer(guest);
            Outcome::Done
        },
    ),
    stored(
        encoding(3, 3, 14, 2, 1),
        |guest| guest.vcpu.physical_timer.control(timer::guest_now()),
        |guest, value| {
            guest.vcpu.physical_timer.set_control(value);
            interrupt::update_physical_timer(guest);
            Outcome::Done
        },
    ),
    stored(
        encoding(3, 3, 14, 2, 2),
        |guest| guest.vcpu.physical_timer.compare,
        |guest, value| {
            guest.vcpu.physical_timer.compare = value;
            interrupt::update_physical_timer(guest);
            Outcome::Done
        },
    ),
    // DC ISW, DC CSW, DC CISW.
    written(encoding(1, 0, 7, 6, 2), caches::maintain),
    written(encoding(1, 0, 7, 10, 2), caches::maintain),
    written(encoding(1, 0, 7, 14, 2), caches::maintain),
    // SCTLR_EL1, and what else is trapped with it while caches are watched.
    written(encoding(3, 0, 1, 0, 0), caches::set_system_control),
    passed!(3 0 2 0 0, "ttbr0_el1"),
    passed!(3 0 2 0 1, "ttbr1_el1"),
    passed!(3 0 2 0 2, "tcr_el1"),
    passed!(3 0 5 1 0, "afsr0_el1"),
    passed!(3 0 5 1 1, "afsr1_el1"),
    passed!(3 0 5 2 0, "esr_el1"),
    passed!(3 0 6 0 0, "far_el1"),
    passed!(3 0 10 2 0, "mair_el1"),
    passed!(3 0 10 3 0, "amair_el1"),
    passed!(3 0 13 0 1, "contextidr_el1"),
    // REVIDR_EL1, AIDR_EL1: trapped with SMIDR_EL1, which is hidden.
    Row {
        encoding: encoding(3, 0, 0, 0, 6),
        mask: EXACT,
        read: Some(|_| arch_cpu::revision()),
        write: None,
    },
    Row {
        encoding: encoding(3, 1, 0, 0, 7),
        mask: EXACT,
        read: Some(|_| arch_cpu::auxiliary_identity()),
        write: None,
    },
    // CPACR_EL1: trapped where there are SVE and SME.
    stored(
        encoding(3, 0, 1, 0, 2),
        |_| arch_cpu::guest_access_control(),
        |_, value| {
            arch_cpu::set_guest_access_control(value);
            Outcome::Done
        },
    ),
    // ICC_DIR_EL1: trapped while interrupts are in hand that found no list register.
    written(encoding(3, 0, 12, 11, 1), deactivate),
    // ICC_SRE_EL1: trapped where another partition has no such registers. Always on, without a bypass.
    ignored(encoding(3, 0, 12, 12, 5), EXACT, |_| 0b111),
];

/// The debug registers of a partition that was granted them.
const GRANTED: &[(u16, Kind)] = &[
    (encoding(2, 0, 0, 0, 4), Kind::BreakpointValue),
    (encoding(2, 0, 0, 0, 5), Kind::BreakpointControl),
    (encoding(2, 0, 0, 0, 6), Kind::WatchpointValue),
    (encoding(2, 0, 0, 0, 7), Kind::WatchpointControl),
];
const MDSCR_EL1: u16 = encoding(2, 0, 0, 2, 2);

/// The debug registers that are no partition's: as if nothing ever came of them. Every CPU has
/// breakpoints, watchpoints and an OS lock, and stock systems touch them without asking, so a
/// partition that is told of undefined instructions finds what an ID register without the grant
/// shows, two of each. To others these are forbidden like all the rest, but for those beside the ones
/// that they were granted.
const INERT: &[Row] = &[
    // DBGBVR<n>_EL1, DBGBCR<n>_EL1, DBGWVR<n>_EL1, DBGWCR<n>_EL1 for n = 0 and 1.
    ignored(encoding(2, 0, 0, 0, 4), CRM_0_OR_1, |_| 0),
    ignored(encoding(2, 0, 0, 0, 5), CRM_0_OR_1, |_| 0),
    ignored(encoding(2, 0, 0, 0, 6), CRM_0_OR_1, |_| 0),
    ignored(encoding(2, 0, 0, 0, 7), CRM_0_OR_1, |_| 0),
    // MDSCR_EL1, MDCCINT_EL1, OSECCR_EL1, DBGPRCR_EL1, OSDLR_EL1, MDRAR_EL1.
    ignored(encoding(2, 0, 0, 2, 2), EXACT, |_| 0),
    ignored(encoding(2, 0, 0, 2, 0), EXACT, |_| 0),
    ignored(encoding(2, 0, 0, 6, 2), EXACT, |_| 0),
    ignored(encoding(2, 0, 1, 4, 4), EXACT, |_| 0),
    ignored(encoding(2, 0, 1, 3, 4), EXACT, |_| 0),
    ignored(encoding(2, 0, 1, 0, 0), EXACT, |_| 0),
    // The channel to an external debugger: MDCCSR_EL0, DBGDTR_EL0, DBGDTRRX_EL0 and DBGDTRTX_EL0,
    // OSDTRRX_EL1, OSDTRTX_EL1.
    ignored(encoding(2, 3, 0, 1, 0), EXACT, |_| 0),
    ignored(encoding(2, 3, 0, 4, 0), EXACT, |_| 0),
    ignored(encoding(2, 3, 0, 5, 0), EXACT, |_| 0),
    ignored(encoding(2, 0, 0, 0, 2), EXACT, |_| 0),
    ignored(encoding(2, 0, 0, 3, 2), EXACT, |_| 0),
    // OSLAR_EL1, and OSLSR_EL1 that says that there is a lock and that it is open.
    ignored(encoding(2, 0, 1, 0, 4), EXACT, |_| 0),
    ignored(encoding(2, 0, 1, 1, 4), EXACT, |_| 1 << 3),
    // DBGCLAIMSET_EL1, DBGCLAIMCLR_EL1, DBGAUTHSTATUS_EL1.
    ignored(encoding(2, 0, 7, 8, 6), EXACT, |_| 0),
    ignored(encoding(2, 0, 7, 9, 6), EXACT, |_| 0),
    ignored(encoding(2, 0, 7, 14, 6), EXACT, |_| 0),
];

/// ACTLR_EL1, likewise, but for no one else.
const INERT_AUXILIARY: &[Row] = &[ignored(encoding(3, 0, 1, 0, 1), EXACT, |_| 0)];

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
    if encoding == MDSCR_EL1 {
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
        Some(id) if straight::put_any(guest.machine, guest.vcpu, &guest.partition.gic, id) => {}
        Some(id) => interrupt::offer(guest, id),
        None => send_to_others(guest, Request::Group1, value),
    }
    Decision::Resume
}

#[inline(never)]
fn send_to_others(guest: &mut Guest, request: Request, value: u64) {
    interrupt::change(guest, |gic, number| {
        Effect::attend(gic.send(number, request, value))
    });
}

fn deactivate(guest: &mut Guest, value: u64) -> Outcome {
    let id = low(value & 0xFF_FFFF);
    interrupt::change(guest, |gic, number| gic.deactivate(number, id));
    Outcome::Done
}

/// What has no effect on this partition's machine.
fn inert(partition: &Partition) -> impl Iterator<Item = &'static Row> + use<> {
    let machine = &partition.declaration().machine;
    let is_told = ANY.undefined && machine.forbidden == Forbidden::Undefined;
    let debug = if is_told || ANY.debug && machine.debug {
        INERT
    } else {
        &[]
    };
    let auxiliary = if is_told { INERT_AUXILIARY } else { &[] };
    debug.iter().chain(auxiliary)
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
    let is_it = |row: &&Row| encoding & row.mask == row.encoding;
    let mut row = ROWS.iter().find(is_it);
    if row.is_none() {
        if let Some(value) = debug_register(guest.vcpu, access, given) {
            return Some((Outcome::Done, value));
        }
        row = inert(&guest.partition).find(is_it);
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
    let (first, last) = (encoding(3, 0, 12, 8, 0), encoding(3, 0, 12, 12, 7));
    first <= register && register <= last
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
