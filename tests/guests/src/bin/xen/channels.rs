//! Event channels: what may be asked of them and what may not, and that events come, once each, as a level.

use core::sync::atomic::{AtomicU64, Ordering};

use paratia_runtime::interrupt::{self, IntId};

use crate::calls::{
    EXISTS, FAULT, INFO, INVALID, NO_CALL, NOT_PERMITTED, SHARED, STRUCTURE, expect,
};
use crate::hypercall::{EVENT_CHANNEL, SELF, call};
use crate::scratch::{put, read, write};

const EVENTS: IntId = IntId::ppi(15);
/// The words that the guest looks at: of its record, of the shared page.
const UPCALL: usize = 8;
const SELECTOR: usize = 9;
const PENDING: usize = 6;
const MASK: usize = 70;

/// Interrupts that came, and how many of them still leave the level as it is.
static COUNT: AtomicU64 = AtomicU64::new(0);
static LEFT: AtomicU64 = AtomicU64::new(0);

/// Takes an event as a guest does: the byte first, then the selector, then the channels.
pub fn on_interrupt(interrupt: IntId) {
    if interrupt != EVENTS {
        interrupt::unexpected(interrupt);
    }
    COUNT.fetch_add(1, Ordering::Relaxed);
    let left = LEFT.load(Ordering::Relaxed);
    if left > 0 {
        LEFT.store(left - 1, Ordering::Relaxed);
        return;
    }
    look();
}

fn look() {
    write(INFO, UPCALL, 0);
    write(INFO, SELECTOR, 0);
}

/// The number in the structure, of those whose answer is a channel.
fn port_of(word: usize, shift: u32) -> u64 {
    read(STRUCTURE, word) >> shift & 0xFFFF_FFFF
}

fn ask(what: u64, words: &[u64]) -> i64 {
    call(EVENT_CHANNEL, [what, put(STRUCTURE, words), 0])
}

fn came(what: &str, expected: i64) -> u32 {
    expect(what, COUNT.swap(0, Ordering::Relaxed) as i64, expected)
}

pub fn make() -> u32 {
    let mut wrong = 0;
    // FIFO channels, which Linux asks for first, and numbers of other machines.
    for what in [2, 11, 12, 13, 14, 99] {
        wrong += expect("channel call", ask(what, &[0; 3]), NO_CALL);
    }
    for what in [0, 1, 3, 4, 5, 6, 7, 8, 9, 10] {
        let answer = call(EVENT_CHANNEL, [what, 0x4020_0000, 0]);
        wrong += expect("stray", answer, FAULT);
    }
    // All was told again when the record was registered.
    wrong += expect("all is told", read(INFO, SELECTOR).cast_signed(), -1);
    interrupt::enable();
    interrupt::enable_interrupt(EVENTS);
    wrong += came("the first event", 1);

    wrong += expect("for another", ask(6, &[SELF | 1 << 16]), NOT_PERMITTED);
    wrong += expect("of another", ask(6, &[1 | SELF << 16]), NOT_PERMITTED);
    wrong += expect("allocate", ask(6, &[SELF | SELF << 16]), 0);
    let near = port_of(0, 32);
    wrong += expect(
        "bind to another",
        ask(0, &[1 | near << 32, 0]),
        NOT_PERMITTED,
    );
    wrong += expect("bind to none", ask(0, &[SELF | 60 << 32, 0]), INVALID);
    wrong += expect("bind", ask(0, &[SELF | near << 32, 0]), 0);
    let far = port_of(1, 0);
    wrong += came("binding", 1);
    wrong += deliver(near, far);

    wrong += expect("bind virq", ask(1, &[1, 0]), 0);
    wrong += expect("bind virq", ask(1, &[1, 0]), EXISTS);
    wrong += expect("bind virq", ask(1, &[24, 0]), INVALID);
    wrong += expect("bind virq", ask(1, &[1 | 7 << 32, 0]), INVALID);
    wrong += expect("bind ipi", ask(7, &[0]), 0);
    let call = port_of(0, 32);
    wrong += expect("send", ask(4, &[call]), 0);
    wrong += came("an ipi", 1);
    for none in [0, 40, 64, 0xFFFF_FFFF] {
        wrong += expect("send to none", ask(4, &[none]), INVALID);
        wrong += expect("close none", ask(3, &[none]), INVALID);
        wrong += expect("unmask none", ask(9, &[none]), INVALID);
        wrong += expect("bind none", ask(8, &[none]), INVALID);
    }
    wrong += expect("status", ask(5, &[SELF | 2 << 32, 0, 0]), 0);
    wrong += expect("its kind", read(STRUCTURE, 1) as i64, 2);
    wrong += expect("its other end", read(STRUCTURE, 2) as i64, 2 << 32);
    wrong += expect("close", ask(3, &[near]), 0);
    wrong += expect("send to nobody", ask(4, &[far]), 0);
    wrong += expect("reset", ask(10, &[SELF]), 0);
    wrong += expect("send to none", ask(4, &[far]), INVALID);
    wrong + came("nothing more", 0)
}

/// An event on one channel comes at the other: once; when it is unmasked; again as long as the level is high.
fn deliver(near: u64, far: u64) -> u32 {
    let clear = || write(SHARED, PENDING, 0);
    clear();
    let mut wrong = expect("send", ask(4, &[near]), 0);
    wrong += came("an event", 1);
    wrong += expect("its channel", read(SHARED, PENDING) as i64, 1 << far);
    wrong += expect("send again", ask(4, &[near]), 0);
    wrong += came("one that is pending", 0);
    clear();
    write(SHARED, MASK, 1 << far);
    wrong += expect("send masked", ask(4, &[near]), 0);
    wrong += came("one that is masked", 0);
    wrong += expect("unmask", ask(9, &[far]), 0);
    wrong += came("one that was masked", 1);
    clear();
    LEFT.store(2, Ordering::Relaxed);
    wrong += expect("send", ask(4, &[near]), 0);
    wrong += came("a level", 3);
    clear();
    wrong
}

/// Says something by the console's ring: it is taken at once, and the guest is told.
pub fn say_by_ring(ring: u64, text: &[u8]) -> u32 {
    let at = |offset: u64| core::ptr::with_exposed_provenance_mut::<u32>((ring + offset) as usize);
    // SAFETY: words of the ring's page, which the system declares for that; no reference is to any of them.
    unsafe {
        let put = at(3084).read_volatile();
        for (index, byte) in (0_u32..).zip(text) {
            let place = u64::from(put.wrapping_add(index) & 2047);
            at(1024 + place).cast::<u8>().write_volatile(*byte);
        }
        at(3084).write_volatile(put.wrapping_add(text.len() as u32));
    }
    let mut wrong = expect("send", ask(4, &[2]), 0);
    // SAFETY: the counts lie in the ring's page, which the system declares for that; no reference is to them.
    let left = unsafe {
        at(3084)
            .read_volatile()
            .wrapping_sub(at(3080).read_volatile())
    };
    wrong += expect("what is left in the ring", left.into(), 0);
    wrong + came("the console's event", 1)
}
