//! Faults, and what follows from each.

use paratia_config::system::{Action, Criticality, HealthEvent, Partition, System};
use serde::Serialize;

use super::timing::nanoseconds;
use crate::run::RunReport;

/// What follows from a partition's faults.
#[derive(Clone, Debug, Serialize)]
pub struct Table {
    /// Whose.
    pub partition: String,
    /// Whether others depend on it.
    pub critical: bool,
    /// Refused calls in one window up to which they are no fault.
    pub refused_calls_per_window: u32,
    /// Most restarts within the period; one more is a halt.
    pub restarts: u32,
    /// The sliding period in which they are counted.
    pub restart_period_ns: u64,
    /// Signs of life that it owes.
    pub heartbeat: Option<Heartbeat>,
    /// Each kind of fault.
    pub rows: Vec<Row>,
}

/// Signs of life.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Heartbeat {
    /// One is due in each.
    pub period_ns: u64,
    /// How long after a period's start it still counts.
    pub deadline_ns: u64,
    /// How long the start may take.
    pub start_within_ns: u64,
}

/// A kind of fault.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Which.
    pub event: &'static str,
    /// What follows.
    pub action: &'static str,
    /// How often it was told in the run, if there was one.
    pub told: Option<usize>,
}

/// The table of each partition, with what came of it in a run.
#[must_use]
pub fn tables(report: &RunReport) -> Vec<Table> {
    let told = |partition: &Partition, event: HealthEvent| {
        let told = report.about("fault", partition.name);
        let told = told.filter(|it| it.word("event") == Some(event.name()));
        Some(told.count())
    };
    let partitions = report.system.partitions.iter();
    partitions.map(|it| table(it, &told)).collect()
}

/// The table of each partition as it is declared.
#[must_use]
pub fn declared(system: &System) -> Vec<Table> {
    let partitions = system.partitions.iter();
    partitions.map(|it| table(it, &|_, _| None)).collect()
}

fn table(partition: &Partition, told: &dyn Fn(&Partition, HealthEvent) -> Option<usize>) -> Table {
    let limit = partition.health.restart_limit;
    let row = |event: HealthEvent| Row {
        event: event.name(),
        action: word(partition.health.action(event)),
        told: told(partition, event),
    };
    Table {
        partition: partition.name.to_owned(),
        critical: partition.criticality == Criticality::Critical,
        refused_calls_per_window: partition.refused_calls_per_window,
        restarts: limit.count,
        restart_period_ns: nanoseconds(limit.period),
        heartbeat: partition.heartbeat.map(|it| Heartbeat {
            period_ns: nanoseconds(it.period),
            deadline_ns: nanoseconds(it.deadline),
            start_within_ns: nanoseconds(it.start_within),
        }),
        rows: HealthEvent::ALL.map(row).into(),
    }
}

fn word(action: Action) -> &'static str {
    match action {
        Action::Ignore => "ignore",
        Action::Restart => "restart",
        Action::Halt => "halt",
        Action::StopSystem => "stop-system",
    }
}
