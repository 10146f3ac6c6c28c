//! Exceptions: interrupts go to their handler, everything else ends the partition.
//!
//! An exception that nobody expects prints one line and is reported to the health monitor, which
//! decides what follows.

use core::arch::global_asm;
use core::panic::{Location, PanicInfo};
use core::sync::atomic::{AtomicBool, Ordering};

use cortex_a::asm::wfi;
use cortex_a::registers::{ELR_EL1, ESR_EL1, FAR_EL1, Readable};
use paratia_abi::{ReportedError, exception};

use crate::{call, interrupt, println};

// The exception vectors (Arm ARM DDI 0487, D1.3.1.5). Code runs on SP_EL0, exceptions on SP_EL1.
//
// `unexpected_exception` in:  x0 = the kind.
// Out: to `ended` with x0 unchanged, on a fresh exception stack: the one in use may be what
// overflowed. Nothing is saved, for nothing goes back.
//
// `interrupted` saves what a function may change under AAPCS64: x0-x18, x30, and of the floating
// point registers all 128 bits, since only the lower halves of v8-v15 survive a call.
global_asm!(
    r#"
    .macro  unexpected kind
    .balign 0x80
    mov     x0, #\kind
    b       unexpected_exception
    .endm

    .pushsection .text.exceptions, "ax"
    .balign 0x800
    .global exception_vectors
exception_vectors:
    unexpected {synchronous}            // current EL with SP_EL0
    .balign 0x80
    b       interrupted
    unexpected {fast_interrupt}
    unexpected {system_error}

    unexpected {nested}                 // current EL with SP_EL1: within an exception
    unexpected {nested}
    unexpected {nested}
    unexpected {system_error}

    .rept   8                           // lower EL: the runtime has no code there
    unexpected {lower_level}
    .endr

unexpected_exception:
    adrp    x1, exception_stack_end
    mov     sp, x1
    mov     x29, xzr                    // end of the chain of frames
    mov     x30, xzr
    b       {ended}

interrupted:
    sub     sp, sp, #{frame_bytes}
    stp     x0, x1, [sp, #0]
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x30, [sp, #144]
    mrs     x0, elr_el1
    mrs     x1, spsr_el1
    stp     x0, x1, [sp, #160]
    mrs     x0, fpcr
    mrs     x1, fpsr
    stp     x0, x1, [sp, #176]
    add     x0, sp, #192
    st1     {{v0.2d-v3.2d}}, [x0], #64
    st1     {{v4.2d-v7.2d}}, [x0], #64
    st1     {{v8.2d-v11.2d}}, [x0], #64
    st1     {{v12.2d-v15.2d}}, [x0], #64
    st1     {{v16.2d-v19.2d}}, [x0], #64
    st1     {{v20.2d-v23.2d}}, [x0], #64
    st1     {{v24.2d-v27.2d}}, [x0], #64
    st1     {{v28.2d-v31.2d}}, [x0], #64

    bl      {handle}

    add     x0, sp, #192
    ld1     {{v0.2d-v3.2d}}, [x0], #64
    ld1     {{v4.2d-v7.2d}}, [x0], #64
    ld1     {{v8.2d-v11.2d}}, [x0], #64
    ld1     {{v12.2d-v15.2d}}, [x0], #64
    ld1     {{v16.2d-v19.2d}}, [x0], #64
    ld1     {{v20.2d-v23.2d}}, [x0], #64
    ld1     {{v24.2d-v27.2d}}, [x0], #64
    ld1     {{v28.2d-v31.2d}}, [x0], #64
    ldp     x0, x1, [sp, #176]
    msr     fpcr, x0
    msr     fpsr, x1
    ldp     x0, x1, [sp, #160]
    msr     elr_el1, x0
    msr     spsr_el1, x1
    ldp     x0, x1, [sp, #0]
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x8, x9, [sp, #64]
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x16, x17, [sp, #128]
    ldp     x18, x30, [sp, #144]
    add     sp, sp, #{frame_bytes}
    eret
    .popsection
"#,
    synchronous = const Vector::Synchronous as u64,
    fast_interrupt = const Vector::FastInterrupt as u64,
    system_error = const Vector::SystemError as u64,
    nested = const Vector::Nested as u64,
    lower_level = const Vector::LowerLevel as u64,
    frame_bytes = const 192 + 32 * 16,
    ended = sym ended,
    handle = sym interrupt::handle,
);

/// Which vector an unexpected exception came by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
enum Vector {
    Synchronous,
    FastInterrupt,
    SystemError,
    /// An exception while another one was handled.
    Nested,
    LowerLevel,
}

/// Set by the first exception or panic: printing it may be what causes the next one.
static ENDING: AtomicBool = AtomicBool::new(false);

/// The end of a partition by an exception.
extern "C" fn ended(kind: Vector) -> ! {
    let (syndrome, fault_address, address) = (ESR_EL1.get(), FAR_EL1.get(), ELR_EL1.get());
    if !ENDING.swap(true, Ordering::Relaxed) {
        let what = match kind {
            Vector::Synchronous | Vector::Nested => {
                exception::name(exception::class(syndrome)).unwrap_or("synchronous exception")
            }
            Vector::FastInterrupt => "fast interrupt",
            Vector::SystemError => "system error",
            Vector::LowerLevel => "exception from EL0",
        };
        println!(
            "unhandled exception: {what} at {address:#010x}, fault address {fault_address:#010x}, \
             syndrome {syndrome:#010x}"
        );
    }
    stop(
        ReportedError::UnhandledException,
        [syndrome, fault_address, address],
    )
}

/// The end of a partition by a panic.
#[panic_handler]
fn panicked(panic: &PanicInfo) -> ! {
    interrupt::disable();
    if !ENDING.swap(true, Ordering::Relaxed) {
        // One line, which the tool repeats beside the fault.
        match panic.location() {
            Some(place) => println!("panicked at {place}: {}", panic.message()),
            None => println!("panicked: {}", panic.message()),
        }
    }
    let line = panic.location().map_or(0, Location::line);
    stop(ReportedError::Application, [line.into(), 0, 0])
}

/// Reports the end, and stays where it is if the health policy ignores it.
fn stop(error: ReportedError, details: [u64; 3]) -> ! {
    call::report_error(error, details);
    loop {
        wfi();
    }
}
