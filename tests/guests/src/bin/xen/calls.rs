//! Each call but those of events, with what may be asked and what may not; and the end of a life.

use paratia_runtime::{call as own, println};

use crate::channels;
use crate::hypercall::{
    ASSIST, CONSOLE, GRANT_TABLE, HVM, MEMORY, SCHEDULE, SELF, VCPU, VERSION, call,
};
use crate::scratch::{page, put, read, write};

/// Xen's numbers of what isn't carried out.
pub const NOT_PERMITTED: i64 = -1;
pub const FAULT: i64 = -14;
pub const EXISTS: i64 = -17;
pub const INVALID: i64 = -22;
const TOO_MUCH: i64 = -7;
pub const NO_CALL: i64 = -38;
const NOT_SUPPORTED: i64 = -95;

/// Where structures are put, and the pages that are shared.
pub const STRUCTURE: usize = 0;
pub const SHARED: usize = 1;
pub const INFO: usize = 2;
/// As its system declares it: its RAM ends here, its grant frames and console begin here.
const RAM_END: u64 = 0x4020_0000;
const PAGES: u64 = 0x3800_0000;
const CONSOLE_PAGE: u64 = PAGES + 0x2000;
/// Pointers to what isn't its own memory: beyond its RAM, by half, its passport, device registers, nothing, the
/// hypervisor's memory on the board, the upper half, the last byte.
const STRAY: [u64; 8] = [
    RAM_END,
    RAM_END - 2,
    0x7000_0000,
    0x0800_0000,
    0,
    0x4400_0000,
    0xFFFF_8000_0000_0000,
    u64::MAX,
];

/// Says that an answer is wrong: 1 if so.
pub fn expect(what: &str, answer: i64, expected: i64) -> u32 {
    if answer != expected {
        println!("WRONG: {what}: {answer:#x}, not {expected:#x}");
    }
    u32::from(answer != expected)
}

pub fn make(life: u64) -> ! {
    if life == 0 {
        let mut wrong = unknown() + version() + parameters() + memory() + grants();
        wrong += vcpu() + channels::make() + schedule() + console();
        println!("calls made, {wrong} with a wrong answer");
        let _ = own::wait_for_window();
    }
    // Poweroff is 0, a reboot 1, a crash 3.
    let reason = [1, 3, 0][life as usize % 3];
    let _ = call(SCHEDULE, [2, put(STRUCTURE, &[reason]), 0]);
    println!("WRONG: it goes on after it was shut down for {reason}");
    loop {
        let _ = own::wait_for_window();
    }
}

/// Calls that don't exist, or not here: among them all by which something would be mapped at run time.
fn unknown() -> u32 {
    let mut wrong = 0;
    for number in [
        0,
        1,
        13,
        19,
        26,
        33,
        35,
        36,
        38,
        49,
        63,
        u64::from(u32::MAX),
    ] {
        wrong += expect("unknown", call(number, [0; 3]), NO_CALL);
    }
    for (number, what) in [
        (VERSION, 99),
        (HVM, 0),
        (MEMORY, 6),
        (MEMORY, 15),
        (GRANT_TABLE, 0),
        (GRANT_TABLE, 2),
        (VCPU, 99),
        (SCHEDULE, 99),
        (CONSOLE, 99),
    ] {
        wrong += expect("unknown part", call(number, [what, 0, 0]), NO_CALL);
    }
    wrong
}

fn version() -> u32 {
    let mut wrong = expect("version", call(VERSION, [0; 3]), 0x4_0011);
    wrong += expect("page", call(VERSION, [7, 0, 0]), 4096);
    let features = put(STRUCTURE, &[0]);
    wrong += expect("features", call(VERSION, [6, features, 0]), 0);
    wrong += expect("features", (read(STRUCTURE, 0) >> 32) as i64, 0x1_4005);
    let features = put(STRUCTURE, &[1]);
    wrong += expect("more features", call(VERSION, [6, features, 0]), INVALID);
    for stray in STRAY {
        wrong += expect("stray", call(VERSION, [6, stray, 0]), FAULT);
    }
    // Code can be read and not written, by the guest's own tables.
    let code = version as *const () as u64 & !7;
    wrong + expect("code", call(VERSION, [1, code, 0]), FAULT)
}

fn parameters() -> u32 {
    let mut wrong = 0;
    let mut get = |index: u64, domain, answer, value| {
        let pointer = put(STRUCTURE, &[domain | index << 32, 0x5555]);
        wrong += expect("parameter", call(HVM, [1, pointer, 0]), answer);
        wrong += expect("its value", read(STRUCTURE, 1) as i64, value);
    };
    get(17, SELF, 0, (CONSOLE_PAGE >> 12) as i64);
    get(18, SELF, 0, 2);
    // There is no store.
    get(1, SELF, 0, 0);
    get(2, SELF, 0, 0);
    get(40, SELF, INVALID, 0x5555);
    get(17, 1, NOT_PERMITTED, 0x5555);
    for stray in STRAY {
        wrong += expect("stray", call(HVM, [1, stray, 0]), FAULT);
    }
    wrong
}

fn memory() -> u32 {
    let mut wrong = 0;
    write(SHARED, 0, 0x5555);
    let mut add = |domain, space: u64, index, ipa: u64, answer| {
        let pointer = put(STRUCTURE, &[domain | space << 32, index, ipa >> 12]);
        wrong += expect("add to physmap", call(MEMORY, [7, pointer, 0]), answer);
    };
    for stray in STRAY {
        if !(PAGES..RAM_END).contains(&stray) {
            add(SELF, 0, 0, stray, INVALID);
        }
    }
    add(1, 0, 0, page(SHARED), NOT_PERMITTED);
    add(SELF, 0, 1, page(SHARED), INVALID);
    add(SELF, 2, 0, page(SHARED), INVALID);
    add(SELF, 1, 0, PAGES, 0);
    add(SELF, 1, 1, PAGES + 0x1000, 0);
    add(SELF, 1, 1, PAGES, INVALID);
    add(SELF, 1, 2, CONSOLE_PAGE, INVALID);
    add(SELF, 0, 0, page(SHARED), 0);
    wrong + expect("a shared page is empty", read(SHARED, 0) as i64, 0)
}

fn grants() -> u32 {
    let pointer = put(STRUCTURE, &[SELF, 0x5555]);
    let mut wrong = expect("sizes", call(GRANT_TABLE, [6, pointer, 1]), 0);
    let sizes = [read(STRUCTURE, 0), read(STRUCTURE, 1) & 0xFFFF_FFFF];
    wrong += expect("frames", sizes[0] as i64, (SELF | 2 << 32) as i64);
    wrong += expect("most frames", sizes[1] as i64, 2);
    wrong += expect("two at once", call(GRANT_TABLE, [6, pointer, 2]), TOO_MUCH);
    for (asked, answer) in [(1, 0), (2, INVALID)] {
        let pointer = put(STRUCTURE, &[asked]);
        wrong += expect("grant version", call(GRANT_TABLE, [8, pointer, 1]), answer);
    }
    wrong
}

fn vcpu() -> u32 {
    let mut wrong = expect("runs", call(VCPU, [3, 0, 0]), 1);
    wrong += expect("is off", call(VCPU, [3, 1, 0]), 0);
    wrong += expect("isn't there", call(VCPU, [3, 2, 0]), INVALID);
    let runstate = put(STRUCTURE, &[page(INFO) + 2048]);
    wrong += expect("runstate", call(VCPU, [5, 0, runstate]), 0);
    wrong += expect("runstate", call(VCPU, [5, 0, RAM_END]), FAULT);
    let mut register = |vcpu, ipa: u64, offset, answer| {
        let pointer = put(STRUCTURE, &[ipa >> 12, offset]);
        wrong += expect("register", call(VCPU, [10, vcpu, pointer]), answer);
    };
    register(0, RAM_END, 0, INVALID);
    register(0, page(INFO), 4, INVALID);
    register(0, page(INFO), 4056, INVALID);
    register(2, page(INFO), 0, INVALID);
    register(0, page(INFO), 64, 0);
    register(0, page(INFO), 128, INVALID);
    for (switch, kind, answer) in [(0, 5, 0), (1, 5, 0), (0, 4, INVALID), (2, 5, INVALID)] {
        wrong += expect("assist", call(ASSIST, [switch, kind, 0]), answer);
    }
    wrong
}

fn schedule() -> u32 {
    let mut wrong = expect("yield", call(SCHEDULE, [0; 3]), 0);
    for reason in [2, 5, 99] {
        let pointer = put(STRUCTURE, &[reason]);
        let answer = call(SCHEDULE, [2, pointer, 0]);
        wrong += expect("shutdown", answer, NOT_SUPPORTED);
    }
    let ports = put(3, &[7 | 2 << 32]);
    for (pointer, count, answer) in [
        (ports, 2, 0),
        (RAM_END, 0, 0),
        (ports, 33, INVALID),
        (RAM_END, 1, FAULT),
        (put(4, &[64]), 1, INVALID),
    ] {
        // A time that is over.
        let asked = put(STRUCTURE, &[pointer, count, 1]);
        wrong += expect("poll", call(SCHEDULE, [3, asked, 0]), answer);
    }
    wrong
}

/// A line longer than one exit takes, and one that doesn't lie in its memory to its end.
fn console() -> u32 {
    let text = b"by console_io: a line that is longer than what the hypervisor takes of it in one exit of its guest\n";
    let pointer = core::ptr::from_ref(text).addr() as u64;
    let mut wrong = expect("say", call(CONSOLE, [0, text.len() as u64, pointer]), 0);
    wrong += expect("say nothing", call(CONSOLE, [0, 0, 0]), 0);
    wrong += expect("say", call(CONSOLE, [0, 8, RAM_END - 4]), FAULT);
    wrong += expect("hear", call(CONSOLE, [1, 8, page(STRUCTURE)]), 0);
    wrong + channels::say_by_ring(CONSOLE_PAGE, b"by the console's ring\n")
}
