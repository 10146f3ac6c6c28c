//! Faults of a guest: told to the health monitor, reported, and their verdict carried out.

use paratia_abi::StartCondition;
use paratia_config::system::HealthEvent;

use crate::arch::timer;
use crate::base::time::Ticks;
use crate::base::total;
use crate::interrupts::kicks;
use crate::machine::vgic::VcpuSet;
use crate::policy::health::Verdict;
use crate::policy::lifecycle::End;
use crate::state::decision::Decision;
use crate::state::event::{Details, Event, Record};
use crate::state::running::Guest;
use crate::state::shared;

/// Tells the health monitor, and carries out its verdict on the partition that runs. If its life is over
/// already, by a sibling's fault or by this vCPU's own in the same window, nobody is told: one incident
/// counts once.
#[inline(never)]
pub fn raise(guest: &mut Guest, event: HealthEvent, details: Details) -> Decision {
    raise_after(guest, None, event, details)
}

/// [`raise`], about what has a record of its own.
pub fn raise_after(
    guest: &mut Guest,
    cause: Option<Event>,
    event: HealthEvent,
    details: Details,
) -> Decision {
    if !guest.partition.life.is_running() {
        return Decision::EndWindow;
    }
    let now = timer::now();
    total::add(&mut guest.partition.totals.faults, 1);
    let table = &guest.partition.declaration().health;
    let action = guest.partition.history.judge(table, event, now);
    let partition = guest.partition.index;
    let fault = Event::Fault {
        partition,
        event,
        details,
    };
    let verdict = Event::Verdict {
        partition,
        event,
        action,
        restarts: guest.partition.totals.restarts,
    };
    if action != Verdict::Ignore || may_tell_ignored(guest) {
        let records = &mut guest.partition.records;
        let mut tell = |event| records.tell(Record { time: now, event });
        cause.map(&mut tell);
        tell(fault);
        tell(verdict);
    } else {
        total::add(&mut guest.partition.totals.faults_untold, 1);
    }
    match action {
        Verdict::Ignore => return Decision::Resume,
        Verdict::Restart => {
            let condition = match event {
                HealthEvent::Reset => StartCondition::PartitionRestart,
                _ => StartCondition::HealthMonitorRestart,
            };
            total::add(&mut guest.partition.totals.restarts, 1);
            end_life(guest, End::Restart(condition));
        }
        Verdict::Halt => end_life(guest, End::Halt),
        Verdict::StopSystem => {
            end_life(guest, End::Halt);
            shared::ask_to_stop();
        }
    }
    Decision::EndWindow
}

/// Whether a fault that is ignored, which the guest may repeat as often as it likes, is told once more.
fn may_tell_ignored(guest: &mut Guest) -> bool {
    guest.vcpu.told.ignored(guest.cpu.window_start) && guest.partition.records.can_ignore()
}

/// [`raise`], about an event that no exception describes.
pub fn raise_here(guest: &mut Guest, event: HealthEvent) -> Decision {
    raise(guest, event, Details::here(0))
}

/// The partition has asked for its end; a record tells it, in the room that is kept for a life's end.
pub fn halt(guest: &mut Guest) {
    if !guest.partition.life.is_running() {
        return;
    }
    let event = Event::Halted {
        partition: guest.partition.index,
    };
    let time = timer::now();
    guest.partition.records.tell(Record { time, event });
    end_life(guest, End::Halt);
}

/// The partition's present life is over, if it isn't already. Its other vCPUs learn it where they run.
#[inline(never)]
pub fn end_life(guest: &mut Guest, end: End) {
    if !guest.partition.life.end(end) {
        return;
    }
    if let Some(supervision) = &mut guest.partition.supervision {
        supervision.stop();
    }
    if guest.partition.running != VcpuSet::NONE {
        kicks::kick(guest, guest.partition.running);
    }
}

/// Looks whether the partition missed a heartbeat by `now`.
pub fn check_heartbeat(guest: &mut Guest, now: Ticks) -> Decision {
    let Some(supervision) = &mut guest.partition.supervision else {
        return Decision::Resume;
    };
    let count = supervision.check(now);
    if count == 0 {
        return Decision::Resume;
    }
    let event = Event::HeartbeatMissed {
        partition: guest.partition.index,
        count,
    };
    raise_after(
        guest,
        Some(event),
        HealthEvent::MissedHeartbeat,
        Details::here(0),
    )
}
