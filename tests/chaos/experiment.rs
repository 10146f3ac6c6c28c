//! A system, how it is without an attack, and runs of it.

use std::time::Duration;

use object::{Object as _, ObjectSection as _, SectionFlags};
use paratia::run::{Run, RunReport};
use paratia_config::system::Criticality;
use paratia_tests::{image_of, run, with_finest_ticks};

use super::script::Script;

/// Board time of a run.
pub const BOARD_TIME: Duration = Duration::from_millis(60);
/// Long enough for any run; one that takes longer has stopped getting on.
const WALL_CLOCK: Duration = Duration::from_secs(40);
/// Whose steps the script is.
pub const ATTACKER: &str = "attacker";
/// How much of the memory between partitions is looked at, on each side.
const EDGE_BYTES: u64 = 64 << 10;

/// A piece of memory that must hold at the end what it held at the beginning.
pub struct Kept {
    /// What it is.
    pub name: String,
    /// Where it lies.
    pub base: u64,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// A system, and how it is while the attacker idles.
pub struct Experiment {
    /// Its name.
    pub system: String,
    /// What the image and the memory beside the partitions hold.
    pub kept: Vec<Kept>,
    /// The run with the idle attacker.
    pub idle: RunReport,
    prepared: Run,
}

impl Experiment {
    /// Prepares a system, and runs it with the idle attacker.
    pub fn new(system: &str) -> Self {
        let run = run(system)
            .stop_after(BOARD_TIME)
            .wall_clock_limit(WALL_CLOCK);
        let run = with_finest_ticks(run);
        let idle = run.execute().expect("QEMU starts");
        assert!(
            idle.reached_end(),
            "{system} without an attack: {}",
            idle.outcome
        );
        let kept = kept(system, &idle);
        let prepared = kept.iter().fold(run, |run, kept| {
            run.dump(kept.base, kept.bytes.len() as u64)
        });
        Self {
            system: system.to_owned(),
            kept,
            idle,
            prepared,
        }
    }

    /// How many vCPUs the attacker has.
    pub fn vcpus(&self) -> u32 {
        self.idle.system.partitions[0].machine.vcpus
    }

    /// How many CPUs have a plan.
    pub fn cpus(&self) -> usize {
        self.idle.system.schedule.plans.len()
    }

    /// Runs a script.
    pub fn run(&self, script: Script) -> RunReport {
        let run = self.prepared.clone().argument(ATTACKER, script.argument());
        run.execute().expect("QEMU starts")
    }

    /// The partitions that depend on nothing that the attacker may do.
    pub fn victims(&self) -> impl Iterator<Item = &'static str> {
        let partitions = self.idle.system.partitions.iter();
        partitions
            .filter(|partition| partition.criticality == Criticality::Critical)
            .map(|partition| partition.name)
    }

    /// All partitions but the attacker.
    pub fn neighbours(&self) -> impl Iterator<Item = &'static str> {
        self.idle
            .system
            .partitions
            .iter()
            .skip(1)
            .map(|partition| partition.name)
    }
}

/// What the image holds that nobody writes, and zeroes beside each partition's memory.
fn kept(system: &str, idle: &RunReport) -> Vec<Kept> {
    let bytes = std::fs::read(image_of(system)).expect("the image is there");
    let file = object::File::parse(bytes.as_slice()).expect("an ELF file");
    let mut kept = Vec::new();
    for section in file.sections() {
        let SectionFlags::Elf { sh_flags } = section.flags() else {
            continue;
        };
        let is_loaded = sh_flags & u64::from(object::elf::SHF_ALLOC) != 0 && section.address() != 0;
        let is_written = sh_flags & u64::from(object::elf::SHF_WRITE) != 0;
        let name = section.name().unwrap_or_default();
        // Each run has parameters of its own.
        if is_loaded && !is_written && name != paratia_config::run::SECTION {
            kept.push(Kept {
                name: name.to_owned(),
                base: section.address(),
                bytes: section.data().expect("it has bytes").to_vec(),
            });
        }
    }
    for partition in idle.system.partitions {
        for region in partition.regions {
            let memory = region.physical();
            for base in [
                memory.base.0 - EDGE_BYTES,
                memory.base.0 + memory.size_bytes,
            ] {
                kept.push(Kept {
                    name: format!("memory beside {}", partition.name),
                    base,
                    bytes: vec![0; EDGE_BYTES as usize],
                });
            }
        }
    }
    kept
}
