//! What a CPU does with time that belongs to no partition: CPU 0 works on the log, all sleep.

use crate::arch::timer;
use crate::base::time::Ticks;
use crate::report::log;
use crate::state::cpu::Cpu;

/// The share of the guard that one step of the log may take; the rest is for the switch itself.
const STEP_SHARE_OF_GUARD: u64 = 4;

/// Works on the log until there is nothing to do or `until` is near, without sleeping. A function of its
/// own, so that the counter tells it from the path that has time for it.
#[inline(never)]
pub fn work_until(cpu: &mut Cpu, until: Ticks) {
    if cpu.index != 0 {
        return;
    }
    let margin = cpu.cursor.guard_ticks() / STEP_SHARE_OF_GUARD;
    loop {
        let begun = timer::now();
        // A step takes less than the margin, so one that begins earlier than that is over in time.
        if begun.after(margin).reached(until) || !work_once(cpu) {
            return;
        }
        cpu.path.leave_out(timer::now().since(begun));
    }
}

/// Does one step of the log, if this CPU does any; whether there was something to do.
pub fn work_once(cpu: &mut Cpu) -> bool {
    if cpu.index != 0 {
        return false;
    }
    let begun = timer::now();
    // SAFETY: the index says that this is CPU 0, and nothing that the log calls comes here.
    let worked = unsafe { log::step() };
    if worked {
        cpu.path.count_log_step(timer::now().since(begun));
    }
    worked
}

/// Sleeps until `until`, and says when that was. Woken only by the hypervisor's own timer, since
/// everything else is masked by priority while no partition runs.
#[inline]
#[must_use]
pub fn sleep_until(until: Ticks) -> Ticks {
    loop {
        let now = timer::now();
        // Asked before the first sleep, too: the time may be over already, and `WFI` may end without a cause.
        if now.reached(until) {
            return now;
        }
        timer::arm(until);
        timer::wait_for_interrupt();
    }
}

/// Spends the time until `until` that belongs to nobody, and says when that was.
#[inline]
pub fn spend_until(cpu: &mut Cpu, until: Ticks) -> Ticks {
    work_until(cpu, until);
    sleep_until(until)
}
