//! The destination of what two vCPUs signal and send: takes it in its first life for some windows, then leaves what
//! comes where it is and restarts; says in its second life what it finds.

#![no_std]
#![no_main]

use core::sync::atomic::{AtomicU64, Ordering};

use paratia_runtime::event::Destination;
use paratia_runtime::interrupt::{self, IntId};
use paratia_runtime::port::DestinationPort;
use paratia_runtime::queue::{QueuingDestination, ReturnCode};
use paratia_runtime::{Context, call, entry, println};

entry!(main, interrupts = on_interrupt);

/// Windows in which what comes is taken; the source is done in `SILENT`.
const TAKES: u64 = 4;
const SILENT: u64 = 12;
/// As the source makes words.
const CHECK: u64 = 0x5EC2_E700;

static RUNG: AtomicU64 = AtomicU64::new(0);

fn on_interrupt(_: IntId) {
    RUNG.fetch_add(1, Ordering::Relaxed);
}

/// Whether a word is as one of the source's vCPUs made it.
fn is_whole(word: [u8; 8]) -> bool {
    let word = u64::from_le_bytes(word);
    let number = word >> 32;
    word & 0xFFFF_FFFF == number ^ CHECK
}

fn main(context: Context) -> ! {
    let mut bell = Destination::find(context.passport, "bell").expect("an event 'bell'");
    let mut words = QueuingDestination::find(context.passport, "words").expect("a queue");
    let mut newest = DestinationPort::find(context.passport, "newest").expect("a port 'newest'");
    let life = context.restarts;
    interrupt::enable();
    bell.enable_interrupt().expect("the event has an interrupt");
    let (mut torn, mut received, mut refused) = (0, 0, 0);
    for window in 0..SILENT {
        let rung = RUNG.load(Ordering::Relaxed);
        let takes = life > 0 || window < TAKES;
        if takes && rung > 0 {
            RUNG.store(0, Ordering::Relaxed);
            let taken = bell.take();
            println!(
                "life={life} rung={rung} count={} refused={}",
                taken.count, taken.refused
            );
        }
        if takes {
            let mut word = [0; 8];
            loop {
                match words.receive(&mut word) {
                    Ok(message) => {
                        received += 1;
                        refused += message.refused;
                        torn += u64::from(!is_whole(word));
                    }
                    Err(ReturnCode::NotAvailable) => break,
                    Err(code) => panic!("{code:?}"),
                }
            }
            let read = newest.read(&mut word);
            torn += u64::from(read.is_some() && !is_whole(word));
        }
        let _ = call::wait_for_window();
    }
    println!("life={life} received={received} told={refused} torn={torn}");
    if life == 0 {
        call::restart();
    }
    loop {
        let _ = call::wait_for_window();
    }
}
