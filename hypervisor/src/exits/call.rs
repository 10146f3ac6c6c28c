//! Calls: numbers in registers in, numbers in registers out. Here is the handler of each.
//!
//! Which calls there are, and on which way each is carried out, stands in the table `CALLS` of the interface
//! (`paratia_abi::call`). The build stops if a handler lacks or a short way doesn't agree with the table.

use paratia_abi::call::{self, CALLS, Features, OWN_NUMBERS, Way};
use paratia_abi::status::{BUSY, INVALID_PARAMETERS, NOT_FOUND, NOT_SUPPORTED, SUCCESS};
use paratia_abi::{ABI_VERSION, OperatingMode, ReportedError};
use paratia_config::each;
use paratia_config::system::HealthEvent;
use zerocopy::IntoBytes;

use crate::base::total;
use crate::built::chosen::ANY;
use crate::exits::entropy;
use crate::exits::fault;
use crate::exits::heartbeat;
use crate::exits::ports;
use crate::exits::power;
use crate::machine::trng;
use crate::machine::vgic::low;
use crate::state::decision::Decision;
use crate::state::event::Details;
use crate::state::partition::Partition;
use crate::state::running::Guest;
use crate::state::vcpu::Vcpu;

/// SMCCC 1.1 and PSCI 1.1, as their version calls answer.
const SMCCC_1_1: u64 = 0x1_0001;
const PSCI_1_1: u64 = 0x1_0001;

/// What a call leads to; or the status of one that isn't carried out.
type Answer = Result<Done, i64>;

/// What a call that is carried out leads to.
enum Done {
    /// `SUCCESS` in `x0`.
    Plainly,
    /// These in `x0`-`x3`.
    Values([u64; 4]),
    /// More than an answer, which is in its place if there is one.
    Decided(Decision),
}

/// Answers a call that needs nothing but its number, in the guest's `x0`: one with a constant answer,
/// or one that doesn't exist and is within the partition's limit of these. Whether it was such a call.
#[inline]
#[must_use]
#[allow(
    clippy::cast_possible_truncation,
    reason = "the function id is w0 (DEN0028, 2.5)"
)]
pub fn answer_shortly(vcpu: &mut Vcpu, x0: u64) -> bool {
    match kind(x0 as u32) {
        Kind::Constant(answer) => vcpu.context.x[..4].copy_from_slice(&answer),
        Kind::Unknown if vcpu.refused_in_window < vcpu.refused_limit => {
            vcpu.context.x[0] = NOT_SUPPORTED.cast_unsigned();
            vcpu.refused_in_window += 1;
        }
        Kind::Unknown | Kind::Other => return false,
    }
    total::add(&mut vcpu.counts.short_calls, 1);
    true
}

/// What is known of a call by its number.
enum Kind {
    /// It always has the same answer.
    Constant([u64; 4]),
    /// There is such a call, or may be: PSCI has a range of its own.
    Other,
    /// There is none.
    Unknown,
}

/// How many numbers Paratia's own calls have.
pub const OWN_CALLS: u32 = call::END - call::BASE;
const _: () = assert!(call::VERSION == call::BASE);

/// The kind of a call. Paratia's own come first, as they come most.
#[inline]
const fn kind(id: u32) -> Kind {
    match id.wrapping_sub(call::BASE) {
        0 => Kind::Constant([0, ABI_VERSION as u64, Features::all().bits(), 0]),
        1..OWN_CALLS => Kind::Other,
        OWN_CALLS..OWN_NUMBERS => Kind::Unknown,
        OWN_NUMBERS.. => match id {
            call::PSCI_VERSION => Kind::Constant([PSCI_1_1, 0, 0, 0]),
            call::SMCCC_VERSION => Kind::Constant([SMCCC_1_1, 0, 0, 0]),
            _ if power::is_in_range(id) || is_standard(id) || entropy::is_call(id) => Kind::Other,
            _ => Kind::Unknown,
        },
    }
}

/// Whether it is another of the standard calls that are answered.
const fn is_standard(id: u32) -> bool {
    matches!(
        id,
        call::SMCCC_ARCH_FEATURES
            | call::PV_TIME_FEATURES
            | call::PV_TIME_ST
            | call::HYPERVISOR_CALL_COUNT
            | call::HYPERVISOR_CALL_UID
            | call::HYPERVISOR_REVISION
    )
}

// `kind` tells by ranges what the table says row by row, which takes fewer instructions.
const _: () = {
    each! { call in &CALLS => {
        let agrees = match kind(call.id) {
            Kind::Constant(_) => matches!(call.way, Way::Constant),
            Kind::Other => !matches!(call.way, Way::Constant),
            Kind::Unknown => matches!(call.way, Way::Entropy) && !ANY.entropy,
        };
        assert!(agrees, "a call's kind is that of its row in the table");
        let is_power = matches!(call.way, Way::Power) || call.id == call::PSCI_VERSION;
        assert!(is_power == power::is_in_range(call.id));
        assert!(is_standard(call.id) == matches!(call.way, Way::Standard));
        assert!(trng::is_call(call.id) == matches!(call.way, Way::Entropy));
    }}
};

const _: () = assert!(call::are_all(Way::EndsWindow, &[call::WAIT_FOR_WINDOW]));

/// Gives the rest of the window back.
#[inline]
pub fn wait_for_window(vcpu: &mut Vcpu) -> Decision {
    vcpu.waits_for_window = true;
    Decision::EndWindow
}

/// A `match` on a call's id with a handler for every call that the table has on this way. The build stops if
/// one lacks, or if there is one for a call of another way.
macro_rules! carry_out {
    ($way:ident, match $id:ident { $($call:ident => $answer:expr,)* _ => $otherwise:expr, }) => {{
        const _: () = assert!(call::are_all(Way::$way, &[$(call::$call),*]));
        match $id {
            $(call::$call => $answer,)*
            _ => $otherwise,
        }
    }};
}

/// Does what the call in the guest's registers asks for.
pub fn dispatch(guest: &mut Guest) -> Decision {
    let [id, x1, x2, x3, x4, ..] = guest.vcpu.context.x;
    // The function id is w0 (DEN0028, 2.5).
    let id = low(id);
    let answer = carry_out!(
        Own,
        match id {
            CONSOLE_WRITE => console_write(guest.vcpu, &mut guest.partition),
            SAMPLING_PORT_WRITE => ports::write(guest, x1).map(in_place),
            SAMPLING_PORT_READ => ports::read(guest, x1).map(in_place),
            HEARTBEAT => heartbeat(guest, x1),
            SET_MODE => set_mode(guest, x1),
            REPORT_ERROR => report_error(guest, x1, [x2, x3, x4]),
            RESTART => restart(guest, x1),
            EXIT_STATISTICS => exit_statistics(guest.vcpu, x1),
            SEND_QUEUING_MESSAGE => ports::send(guest, x1).map(in_place),
            RECEIVE_QUEUING_MESSAGE => ports::receive(guest, x1).map(in_place),
            QUEUING_PORT_STATUS => ports::status(guest, x1, x2).map(Done::Values),
            CLEAR_QUEUING_PORT => ports::clear(guest, x1, x2).map(Done::Values),
            SIGNAL_EVENT => ports::signal(guest, x1).map(in_place),
            TAKE_EVENT => ports::take(guest, x1).map(in_place),
            _ =>
                if power::is_in_range(id) {
                    let decision = power::call(guest, id, [x1, x2, x3]);
                    decision.map(Done::Decided).ok_or(NOT_SUPPORTED)
                } else if entropy::is_call(id) {
                    entropy::call(&mut guest.partition, id, x1).map(Done::Values)
                } else {
                    standard(guest.vcpu, id, x1)
                },
        }
    );
    let status = match answer {
        Ok(Done::Decided(decision)) => return decision,
        Ok(Done::Values(values)) => {
            guest.vcpu.context.x[..4].copy_from_slice(&values);
            return Decision::Resume;
        }
        Ok(Done::Plainly) => SUCCESS,
        Err(status) => status,
    };
    guest.vcpu.context.x[0] = status.cast_unsigned();
    if matches!(status, NOT_SUPPORTED | INVALID_PARAMETERS | NOT_FOUND) {
        return refuse(guest);
    }
    Decision::Resume
}

/// The answer of a call is in its place.
const fn in_place((): ()) -> Done {
    Done::Decided(Decision::Resume)
}

/// Counts a refused call, whose status is in place.
pub fn refuse(guest: &mut Guest) -> Decision {
    guest.vcpu.refused_in_window = guest.vcpu.refused_in_window.saturating_add(1);
    // Said once a window, when the limit is passed.
    if guest.vcpu.refused_in_window != guest.vcpu.refused_limit.saturating_add(1) {
        return Decision::Resume;
    }
    let details = Details::here(guest.vcpu.context.x[0]);
    fault::raise(guest, HealthEvent::RefusedCalls, details)
}

/// A call of a standard, apart from Paratia's own so that these are found by a table. The short way has
/// answered all others, but for refusals beyond the limit.
#[inline(never)]
fn standard(vcpu: &Vcpu, id: u32, x1: u64) -> Answer {
    let values = carry_out!(
        Standard,
        match id {
            // Whether there is such a call (DEN0028, 7.3). Asking is no refused call, whatever the answer.
            SMCCC_ARCH_FEATURES => [is_known(low(x1)), 0, 0, 0],
            PV_TIME_FEATURES => [tells_stolen_time(vcpu, low(x1)), 0, 0, 0],
            PV_TIME_ST => [
                stolen_time(vcpu).unwrap_or(NOT_SUPPORTED.cast_unsigned()),
                0,
                0,
                0
            ],
            HYPERVISOR_CALL_COUNT => [OWN_CALLS.into(), 0, 0, 0],
            HYPERVISOR_CALL_UID => call::UID.map(u64::from),
            HYPERVISOR_REVISION => [
                (ABI_VERSION >> 16).into(),
                (ABI_VERSION & 0xFFFF).into(),
                0,
                0
            ],
            _ => return Err(NOT_SUPPORTED),
        }
    );
    Ok(Done::Values(values))
}

/// The status of a question for a standard or own call.
fn is_known(id: u32) -> u64 {
    let status = match kind(id) {
        Kind::Unknown => NOT_SUPPORTED,
        Kind::Constant(_) | Kind::Other => SUCCESS,
    };
    status.cast_unsigned()
}

/// Where the vCPU is told its stolen time, if it is (DEN0057, 3.2).
fn stolen_time(vcpu: &Vcpu) -> Option<u64> {
    let record = vcpu.facts.stolen_time.as_ref();
    record
        .filter(|_| ANY.stolen_time)
        .map(|record| record.ipa.0)
}

/// The status of a question for a call about stolen time (DEN0057, 3.1).
fn tells_stolen_time(vcpu: &Vcpu, feature: u32) -> u64 {
    let is_about_it = matches!(feature, call::PV_TIME_ST | call::PV_TIME_FEATURES);
    let status = if is_about_it && stolen_time(vcpu).is_some() {
        SUCCESS
    } else {
        NOT_SUPPORTED
    };
    status.cast_unsigned()
}

fn exit_statistics(vcpu: &Vcpu, cause: u64) -> Answer {
    let exits = usize::try_from(cause).ok();
    let exits = exits.and_then(|cause| vcpu.exits.get(cause));
    let exits = exits.ok_or(INVALID_PARAMETERS)?;
    let success = SUCCESS.cast_unsigned();
    Ok(Done::Values([
        success,
        exits.count,
        exits.ticks,
        exits.worst,
    ]))
}

fn console_write(vcpu: &Vcpu, partition: &mut Partition) -> Answer {
    let [_, length, words @ ..] = vcpu.context.x;
    let count = usize::try_from(length).unwrap_or(usize::MAX);
    if count > call::CONSOLE_WRITE_BYTES {
        return Err(INVALID_PARAMETERS);
    }
    let console = partition.console.as_mut().ok_or(NOT_FOUND)?;
    if console.capacity().saturating_sub(console.len()) < count {
        total::add(&mut partition.totals.console_dropped, length);
        total::add(&mut partition.dropped_in_window, length);
        return Err(BUSY);
    }
    // The first byte is the lowest of the first register.
    let words = words.map(u64::to_le);
    for byte in words.as_bytes().iter().take(count) {
        // There is room: it was asked for just now, and only this CPU adds.
        let _ = console.enqueue(*byte);
    }
    Ok(Done::Plainly)
}

fn heartbeat(guest: &mut Guest, sequence: u64) -> Answer {
    if guest.partition.supervision.is_none() {
        return Err(NOT_FOUND);
    }
    guest.vcpu.context.x[0] = SUCCESS.cast_unsigned();
    Ok(Done::Decided(heartbeat::give(guest, sequence)))
}

fn restart(guest: &mut Guest, reserved: u64) -> Answer {
    if reserved != 0 {
        return Err(INVALID_PARAMETERS);
    }
    Ok(Done::Decided(fault::raise_here(guest, HealthEvent::Reset)))
}

fn set_mode(guest: &mut Guest, mode: u64) -> Answer {
    match OperatingMode::from_raw(mode).ok_or(INVALID_PARAMETERS)? {
        OperatingMode::Normal => heartbeat::enter_normal(guest),
        OperatingMode::Starting => {}
        OperatingMode::Idle => {
            fault::halt(guest);
            return Ok(Done::Decided(Decision::EndWindow));
        }
    }
    Ok(Done::Plainly)
}

fn report_error(guest: &mut Guest, error: u64, [esr, far, elr]: [u64; 3]) -> Answer {
    let event = match ReportedError::from_raw(error).ok_or(INVALID_PARAMETERS)? {
        ReportedError::Application => HealthEvent::ApplicationError,
        ReportedError::UnhandledException => HealthEvent::UnhandledException,
    };
    guest.vcpu.context.x[0] = SUCCESS.cast_unsigned();
    let ipa = 0;
    let details = Details { esr, far, ipa, elr };
    let decision = fault::raise(guest, event, details);
    Ok(Done::Decided(decision))
}
