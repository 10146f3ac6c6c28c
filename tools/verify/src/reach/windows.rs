//! The schedule that boot makes plans of, and whose vCPUs its windows release.

use serde::{Deserialize, Serialize};

use super::declared::{Declaration, Window};
use super::finding::{About, Finding};
use super::held::{Held, Record};
use super::regimes::{FACTS, Whose};

/// A window, as the image has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The CPU.
    pub cpu: usize,
    /// Whose it is.
    pub who: String,
    /// Which vCPU of all.
    pub vcpu: Option<usize>,
    /// When it begins in the major frame, in nanoseconds.
    pub start_ns: u64,
    /// How long it is, in nanoseconds.
    pub length_ns: u64,
}

const SCHEDULE: &str = "chosen::SCHEDULE";
const WHOSE: &str = "others::WHOSE";
const VCPUS: &str = "vcpu::VCPUS";

/// All windows, and what is wrong with them.
#[must_use]
pub fn read(held: &Held<'_>, declared: &Declaration) -> (Vec<Shown>, Vec<Finding>) {
    let mut look = Look {
        held,
        declared,
        windows: Vec::new(),
        findings: Vec::new(),
    };
    if let Err(finding) = look.schedule() {
        look.findings.push(finding.while_reading("the schedule"));
    }
    if let Err(finding) = look.vcpus() {
        look.findings
            .push(finding.while_reading("the vCPUs' constants"));
    }
    (look.windows, look.findings)
}

struct Look<'a> {
    held: &'a Held<'a>,
    declared: &'a Declaration,
    windows: Vec<Shown>,
    findings: Vec<Finding>,
}

impl Look<'_> {
    fn schedule(&mut self) -> Result<(), Finding> {
        let (held, declared) = (self.held, &self.declared.schedule);
        let schedule = held.row(SCHEDULE, "Schedule", 0)?;
        let frame = held.time(schedule, "major_frame")?;
        self.is(
            "the major frame",
            schedule,
            "major_frame",
            frame,
            declared.major_frame_ns,
        )?;
        let guard = held.time(schedule, "guard")?;
        self.is("the guard", schedule, "guard", guard, declared.guard_ns)?;
        let (plans, count) = held.slice(schedule, "plans")?;
        self.is(
            "the number of plans",
            schedule,
            "plans",
            count,
            declared.plans.len() as u64,
        )?;
        // Each CPU has as many places as the longest plan has windows.
        let most = declared.plans.iter().map(Vec::len).max().unwrap_or(0) as u64;
        let whose = held.symbol(WHOSE)?.address;
        for (cpu, plan) in (0..).zip(&declared.plans) {
            let (windows, count) = held.slice_at(plans + 16 * cpu)?;
            let place = format!("plan of CPU {cpu}, at {}", held.place(plans + 16 * cpu));
            if count != plan.len() as u64 {
                let fact = format!("it has {count} windows, but {} are declared", plan.len());
                self.findings
                    .push(Finding::new(About::Schedule, place, fact));
            }
            for (index, window) in (0..count).zip(plan) {
                let at = windows + index * held.size("Window")?;
                let record = Record { at, kind: "Window" };
                let owner = whose + 8 * (most * cpu + index);
                self.window(cpu, record, owner, window, frame)?;
            }
        }
        Ok(())
    }

    fn is(
        &mut self,
        what: &str,
        record: Record,
        field: &str,
        found: u64,
        declared: u64,
    ) -> Result<(), Finding> {
        if found != declared {
            let at = self.held.field(record, field)?;
            let place = format!("{what}, at {}", self.held.place(at));
            let fact = format!("it is {found}, but {declared} is declared");
            self.findings
                .push(Finding::new(About::Schedule, place, fact));
        }
        Ok(())
    }

    fn window(
        &mut self,
        cpu: u64,
        record: Record,
        owner: u64,
        declared: &Window,
        frame: u64,
    ) -> Result<(), Finding> {
        let held = self.held;
        let (start, length) = (held.time(record, "start")?, held.time(record, "length")?);
        let of = Whose::Partition(declared.partition).name(self.declared);
        let place = format!("window of {of} on CPU {cpu}, at {}", held.place(record.at));
        if (start, length) != (declared.start_ns, declared.length_ns) {
            let fact = format!(
                "it begins at {start} ns and lasts {length} ns, but {} ns and {} ns are declared",
                declared.start_ns, declared.length_ns
            );
            self.findings
                .push(Finding::new(About::Schedule, place.clone(), fact));
        }
        if start.saturating_add(length) > frame {
            let fact = format!(
                "it ends at {} ns, behind the major frame's end, {frame} ns",
                start.saturating_add(length)
            );
            self.findings
                .push(Finding::new(About::Schedule, place.clone(), fact));
        }
        let number = held.half(record, "vcpu")?;
        if number != declared.vcpu {
            let fact = format!("it is vCPU {number}'s, but {} is declared", declared.vcpu);
            self.findings
                .push(Finding::new(About::Schedule, place.clone(), fact));
        }
        let vcpu = held.index(VCPUS, "Vcpu", held.word_at(owner)?)?;
        let wanted = self.first_vcpu(declared.partition) + declared.vcpu as usize;
        if vcpu != Some(wanted) {
            let fact = format!(
                "it releases {}, but vCPU {wanted} of all is declared",
                vcpu.map_or("what is no vCPU".to_owned(), |vcpu| format!(
                    "vCPU {vcpu} of all"
                ))
            );
            let place = format!("{place}, whose owner is at {}", held.place(owner));
            self.findings
                .push(Finding::new(About::Schedule, place, fact));
        }
        self.windows.push(Shown {
            cpu: usize::try_from(cpu).unwrap_or(usize::MAX),
            who: of,
            vcpu,
            start_ns: start,
            length_ns: length,
        });
        Ok(())
    }

    fn first_vcpu(&self, partition: usize) -> usize {
        let before = &self.declared.partitions[..partition.min(self.declared.partitions.len())];
        before
            .iter()
            .map(|partition| partition.vcpus as usize)
            .sum()
    }

    /// Each vCPU refers to its own constants, and these to its partition's.
    fn vcpus(&mut self) -> Result<(), Finding> {
        for (vcpu, owner) in self.declared.vcpus().into_iter().enumerate() {
            let state = self.held.row(VCPUS, "Vcpu", vcpu)?;
            self.refers(state, "facts", (FACTS, "Facts"), vcpu)?;
            let facts = self.held.row(FACTS, "Facts", vcpu)?;
            self.refers(
                facts,
                "of_partition",
                (super::owners::PARTITIONS, "PartitionFacts"),
                owner,
            )?;
        }
        Ok(())
    }

    fn refers(
        &mut self,
        from: Record,
        field: &str,
        (table, kind): (&str, &'static str),
        wanted: usize,
    ) -> Result<(), Finding> {
        let at = self.held.word(from, field)?;
        let index = self.held.index(table, kind, at)?;
        if index != Some(wanted) {
            let place = self.held.place(self.held.field(from, field)?);
            let fact = format!(
                "it refers to {}, but must to record {wanted} of {table}",
                self.held.place(at)
            );
            self.findings
                .push(Finding::new(About::Schedule, place, fact));
        }
        Ok(())
    }
}
