//! Waits for messages of `ringer` by their interrupt: `message=N sent=.. seen=..` for the first ones, in
//! ticks since the epoch. Run argument 0 waits in a loop, 1 asleep, 2 asleep and never reads.

#![no_std]
#![no_main]

use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use paratia_runtime::interrupt::{self, IntId};
use paratia_runtime::port::DestinationPort;
use paratia_runtime::time::Instant;
use paratia_runtime::{Context, entry, println};

entry!(main, interrupts = on_interrupt);

/// How many messages get a line.
const LINES: u64 = 5;

/// The port's interrupt.
static EXPECTED: AtomicU32 = AtomicU32::new(0);
/// When an interrupt came last, and how many came.
static SEEN: AtomicU64 = AtomicU64::new(0);
static COUNT: AtomicU64 = AtomicU64::new(0);

fn on_interrupt(interrupt: IntId) {
    assert_eq!(
        interrupt,
        IntId::try_from(EXPECTED.load(Ordering::Relaxed)).expect("a number")
    );
    SEEN.store(Instant::now().0, Ordering::Relaxed);
    COUNT.fetch_add(1, Ordering::Relaxed);
}

fn main(context: Context) -> ! {
    let mut port = DestinationPort::find(context.passport, "bell").expect("a port 'bell'");
    let expected = port.interrupt().expect("it has an interrupt");
    EXPECTED.store(expected.into(), Ordering::Relaxed);
    interrupt::enable();
    assert_eq!(port.enable_interrupt(), Some(expected));
    println!("listening");
    let mut count = 0;
    loop {
        while COUNT.load(Ordering::Relaxed) == count {
            if context.run_argument != 0 {
                interrupt::wait();
            }
        }
        count = COUNT.load(Ordering::Relaxed);
        let mut message = [0; 8];
        if context.run_argument < 2 {
            port.read(&mut message).expect("a message has come");
        }
        if count <= LINES {
            println!(
                "message={count} sent={} seen={}",
                u64::from_le_bytes(message),
                SEEN.load(Ordering::Relaxed)
            );
        }
    }
}
