//! Owns the board's real-time clock (PL031, Arm DDI 0224) and takes its interrupt, three times. With
//! the run argument [`EDGE_BEFORE`] it does so in its second life, after one in which the interrupt
//! was an edge, and counts on a level: one that isn't seen to comes again. With [`TABLES_THERE`] it tells
//! the CPU that its tables are among the clock's registers.

#![no_std]
#![no_main]

use core::arch::asm;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicU64, Ordering};

use paratia_runtime::abi::OperatingMode;
use paratia_runtime::interrupt::{self, IntId};
use paratia_runtime::time::Instant;
use paratia_runtime::{Context, call, entry, println};
use safe_mmio::fields::{ReadPure, ReadPureWrite, WriteOnly};
use safe_mmio::{UniqueMmioPointer, field, field_shared};

entry!(main, interrupts = on_interrupt);

/// Where the configuration shows this partition the clock.
const RTC: usize = 0x0901_0000;
/// The clock's interrupt: SPI 2.
const RTC_INTERRUPT: IntId = IntId::spi(2);
const ALARMS: u64 = 3;
/// See above.
const EDGE_BEFORE: u64 = 1;
/// See above.
const TABLES_THERE: u64 = 2;
/// How often it then leaves an interrupt as it is.
const TIMES_LEFT: u64 = 2;

/// The clock's registers (DDI 0224, table 3-1).
#[repr(C)]
struct Registers {
    data: ReadPure<u32>,
    alarm: ReadPureWrite<u32>,
    load: ReadPureWrite<u32>,
    control: ReadPureWrite<u32>,
    interrupt_mask: ReadPureWrite<u32>,
    raw_interrupt: ReadPure<u32>,
    masked_interrupt: ReadPure<u32>,
    interrupt_clear: WriteOnly<u32>,
}

/// How many interrupts came.
static ALARMS_SEEN: AtomicU64 = AtomicU64::new(0);

/// How many interrupts are still to be left as they are.
static TO_LEAVE: AtomicU64 = AtomicU64::new(0);

fn registers() -> UniqueMmioPointer<'static, Registers> {
    let base = core::ptr::with_exposed_provenance_mut(RTC);
    // SAFETY: the configuration gives the device to this partition alone, mapped as a device; the
    // partition is one thread, and its handler touches one register that nobody else does.
    unsafe { UniqueMmioPointer::new(NonNull::new(base).expect("the clock isn't at address 0")) }
}

fn on_interrupt(interrupt: IntId) {
    assert!(interrupt == RTC_INTERRUPT, "unexpected {interrupt:?}");
    let to_leave = TO_LEAVE.load(Ordering::Relaxed);
    if to_leave > 0 {
        TO_LEAVE.store(to_leave - 1, Ordering::Relaxed);
        return;
    }
    let mut registers = registers();
    field!(registers, interrupt_clear).write(1);
    ALARMS_SEEN.fetch_add(1, Ordering::Relaxed);
}

/// A life in which the interrupt is an edge, and that ends at once.
fn be_an_edge() -> ! {
    interrupt::enable();
    interrupt::enable_edge(RTC_INTERRUPT);
    println!("rtc interrupt is an edge");
    let _ = call::wait_for_window();
    call::restart();
}

/// Tables of 39 bits and pages of 4 KiB at the clock's place: the next instruction is looked for there.
fn walk_the_clock() -> ! {
    println!("rtc tables are in the clock");
    let _ = call::wait_for_window();
    // SAFETY: nothing of this program is used after it.
    unsafe {
        asm!("msr tcr_el1, {control}", "msr ttbr0_el1, {place}", "isb", "tlbi vmalle1", "dsb sy", "isb",
            "mrs {on}, sctlr_el1", "orr {on}, {on}, #1", "msr sctlr_el1, {on}", "isb", "b .",
            control = in(reg) 25_u64 | 0b10 << 32, place = in(reg) RTC, on = in(reg) 0_u64,
            options(noreturn));
    }
}

fn main(context: Context) -> ! {
    let _ = call::set_mode(OperatingMode::Normal);
    if context.run_argument == TABLES_THERE {
        walk_the_clock();
    }
    if context.run_argument == EDGE_BEFORE {
        if context.restarts == 0 {
            be_an_edge();
        }
        TO_LEAVE.store(TIMES_LEFT, Ordering::Relaxed);
    }
    interrupt::enable();
    interrupt::enable_interrupt(RTC_INTERRUPT);
    let mut registers = registers();
    field!(registers, interrupt_mask).write(1);
    for alarm in 1..=ALARMS {
        let now = field_shared!(registers, data).read();
        field!(registers, alarm).write(now + 1);
        println!("rtc alarm {alarm} of {ALARMS} set at {now} for {}", now + 1);
        while ALARMS_SEEN.load(Ordering::Relaxed) < alarm {
            let _ = call::heartbeat(alarm);
            let _ = call::wait_for_window();
        }
        let milliseconds = Instant::now().since_epoch().as_millis();
        println!("rtc alarm {alarm} of {ALARMS} seen at {milliseconds} ms");
    }
    println!("rtc done");
    loop {
        let _ = call::heartbeat(ALARMS);
        let _ = call::wait_for_window();
    }
}
