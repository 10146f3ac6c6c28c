//! Over a window's end with known values in every register, and what is there on the other side.
//!
//! There are three ways over: by the call that gives the window back, after which `x0` to `x17`
//! may have changed, and by spinning until the hypervisor takes the CPU away, which takes two
//! registers to watch the clock. The two ways of spinning use different ones.

use core::arch::global_asm;
use core::mem::offset_of;
use core::ops::RangeInclusive;
use core::time::Duration;

use paratia_runtime::abi::ReportedError;
use paratia_runtime::abi::call::{RESTART, WAIT_FOR_WINDOW};
use paratia_runtime::abi::passport::Passport;
use paratia_runtime::interrupt::{self, IntId};
use paratia_runtime::time::{Instant, Ticks};
use paratia_runtime::{call, println};

use crate::general::{General, Name};
use crate::system::{Side, Values};

/// How to cross.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// By [`WAIT_FOR_WINDOW`].
    Call,
    /// By spinning on `x0` and `x1`.
    SpinLow,
    /// By spinning on `x29` and `x30`.
    SpinHigh,
}

impl Way {
    const ALL: [Self; 3] = [Self::Call, Self::SpinLow, Self::SpinHigh];

    /// General registers that don't keep their value on this way.
    const fn used(self) -> RangeInclusive<usize> {
        match self {
            // DEN0028, 2.6.
            Self::Call => 0..=17,
            Self::SpinLow => 0..=1,
            Self::SpinHigh => 29..=30,
        }
    }
}

unsafe extern "C" {
    fn cross_by_call(registers: *mut General);
    fn cross_by_spinning_low(registers: *mut General);
    fn cross_by_spinning_high(registers: *mut General);
}

// In:  x0 = a `General`: what to put into every register.
// Out: there, what was in every register after the way over.
//
// SP_EL0 points to the `General` on the way: a stack pointer that is lost shows at once.
global_asm!(
    r#"
    .macro  load_all
    stp     x19, x20, [sp, #-160]!
    stp     x21, x22, [sp, #16]
    stp     x23, x24, [sp, #32]
    stp     x25, x26, [sp, #48]
    stp     x27, x28, [sp, #64]
    stp     x29, x30, [sp, #80]
    stp     d8, d9, [sp, #96]
    stp     d10, d11, [sp, #112]
    stp     d12, d13, [sp, #128]
    stp     d14, d15, [sp, #144]
    mov     x1, sp
    str     x1, [x0, #{caller_stack}]
    mov     sp, x0

    ldr     x0, [sp, #{fpcr}]
    msr     fpcr, x0
    ldr     x0, [sp, #{fpsr}]
    msr     fpsr, x0
    ldr     x0, [sp, #{nzcv}]
    msr     nzcv, x0
    ldp     q0, q1, [sp, #{q} + 0]
    ldp     q2, q3, [sp, #{q} + 32]
    ldp     q4, q5, [sp, #{q} + 64]
    ldp     q6, q7, [sp, #{q} + 96]
    ldp     q8, q9, [sp, #{q} + 128]
    ldp     q10, q11, [sp, #{q} + 160]
    ldp     q12, q13, [sp, #{q} + 192]
    ldp     q14, q15, [sp, #{q} + 224]
    ldp     q16, q17, [sp, #{q} + 256]
    ldp     q18, q19, [sp, #{q} + 288]
    ldp     q20, q21, [sp, #{q} + 320]
    ldp     q22, q23, [sp, #{q} + 352]
    ldp     q24, q25, [sp, #{q} + 384]
    ldp     q26, q27, [sp, #{q} + 416]
    ldp     q28, q29, [sp, #{q} + 448]
    ldp     q30, q31, [sp, #{q} + 480]
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x8, x9, [sp, #64]
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x16, x17, [sp, #128]
    ldp     x18, x19, [sp, #144]
    ldp     x20, x21, [sp, #160]
    ldp     x22, x23, [sp, #176]
    ldp     x24, x25, [sp, #192]
    ldp     x26, x27, [sp, #208]
    ldp     x28, x29, [sp, #224]
    ldr     x30, [sp, #240]
    ldp     x0, x1, [sp]
    .endm

    .macro  store_all
    stp     x0, x1, [sp]
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x19, [sp, #144]
    stp     x20, x21, [sp, #160]
    stp     x22, x23, [sp, #176]
    stp     x24, x25, [sp, #192]
    stp     x26, x27, [sp, #208]
    stp     x28, x29, [sp, #224]
    str     x30, [sp, #240]
    stp     q0, q1, [sp, #{q} + 0]
    stp     q2, q3, [sp, #{q} + 32]
    stp     q4, q5, [sp, #{q} + 64]
    stp     q6, q7, [sp, #{q} + 96]
    stp     q8, q9, [sp, #{q} + 128]
    stp     q10, q11, [sp, #{q} + 160]
    stp     q12, q13, [sp, #{q} + 192]
    stp     q14, q15, [sp, #{q} + 224]
    stp     q16, q17, [sp, #{q} + 256]
    stp     q18, q19, [sp, #{q} + 288]
    stp     q20, q21, [sp, #{q} + 320]
    stp     q22, q23, [sp, #{q} + 352]
    stp     q24, q25, [sp, #{q} + 384]
    stp     q26, q27, [sp, #{q} + 416]
    stp     q28, q29, [sp, #{q} + 448]
    stp     q30, q31, [sp, #{q} + 480]
    mrs     x0, nzcv
    str     x0, [sp, #{nzcv}]
    mrs     x0, fpcr
    str     x0, [sp, #{fpcr}]
    mrs     x0, fpsr
    str     x0, [sp, #{fpsr}]
    msr     fpcr, xzr                   // what Rust expects

    ldr     x1, [sp, #{caller_stack}]
    mov     sp, x1
    ldp     d14, d15, [sp, #144]
    ldp     d12, d13, [sp, #128]
    ldp     d10, d11, [sp, #112]
    ldp     d8, d9, [sp, #96]
    ldp     x29, x30, [sp, #80]
    ldp     x27, x28, [sp, #64]
    ldp     x25, x26, [sp, #48]
    ldp     x23, x24, [sp, #32]
    ldp     x21, x22, [sp, #16]
    ldp     x19, x20, [sp], #160
    ret
    .endm

    // Spins until the counter passes what is in \until; no flag changes.
    .macro  spin now, until
1:  mrs     \now, cntvct_el0
    sub     \now, \until, \now
    tbz     \now, #63, 1b
    .endm

    .pushsection .text.crossing, "ax"
cross_by_call:
    load_all
    hvc     #0
    store_all
cross_by_spinning_low:
    load_all
    spin    x0, x1
    store_all
cross_by_spinning_high:
    load_all
    spin    x29, x30
    store_all
    .popsection
"#,
    caller_stack = const offset_of!(General, caller_stack),
    q = const offset_of!(General, q),
    fpcr = const offset_of!(General, fpcr),
    fpsr = const offset_of!(General, fpsr),
    nzcv = const offset_of!(General, nzcv),
);

/// Crosses windows for ever as `side`, and reports every value that isn't its own.
///
/// A line `LEAK register=...` names a value of the other side's, `LOST register=...` any other that
/// isn't its own. Both are reported as an application error too. Each crossing is a heartbeat; `progress` gets the number of
/// registers watched and of crossings after every tenth one.
pub fn cross_for_ever(passport: &Passport, side: Side, progress: fn(usize, u64)) -> ! {
    let frame = Ticks::from_duration(Duration::from_nanos(passport.major_frame_ns));
    // So that an interrupt can be pending in a list register; none is let through.
    interrupt::enable();
    interrupt::disable();
    interrupt::enable_interrupt(IntId::sgi(7));
    let watched = watch(side);
    let mut findings = Findings {
        side,
        crossings: 0,
        way: Way::Call,
        count: 0,
    };
    loop {
        for way in Way::ALL {
            cross(way, frame, &mut findings);
            let _ = call::heartbeat(findings.crossings);
            if findings.crossings.is_multiple_of(10) {
                progress(watched, findings.crossings);
            }
        }
    }
}

/// Gives the window back with `side`'s values in all general and floating point registers that a call keeps:
/// the hypervisor stores them.
pub fn cross_with(side: Side) {
    let mut general = General::of(side);
    general.x[0] = WAIT_FOR_WINDOW.into();
    // SAFETY: it leaves in `general` what the registers held, and those that AAPCS64 preserves as they were.
    unsafe { cross_by_call(&raw mut general) };
}

/// Asks for the restart with `side`'s values in all general and floating point registers.
///
/// # Panics
/// If it is refused.
pub fn restart_with(side: Side) -> ! {
    let mut general = General::of(side);
    general.x[0] = RESTART.into();
    // SAFETY: if it comes back, it has left in `general` what the registers held, and those that AAPCS64
    // preserves as they were.
    unsafe { cross_by_call(&raw mut general) };
    panic!("the restart was refused: {:#x}", general.x[0]);
}

/// How many registers keep a value here; says which don't.
fn watch(side: Side) -> usize {
    let before = Values::read();
    Values::of(side).write();
    let kept = Values::read();
    before.write();
    let mut count = General::ZERO.values().count();
    for (register, value) in kept.iter() {
        if value == register.value(side) {
            count += 1;
        } else {
            println!("{} keeps no value on this CPU", register.name);
        }
    }
    count
}

/// Crosses once, and reports what isn't as it was.
fn cross(way: Way, frame: Ticks, findings: &mut Findings) {
    let side = findings.side;
    let used = way.used();
    let mut general = General::of(side);
    match way {
        Way::Call => general.x[0] = WAIT_FOR_WINDOW.into(),
        // A whole frame: the window's end is on the way.
        Way::SpinLow | Way::SpinHigh => general.x[*used.end()] = Instant::now().plus(frame).0,
    }

    let before = Values::read();
    Values::of(side).write();
    let planted = Values::read();
    // SAFETY: each leaves in `general` what the registers held, and those that AAPCS64 preserves
    // as they were.
    unsafe {
        match way {
            Way::Call => cross_by_call(&raw mut general),
            Way::SpinLow => cross_by_spinning_low(&raw mut general),
            Way::SpinHigh => cross_by_spinning_high(&raw mut general),
        }
    }
    let seen = Values::read();
    before.write();

    findings.begin(way);
    let (own, other) = (General::of(side), General::of(side.other()));
    for (((name, seen), (_, own)), (_, other)) in
        general.values().zip(own.values()).zip(other.values())
    {
        let is_used = name.general().is_some_and(|number| used.contains(&number));
        if !is_used || seen == other {
            findings.judge(name, seen, own, other);
        }
    }
    for ((register, planted), (_, seen)) in planted.iter().zip(seen.iter()) {
        let other = register.value(side.other());
        findings.judge(
            Name::of(register.name),
            seen.into(),
            planted.into(),
            other.into(),
        );
    }
    findings.report();
}

/// What was found to be wrong.
struct Findings {
    side: Side,
    crossings: u64,
    way: Way,
    /// Of this crossing.
    count: u64,
}

impl Findings {
    fn begin(&mut self, way: Way) {
        self.crossings += 1;
        self.way = way;
        self.count = 0;
    }

    /// A register that keeps no value of its own has the same one on both sides, and passes.
    fn judge(&mut self, name: Name, seen: u128, own: u128, other: u128) {
        if seen == own {
            return;
        }
        self.count += 1;
        let what = if seen == other { "LEAK" } else { "LOST" };
        let (way, crossing) = (self.way, self.crossings);
        println!(
            "{what} register={name} value={seen:#x} own={own:#x} way={way:?} crossing={crossing}"
        );
    }

    fn report(&self) {
        if self.count > 0 {
            call::report_error(ReportedError::Application, [self.count, self.crossings, 0]);
        }
    }
}
