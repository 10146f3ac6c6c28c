//! One run on one axis of time.
//!
//! Times are nanoseconds since the schedule's epoch. Of each end of a window is said whether it was measured or
//! is the plan's: the log has a window's start, but not its end; the tracer sees both.

use std::collections::BTreeMap;

use paratia_config::System;

use super::causes::Cause;
use super::notes::{Left, Note, What};
use super::recorder::Moment;
use super::slots::{Slot, Slots};
use crate::catalog::Choice;
use crate::log::Value;

/// Interrupts from here on mean that there is none, or another thing (Arm IHI 0069, 2.2).
const SPECIAL_INTERRUPTS: u64 = 1020;

/// How a time is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// The hypervisor or the tracer saw it.
    Measured,
    /// The plan says it; that it was kept isn't seen here.
    Planned,
}

impl Basis {
    /// In a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Planned => "planned",
        }
    }
}

/// A window of a vCPU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// Where.
    pub cpu: usize,
    /// Whose, by their place in the system.
    pub partition: usize,
    /// The vCPU's number in the partition.
    pub vcpu: usize,
    /// When it was to begin and to end, guard included.
    pub planned: (u64, u64),
    /// When it did, as far as that is known.
    pub ran: (u64, u64),
    /// How that is known.
    pub basis: (Basis, Basis),
    /// The log's event about it, by its place in [`Timeline::moments`].
    pub moment: Option<usize>,
}

/// An exit: from a guest's last instruction to the next guest's first one on that CPU, or to the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exit {
    /// Where.
    pub cpu: usize,
    /// Who was left, by their place in the system.
    pub partition: usize,
    /// The vCPU's number in the partition.
    pub vcpu: usize,
    /// From when to when.
    pub ran: (u64, u64),
    /// Whether its window was over with it: then switch, sleep, and whatever else until the next guest are in
    /// it.
    pub ends_window: bool,
    /// Why.
    pub cause: Cause,
}

/// An interrupt that the hypervisor took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interrupt {
    /// Where.
    pub cpu: usize,
    /// When.
    pub time_ns: u64,
    /// Its number.
    pub number: u64,
}

/// One run.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// The system on its board.
    pub choice: Choice,
    /// Frequency of the system counter; 0 if the run didn't come so far as to say it.
    pub frequency_hz: u64,
    /// The time of the last event.
    pub end_ns: u64,
    /// What was heard, in the order of time.
    pub moments: Vec<Moment>,
    /// Each window, by CPU and in the order of time.
    pub windows: Vec<Window>,
    /// Each exit, in the order of time; none without a tracer.
    pub exits: Vec<Exit>,
    /// Each interrupt that was taken, in the order of time; none without a tracer, or where there is no
    /// GIC.
    pub interrupts: Vec<Interrupt>,
    /// Whether there was a tracer.
    pub is_traced: bool,
}

/// From ticks to nanoseconds, rounded down.
fn nanoseconds(ticks: u64, frequency_hz: u64) -> u64 {
    let ns = u128::from(ticks) * 1_000_000_000 / u128::from(frequency_hz.max(1));
    u64::try_from(ns).unwrap_or(u64::MAX)
}

impl Timeline {
    /// The run of a system of which this was heard and, if there was a tracer, noted.
    #[must_use]
    pub fn new(choice: &Choice, moments: Vec<Moment>, notes: Option<&[Note]>) -> Self {
        let number = |name: &str, field: &str| {
            let event = moments.iter().find(|it| it.name == name)?;
            event.fields.get(field)?.as_u64()
        };
        let frequency_hz = number("boot", "frequency_hz").unwrap_or(0);
        let epoch_ticks = number("epoch", "ticks");
        let latest = moments.iter().map(|it| it.time_ticks).max().unwrap_or(0);
        let mut timeline = Self {
            choice: *choice,
            frequency_hz,
            end_ns: nanoseconds(latest, frequency_hz),
            moments,
            windows: Vec::new(),
            exits: Vec::new(),
            interrupts: Vec::new(),
            is_traced: notes.is_some(),
        };
        let slots = Slots::new(choice.system, frequency_hz);
        let mut windows = timeline.heard_windows(&slots);
        if let (Some(notes), Some(epoch_ticks)) = (notes, epoch_ticks) {
            let epoch_ns = nanoseconds(epoch_ticks, frequency_hz);
            timeline.look(notes, epoch_ns, &slots, &mut windows);
        } else if windows.is_empty() && epoch_ticks.is_some() {
            windows = timeline.planned_windows(&slots, latest);
        }
        timeline.windows = windows.into_values().collect();
        timeline
    }

    /// Nanoseconds since the epoch of a time in ticks.
    #[must_use]
    pub fn ns(&self, ticks: u64) -> u64 {
        nanoseconds(ticks, self.frequency_hz)
    }

    /// The system.
    #[must_use]
    pub fn system(&self) -> &'static System {
        self.choice.system
    }

    /// The CPUs that have a plan.
    pub fn cpus(&self) -> impl Iterator<Item = usize> + use<> {
        let plans = self.choice.system.schedule.plans;
        (0..plans.len()).filter(move |cpu| !plans[*cpu].is_empty())
    }

    fn window(&self, slot: Slot, basis: Basis) -> Window {
        let planned = (self.ns(slot.start), self.ns(slot.end));
        Window {
            cpu: slot.cpu,
            partition: slot.whose.0,
            vcpu: slot.whose.1,
            planned,
            ran: planned,
            basis: (basis, Basis::Planned),
            moment: None,
        }
    }

    /// The windows of which the log tells.
    fn heard_windows(&self, slots: &Slots) -> BTreeMap<Slot, Window> {
        let mut windows = BTreeMap::new();
        for (index, event) in self.moments.iter().enumerate() {
            let number = |field: &str| event.fields.get(field)?.as_u64();
            let cpu = number("cpu").and_then(|it| usize::try_from(it).ok());
            let (Some(cpu), Some(scheduled), Some(start)) =
                (cpu, number("scheduled"), number("start"))
            else {
                continue;
            };
            let Some(slot) = slots.at(cpu, scheduled).filter(|_| event.name == "window") else {
                continue;
            };
            let mut window = self.window(slot, Basis::Measured);
            window.ran.0 = self.ns(start);
            window.moment = Some(index);
            windows.insert(slot, window);
        }
        windows
    }

    /// The windows of the plan, where nobody tells of those that were.
    fn planned_windows(&self, slots: &Slots, until: u64) -> BTreeMap<Slot, Window> {
        let cpus = self.cpus();
        let all = cpus.flat_map(|cpu| slots.before(cpu, until));
        all.map(|slot| (slot, self.window(slot, Basis::Planned)))
            .collect()
    }

    /// Takes what the tracer has noted.
    fn look(
        &mut self,
        notes: &[Note],
        epoch_ns: u64,
        slots: &Slots,
        windows: &mut BTreeMap<Slot, Window>,
    ) {
        let mut all: BTreeMap<u64, Looking> = BTreeMap::new();
        for note in notes {
            // Nobody runs before the epoch.
            let time_ns = note.time_ns.saturating_sub(epoch_ns);
            let looking = all.entry(note.cpu).or_default();
            match note.what {
                What::Return { vttbr, vmpidr } => {
                    let Some((guest, cpu)) = guest(self.choice.system, vttbr, vmpidr) else {
                        continue;
                    };
                    looking.cpu = Some(cpu);
                    let ticks = self.ticks(time_ns);
                    let slot = slots.at(cpu, ticks).filter(|it| it.whose == guest);
                    let ends_window = slot.is_none() || slot != looking.slot;
                    if let (Some((left, from)), Some(guest)) = (looking.left.take(), looking.guest)
                    {
                        self.exits.push(Exit {
                            cpu,
                            partition: guest.0,
                            vcpu: guest.1,
                            ran: (from, time_ns),
                            ends_window,
                            cause: Cause::of(&left, self.choice.system, guest.0),
                        });
                    }
                    if let Some(slot) = slot.filter(|_| ends_window) {
                        let mut new = self.window(slot, Basis::Measured);
                        new.ran.0 = time_ns;
                        windows.entry(slot).or_insert(new);
                    }
                    (looking.guest, looking.slot) = (Some(guest), slot);
                }
                What::Exit(left) => {
                    looking.left = Some((left, time_ns));
                    if let Some(window) = looking.slot.and_then(|slot| windows.get_mut(&slot)) {
                        window.ran.1 = time_ns;
                        window.basis.1 = Basis::Measured;
                    }
                }
                What::Interrupt(number) => {
                    let cpu = looking.cpu.filter(|_| number < SPECIAL_INTERRUPTS);
                    self.interrupts.extend(cpu.map(|cpu| Interrupt {
                        cpu,
                        time_ns,
                        number,
                    }));
                }
            }
            self.end_ns = self.end_ns.max(time_ns);
        }
        for looking in all.into_values() {
            self.left_for_good(&looking);
        }
        self.exits.sort_by_key(|it| it.ran);
        self.interrupts.sort_by_key(|it| it.time_ns);
    }

    /// Who was left last on a CPU, after which nobody ran on it.
    fn left_for_good(&mut self, looking: &Looking) {
        let (Some(cpu), Some(guest), Some((left, from))) =
            (looking.cpu, looking.guest, looking.left)
        else {
            return;
        };
        self.exits.push(Exit {
            cpu,
            partition: guest.0,
            vcpu: guest.1,
            ran: (from, self.end_ns.max(from)),
            ends_window: true,
            cause: Cause::of(&left, self.choice.system, guest.0),
        });
    }

    /// Whole ticks of a time; a tick that isn't whole nanoseconds counts from its first whole one on.
    fn ticks(&self, time_ns: u64) -> u64 {
        let ticks = (u128::from(time_ns) + 1) * u128::from(self.frequency_hz);
        u64::try_from((ticks - 1) / 1_000_000_000).unwrap_or(u64::MAX)
    }
}

/// What was noted last of a CPU.
#[derive(Clone, Debug, Default)]
struct Looking {
    /// Which CPU it is, once somebody has run on it.
    cpu: Option<usize>,
    /// Who runs or has run.
    guest: Option<(usize, usize)>,
    /// In which of its windows.
    slot: Option<Slot>,
    /// Why it was left and when, if nobody runs since.
    left: Option<(Left, u64)>,
}

/// The partition by its VMID, which is its place plus one, and the vCPU by its affinity; and the CPU, which is
/// the one that has this vCPU's windows.
fn guest(system: &System, vttbr: u64, vmpidr: u64) -> Option<((usize, usize), usize)> {
    let partition = usize::try_from(vttbr >> 48).ok()?.checked_sub(1)?;
    let vcpu = usize::try_from(vmpidr & 0xFF).ok()?;
    let name = system.partitions.get(partition)?.name;
    let has = |plan: &&[paratia_config::Window]| {
        let mut windows = plan.iter();
        windows.any(|it| it.partition == name && it.vcpu as usize == vcpu)
    };
    let cpu = system.schedule.plans.iter().position(has)?;
    Some(((partition, vcpu), cpu))
}

/// The fields of a window beyond those of its event.
#[must_use]
pub fn fields_of(window: &Window) -> BTreeMap<String, Value> {
    let number = |it: u64| Value::Integer(it.into());
    let word = |it: Basis| Value::Text(it.word().to_owned());
    let fields = [
        ("planned_start_ns", number(window.planned.0)),
        ("planned_end_ns", number(window.planned.1)),
        ("start_is", word(window.basis.0)),
        ("end_is", word(window.basis.1)),
    ];
    fields.map(|(name, value)| (name.to_owned(), value)).into()
}

#[cfg(test)]
mod tests;
