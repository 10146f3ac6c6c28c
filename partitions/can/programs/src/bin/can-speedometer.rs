//! The speedometer, with its speed over a CAN bus. What arrives interrupts it at the beginning of its window,
//! and is taken out of the controller before it draws.

#![no_std]
#![no_main]

use core::sync::atomic::{AtomicBool, Ordering};

use embedded_can::nb::Can as _;
use paratia_can::speed::Receiver;
use paratia_can_programs::{interrupt as own_interrupt, join};
use paratia_devices::zynqmp_can::{Error, FIFO_FRAMES, Mmio, ZynqmpCan};
use paratia_instruments::dashboard::Reading;
use paratia_instruments::units::Milliseconds;
use paratia_partitions::dial::{self, Source};
use paratia_partitions::findings::Findings;
use paratia_runtime::interrupt::{self, IntId};
use paratia_runtime::time::Instant;
use paratia_runtime::{Context, entry, println};

entry!(run, interrupts = on_interrupt);

/// Whether the controller has frames. The handler sets it, and the program takes it back.
static ARRIVED: AtomicBool = AtomicBool::new(false);

fn run(context: Context) {
    interrupt::enable();
    // SAFETY: a partition's main function is called once.
    unsafe { dial::run(&context, || Bus::connect(&context)) }
}

/// The controller's interrupt, which is asserted until its frames are out.
fn on_interrupt(interrupt: IntId) {
    ARRIVED.store(true, Ordering::Relaxed);
    interrupt::disable_interrupt(interrupt);
}

/// The receiving end of the bus.
struct Bus {
    can: ZynqmpCan<Mmio>,
    interrupt: IntId,
    receiver: Receiver,
    findings: Findings,
    has_lost: bool,
}

impl Bus {
    /// Joins the bus by the partition's controller. It hears all identifiers: what the other end sends
    /// beside the speed is no harm.
    fn connect(context: &Context) -> Self {
        // SAFETY: the speedometer connects once, and the device is nobody else's.
        let can = unsafe { join(context, "can1", &[]) };
        let mut can = can.expect("the controller starts");
        can.interrupt_on_reception(true);
        let interrupt = own_interrupt(context);
        interrupt::enable_interrupt(interrupt);
        Self {
            can,
            interrupt,
            receiver: Receiver::new(),
            findings: Findings::default(),
            has_lost: false,
        }
    }

    /// Takes what the controller has: at most what its FIFO holds and what may come meanwhile, however much
    /// others send.
    fn drain(&mut self, now: Milliseconds) {
        for _ in 0..2 * FIFO_FRAMES {
            let before = self.receiver.reliance().state();
            match self.can.receive() {
                Ok(frame) => {
                    if let Some(finding) = self.receiver.take(&frame, now) {
                        let state = self.receiver.reliance().state();
                        self.findings.tell(finding, now, before, state);
                    }
                }
                Err(nb::Error::WouldBlock) => break,
                Err(nb::Error::Other(Error::Overflow)) => self.lost(now),
                Err(nb::Error::Other(error)) => panic!("{error:?}"),
            }
        }
    }

    /// Says once that frames came which the controller had no room for. Which ones, the counters tell.
    fn lost(&mut self, now: Milliseconds) {
        if !core::mem::replace(&mut self.has_lost, true) {
            println!("at {} ms frames had been lost", now.0);
        }
    }
}

impl Source for Bus {
    fn read(&mut self, now: Instant) -> Reading {
        let now = Milliseconds::from_duration(now.since_epoch());
        if ARRIVED.swap(false, Ordering::Relaxed) {
            self.drain(now);
            interrupt::enable_interrupt(self.interrupt);
        }
        let before = self.receiver.reliance().state();
        if let Some(finding) = self.receiver.end_of_look(now) {
            let state = self.receiver.reliance().state();
            self.findings.tell(finding, now, before, state);
        }
        self.receiver.reliance().reading()
    }
}
