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
use crate::partition::{Partition, Phase};
use crate::selected::PORTS;
use crate::{state, window};

/// SMCCC 1.1 and PSCI 1.1, as their version calls answer.
const SMCCC_1_1: u64 = 0x1_0001;
const PSCI_1_1: u64 = 0x1_0001;

/// What a call answers: `x0`-`x3`, or more than an answer.
enum Answer {
    Status(i64),
    Values([u64; 4]),
    Decided(Decision),
}

/// Answers a call that needs nothing but its number: one with a constant answer, or one that doesn't
/// exist and is within the partition's limit of these. Whether it was such a call.
#[inline]
#[must_use]
pub fn answer_shortly(partition: &mut Partition) -> bool {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "the function id is w0 (DEN0028, 2.5)"
    )]
    let id = partition.context.x[0] as u32;
    if let Some(answer) = constant_answer(id) {
        partition.context.x[..4].copy_from_slice(&answer);
    } else if !exists(id) && partition.refused_in_window < partition.refused_limit {
        partition.context.x[0] = NOT_SUPPORTED.cast_unsigned();
        partition.refused_in_window += 1;
    } else {
        return false;
    }
    partition.statistics.count_short_call();
    true
}

/// The answer of a call that always has the same.
#[inline]
fn constant_answer(id: u32) -> Option<[u64; 4]> {
    if id == call::VERSION {
        return Some([0, ABI_VERSION as u64, Features::all().bits(), 0]);
    }
    match id {
        call::PSCI_VERSION => Some([PSCI_1_1, 0, 0, 0]),
        call::SMCCC_VERSION => Some([SMCCC_1_1, 0, 0, 0]),
        _ => None,
    }
}

/// Whether there is such a call.
#[inline]
fn exists(id: u32) -> bool {
    const OWN: u32 = call::END - call::BASE;
    id.wrapping_sub(call::BASE) < OWN
        || matches!(
            id,
            call::SMCCC_VERSION
                | call::SMCCC_ARCH_FEATURES
                | call::PSCI_VERSION
                | call::PSCI_FEATURES
                | call::PSCI_SYSTEM_OFF
                | call::PSCI_SYSTEM_RESET
                | call::HYPERVISOR_CALL_COUNT
                | call::HYPERVISOR_CALL_UID
                | call::HYPERVISOR_REVISION
        )
}

/// Does what the call in the guest's registers asks for.
pub fn dispatch(machine: &mut Machine, partition: &mut Partition) -> Decision {
    partition.statistics.calls = partition.statistics.calls.wrapping_add(1);
    let [id, x1, x2, x3, x4, ..] = partition.context.x;
    #[allow(
        clippy::cast_possible_truncation,
        reason = "the function id is w0 (DEN0028, 2.5)"
    )]
    let answer = match id as u32 {
        call::CONSOLE_WRITE => console_write(partition),
        call::SAMPLING_PORT_WRITE => port_write(partition, x1, x2),
        call::SAMPLING_PORT_READ => port_read(partition, x1),
        call::HEARTBEAT => return heartbeat(machine, partition, x1),
        call::SET_MODE => set_mode(partition, x1),
        call::REPORT_ERROR => return report_error(machine, partition, x1, [x2, x3, x4]),
        call::WAIT_FOR_WINDOW => {
            partition.waits_for_window = true;
            Answer::Decided(Decision::EndWindow)
        }
        call::RESTART | call::PSCI_SYSTEM_RESET => {
            return fault::raise(
                machine,
                partition,
                HealthEvent::Reset,
                Details::at_instruction(),
            );
        }
        call::PSCI_SYSTEM_OFF => {
            return fault::raise(
                machine,
                partition,
                HealthEvent::Shutdown,
                Details::at_instruction(),
            );
        }
        call::SMCCC_ARCH_FEATURES | call::PSCI_FEATURES => features(x1 as u32),
        call::HYPERVISOR_CALL_COUNT => Answer::Values([u64::from(call::END - call::BASE), 0, 0, 0]),
        call::HYPERVISOR_CALL_UID => Answer::Values(call::UID.map(u64::from)),
        call::HYPERVISOR_REVISION => Answer::Values([
            u64::from(ABI_VERSION >> 16),
            u64::from(ABI_VERSION & 0xFFFF),
            0,
            0,
        ]),
        // The short way has answered all others, but for refusals beyond the limit.
        _ => Answer::Status(NOT_SUPPORTED),
    };
    finish(machine, partition, &answer)
}

/// Puts the answer into the guest's registers; a refused call counts.
fn finish(machine: &mut Machine, partition: &mut Partition, answer: &Answer) -> Decision {
    let status = match *answer {
        Answer::Decided(decision) => return decision,
        Answer::Values(values) => {
            partition.context.x[..4].copy_from_slice(&values);
            return Decision::Resume;
        }
        Answer::Status(status) => status,
    };
    partition.context.x[0] = status.cast_unsigned();
    if !matches!(status, NOT_SUPPORTED | INVALID_PARAMETERS | NOT_FOUND) {
        return Decision::Resume;
    }
    partition.refused_in_window = partition.refused_in_window.saturating_add(1);
    // Said once a window, when the limit is passed.
    if partition.refused_in_window == partition.refused_limit.saturating_add(1) {
        let details = Details {
            esr: partition.context.x[0],
            ..Details::at_instruction()
        };
        return fault::raise(machine, partition, HealthEvent::RefusedCalls, details);
    }
    Decision::Resume
}

/// Whether a standard or own call exists (DEN0028, 7.3; DEN0022, 5.15). Asking is no refused call,
/// whatever the answer.
fn features(id: u32) -> Answer {
    let status = if exists(id) { SUCCESS } else { NOT_SUPPORTED };
    Answer::Values([status.cast_unsigned(), 0, 0, 0])
}

fn console_write(partition: &mut Partition) -> Answer {
    let [_, count, words @ ..] = partition.context.x;
    let Ok(count) = usize::try_from(count) else {
        return Answer::Status(INVALID_PARAMETERS);
    };
    if count > call::CONSOLE_WRITE_BYTES {
        return Answer::Status(INVALID_PARAMETERS);
    }
    let Some(console) = &mut partition.console else {
        return Answer::Status(NOT_FOUND);
    };
    if console.capacity() - console.len() < count {
        partition.statistics.dropped += count as u64;
        partition.dropped_in_window += count as u64;
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
    PORTS[partition.index]
        .get(usize::try_from(index).ok()?)?
        .as_ref()
}

fn port_write(partition: &Partition, index: u64, length: u64) -> Answer {
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
    for link in state::links(*channel) {
        // SAFETY: the window is a constant place in the partition's RAM, a multiple of 8, and the
        // words lie within it.
        let words = (0..length.div_ceil(8))
            .map(|word| unsafe { memory::read_word(window.base.0 + 8 * word) });
        link.write(length, now, words);
    }
    Answer::Status(SUCCESS)
}

fn port_read(partition: &Partition, index: u64) -> Answer {
    let Some(PortPlace {
        channel,
        direction: Direction::Destination(end),
        window,
        ..
    }) = port(partition, index)
    else {
        return Answer::Status(NOT_FOUND);
    };
    let Some(link) = state::links(*channel).get(*end) else {
        return Answer::Status(NOT_FOUND);
    };
    let received = link.read(|at, word| {
        // SAFETY: as in `port_write`; a link holds no more words than its channel's message.
        unsafe { memory::write_word(window.base.0 + 8 * at as u64, word) };
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

fn heartbeat(machine: &mut Machine, partition: &mut Partition, sequence: u64) -> Decision {
    let now = timer::now();
    if partition.supervision.is_none() {
        return finish(machine, partition, &Answer::Status(NOT_FOUND));
    }
    partition.context.x[0] = SUCCESS.cast_unsigned();
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

fn set_mode(partition: &mut Partition, mode: u64) -> Answer {
    match OperatingMode::from_raw(mode) {
        Some(OperatingMode::Normal) => {
            if let Some(supervision) = &mut partition.supervision {
                supervision.enter_normal(timer::now());
            }
            Answer::Status(SUCCESS)
        }
        Some(OperatingMode::Starting) => Answer::Status(SUCCESS),
        Some(OperatingMode::Idle) => {
            fault::end_life(partition, Phase::Halted);
            Answer::Decided(Decision::EndWindow)
        }
        None => Answer::Status(INVALID_PARAMETERS),
    }
}

fn report_error(
    machine: &mut Machine,
    partition: &mut Partition,
    error: u64,
    [esr, far, elr]: [u64; 3],
) -> Decision {
    let event = match ReportedError::from_raw(error) {
        Some(ReportedError::Application) => HealthEvent::ApplicationError,
        Some(ReportedError::UnhandledException) => HealthEvent::UnhandledException,
        None => return finish(machine, partition, &Answer::Status(INVALID_PARAMETERS)),
    };
    partition.context.x[0] = SUCCESS.cast_unsigned();
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
