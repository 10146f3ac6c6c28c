//! Whether a start is a fresh one, told by an error that no step would report.

use core::sync::atomic::{AtomicU64, Ordering};

use paratia_runtime::abi::ReportedError;
use paratia_runtime::abi::call::REPORT_ERROR;
use paratia_runtime::{Context, call, mmu};

use crate::RAM_END;
use crate::controller;
use crate::entry::{self, SYSTEM};
use crate::script::{FOUND, Finding};

/// Not zero once somebody has begun in this memory.
pub static LIFE: AtomicU64 = AtomicU64::new(0);

/// How far apart are the words of memory that are looked at: every page, each at another place.
const STRIDE: usize = 4096 + 8;

fn tell(finding: Finding, what: u64, value: u64) {
    let detail = FOUND | finding as u64;
    call::report_error(ReportedError::Application, [detail, what, value]);
}

/// A vCPU is here that hasn't begun in this memory.
pub extern "C" fn tell_stale() -> ! {
    loop {
        // Whoever goes on like this may have no stack.
        // SAFETY: a call without memory, which may be answered by the end of this life.
        unsafe {
            core::arch::asm!("hvc #0", inlateout("x0") u64::from(REPORT_ERROR) => _,
                inlateout("x1") ReportedError::Application as u64 => _,
                inlateout("x2") FOUND | Finding::Stale as u64 => _, inlateout("x3") 0_u64 => _,
                lateout("x4") _, lateout("x5") _, lateout("x6") _, lateout("x7") _, lateout("x8") _,
                lateout("x9") _, lateout("x10") _, lateout("x11") _, lateout("x12") _,
                lateout("x13") _, lateout("x14") _, lateout("x15") _, lateout("x16") _,
                lateout("x17") _, options(nostack));
        }
    }
}

/// Ends a life that never began.
pub fn check_not_stale() {
    if LIFE.load(Ordering::Relaxed) == 0 {
        tell_stale();
    }
}

/// Looks at what the first vCPU found at its start.
pub fn look(context: &Context) {
    LIFE.store(context.restarts + 1, Ordering::Relaxed);
    look_at_registers(4);
    let found = entry::at_start();
    if found.x[2] != context.restarts || found.x[3] != context.run_argument {
        tell(Finding::Arguments, found.x[2], found.x[3]);
    }
    let start = mmu::image().end.next_multiple_of(4096);
    let end = RAM_END.load(Ordering::Relaxed) as usize;
    for address in (start..end - 8).step_by(STRIDE) {
        let word = core::ptr::with_exposed_provenance::<u64>(address);
        // SAFETY: a word of this partition's RAM behind its image; it may have any value.
        let value = unsafe { word.read_volatile() };
        if value != 0 {
            return tell(Finding::Memory, address as u64, value);
        }
    }
    if let Some((offset, value)) = controller::not_as_after_reset() {
        tell(Finding::Controller, offset, value);
    }
}

/// Looks at what another vCPU found, or the first one that came back from a power-down state.
pub fn look_at_second() {
    check_not_stale();
    look_at_registers(1);
    let found = entry::at_start();
    if found.x[0] != entry::context_of(entry::number() as u64) {
        tell(Finding::Arguments, found.x[0], 0);
    }
}

/// General registers from `first` on, floating point registers and some of the system's.
fn look_at_registers(first: usize) {
    let found = entry::at_start();
    let mut general = found.x.iter().enumerate().skip(first);
    if let Some((index, value)) = general.find(|(_, value)| **value != 0) {
        tell(Finding::General, index as u64, *value);
    }
    let mut float = found.q.iter().enumerate();
    if let Some((index, value)) = float.find(|(_, value)| **value != 0) {
        tell(Finding::Float, index as u64, *value as u64);
    }
    let mut system = found.system.iter().zip(SYSTEM).enumerate();
    if let Some((index, (value, _))) = system.find(|(_, (value, (_, reset)))| *value != reset) {
        tell(Finding::System, index as u64, *value);
    }
}
