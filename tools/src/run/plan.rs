//! What the schedule says about an event.

use std::time::Duration;

use paratia_config::system::Schedule;

use crate::log::Event;

/// A time of the schedule in ticks of the counter, as the hypervisor reckons (`base/time.rs`); none if they are
/// too many.
pub(crate) fn ticks(time: Duration, frequency_hz: u64) -> Option<u64> {
    let ticks = time.as_nanos() * u128::from(frequency_hz) / 1_000_000_000;
    u64::try_from(ticks).ok()
}

/// When the window of a `window` event ends by the plan, in ticks since the epoch: the record of a window says
/// only when it began.
pub(super) fn end_of_window(event: &Event, schedule: &Schedule, frequency_hz: u64) -> Option<u64> {
    if event.name != "window" {
        return None;
    }
    let ticks = |time| ticks(time, frequency_hz);
    let frame = ticks(schedule.major_frame)?;
    let scheduled = event.integer("scheduled")?;
    let in_frame = scheduled.checked_rem(frame)?;
    let cpu = usize::try_from(event.integer("cpu")?).ok()?;
    let mut windows = schedule.plans.get(cpu)?.iter();
    let window = windows.find(|it| ticks(it.start) == Some(in_frame))?;
    let end = ticks(window.start.saturating_add(window.length))?;
    (scheduled - in_frame).checked_add(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_ends_as_planned() {
        let choice = crate::catalog::choose("qemu-virt", "hello").unwrap();
        let schedule = &choice.system.schedule;
        let window = schedule.plans[0][0];
        let hz = 62_500_000;
        let ticks = |time: Duration| {
            u64::try_from(time.as_nanos() * u128::from(hz) / 1_000_000_000).unwrap()
        };
        let frame = ticks(schedule.major_frame);
        let scheduled = 3 * frame + ticks(window.start);
        let event = |name: &str, scheduled| {
            Event::parse(
                0,
                &format!("{name} cpu=0 partition=0 scheduled={scheduled} start={scheduled}"),
            )
        };
        let end = 3 * frame + ticks(window.start + window.length);
        assert_eq!(
            end_of_window(&event("window", scheduled), schedule, hz),
            Some(end)
        );
        assert_eq!(
            end_of_window(&event("window", scheduled + 1), schedule, hz),
            None
        );
        assert_eq!(
            end_of_window(&event("heartbeat", scheduled), schedule, hz),
            None
        );
        assert_eq!(
            end_of_window(&event("window", scheduled), schedule, 0),
            None
        );
    }
}
