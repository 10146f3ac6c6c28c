//! Calls every number of the ranges of vendor and standards, with any arguments, and then those that exist,
//! again and again; says which answers aren't documented, and which registers changed that hold no answer.
//!
//! The run argument is a seed; 0 calls nothing. Left out are calls from which nobody comes back
//! ([`is_left_out`]): the adversary of `tests/chaos` makes these.

#![allow(
    clippy::cast_possible_truncation,
    reason = "numbers that are drawn small, on a 64-bit machine"
)]
#![no_std]
#![no_main]

use core::arch::asm;

use paratia_runtime::abi::call::{
    BASE, CALLS, CLEAR_QUEUING_PORT, CONSOLE_WRITE, END, EXIT_STATISTICS, Features, HEARTBEAT,
    HYPERVISOR_CALL_COUNT, HYPERVISOR_CALL_UID, HYPERVISOR_REVISION, PSCI_AFFINITY_INFO,
    PSCI_CPU_OFF, PSCI_CPU_ON, PSCI_CPU_SUSPEND, PSCI_FEATURES, PSCI_MIGRATE_INFO_TYPE,
    PSCI_SYSTEM_OFF, PSCI_SYSTEM_RESET, PSCI_VERSION, PV_TIME_FEATURES, PV_TIME_ST,
    QUEUING_PORT_STATUS, RECEIVE_QUEUING_MESSAGE, REPORT_ERROR, RESTART, SAMPLING_PORT_READ,
    SAMPLING_PORT_WRITE, SEND_QUEUING_MESSAGE, SET_MODE, SIGNAL_EVENT, SMCCC_ARCH_FEATURES,
    SMCCC_VERSION, TAKE_EVENT, UID, VERSION, WAIT_FOR_WINDOW,
};
use paratia_runtime::abi::passport::{PORT_DESTINATION, PORT_SOURCE};
use paratia_runtime::abi::status::{
    BUSY, EMPTY, INVALID_PARAMETERS, NOT_FOUND, NOT_SUPPORTED, SUCCESS,
};
use paratia_runtime::abi::{ABI_VERSION, ExitCause};
use paratia_runtime::{Context, call, entry, passport, println};

entry!(main);

/// The ranges: an owner's share each (DEN0028, table 6-2), of 32-bit and of 64-bit calls: Arm's
/// architecture, standard services (PSCI, stolen time), the vendor's hypervisor.
const RANGES: [u32; 6] = [
    0x8000_0000,
    0x8400_0000,
    0x8600_0000,
    0xC400_0000,
    0xC500_0000,
    0xC600_0000,
];
const NUMBERS: u32 = 1 << 16;
/// Calls in all.
const COUNT: u32 = 500_000;
/// Wrong answers that get a line.
const LINES: u32 = 5;
/// Of PSCI: the answers of what it refuses (DEN0022, 5.2.2).
const ALREADY_ON: i64 = -4;
const INVALID_ADDRESS: i64 = -9;
/// The ports' largest message, and what a queue holds, as the system declares them.
const BYTES: u64 = 64;
const DEPTH: u64 = 4;
/// Signals in a window.
const SIGNALS: u64 = 16;

/// `x0` to `x17`.
type Registers = [u64; 18];

fn main(context: Context) -> ! {
    let seed = context.run_argument;
    if seed != 0 {
        let port = |name, direction| {
            let port = passport::port(context.passport, name, direction);
            port.expect("the system declares it").0
        };
        let mut caller = Caller {
            ports: Ports {
                sampled_out: port("s-out", PORT_SOURCE),
                sampled_in: port("s-in", PORT_DESTINATION),
                queued_out: port("q-out", PORT_SOURCE),
                queued_in: port("q-in", PORT_DESTINATION),
                event_out: port("e-out", PORT_SOURCE),
                event_in: port("e-in", PORT_DESTINATION),
            },
            chance: Chance(seed),
            made: 0,
            wrong: 0,
            known: 0,
        };
        for range in RANGES {
            (0..NUMBERS).for_each(|number| caller.make(range + number));
        }
        while caller.made < COUNT {
            let call = CALLS[caller.chance.below(CALLS.len() as u64) as usize];
            // Each of these takes a frame; one was made already.
            if call.id != WAIT_FOR_WINDOW {
                caller.make(call.id);
            }
        }
        let Caller {
            made, wrong, known, ..
        } = caller;
        println!("\ncalls={made} known={known} wrong={wrong}");
    }
    loop {
        let _ = call::wait_for_window();
    }
}

/// The partition's ports, by their index.
struct Ports {
    sampled_out: u64,
    sampled_in: u64,
    queued_out: u64,
    queued_in: u64,
    event_out: u64,
    event_in: u64,
}

struct Caller {
    ports: Ports,
    chance: Chance,
    made: u32,
    wrong: u32,
    known: u32,
}

impl Caller {
    fn make(&mut self, id: u32) {
        let mut before = [0; 18];
        before.fill_with(|| self.chance.next());
        before[0] = self.chance.next() << 32 | u64::from(id);
        for place in &mut before[1..4] {
            *place = self.chance.argument();
        }
        if is_left_out(id, before[1]) {
            return;
        }
        let mut after = before;
        hvc(&mut after);
        self.made += 1;
        self.known += u32::from(CALLS.iter().any(|call| call.id == id));
        if !is_documented(id, &self.ports, &before, &after) || before[4..] != after[4..] {
            self.wrong += 1;
            if self.wrong <= LINES {
                println!(
                    "\nWRONG: {id:#x} {:x?} -> {:x?}",
                    &before[1..4],
                    &after[..4]
                );
            }
        }
    }
}

/// Whether nobody comes back from this call, or not before an interrupt that doesn't come.
fn is_left_out(id: u32, x1: u64) -> bool {
    match id & !(1 << 30) {
        PSCI_CPU_OFF | PSCI_CPU_SUSPEND | PSCI_SYSTEM_OFF | PSCI_SYSTEM_RESET => true,
        _ => match id {
            RESTART => x1 == 0,
            // Idle mode; and a report that restarts the partition.
            SET_MODE => x1 == 0,
            REPORT_ERROR => x1 == 1,
            _ => false,
        },
    }
}

/// Whether this is an answer that the interface has for the call.
fn is_documented(id: u32, ports: &Ports, before: &Registers, after: &Registers) -> bool {
    let [_, x1, x2, x3, ..] = *before;
    let status = after[0].cast_signed();
    let results = [after[1], after[2], after[3]];
    // What isn't a result is as it was.
    let only = |expected: i64| status == expected && results == [x1, x2, x3];
    let exactly = |expected: [u64; 4]| after[..4] == expected;
    let refused = |no_port: bool, is_bad: bool| match (no_port, is_bad) {
        (true, _) => Some(only(NOT_FOUND)),
        (_, true) => Some(only(INVALID_PARAMETERS)),
        _ => None,
    };
    match id {
        VERSION => exactly([0, ABI_VERSION.into(), Features::all().bits(), 0]),
        CONSOLE_WRITE if x1 > 40 => only(INVALID_PARAMETERS),
        CONSOLE_WRITE => only(SUCCESS) || only(BUSY),
        SAMPLING_PORT_WRITE => {
            refused(x1 != ports.sampled_out, x2 == 0 || x2 > BYTES).unwrap_or_else(|| only(SUCCESS))
        }
        SAMPLING_PORT_READ => refused(x1 != ports.sampled_in, false).unwrap_or_else(|| {
            let [length, valid, _] = results;
            only(EMPTY) || status == SUCCESS && (1..=BYTES).contains(&length) && valid < 2
        }),
        HEARTBEAT => only(NOT_FOUND),
        RESTART => only(INVALID_PARAMETERS),
        SET_MODE if x1 > 2 => only(INVALID_PARAMETERS),
        REPORT_ERROR if x1 > 1 => only(INVALID_PARAMETERS),
        SET_MODE | REPORT_ERROR => only(SUCCESS),
        WAIT_FOR_WINDOW => status == SUCCESS && results[1..] == [x2, x3],
        EXIT_STATISTICS if x1 >= ExitCause::ALL.len() as u64 => only(INVALID_PARAMETERS),
        EXIT_STATISTICS => status == SUCCESS && results[2] <= results[1],
        SEND_QUEUING_MESSAGE => {
            let is_bad = x2 == 0 || x2 > BYTES || x3 != 0;
            refused(x1 != ports.queued_out, is_bad).unwrap_or_else(|| {
                let [waiting, _, zero] = results;
                let is_sent = status == SUCCESS && (1..=DEPTH).contains(&waiting);
                (is_sent || status == BUSY && waiting == DEPTH) && zero == 0
            })
        }
        RECEIVE_QUEUING_MESSAGE => refused(x1 != ports.queued_in, x2 != 0).unwrap_or_else(|| {
            let [length, _, waiting] = results;
            let is_taken = status == SUCCESS && (1..=BYTES).contains(&length) && waiting < DEPTH;
            is_taken || status == EMPTY && (length, waiting) == (0, 0)
        }),
        QUEUING_PORT_STATUS => {
            let no_port = x1 != ports.queued_out && x1 != ports.queued_in;
            refused(no_port, x2 != 0).unwrap_or_else(|| status == SUCCESS && results[0] <= DEPTH)
        }
        SIGNAL_EVENT => refused(x1 != ports.event_out, x2 != 0).unwrap_or_else(|| {
            let [left, _, zero] = results;
            let is_taken = status == SUCCESS && left < SIGNALS;
            (is_taken || status == BUSY && left == 0) && zero == 0
        }),
        TAKE_EVENT => refused(x1 != ports.event_in, x2 != 0).unwrap_or_else(|| {
            let [count, _, zero] = results;
            (status == SUCCESS && count > 0 || status == EMPTY && count == 0) && zero == 0
        }),
        CLEAR_QUEUING_PORT => refused(x1 != ports.queued_in, x2 != 0)
            .unwrap_or_else(|| status == SUCCESS && results[0] <= DEPTH && results[1..] == [0; 2]),
        HYPERVISOR_CALL_COUNT => exactly([(END - BASE).into(), 0, 0, 0]),
        HYPERVISOR_CALL_UID => exactly(UID.map(u64::from)),
        HYPERVISOR_REVISION => exactly([
            (ABI_VERSION >> 16).into(),
            (ABI_VERSION & 0xFFFF).into(),
            0,
            0,
        ]),
        SMCCC_VERSION | PSCI_VERSION => exactly([0x1_0001, 0, 0, 0]),
        SMCCC_ARCH_FEATURES => {
            let known = (u64::from(BASE)..END.into()).contains(&(x1 & 0xFFFF_FFFF));
            matches!(status, SUCCESS | NOT_SUPPORTED) && (!known || status == SUCCESS)
        }
        // Nobody is told stolen time here.
        PV_TIME_FEATURES | PV_TIME_ST => status == NOT_SUPPORTED,
        PSCI_MIGRATE_INFO_TYPE => status == 2,
        PSCI_FEATURES => status == SUCCESS || status == NOT_SUPPORTED,
        _ => match id & !(1 << 30) {
            // There is one vCPU, and it is on.
            PSCI_CPU_ON => matches!(status, ALREADY_ON | INVALID_PARAMETERS | INVALID_ADDRESS),
            PSCI_AFFINITY_INFO => matches!(status, SUCCESS | INVALID_PARAMETERS),
            _ => only(NOT_SUPPORTED),
        },
    }
}

/// A call with all registers that it may change.
fn hvc(registers: &mut Registers) {
    // SAFETY: reads and writes the eighteen words behind x20; the hypervisor changes no other register, and
    // of memory only ports' message windows, in which no Rust object lies.
    unsafe {
        asm!(
            "ldp x0, x1, [x20]", "ldp x2, x3, [x20, #16]", "ldp x4, x5, [x20, #32]",
            "ldp x6, x7, [x20, #48]", "ldp x8, x9, [x20, #64]", "ldp x10, x11, [x20, #80]",
            "ldp x12, x13, [x20, #96]", "ldp x14, x15, [x20, #112]", "ldp x16, x17, [x20, #128]",
            "hvc #0",
            "stp x0, x1, [x20]", "stp x2, x3, [x20, #16]", "stp x4, x5, [x20, #32]",
            "stp x6, x7, [x20, #48]", "stp x8, x9, [x20, #64]", "stp x10, x11, [x20, #80]",
            "stp x12, x13, [x20, #96]", "stp x14, x15, [x20, #112]", "stp x16, x17, [x20, #128]",
            in("x20") registers.as_mut_ptr(),
            out("x0") _, out("x1") _, out("x2") _, out("x3") _, out("x4") _, out("x5") _,
            out("x6") _, out("x7") _, out("x8") _, out("x9") _, out("x10") _, out("x11") _,
            out("x12") _, out("x13") _, out("x14") _, out("x15") _, out("x16") _, out("x17") _,
            options(nostack),
        );
    }
}

/// Numbers by chance: xorshift64* (S. Vigna, "An experimental exploration of Marsaglia's xorshift
/// generators", 2016).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// An argument: mostly near what has a meaning.
    fn argument(&mut self) -> u64 {
        match self.below(8) {
            0 => self.next(),
            1 => 1 << self.below(64),
            2 => 0xC600_0000 + self.below(32),
            3 => 0x8400_0000 + self.below(32),
            4 => self.below(70),
            5 => 0,
            _ => self.below(5),
        }
    }
}
