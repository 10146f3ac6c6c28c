//! Lives several lives, and looks at the beginning of each for what is left of the one before: in its
//! registers, its timers, its interrupt controller, its devices, and in all memory that it can read. Each
//! life leaves as much as it can, and ends with an interrupt in hand: the virtual timer's, a device's, a
//! message's.
//!
//! `left WHAT`, `missing WHAT` are findings, each reported as an application error too. The run argument,
//! if it isn't zero, is the complement of a word that is looked for in memory.

#![no_std]
#![no_main]

#[allow(
    dead_code,
    reason = "the guest that it was written for does more with it"
)]
#[path = "../interrupts/device.rs"]
mod device;
#[path = "../look/entry.rs"]
mod entry;
mod exits;
mod memory;

use core::arch::asm;
use core::fmt::Display;
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use core::time::Duration;

use paratia_runtime::abi::passport::Passport;
use paratia_runtime::abi::{OperatingMode, ReportedError};
use paratia_runtime::interrupt::{self, IntId};
use paratia_runtime::port::DestinationPort;
use paratia_runtime::time::{Instant, Ticks, Timer};
use paratia_runtime::{Context, call, println};
use paratia_test_guests::crossing;
use paratia_test_guests::general::General;
use paratia_test_guests::system::{Side, Values};

paratia_runtime::entry!(main, interrupts = on_interrupt);

/// Restarts after which it only looks.
const LAST: u64 = 4;
/// How long it waits for an interrupt.
const PATIENCE: Duration = Duration::from_millis(50);
/// Where `VirtualMachine::VIRT` has the UART, and the place of its baud rate.
const UART_BAUD_RATE: usize = 0x0900_0000 + 0x24;
/// The same for the records of stolen time; what is told there lies 8 bytes in.
const RECORDS: usize = 0x090F_0000;
/// A priority of a shared interrupt, and the word of active ones (Arm IHI 0048 and 0069).
const PRIORITY: usize = 0x400 + 60;
const ACTIVE: usize = 0x304;

/// The interrupts that came, by their number; the one in whose handler the life ends.
static SEEN: [AtomicBool; 1024] = [const { AtomicBool::new(false) }; 1024];
static FATAL: AtomicU32 = AtomicU32::new(0);
static FINDINGS: AtomicU64 = AtomicU64::new(0);
/// Whether the machine is `VirtualMachine::VIRT`.
static IS_VIRT: AtomicBool = AtomicBool::new(false);

fn on_interrupt(interrupt: IntId) {
    let id: u32 = interrupt.into();
    SEEN[id as usize % SEEN.len()].store(true, Ordering::Relaxed);
    if FATAL.load(Ordering::Relaxed) == id {
        // SAFETY: doesn't come back. The stack of the exception is one of the registers that are planted,
        // so the thread's is used.
        unsafe { asm!("msr spsel, #0", "b {die}", die = sym die, options(noreturn)) }
    }
    Timer.cancel();
    device::lower();
}

fn main(context: Context) -> ! {
    let _ = call::set_mode(OperatingMode::Normal);
    let passport = context.passport;
    device::remember_owned(passport);
    IS_VIRT.store(memory::is_mapped(RECORDS), Ordering::Relaxed);
    look(passport);
    if context.run_argument != 0 {
        memory::search(context.run_argument, |page, words| {
            found("left in memory", format_args!("{words} words at {page:#x}"));
        });
    }
    interrupt::enable();
    if let Some(id) = device::interrupt().and_then(|id| IntId::try_from(id).ok()) {
        interrupt::enable_interrupt(id);
    }
    let port = DestinationPort::find(passport, "bell").ok();
    let message = port.as_ref().and_then(DestinationPort::enable_interrupt);

    let timer = passport.timer_interrupt;
    expect("timer", timer, || {
        Timer.set(Instant::now().plus(Ticks::from_duration(Duration::from_micros(100))));
    });
    if let Some(id) = device::interrupt() {
        expect("device", id, device::raise);
    }
    let message: u32 = message.map_or(0, Into::into);
    if message != 0 {
        // Nobody sends it anew: it was never read.
        expect("message", message, || {});
    }
    let findings = FINDINGS.load(Ordering::Relaxed);
    println!("life {}: {findings} findings", context.restarts);
    if context.restarts >= LAST {
        loop {
            let _ = call::wait_for_window();
        }
    }
    plant(passport);
    match (context.restarts, device::interrupt()) {
        (0, _) => end_in(timer, || Timer.set(Instant::now())),
        (1, Some(id)) => end_in(id, device::raise),
        // Once more, for it is pending no longer.
        (2, _) if message != 0 => end_in(message, || set_pending(passport, message)),
        _ => die(),
    }
}

fn found(what: &str, details: impl Display) {
    FINDINGS.fetch_add(1, Ordering::Relaxed);
    println!("{what} {details}");
    call::report_error(ReportedError::Application, [0; 3]);
}

/// Looks for what was planted.
fn look(passport: &Passport) {
    let planted = General::of(Side::Plant);
    for ((name, seen), (_, planted)) in entry::general().values().zip(planted.values()) {
        if seen == planted {
            found("left in register", name);
        }
    }
    for (register, seen) in entry::system() {
        if seen & register.mask == register.value(Side::Plant) {
            found("left in register", register.name);
        }
    }
    for (register, seen) in Values::read().iter() {
        if seen == register.value(Side::Plant) {
            found("left in register", register.name);
        }
    }
    let [control, compare] = physical_timer();
    if control | compare != 0 {
        found(
            "left in",
            format_args!("the physical timer: {control:#x}, {compare:#x}"),
        );
    }
    if exits::at_entry() != 0 {
        found("left", "a trap of the registers that turn caches on");
    }
    if let [Ok(distributor @ 1..), _] = passport.gic_bases.map(usize::try_from) {
        let (priority, active) = (
            memory::read(distributor + PRIORITY),
            memory::read(distributor + ACTIVE),
        );
        if priority != 0 || active != 0 {
            found(
                "left in",
                format_args!("the controller: {priority:#x}, {active:#x}"),
            );
        }
    }
    if IS_VIRT.load(Ordering::Relaxed) {
        let (baud_rate, stolen) = (memory::read(UART_BAUD_RATE), memory::read(RECORDS + 8));
        if baud_rate != 0 {
            found("left in", format_args!("the UART: {baud_rate:#x}"));
        }
        if stolen != 0 {
            found("left in", format_args!("stolen time: {stolen}"));
        }
    }
}

/// Leaves something wherever there is room. (What is in registers, just before the end.)
fn plant(passport: &Passport) {
    // SAFETY: its own timer, masked, far ahead; and maintenance of its own caches.
    unsafe {
        asm!("msr cntp_cval_el0, {}", "msr cntp_ctl_el0, {}", "isb", "dc cisw, xzr",
            in(reg) 0x5EC2_E75E_C2E7_5EC2_u64, in(reg) 0b11_u64, options(nostack));
    }
    if let [Ok(distributor @ 1..), _] = passport.gic_bases.map(usize::try_from) {
        memory::write(distributor + PRIORITY, 0xA8A8_A8A8);
    }
    if IS_VIRT.load(Ordering::Relaxed) {
        memory::write(UART_BAUD_RATE, 0x123);
    }
}

fn physical_timer() -> [u64; 2] {
    let (control, compare);
    // SAFETY: reading has no side effect.
    unsafe {
        asm!("mrs {}, cntp_ctl_el0", "mrs {}, cntp_cval_el0", out(reg) control, out(reg) compare,
            options(nostack));
    }
    [control, compare]
}

/// An interrupt that comes after `cause`, in time.
fn expect(name: &str, id: u32, cause: impl FnOnce()) {
    let until = Instant::now().plus(Ticks::from_duration(PATIENCE));
    cause();
    let seen = &SEEN[id as usize % SEEN.len()];
    while !seen.load(Ordering::Relaxed) {
        if Instant::now() >= until {
            return found("missing", format_args!("the {name}'s interrupt"));
        }
    }
}

/// The life ends in this interrupt's handler, which comes after `cause`.
fn end_in(id: u32, cause: impl FnOnce()) -> ! {
    FATAL.store(id, Ordering::Relaxed);
    cause();
    let until = Instant::now().plus(Ticks::from_duration(PATIENCE));
    while Instant::now() < until {}
    println!("missing interrupt {id}");
    die()
}

/// Makes a shared interrupt pending (`GICD_ISPENDR`).
fn set_pending(passport: &Passport, id: u32) {
    let distributor = usize::try_from(passport.gic_bases[0]).unwrap_or(0);
    memory::write(distributor + 0x200 + id as usize / 32 * 4, 1 << (id % 32));
}

/// Asks for the restart with values of its own in every register, in the CPU and where the hypervisor stores
/// them.
extern "C" fn die() -> ! {
    Values::of(Side::Plant).write();
    crossing::cross_with(Side::Plant);
    crossing::restart_with(Side::Plant)
}
