//! Two vCPUs whose partition restarts in a way that the run argument chooses, until it has been restarted
//! often enough; then it idles. What its second vCPU does is assembly, with the MMU off, and so is what the
//! first does that is to leave no trace in memory.

#![no_std]
#![no_main]

use core::arch::{asm, global_asm};
use core::time::Duration;

use paratia_runtime::abi::OperatingMode;
use paratia_runtime::abi::call::{
    CONSOLE_WRITE, PSCI_CPU_OFF, PSCI_CPU_SUSPEND, RESTART, WAIT_FOR_WINDOW,
};
use paratia_runtime::time::{Instant, Ticks};
use paratia_runtime::{Context, call, entry, println};

entry!(main);

/// Restarts after which it idles.
const ENOUGH: u64 = 3;

/// Who asks for the restart, and when: run arguments.
const IDLE: u64 = 0;
const FIRST_ALONE: u64 = 1;
const SIBLING_WHILE_FIRST_IS_OUT: u64 = 2;
const SIBLING_WHILE_FIRST_RUNS: u64 = 3;
const FIRST_WHILE_SIBLING_RUNS: u64 = 4;
const FIRST_AS_SIBLINGS_WINDOW_OPENS: u64 = 5;
const SIBLING_WHILE_FIRST_IS_SUSPENDED: u64 = 6;
/// Nobody asks: no vCPU is on any more, so a heartbeat is missed.
const ALL_OFF: u64 = 7;

global_asm!(
    r#"
    .pushsection .text.lives, "ax"
// The second vCPU. In: x0 = what it does.
    .global lives_second
lives_second:
    mov     x20, x0
    mrs     x21, cntfrq_el0
    mov     x22, #1000
    udiv    x21, x21, x22           // ticks of a millisecond
    mov     x22, #20
    mul     x22, x21, x22           // and of the major frame
    cmp     x20, #{while_first_is_out}
    b.eq    1f
    cmp     x20, #{while_first_runs}
    b.eq    1f
    cmp     x20, #{while_first_is_suspended}
    b.eq    1f
2:  add     x23, x23, #1            // does nothing that the hypervisor could notice
    b       2b
1:  ldr     x0, ={wait_for_window}
    hvc     #0
    udiv    x3, x1, x22
    msub    x3, x3, x22, x1         // where in the frame its window begins
    udiv    x3, x3, x21
    cmp     x20, #{while_first_runs}
    b.eq    4f
    cmp     x3, #10                 // the first is out then
    b.lo    1b
    b       5f
4:  cmp     x3, #2                  // the first is in its second window soon
    b.ne    1b
    isb
    mrs     x4, cntvct_el0
    add     x4, x4, x21, lsr #1
6:  isb
    mrs     x5, cntvct_el0
    cmp     x5, x4
    b.lo    6b
5:  ldr     x0, ={restart}
    mov     x1, #0
    hvc     #0
    b       .
// The first vCPU, which says a letter in each window, with nothing in memory.
    .global lives_letters
lives_letters:
    mov     x25, #0
7:  add     x25, x25, #1
    and     x26, x25, #15
    add     x26, x26, #'a'
    mov     x2, #0x0a00
    orr     x2, x2, x26
    mov     x1, #2
    ldr     x0, ={console_write}
    hvc     #0
    ldr     x0, ={wait_for_window}
    hvc     #0
    b       7b
// The first vCPU, which is suspended until a window of its own and begins there anew: says so each time.
    .global lives_suspended
lives_suspended:
    mov     x2, #0x0a00 + 's'
    mov     x1, #2
    ldr     x0, ={console_write}
    hvc     #0
    ldr     x0, ={suspend}
    mov     x1, #0x10000            // with power down
    adr     x2, lives_suspended
    mov     x3, #0
    hvc     #0
    b       lives_letters           // it was refused
    .ltorg
    .popsection
"#,
    wait_for_window = const WAIT_FOR_WINDOW,
    restart = const RESTART,
    suspend = const PSCI_CPU_SUSPEND,
    console_write = const CONSOLE_WRITE,
    while_first_is_out = const SIBLING_WHILE_FIRST_IS_OUT,
    while_first_runs = const SIBLING_WHILE_FIRST_RUNS,
    while_first_is_suspended = const SIBLING_WHILE_FIRST_IS_SUSPENDED,
);

unsafe extern "C" {
    fn lives_second();
    fn lives_letters() -> !;
    fn lives_suspended() -> !;
}

fn main(context: Context) -> ! {
    println!("start, restarts {}", context.restarts);
    let way = context.run_argument;
    if way == ALL_OFF {
        turn_off(context.restarts > 0);
    }
    if way == IDLE || context.restarts >= ENOUGH {
        idle();
    }
    if way != FIRST_ALONE {
        println!("CPU_ON -> {}", turn_second_on(way));
    }
    if way == SIBLING_WHILE_FIRST_IS_SUSPENDED {
        // SAFETY: doesn't come back, and needs nothing.
        unsafe { lives_suspended() };
    }
    for _ in 0..4 {
        let _ = call::wait_for_window();
    }
    let frame = Ticks::from_duration(Duration::from_nanos(context.passport.major_frame_ns));
    match way {
        // SAFETY: doesn't come back, and needs nothing.
        SIBLING_WHILE_FIRST_IS_OUT => unsafe { lives_letters() },
        SIBLING_WHILE_FIRST_RUNS => loop {
            core::hint::spin_loop();
        },
        FIRST_WHILE_SIBLING_RUNS => wait_until(frame, Duration::from_micros(2_500)),
        FIRST_AS_SIBLINGS_WINDOW_OPENS => wait_until(frame, Duration::from_micros(1_935)),
        _ => {}
    }
    call::restart()
}

fn idle() -> ! {
    loop {
        let _ = call::wait_for_window();
    }
}

/// Gives heartbeats, a few of them before it turns its vCPU off, which is the last that is on.
fn turn_off(never: bool) -> ! {
    let _ = call::set_mode(OperatingMode::Normal);
    for beat in 0.. {
        let _ = call::heartbeat(beat);
        let _ = call::wait_for_window();
        if beat == 7 && !never {
            let _ = call::raw(PSCI_CPU_OFF, 0);
        }
    }
    unreachable!("windows don't run out")
}

/// Spins until so far into the major frame.
fn wait_until(frame: Ticks, time: Duration) {
    let time = Ticks::from_duration(time);
    let within = || Instant::now().0 % frame.0;
    while within() >= time.0 {}
    while within() < time.0 {}
}

/// `CPU_ON` (Arm DEN0022, 5.6) of the second vCPU, which does what `way` says.
fn turn_second_on(way: u64) -> i64 {
    let entry = lives_second as *const () as u64;
    let status: i64;
    // SAFETY: the hypervisor changes nothing but x0 to x17.
    unsafe {
        asm!("hvc #0", inout("x0") 0xC400_0003_u64 => status, inout("x1") 1_u64 => _,
            inout("x2") entry => _, inout("x3") way => _, out("x4") _, out("x5") _, out("x6") _,
            out("x7") _, out("x8") _, out("x9") _, out("x10") _, out("x11") _, out("x12") _,
            out("x13") _, out("x14") _, out("x15") _, out("x16") _, out("x17") _, options(nostack));
    }
    status
}
