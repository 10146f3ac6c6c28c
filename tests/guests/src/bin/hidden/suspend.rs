//! `CPU_SUSPEND` (Arm DEN0022, 5.4): a standby state goes on after the call, a power-down state begins
//! anew at its entry, whatever woke it.

use core::arch::{asm, naked_asm};
use core::sync::atomic::{AtomicU32, Ordering};

use paratia_abi::passport::Passport;

use crate::gic::Gic;
use crate::paratia;
use crate::place::Place;
use crate::say;

const CPU_SUSPEND: u32 = 0xC400_0001;
/// `power_state` of a power-down state.
const POWER_DOWN: u64 = 1 << 16;
/// The virtual timer's interrupt.
const TIMER: u32 = 27;

/// How often it has begun anew.
static BEGUN: AtomicU32 = AtomicU32::new(0);

/// Suspends and doesn't come back; [`woken`] goes on.
pub fn run(place: &Place, passport: &Passport) -> ! {
    let standby = paratia::call(CPU_SUSPEND, [0; 6]).0;
    say!(place, "machine case=standby result={standby}");
    power_down(place, passport)
}

fn power_down(place: &Place, passport: &Passport) -> ! {
    let entry = woken as *const () as u64;
    let context = core::ptr::from_ref(passport) as u64;
    // A register of the CPU that doesn't live through it.
    // SAFETY: nothing here uses it.
    unsafe { asm!("msr tpidr_el1, {}", in(reg) context) };
    let answer = paratia::call(CPU_SUSPEND, [POWER_DOWN, entry, context, 0, 0, 0]).0;
    say!(place, "machine case=suspended came back with {answer}");
    place.end()
}

/// Where the CPU begins again: `x0` as it was given, nothing else.
#[unsafe(naked)]
extern "C" fn woken() -> ! {
    naked_asm!(
        "mrs x1, currentel",
        "mrs x2, daif",
        "mrs x3, sctlr_el1",
        "mrs x4, tpidr_el1",
        "adrp x9, stack_end",
        "add x9, x9, :lo12:stack_end",
        "mov sp, x9",
        "mov x9, #(3 << 20)",
        "msr cpacr_el1, x9",
        "adrp x9, exception_vectors",
        "add x9, x9, :lo12:exception_vectors",
        "msr vbar_el1, x9",
        "isb",
        "b {go_on}",
        go_on = sym go_on,
    )
}

extern "C" fn go_on(context: usize, level: u64, masks: u64, control: u64, thread: u64) -> ! {
    // SAFETY: the passport's address, which went through the call.
    let place = unsafe { Place::find(context) };
    let times = BEGUN.fetch_add(1, Ordering::Relaxed) + 1;
    let mmu = control & 1;
    say!(
        place,
        "machine case=suspended times={times} level={} masks={masks:#x} mmu={mmu} thread={thread}",
        level >> 2
    );
    let Place::Paratia(passport) = &place else {
        place.end()
    };
    if times == 1 {
        make_timer_pending(passport);
        place.begin_window();
        power_down(&place, passport)
    }
    say!(place, "hidden end");
    place.end()
}

/// So that there is nothing to wait for.
fn make_timer_pending(passport: &Passport) {
    if let Some(gic) = Gic::of(passport) {
        gic.set_up(0xA0);
        gic.enable(TIMER);
    }
    // SAFETY: the timer is this guest's; its interrupt is masked.
    unsafe { asm!("msr cntv_cval_el0, xzr", "msr cntv_ctl_el0, {}", "isb", in(reg) 1_u64) };
}
