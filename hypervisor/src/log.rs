//! The log and the consoles on their way to the UART: CPU 0's spare-time work, in small steps.
//!
//! Records become `defmt` frames, partitions' bytes become lines; both go through one ring of bytes
//! to the UART as it has room. A frame is fenced by a zero byte on each side, which text never
//! contains, so a raw terminal stays readable.
//!
//! A record's text is `name key=value key=value`; the tool turns it into a typed event.

use heapless::Deque;
use heapless::spsc::{Consumer, Producer};

use crate::arch::timer;
use crate::console::Line;
use crate::event::{Event, Fault, Record};
use crate::owned::Owned;
use crate::partition::CONSOLE_BYTES;
use crate::selected::{CPU_COUNT, DebugUart, HAS_UART, PARTITION_COUNT, SYSTEM, run_focus};
use crate::time::Ticks;
use crate::typing::{Typed, Typing};

/// Room for what waits for the UART.
const RING_BYTES: usize = 4096;
/// Free room that a frame or a line must find: more than either can take.
const ROOM_BYTES: usize = 512;
/// Console bytes moved, and bytes written to the UART, in one step.
const STEP_BYTES: usize = 64;

/// Everything on its way to the UART.
pub struct Log {
    uart: Option<DebugUart>,
    ring: Deque<u8, RING_BYTES>,
    encoder: defmt::Encoder,
    /// Time of the record that is being worded, in ticks since the epoch.
    time: u64,
    epoch: u64,
    records: [Option<Consumer<'static, Record>>; CPU_COUNT],
    consoles: [Option<Consumer<'static, u8>>; PARTITION_COUNT],
    lines: [Line; PARTITION_COUNT],
    /// When each line last grew.
    grown: [Ticks; PARTITION_COUNT],
    /// How long an unfinished line waits to be shown, in ticks.
    patience: u64,
    inputs: [Option<Producer<'static, u8>>; PARTITION_COUNT],
    typing: Typing,
    /// The partition for which is typed.
    focus: usize,
    next_console: usize,
    /// Console bytes moved ahead of the next record.
    moved_ahead: usize,
    /// Whether the last byte that left was inside a frame.
    inside_frame: bool,
}

static LOG: Owned<Log> = Owned::new(Log {
    uart: None,
    ring: Deque::new(),
    encoder: defmt::Encoder::new(),
    time: 0,
    epoch: 0,
    records: [const { None }; CPU_COUNT],
    consoles: [const { None }; PARTITION_COUNT],
    lines: [const { Line::new() }; PARTITION_COUNT],
    grown: [Ticks(0); PARTITION_COUNT],
    patience: u64::MAX,
    inputs: [const { None }; PARTITION_COUNT],
    typing: Typing::NEW,
    focus: 0,
    next_console: 0,
    moved_ahead: 0,
    inside_frame: false,
});

#[defmt::global_logger]
struct Logger;

// SAFETY: only CPU 0 logs (others hand it records), never nested, since nothing interrupts EL2.
unsafe impl defmt::Logger for Logger {
    fn acquire() {
        // SAFETY: CPU 0 owns the log.
        let Log { encoder, ring, .. } = unsafe { LOG.get() };
        put(ring, &[0]);
        encoder.start_frame(|bytes| put(ring, bytes));
    }

    unsafe fn flush() {}

    unsafe fn release() {
        // SAFETY: as in `acquire`.
        let Log { encoder, ring, .. } = unsafe { LOG.get() };
        encoder.end_frame(|bytes| put(ring, bytes));
    }

    unsafe fn write(bytes: &[u8]) {
        // SAFETY: as in `acquire`.
        let Log { encoder, ring, .. } = unsafe { LOG.get() };
        encoder.write(bytes, |bytes| put(ring, bytes));
    }
}

defmt::timestamp!("{=u64}", record_time());

/// Time of the record that is being worded, in ticks since the epoch.
fn record_time() -> u64 {
    // SAFETY: CPU 0 owns the log, and words one record at a time.
    unsafe { LOG.get() }.time
}

/// There is room by [`ROOM_BYTES`]; a frame that is longer all the same is cut, and the decoder
/// drops it.
#[inline(never)]
fn put(ring: &mut Deque<u8, RING_BYTES>, bytes: &[u8]) {
    for byte in bytes {
        let _ = ring.push_back(*byte);
    }
}

/// Opens the log on the UART.
///
/// # Safety
/// On CPU 0, once, at boot.
pub unsafe fn open(uart: DebugUart) {
    // SAFETY: the caller's promise.
    let log = unsafe { LOG.get() };
    log.uart = Some(uart);
    // The encoder opens its first frame with a fence of its own; each has one already.
    log.encoder.start_frame(|_| {});
}

/// Takes the receiving end of a CPU's records.
///
/// # Safety
/// On CPU 0.
pub unsafe fn take_records(cpu: usize, records: Consumer<'static, Record>) {
    // SAFETY: the caller's promise.
    unsafe { LOG.get() }.records[cpu] = Some(records);
}

/// Takes the receiving end of a partition's console.
///
/// # Safety
/// On CPU 0.
pub unsafe fn take_console(partition: usize, console: Consumer<'static, u8>) {
    // SAFETY: the caller's promise.
    unsafe { LOG.get() }.consoles[partition] = Some(console);
}

/// Takes the sending end of what is typed for a partition; the first one has the focus, unless the
/// run's parameters name another.
///
/// # Safety
/// On CPU 0.
pub unsafe fn take_input(partition: usize, input: Producer<'static, u8>) {
    // SAFETY: the caller's promise.
    let log = unsafe { LOG.get() };
    let wanted = run_focus() == partition as u64 + 1;
    if wanted || log.inputs.iter().all(Option::is_none) {
        log.focus = partition;
    }
    log.inputs[partition] = Some(input);
}

/// From now on times are given since `epoch`, and unfinished lines wait for `patience` ticks.
///
/// # Safety
/// On CPU 0.
pub unsafe fn set_epoch(epoch: u64, patience: u64) {
    // SAFETY: the caller's promise.
    let log = unsafe { LOG.get() };
    log.epoch = epoch;
    log.patience = patience;
}

/// What is logged directly from now on happens at `time`.
///
/// # Safety
/// On CPU 0.
pub unsafe fn set_time(time: Ticks) {
    // SAFETY: the caller's promise.
    let log = unsafe { LOG.get() };
    log.time = time.0.saturating_sub(log.epoch);
}

/// Does a little of the work; whether there was any.
///
/// # Safety
/// On CPU 0, not from within the log.
pub unsafe fn step() -> bool {
    // SAFETY: the caller's promise. The reference is dropped before a record is worded, which
    // borrows the log anew.
    let work = unsafe { LOG.get() }.transmit_or_pick();
    match work {
        Work::None => false,
        Work::Done => true,
        Work::Word(record) => {
            word(&record);
            true
        }
    }
}

/// Does all of the work that there is now. For boot and for the safe state, where time is no matter.
///
/// # Safety
/// As for [`step`].
pub unsafe fn flush() {
    // SAFETY: the caller's promise. Bounded: the queues only shrink here.
    while unsafe { step() } {}
}

/// Whether a frame was cut off in the middle, so that its fence is missing.
///
/// # Safety
/// On CPU 0, in a crash: whoever holds the log doesn't go on.
pub unsafe fn is_inside_frame() -> bool {
    // SAFETY: the caller's promise.
    unsafe { LOG.get() }.inside_frame
}

enum Work {
    None,
    Done,
    Word(Record),
}

impl Log {
    fn transmit_or_pick(&mut self) -> Work {
        if HAS_UART && self.receive() || self.transmit() {
            return Work::Done;
        }
        if self.ring.capacity() - self.ring.len() < ROOM_BYTES {
            return if self.ring.is_empty() {
                Work::None
            } else {
                Work::Done
            };
        }
        for cpu in 0..CPU_COUNT {
            if let Some(work) = self.pick_record(cpu) {
                return work;
            }
        }
        if self.move_console() || !self.ring.is_empty() || self.show_unfinished() {
            Work::Done
        } else {
            Work::None
        }
    }

    /// Shows a line that has waited for its end long enough, such as a shell's prompt; whether there
    /// was one.
    fn show_unfinished(&mut self) -> bool {
        let now = timer::now_early();
        let waited = |index: usize| now.since(self.grown[index]) >= self.patience;
        let found =
            (0..PARTITION_COUNT).find(|index| !self.lines[*index].is_empty() && waited(*index));
        let Some(partition) = found else {
            return false;
        };
        self.finish_line(partition);
        true
    }

    /// Puts a partition's line on its way, with its name before it.
    fn finish_line(&mut self, partition: usize) {
        let text = self.lines[partition].take();
        put(&mut self.ring, SYSTEM.partitions[partition].name.as_bytes());
        put(&mut self.ring, b"| ");
        put(&mut self.ring, &text);
        put(&mut self.ring, b"\r\n");
    }

    /// The next record of a CPU. What a partition had said before its fault comes before the
    /// fault, as far as its console's room goes.
    fn pick_record(&mut self, cpu: usize) -> Option<Work> {
        let record = self.records[cpu].as_ref()?.peek()?;
        if let Event::Fault(Fault { partition, .. }) = record.event
            && self.moved_ahead < CONSOLE_BYTES
            && self.consoles[partition]
                .as_ref()
                .is_some_and(Consumer::ready)
        {
            self.next_console = partition;
            self.moved_ahead += STEP_BYTES;
            let _ = self.move_console();
            return Some(Work::Done);
        }
        self.moved_ahead = 0;
        let record = self.records[cpu].as_mut()?.dequeue()?;
        self.time = record.time.0.saturating_sub(self.epoch);
        Some(Work::Word(record))
    }

    /// Takes a byte that was typed to whom it is for; whether there was one. What finds no room
    /// is lost, as at any UART.
    fn receive(&mut self) -> bool {
        let Some(byte) = self.uart.as_mut().and_then(DebugUart::try_read_byte) else {
            return false;
        };
        match self.typing.take(byte) {
            Typed::Byte(byte) => {
                if let Some(input) = self.inputs.get_mut(self.focus).and_then(Option::as_mut) {
                    let _ = input.enqueue(byte);
                }
            }
            Typed::NextFocus => {
                let after = (self.focus + 1..PARTITION_COUNT).chain(0..=self.focus);
                let mut after = after.filter(|index| self.inputs[*index].is_some());
                self.focus = after.next().unwrap_or(self.focus);
            }
        }
        true
    }

    /// Moves waiting bytes to the UART while it has room; whether it moved any.
    fn transmit(&mut self) -> bool {
        let Some(uart) = &mut self.uart else {
            return false;
        };
        for moved in 0..STEP_BYTES {
            let Some(byte) = self.ring.front() else {
                return moved > 0;
            };
            if !uart.try_write_byte(*byte) {
                return moved > 0;
            }
            self.inside_frame ^= *byte == 0;
            let _ = self.ring.pop_front();
        }
        true
    }

    /// Moves some bytes of the next partition's console that has any; at most one line is
    /// completed.
    fn move_console(&mut self) -> bool {
        for _ in 0..PARTITION_COUNT {
            let partition = self.next_console;
            let Some(console) = &mut self.consoles[partition] else {
                return false;
            };
            if console.ready() {
                self.grown[partition] = timer::now_early();
                for _ in 0..STEP_BYTES {
                    let byte = self.consoles[partition]
                        .as_mut()
                        .and_then(Consumer::dequeue);
                    let Some(byte) = byte else {
                        return true;
                    };
                    if self.lines[partition].push(byte) {
                        self.finish_line(partition);
                        break;
                    }
                }
                return true;
            }
            let next = partition + 1;
            self.next_console = if next < PARTITION_COUNT { next } else { 0 };
        }
        false
    }
}

/// Puts a record into words.
fn word(record: &Record) {
    let since_epoch = |ticks: Ticks| {
        // SAFETY: CPU 0 words records, and holds no other reference to the log here.
        ticks.0.saturating_sub(unsafe { LOG.get() }.epoch)
    };
    match record.event {
        Event::CpuStarted { cpu } => defmt::info!("cpu-started cpu={=usize}", cpu),
        Event::Window {
            partition,
            cpu,
            scheduled,
            start,
        } => defmt::trace!(
            "window partition={=usize} cpu={=usize} scheduled={=u64} start={=u64}",
            partition,
            cpu,
            since_epoch(scheduled),
            since_epoch(start)
        ),
        Event::Overrun { cpu, skipped } => {
            defmt::error!("overrun cpu={=usize} skipped={=u64}", cpu, skipped);
        }
        Event::Started {
            partition,
            condition,
            restarts,
        } => defmt::info!(
            "started partition={=usize} condition={=u64} restarts={=u64}",
            partition,
            condition as u64,
            restarts
        ),
        Event::Heartbeat {
            partition,
            sequence,
            counted,
        } => defmt::trace!(
            "heartbeat partition={=usize} sequence={=u64} counted={=bool}",
            partition,
            sequence,
            counted
        ),
        Event::HeartbeatMissed { partition, count } => {
            defmt::warn!(
                "heartbeat-missed partition={=usize} count={=u64}",
                partition,
                count
            );
        }
        Event::Fault(Fault {
            partition,
            event,
            esr,
            far,
            ipa,
            elr,
        }) => defmt::warn!(
            "fault partition={=usize} event={=str} esr={=u64:#x} far={=u64:#x} ipa={=u64:#x} elr={=u64:#x}",
            partition,
            event.name(),
            esr,
            far,
            ipa,
            elr
        ),
        Event::Verdict {
            partition,
            event,
            verdict,
            restarts,
        } => defmt::warn!(
            "verdict partition={=usize} event={=str} action={=str} restarts={=u64}",
            partition,
            event.name(),
            verdict.name(),
            restarts
        ),
        Event::ConsoleOverflow { partition, dropped } => {
            defmt::warn!(
                "console-overflow partition={=usize} dropped={=u64}",
                partition,
                dropped
            );
        }
    }
}
