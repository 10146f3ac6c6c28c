//! Calls: numbers in registers in, numbers in registers out. A table of what each id does.

use paratia_abi::call::{self, Features};
use paratia_abi::status::{BUSY, EMPTY, INVALID_PARAMETERS, NOT_FOUND, NOT_SUPPORTED, SUCCESS};
use paratia_abi::{ABI_VERSION, OperatingMode, ReportedError};
use paratia_config::ports::{Direction, PortPlace};
use paratia_config::system::HealthEvent;

use crate::arch::{memory, timer};
use crate::cpu::Machine;
use crate::event::Event;
use crate::exit::Decision;
use crate::fault::{self, Details};
use crate::life::Phase;
use crate::partition::Partition;
use crate::selected::ANY;
use crate::state::Destination;
use crate::vcpu::{Count, Vcpu};
use crate::vgic::low;
use crate::{interrupt, power, state, window};

/// SMCCC 1.1 and PSCI 1.1, as their version calls answer.
const SMCCC_1_1: u64 = 0x1_0001;
const PSCI_1_1: u64 = 0x1_0001;

/// Where the vCPU is told its stolen time (DEN0057, 3.2).
fn stolen_time(vcpu: &Vcpu, id: u32, feature: u64) -> Answer {
    let place = vcpu.facts.stolen_time.as_ref();
    let answer = match (id, place.filter(|_| ANY.stolen_time)) {
        (_, None) => NOT_SUPPORTED.cast_unsigned(),
        (call::PV_TIME_ST, Some(record)) => record.ipa.0,
        (_, Some(_))
            if feature == call::PV_TIME_ST.into() || feature == call::PV_TIME_FEATURES.into() =>
        {
            SUCCESS.cast_unsigned()
        }
        _ => NOT_SUPPORTED.cast_unsigned(),
    };
    Answer::Values([answer, 0, 0, 0])
}

/// What a call answers: `x0`-`x3`, or more than an answer.
enum Answer {
    Status(i64),
    Values([u64; 4]),
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
    vcpu.statistics.add(Count::ShortCalls, 1);
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

/// Numbers from `call::BASE` are Paratia's own.
const OWN: u32 = 1 << 16;
const OWN_CALLS: u32 = call::END - call::BASE;
const _: () = assert!(call::VERSION == call::BASE);

/// The kind of a call. Paratia's own come first, as they come most.
#[inline]
fn kind(id: u32) -> Kind {
    match id.wrapping_sub(call::BASE) {
        0 => Kind::Constant([0, ABI_VERSION as u64, Features::all().bits(), 0]),
        1..OWN_CALLS => Kind::Other,
        OWN_CALLS..OWN => Kind::Unknown,
        OWN.. => match id {
            call::PSCI_VERSION => Kind::Constant([PSCI_1_1, 0, 0, 0]),
            call::SMCCC_VERSION => Kind::Constant([SMCCC_1_1, 0, 0, 0]),
            _ if power::is_in_range(id) || is_standard(id) => Kind::Other,
            _ => Kind::Unknown,
        },
    }
}

/// Whether it is another of the standard calls that are answered.
fn is_standard(id: u32) -> bool {
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

/// Whether the call in `x0` gives the rest of the window back.
#[inline]
#[must_use]
pub fn ends_window(x0: u64) -> bool {
    x0 & 0xFFFF_FFFF == u64::from(call::WAIT_FOR_WINDOW)
}

/// Gives the rest of the window back.
#[inline]
pub fn wait_for_window(vcpu: &mut Vcpu) -> Decision {
    vcpu.statistics.add(Count::Calls, 1);
    vcpu.waits_for_window = true;
    Decision::EndWindow
}

/// Does what the call in the guest's registers asks for.
pub fn dispatch(machine: &mut Machine, vcpu: &mut Vcpu, partition: &mut Partition) -> Decision {
    vcpu.statistics.add(Count::Calls, 1);
    let [id, x1, x2, x3, x4, ..] = vcpu.context.x;
    // The function id is w0 (DEN0028, 2.5).
    let answer = match low(id) {
        call::CONSOLE_WRITE => console_write(vcpu, partition),
        call::SAMPLING_PORT_WRITE => port_write(machine, partition, x1, x2),
        call::SAMPLING_PORT_READ => port_read(partition, x1),
        call::HEARTBEAT => return heartbeat(machine, vcpu, partition, x1),
        call::SET_MODE => set_mode(machine, partition, x1),
        call::REPORT_ERROR => return report_error(machine, vcpu, partition, x1, [x2, x3, x4]),
        call::RESTART => {
            return fault::raise(
                machine,
                partition,
                HealthEvent::Reset,
                Details::at_instruction(),
            );
        }
        call::EXIT_STATISTICS => exit_statistics(vcpu, x1),
        id => standard(machine, vcpu, partition, id, [x1, x2, x3]),
    };
    finish(machine, vcpu, partition, &answer)
}

/// A call of a standard, apart from Paratia's own so that these are found by a table.
#[inline(never)]
fn standard(
    machine: &mut Machine,
    vcpu: &mut Vcpu,
    partition: &mut Partition,
    id: u32,
    arguments: [u64; 3],
) -> Answer {
    let [x1, ..] = arguments;
    match id {
        call::SMCCC_ARCH_FEATURES => features(low(x1)),
        call::PV_TIME_FEATURES | call::PV_TIME_ST => stolen_time(vcpu, id, x1),
        call::HYPERVISOR_CALL_COUNT => Answer::Values([u64::from(call::END - call::BASE), 0, 0, 0]),
        call::HYPERVISOR_CALL_UID => Answer::Values(call::UID.map(u64::from)),
        call::HYPERVISOR_REVISION => Answer::Values([
            u64::from(ABI_VERSION >> 16),
            u64::from(ABI_VERSION & 0xFFFF),
            0,
            0,
        ]),
        id if power::is_in_range(id) => {
            match power::call(machine, vcpu, partition, id, arguments) {
                Some(decision) => Answer::Decided(decision),
                None => Answer::Status(NOT_SUPPORTED),
            }
        }
        // The short way has answered all others, but for refusals beyond the limit.
        _ => Answer::Status(NOT_SUPPORTED),
    }
}

/// Puts the answer into the guest's registers; a refused call counts.
fn finish(
    machine: &mut Machine,
    vcpu: &mut Vcpu,
    partition: &mut Partition,
    answer: &Answer,
) -> Decision {
    let status = match *answer {
        Answer::Decided(decision) => return decision,
        Answer::Values(values) => {
            vcpu.context.x[..4].copy_from_slice(&values);
            return Decision::Resume;
        }
        Answer::Status(status) => status,
    };
    vcpu.context.x[0] = status.cast_unsigned();
    if !matches!(status, NOT_SUPPORTED | INVALID_PARAMETERS | NOT_FOUND) {
        return Decision::Resume;
    }
    vcpu.refused_in_window = vcpu.refused_in_window.saturating_add(1);
    // Said once a window, when the limit is passed.
    if vcpu.refused_in_window == vcpu.refused_limit.saturating_add(1) {
        let details = Details {
            esr: vcpu.context.x[0],
            ..Details::at_instruction()
        };
        return fault::raise(machine, partition, HealthEvent::RefusedCalls, details);
    }
    Decision::Resume
}

/// Whether a standard or own call exists (DEN0028, 7.3). Asking is no refused call, whatever the
/// answer.
fn features(id: u32) -> Answer {
    let status = match kind(id) {
        Kind::Unknown => NOT_SUPPORTED,
        Kind::Constant(_) | Kind::Other => SUCCESS,
    };
    Answer::Values([status.cast_unsigned(), 0, 0, 0])
}

fn exit_statistics(vcpu: &Vcpu, cause: u64) -> Answer {
    let exits = usize::try_from(cause).ok();
    match exits.and_then(|cause| vcpu.statistics.exits.get(cause)) {
        Some(exits) => Answer::Values([
            SUCCESS.cast_unsigned(),
            exits.count,
            exits.ticks,
            exits.worst,
        ]),
        None => Answer::Status(INVALID_PARAMETERS),
    }
}

fn console_write(vcpu: &Vcpu, partition: &mut Partition) -> Answer {
    let [_, count, words @ ..] = vcpu.context.x;
    let Ok(count) = usize::try_from(count) else {
        return Answer::Status(INVALID_PARAMETERS);
    };
    if count > call::CONSOLE_WRITE_BYTES {
        return Answer::Status(INVALID_PARAMETERS);
    }
    let Some(console) = &mut partition.console else {
        return Answer::Status(NOT_FOUND);
    };
    if console.capacity().saturating_sub(console.len()) < count {
        let dropped = count as u64;
        partition.dropped = partition.dropped.wrapping_add(dropped);
        partition.dropped_in_window = partition.dropped_in_window.wrapping_add(dropped);
        return Answer::Status(BUSY);
    }
    for byte in words.iter().flat_map(|word| word.to_le_bytes()).take(count) {
        // There is room: it was asked for just now, and only this CPU adds.
        let _ = console.enqueue(byte);
    }
    Answer::Status(SUCCESS)
}

/// The partition's port at `index`, if it has one.
fn port(partition: &Partition, index: u64) -> Option<&'static PortPlace> {
    let ports = partition.facts.ports;
    ports.get(usize::try_from(index).ok()?)?.as_ref()
}

fn port_write(machine: &mut Machine, partition: &Partition, index: u64, length: u64) -> Answer {
    let Some(PortPlace {
        channel,
        direction: Direction::Source,
        window,
        ..
    }) = port(partition, index)
    else {
        return Answer::Status(NOT_FOUND);
    };
    if length == 0 || length > window.size_bytes {
        return Answer::Status(INVALID_PARAMETERS);
    }
    let now = timer::now();
    for destination in state::destinations(*channel).iter().flatten() {
        // SAFETY: the window is a constant place in the partition's RAM, a multiple of 8, and the
        // words lie within it.
        let words = (0..length.div_ceil(8))
            .map(|word| unsafe { memory::read_word(window.base.0.wrapping_add(8 * word)) });
        destination.link.write(length, now, words);
        if ANY.kicks
            && let Some(bell) = &destination.bell
        {
            interrupt::ring(machine, bell);
        }
    }
    Answer::Status(SUCCESS)
}

fn port_read(partition: &Partition, index: u64) -> Answer {
    let Some(PortPlace {
        channel,
        direction: Direction::Destination(end),
        window,
        interrupt,
        ..
    }) = port(partition, index)
    else {
        return Answer::Status(NOT_FOUND);
    };
    let Some(Some(Destination { link, .. })) = state::destinations(*channel).get(*end) else {
        return Answer::Status(NOT_FOUND);
    };
    if ANY.kicks && interrupt.is_some() {
        // The index is one of a port, so this is that port's.
        let port = usize::try_from(index).unwrap_or(0);
        partition.facts.doorbell.silence(port);
    }
    let received = link.read(|at, word| {
        // SAFETY: as in `port_write`; a link holds no more words than its channel's message.
        unsafe { memory::write_word(window.base.0.wrapping_add(8 * at as u64), word) };
    });
    let Some(received) = received else {
        return Answer::Status(EMPTY);
    };
    let age = timer::now().since(received.written);
    // The index is one of a port, so this is that port's.
    let refresh = usize::try_from(index).map_or(0, |index| {
        partition.refresh.get(index).copied().unwrap_or(0)
    });
    let valid = age <= refresh;
    Answer::Values([SUCCESS.cast_unsigned(), received.length, valid.into(), age])
}

fn heartbeat(
    machine: &mut Machine,
    vcpu: &mut Vcpu,
    partition: &mut Partition,
    sequence: u64,
) -> Decision {
    let now = timer::now();
    if partition.supervision.is_none() {
        return finish(machine, vcpu, partition, &Answer::Status(NOT_FOUND));
    }
    vcpu.context.x[0] = SUCCESS.cast_unsigned();
    let decision = window::check_heartbeat(machine, partition, now);
    let counted = partition
        .supervision
        .as_mut()
        .is_some_and(|supervision| supervision.beat(now));
    if state::traces_windows() {
        machine.report(
            now,
            Event::Heartbeat {
                partition: partition.index,
                sequence,
                counted,
            },
        );
    }
    decision
}

fn set_mode(machine: &mut Machine, partition: &mut Partition, mode: u64) -> Answer {
    match OperatingMode::from_raw(mode) {
        Some(OperatingMode::Normal) => {
            if let Some(supervision) = &mut partition.supervision {
                supervision.enter_normal(timer::now());
            }
            Answer::Status(SUCCESS)
        }
        Some(OperatingMode::Starting) => Answer::Status(SUCCESS),
        Some(OperatingMode::Idle) => {
            fault::end_life(machine, partition, Phase::Halted);
            Answer::Decided(Decision::EndWindow)
        }
        None => Answer::Status(INVALID_PARAMETERS),
    }
}

fn report_error(
    machine: &mut Machine,
    vcpu: &mut Vcpu,
    partition: &mut Partition,
    error: u64,
    [esr, far, elr]: [u64; 3],
) -> Decision {
    let event = match ReportedError::from_raw(error) {
        Some(ReportedError::Application) => HealthEvent::ApplicationError,
        Some(ReportedError::UnhandledException) => HealthEvent::UnhandledException,
        None => {
            return finish(
                machine,
                vcpu,
                partition,
                &Answer::Status(INVALID_PARAMETERS),
            );
        }
    };
    vcpu.context.x[0] = SUCCESS.cast_unsigned();
    fault::raise(
        machine,
        partition,
        event,
        Details {
            esr,
            far,
            ipa: 0,
            elr,
        },
    )
}
