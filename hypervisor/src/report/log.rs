//! The log and the consoles on their way to the UART: CPU 0's spare-time work, in small steps.
//!
//! Records become `defmt` frames, partitions' bytes become lines; both go through one ring of bytes
//! to the UART as it has room. A frame is fenced by a zero byte on each side, which text never
//! contains, so a raw terminal stays readable.
//!
//! Of all records that wait, the oldest is next: none waits for any that came later, whoever's it is.
//! A record is worded by its event's format; the tool reads it back into a typed event.

use heapless::Deque;
use heapless::spsc::{Consumer, Producer};

use paratia_config::xen;

use crate::arch::timer;
use crate::base::owned::Owned;
use crate::base::time::Ticks;
use crate::built::chosen::{ANY, CPU_COUNT, DebugUart, PARTITION_COUNT, SYSTEM, run_focus};
use crate::policy::console::Line;
use crate::policy::typing::{Typed, Typing};
use crate::state::event::{Event, Record};
use crate::state::partition::{CONSOLE_BYTES, ConsoleQueue, InputQueue, PARTITIONS};

/// Bytes that can wait for the UART, frames and lines together.
const RING_BYTES: usize = 4096;
/// Free room that a frame or a line must find: more than either can take.
const ROOM_BYTES: usize = 512;
/// Console bytes moved, and bytes written to the UART, in one step.
const STEP_BYTES: usize = 64;

/// The focus while no partition hears what is typed.
const NO_FOCUS: usize = usize::MAX;

/// Everything on its way to the UART. CPU 0 owns it; nobody else touches it.
pub struct Log {
    uart: Option<DebugUart>,
    ring: Deque<u8, RING_BYTES>,
    encoder: defmt::Encoder,
    /// Time of the record that is being worded, in ticks since the epoch.
    time: u64,
    epoch: u64,
    voices: [Voice; PARTITION_COUNT],
    /// How long an unfinished line waits to be shown, in ticks.
    patience: u64,
    typing: Typing,
    /// The index of the partition that hears what is typed.
    focus: usize,
    next_console: usize,
    /// Console bytes moved ahead of the next record.
    moved_ahead: usize,
    /// Whether the last byte that left was inside a frame.
    inside_frame: bool,
}

/// CPU 0's ends of what a partition says and hears.
struct Voice {
    console: Option<Consumer<'static, u8>>,
    line: Line,
    /// When the line last grew: one that is left unfinished is shown after a while.
    grown: Ticks,
    input: Option<Producer<'static, u8>>,
}

impl Voice {
    const NONE: Self = Self {
        console: None,
        line: Line::new(),
        grown: Ticks(0),
        input: None,
    };
}

static CONSOLES: [Owned<ConsoleQueue>; PARTITION_COUNT] =
    [const { Owned::new(ConsoleQueue::new()) }; PARTITION_COUNT];

static INPUTS: [Owned<InputQueue>; PARTITION_COUNT] =
    [const { Owned::new(InputQueue::new()) }; PARTITION_COUNT];

/// The receiving end of a CPU's or a partition's records.
pub type Records = Consumer<'static, Record>;
/// Where one is kept: CPU 0's, and apart from the log, into which a record is worded where it lies.
type RecordsPlace = Owned<Option<Records>>;

/// The receiving ends of what CPUs report, by their index.
pub static CPU_RECORDS: [RecordsPlace; CPU_COUNT] = [const { Owned::new(None) }; CPU_COUNT];
/// The receiving ends of what is reported of partitions, by their index.
pub static PARTITION_RECORDS: [RecordsPlace; PARTITION_COUNT] =
    [const { Owned::new(None) }; PARTITION_COUNT];

static LOG: Owned<Log> = Owned::new(Log {
    uart: None,
    ring: Deque::new(),
    encoder: defmt::Encoder::new(),
    time: 0,
    epoch: 0,
    voices: [const { Voice::NONE }; PARTITION_COUNT],
    patience: u64::MAX,
    typing: Typing::NEW,
    focus: NO_FOCUS,
    next_console: 0,
    moved_ahead: 0,
    inside_frame: false,
});

#[defmt::global_logger]
struct Logger;

// SAFETY: only CPU 0 logs, for the others hand it records; and never nested, since nothing interrupts EL2.
unsafe impl defmt::Logger for Logger {
    fn acquire() {
        // SAFETY: only CPU 0 logs and it owns the log; whoever logs has no reference to it in use.
        let Log { encoder, ring, .. } = unsafe { LOG.get() };
        put(ring, &[0]);
        encoder.start_frame(|bytes| put(ring, bytes));
    }

    unsafe fn flush() {}

    unsafe fn release() {
        // SAFETY: only CPU 0 logs and it owns the log; whoever logs has no reference to it in use.
        let Log { encoder, ring, .. } = unsafe { LOG.get() };
        encoder.end_frame(|bytes| put(ring, bytes));
    }

    unsafe fn write(bytes: &[u8]) {
        // SAFETY: only CPU 0 logs and it owns the log; whoever logs has no reference to it in use.
        let Log { encoder, ring, .. } = unsafe { LOG.get() };
        encoder.write(bytes, |bytes| put(ring, bytes));
    }
}

defmt::timestamp!("{=u64}", {
    // SAFETY: only CPU 0 logs and it owns the log; it words one record at a time, whose time this is, and
    // has no reference to the log in use meanwhile.
    unsafe { LOG.get() }.time
});

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
/// The caller is on CPU 0, at boot, and calls this once.
pub unsafe fn open(uart: DebugUart) {
    // SAFETY: the caller promises to be on CPU 0, which owns the log, and nothing of it is in use at boot.
    let log = unsafe { LOG.get() };
    log.uart = Some(uart);
    // The encoder opens its first frame with a fence of its own; each has one already.
    log.encoder.start_frame(|_| {});
}

/// Connects the partitions' consoles, and the input of those with a UART or Xen's console. The first that has one is
/// typed for, unless the run's parameters name another.
///
/// # Safety
/// The caller is on CPU 0 at boot, while no partition runs, and calls this once.
pub unsafe fn connect() {
    // SAFETY: the caller promises to be on CPU 0, which owns the log, and nothing of it is in use here.
    let Log { voices, focus, .. } = unsafe { LOG.get() };
    let queues = CONSOLES.iter().zip(&INPUTS);
    for ((partition, (console, input)), voice) in PARTITIONS.iter().zip(queues).zip(voices) {
        // SAFETY: the caller promises that no partition runs, so CPU 0 has them all, and that this is called
        // once, so each queue is split once.
        let (mut partition, console, input) =
            unsafe { (partition.lock(), console.get(), input.get()) };
        let (sender, receiver) = console.split();
        (partition.console, voice.console) = (Some(sender), Some(receiver));
        let declaration = partition.declaration();
        if ANY.uart && declaration.machine.uart.is_some()
            || ANY.xen && xen::region(declaration).is_some()
        {
            let (sender, receiver) = input.split();
            (partition.input, voice.input) = (Some(receiver), Some(sender));
            let is_named = run_focus().wrapping_sub(1) == partition.index as u64;
            if is_named || *focus == NO_FOCUS {
                *focus = partition.index;
            }
        }
    }
}

/// From now on times are given since `epoch`, and unfinished lines wait for `patience` ticks.
///
/// # Safety
/// The caller is on CPU 0, and not called by the log.
pub unsafe fn set_epoch(epoch: u64, patience: u64) {
    // SAFETY: the caller promises to be on CPU 0, which owns the log, and outside of it.
    let log = unsafe { LOG.get() };
    log.epoch = epoch;
    log.patience = patience;
}

/// What is logged directly from now on happens at `time`.
///
/// # Safety
/// The caller is on CPU 0, and not called by the log.
pub unsafe fn set_time(time: Ticks) {
    // SAFETY: the caller promises to be on CPU 0, which owns the log, and outside of it.
    let log = unsafe { LOG.get() };
    log.time = time.0.saturating_sub(log.epoch);
}

/// Does a little of the work; whether there was any.
///
/// # Safety
/// The caller is on CPU 0, and not called by the log.
pub unsafe fn step() -> bool {
    // SAFETY: the caller promises to be on CPU 0, which owns the log, and outside of it. The reference is
    // dropped before a record is worded, which borrows the log anew.
    let work = unsafe { LOG.get() }.transmit_or_pick();
    match work {
        Work::Moved(moved) => moved,
        Work::Word(records) => {
            if let Some(record) = records.peek() {
                defmt::info!("{}", record.event);
            }
            let _ = records.dequeue();
            true
        }
    }
}

/// Does all of the work that there is now. For boot and for the safe state, where time is no matter.
///
/// # Safety
/// The caller is on CPU 0, and not called by the log.
pub unsafe fn flush() {
    // SAFETY: the caller promises to be on CPU 0 and outside of the log. Bounded: the queues only shrink here.
    while unsafe { step() } {}
}

/// Whether a frame was cut off in the middle, so that its fence is missing.
///
/// # Safety
/// The caller is on CPU 0, in a crash: whoever has the log in use doesn't go on.
pub unsafe fn is_inside_frame() -> bool {
    // SAFETY: the caller promises to be on CPU 0, which owns the log, and that it returns to nobody who has a
    // reference to it.
    unsafe { LOG.get() }.inside_frame
}

enum Work {
    /// Bytes were moved, or nothing was to be done.
    Moved(bool),
    /// The first of these is to be worded.
    Word(&'static mut Records),
}

/// The records of which the first is older than any other that waits.
fn oldest() -> Option<&'static mut Records> {
    let all = CPU_RECORDS.iter().chain(&PARTITION_RECORDS);
    let first = |place: &&RecordsPlace| {
        // SAFETY: only CPU 0 works on the log, so this is CPU 0, which owns the receiving ends; it has no
        // other record in hand.
        let records = unsafe { place.get() }.as_ref()?;
        records.peek().map(|record| record.time.0)
    };
    let waiting = all.filter_map(|place| Some((first(&place)?, place)));
    let (_, oldest) = waiting.min_by_key(|(time, _)| *time)?;
    // SAFETY: CPU 0 owns the receiving ends, and the references by which they were looked at are gone.
    unsafe { oldest.get() }.as_mut()
}

impl Log {
    fn transmit_or_pick(&mut self) -> Work {
        let has_room = self.ring.capacity().saturating_sub(self.ring.len()) >= ROOM_BYTES;
        if ANY.hears && self.receive() || self.transmit() || !has_room {
            return Work::Moved(true);
        }
        if let Some(work) = oldest().and_then(|records| self.pick_record(records)) {
            return work;
        }
        let moved = self.move_console() || !self.ring.is_empty() || self.show_unfinished();
        Work::Moved(moved)
    }

    /// Shows a line that has waited for its end long enough, such as a shell's prompt; whether there
    /// was one.
    fn show_unfinished(&mut self) -> bool {
        let now = timer::now_early();
        let patience = self.patience;
        let waits = |voice: &Voice| !voice.line.is_empty() && now.since(voice.grown) >= patience;
        let Some(partition) = self.voices.iter().position(waits) else {
            return false;
        };
        self.finish_line(partition);
        true
    }

    /// Puts a partition's line on its way, with its name before it.
    fn finish_line(&mut self, partition: usize) {
        let voice = self.voices.get_mut(partition);
        if let Some((voice, partition)) = voice.zip(SYSTEM.partitions.get(partition)) {
            put(&mut self.ring, partition.name.as_bytes());
            put(&mut self.ring, b"| ");
            voice.line.take(|text| put(&mut self.ring, text));
            put(&mut self.ring, b"\r\n");
        }
    }

    /// The next of these records. What a partition had said before its fault comes before the
    /// fault, as far as its console's room goes.
    fn pick_record(&mut self, records: &'static mut Records) -> Option<Work> {
        let record = records.peek()?;
        if let Event::Fault { partition, .. } = record.event
            && self.moved_ahead < CONSOLE_BYTES
            && let Some(voice) = self.voices.get(partition)
            && voice.console.as_ref().is_some_and(Consumer::ready)
        {
            self.next_console = partition;
            self.moved_ahead = self.moved_ahead.wrapping_add(STEP_BYTES);
            let _ = self.move_console();
            return Some(Work::Moved(true));
        }
        self.moved_ahead = 0;
        self.time = record.time.0.saturating_sub(self.epoch);
        Some(Work::Word(records))
    }

    /// Takes a byte that was typed to whom it is for; whether there was one. What finds no room
    /// is lost, as at any UART.
    fn receive(&mut self) -> bool {
        let Some(byte) = self.uart.as_mut().and_then(DebugUart::try_read_byte) else {
            return false;
        };
        match self.typing.take(byte) {
            Typed::Byte(byte) => {
                let voice = self.voices.get_mut(self.focus);
                if let Some(input) = voice.and_then(|voice| voice.input.as_mut()) {
                    let _ = input.enqueue(byte);
                }
            }
            Typed::NextFocus => {
                let all = self.voices.iter().enumerate();
                let hears = |(_, voice): &(usize, &Voice)| voice.input.is_some();
                let (focus, hearing) = (self.focus, all.filter(hears));
                let mut after = hearing
                    .clone()
                    .filter(|(index, _)| *index > focus)
                    .chain(hearing);
                self.focus = after.next().map_or(focus, |(index, _)| index);
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
            match self.ring.front() {
                Some(byte) if uart.try_write_byte(*byte) => self.inside_frame ^= *byte == 0,
                _ => return moved > 0,
            }
            let _ = self.ring.pop_front();
        }
        true
    }

    /// Moves some bytes of the next partition's console that has any; at most one line is
    /// completed.
    fn move_console(&mut self) -> bool {
        let Some(partition) = self.next_with_text() else {
            return false;
        };
        let voice = &mut self.voices[partition];
        voice.grown = timer::now_early();
        let console = &mut voice.console;
        let next = || console.as_mut().and_then(Consumer::dequeue);
        let mut bytes = core::iter::from_fn(next).take(STEP_BYTES);
        if bytes.any(|byte| voice.line.push(byte)) {
            self.finish_line(partition);
        }
        true
    }

    /// The next partition whose console has bytes, one after the other.
    fn next_with_text(&mut self) -> Option<usize> {
        for _ in 0..PARTITION_COUNT {
            let partition = self.next_console % self.voices.len();
            let console = self.voices[partition].console.as_ref();
            if console.is_some_and(Consumer::ready) {
                return Some(partition);
            }
            self.next_console = partition.wrapping_add(1);
        }
        None
    }
}
