//! Both timers at their extremes, by each of their views: is their state what the architecture says, does
//! their interrupt come when it should and only then, and do they work as ever afterwards?
//!
//! With run argument 1, exceptions without end instead: its vectors lie where it has nothing mapped, so
//! that not even the first instruction of a vector is carried out. With 2 it only waits.

#![no_std]
#![no_main]

use core::arch::asm;
use core::sync::atomic::{AtomicU64, Ordering};

use paratia_runtime::interrupt::{self, IntId};
use paratia_runtime::time::Instant;
use paratia_runtime::{Context, call, entry, println};

entry!(main, interrupts = on_interrupt);

const ENABLE: u64 = 1;
const MASKED: u64 = 2;
const STATUS: u64 = 4;

/// Compare values, and values of the views by which they count down: of every size, and those around
/// which arithmetic goes wrong. The views have 32 bits, so what is above is ignored there.
const VALUES: [u64; 19] = [
    0,
    1,
    0x7FFF_FFFF,
    0x8000_0000,
    0x8000_0001,
    0xFFFF_FFFE,
    0xFFFF_FFFF,
    0x1_0000_0000,
    0xFFFF_FFFF_0000_0000,
    (1 << 56) - 1,
    1 << 56,
    (1 << 62) + 1,
    (1 << 63) - 1,
    1 << 63,
    (1 << 63) + 1,
    u64::MAX - (1 << 31),
    u64::MAX - (1 << 20),
    u64::MAX - 1,
    u64::MAX,
];

/// A timer, by its registers.
struct Timer {
    name: &'static str,
    interrupt: IntId,
    control: fn() -> u64,
    set_control: fn(u64),
    compare: fn() -> u64,
    set_compare: fn(u64),
    set_value: fn(u64),
    /// Interrupts that came.
    count: &'static AtomicU64,
}

macro_rules! reader {
    ($register:literal) => {
        || {
            let value;
            // SAFETY: reading a timer of one's own changes nothing.
            unsafe { asm!("isb", concat!("mrs {}, ", $register), out(reg) value, options(nostack)) };
            value
        }
    };
}
macro_rules! writer {
    ($register:literal) => {
        |value: u64| {
            // SAFETY: a timer of one's own; its interrupt has a handler.
            unsafe { asm!(concat!("msr ", $register, ", {}"), "isb", in(reg) value, options(nostack)) };
        }
    };
}

static VIRTUAL_COUNT: AtomicU64 = AtomicU64::new(0);
static PHYSICAL_COUNT: AtomicU64 = AtomicU64::new(0);

const TIMERS: [Timer; 2] = [
    Timer {
        name: "virtual",
        interrupt: IntId::ppi(11),
        control: reader!("cntv_ctl_el0"),
        set_control: writer!("cntv_ctl_el0"),
        compare: reader!("cntv_cval_el0"),
        set_compare: writer!("cntv_cval_el0"),
        set_value: writer!("cntv_tval_el0"),
        count: &VIRTUAL_COUNT,
    },
    Timer {
        name: "physical",
        interrupt: IntId::ppi(14),
        control: reader!("cntp_ctl_el0"),
        set_control: writer!("cntp_ctl_el0"),
        compare: reader!("cntp_cval_el0"),
        set_compare: writer!("cntp_cval_el0"),
        set_value: writer!("cntp_tval_el0"),
        count: &PHYSICAL_COUNT,
    },
];

/// Counts it, and masks it at its timer: it is a level.
fn on_interrupt(interrupt: IntId) {
    for timer in &TIMERS {
        if timer.interrupt == interrupt {
            (timer.set_control)(ENABLE | MASKED);
            timer.count.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn main(context: Context) -> ! {
    match context.run_argument {
        1 => exceptions_without_end(),
        2 => println!("calm"),
        _ => extremes(),
    }
    loop {
        let _ = call::wait_for_window();
    }
}

fn exceptions_without_end() -> ! {
    println!("exceptions without end");
    // Until its text has gone.
    let _ = call::wait_for_window();
    // SAFETY: its own vectors; nothing is mapped there, and it doesn't come back.
    unsafe {
        asm!(
            "msr vbar_el1, {}",
            "isb",
            "udf #0",
            in(reg) 0x1_0000_0000_u64,
            options(noreturn)
        )
    }
}

fn extremes() {
    interrupt::enable();
    interrupt::enable_interrupt(TIMERS[1].interrupt);
    let (mut settings, mut wrong) = (0, 0);
    for timer in &TIMERS {
        for by_compare in [true, false] {
            for value in VALUES {
                for control in [0, ENABLE, ENABLE | MASKED, MASKED] {
                    let is_right = timer.set(by_compare, value, control, settings % 3);
                    settings += 1;
                    if !is_right {
                        wrong += 1;
                        let view = if by_compare { "cval" } else { "tval" };
                        println!("WRONG: {} {view}={value:#x} ctl={control}", timer.name);
                    }
                }
            }
        }
        (timer.set_control)(0);
    }
    println!("{settings} settings, {wrong} wrong");
}

impl Timer {
    /// Sets it, looks at it, lets time go by in one `manner` or another, and sees whether it still works.
    /// Whether all was as it should be.
    fn set(&self, by_compare: bool, value: u64, control: u64, manner: u64) -> bool {
        (self.set_control)(0);
        let interrupts = self.count.load(Ordering::Relaxed);
        let before = Instant::now().0;
        if by_compare {
            (self.set_compare)(value);
        } else {
            (self.set_value)(value);
        }
        let after = Instant::now().0;
        let compare = (self.compare)();
        #[allow(clippy::cast_possible_truncation, reason = "the view has 32 bits")]
        let signed = i64::from(value as u32 as i32).cast_unsigned();
        let is_set = if by_compare {
            compare == value
        } else {
            let at = compare.wrapping_sub(signed);
            before <= at && at <= after
        };

        (self.set_control)(control);
        // What is due one tick later is due now.
        while Instant::now().0 <= after + 2 {}
        let reached = Instant::now().0 >= compare;
        let interrupted = control == ENABLE && reached;
        let mut expected = control | if interrupted { MASKED } else { 0 };
        if reached && control & ENABLE != 0 {
            expected |= STATUS;
        }
        pass_time(manner);
        let came = self.count.load(Ordering::Relaxed) - interrupts;
        let is_shown = (self.control)() == expected && came == u64::from(interrupted);

        is_set && is_shown && self.works()
    }

    /// Whether it interrupts when it is set to a moment from now.
    fn works(&self) -> bool {
        let interrupts = self.count.load(Ordering::Relaxed);
        let start = Instant::now().0;
        (self.set_compare)(start + 1_000);
        (self.set_control)(ENABLE);
        // The window may end in between, so this is some windows.
        while self.count.load(Ordering::Relaxed) == interrupts {
            if Instant::now().0 > start + 100_000_000 {
                return false;
            }
        }
        Instant::now().0 >= start + 1_000 && self.count.load(Ordering::Relaxed) == interrupts + 1
    }
}

/// Until another window: waiting for it, asleep, or busy until time ends the window.
fn pass_time(manner: u64) {
    match manner {
        0 => {
            let _ = call::wait_for_window();
        }
        1 => interrupt::wait(),
        _ => {
            // Time stands still for nobody: what is between two readings that is longer than any exit is
            // another's window.
            let mut last = Instant::now().0;
            loop {
                let now = Instant::now().0;
                if now - last > GAP_TICKS {
                    return;
                }
                last = now;
            }
        }
    }
}

/// Longer than any exit, shorter than the other partition's window, at any frequency of a board's counter up
/// to 1 GHz.
const GAP_TICKS: u64 = 50_000;
