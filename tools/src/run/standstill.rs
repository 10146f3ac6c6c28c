//! A board whose time stands still: seen, explained and ended.
//!
//! Where board time passes by instructions, none passes for a CPU that takes exception after exception
//! without completing one: a guest whose vector can't be fetched, or whose vector's first instruction
//! faults itself. No timer can interrupt that, and with one CPU's time all others' stands still. With
//! the clock on the wall the guest's window ends as any.
//!
//! What is looked at changes nothing as long as something is heard of the board, or as long as it has
//! nothing to do, which takes none of QEMU's time.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use paratia_abi::exception;
use paratia_config::System;

use crate::qemu::gdb::Gdb;
use crate::qemu::{Control, Process};

/// How much of its time QEMU may spend before something is heard of the board.
const SILENCE: Duration = Duration::from_secs(4);
/// How much more until it is looked at again.
const PAUSE: Duration = Duration::from_secs(2);
/// How often program counters are looked at, and how long between.
const LOOKS: usize = 5;
const BETWEEN: Duration = Duration::from_millis(20);
/// The vector for synchronous exceptions from the level that takes them, on its own stack pointer: where
/// such a CPU ends up, since every exception selects that (Arm ARM DDI 0487, D1.3.1.5).
const VECTOR: u64 = 0x200;
/// Vectors are aligned to their size.
const VECTORS_BYTES: u64 = 0x800;

/// Watches a run.
pub(super) struct Watch<'a> {
    system: &'static System,
    socket: &'a Path,
    started: Instant,
    /// What QEMU had spent when something was heard last.
    heard: Duration,
    /// Something was heard since that was looked at.
    is_heard: bool,
}

/// What is known of a CPU that makes no step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    cpu: usize,
    vector: u64,
    syndrome: u64,
    address: u64,
    stage2: u64,
}

impl<'a> Watch<'a> {
    /// Of a run of this system on a machine with this control socket.
    pub(super) fn new(system: &'static System, socket: &'a Path) -> Self {
        Self {
            system,
            socket,
            started: Instant::now(),
            heard: Duration::ZERO,
            is_heard: false,
        }
    }

    /// Something was heard of the board.
    pub(super) fn heard(&mut self) {
        self.is_heard = true;
    }

    /// Nothing was heard of it. What is wrong, if its time stands still.
    pub(super) fn silent(&mut self, process: &Process) -> Option<String> {
        let spent = self.spent(process);
        if std::mem::take(&mut self.is_heard) {
            self.heard = spent;
        }
        if spent.saturating_sub(self.heard) < SILENCE {
            return None;
        }
        self.heard = spent.saturating_sub(SILENCE).saturating_add(PAUSE);
        // A QEMU that doesn't answer is the time limit's affair.
        let mut control = Control::connect(self.socket).ok()?;
        let cpu = at_vector(&mut control)?;
        let seen = look(&mut control, &self.socket.with_file_name("gdb"), cpu);
        match seen {
            Ok(seen) => seen.map(|seen| sentence(self.system, &seen)),
            Err(_) => None,
        }
    }

    /// The time that QEMU has spent, or at least went by.
    fn spent(&self, process: &Process) -> Duration {
        process
            .time_spent()
            .unwrap_or_else(|| self.started.elapsed())
    }
}

/// A CPU that is at the same vector of EL1 whenever it is looked at.
fn at_vector(control: &mut Control) -> Option<usize> {
    let first = places(&control.registers().ok()?);
    let mut candidates: Vec<(usize, u64)> = first
        .into_iter()
        .filter(|(_, place)| place % VECTORS_BYTES == VECTOR)
        .collect();
    for _ in 1..LOOKS {
        if candidates.is_empty() {
            return None;
        }
        thread::sleep(BETWEEN);
        let again = places(&control.registers().ok()?);
        candidates.retain(|it| again.contains(it));
    }
    candidates.first().map(|(cpu, _)| *cpu)
}

/// The program counters of the CPUs that are at EL1 on its own stack pointer, in what the monitor's
/// `info registers -a` prints: `CPU#0`, ` PC=0000000100000200 X00=...`, `PSTATE=600003c5 -ZC- EL1h`.
fn places(text: &str) -> Vec<(usize, u64)> {
    let mut places = Vec::new();
    let (mut cpu, mut counter) = (None, None);
    for line in text.lines().map(str::trim) {
        if let Some(number) = line.strip_prefix("CPU#") {
            (cpu, counter) = (number.parse().ok(), None);
        } else if let Some(rest) = line.strip_prefix("PC=") {
            let word = rest.split_whitespace().next().unwrap_or_default();
            counter = u64::from_str_radix(word, 16).ok();
        } else if line.contains("PSTATE=")
            && line.contains("EL1h")
            && let (Some(cpu), Some(counter)) = (cpu, counter)
        {
            places.push((cpu, counter));
        }
    }
    places
}

/// Looks closer: whether the exceptions that the CPU takes come from the vector that it takes them to.
fn look(control: &mut Control, socket: &Path, cpu: usize) -> anyhow::Result<Option<Seen>> {
    let mut gdb = Gdb::connect(control, socket)?;
    gdb.look_at(cpu)?;
    let vector = gdb.program_counter()?;
    let is_its_own = gdb.register("ELR_EL1")? == vector;
    let seen = Seen {
        cpu,
        vector,
        syndrome: gdb.register("ESR_EL1")?,
        address: gdb.register("FAR_EL1")?,
        stage2: gdb.register("VTTBR_EL2")?,
    };
    Ok(is_its_own.then_some(seen))
}

/// Subject, cause, remedy.
fn sentence(system: &System, seen: &Seen) -> String {
    let Seen {
        cpu,
        vector,
        syndrome,
        address,
        stage2,
    } = *seen;
    // A partition's VMID is its index plus one.
    let number = usize::try_from(stage2 >> 48).unwrap_or(0).checked_sub(1);
    let partition = number.and_then(|number| system.partitions.get(number));
    let name = partition.map_or_else(
        || "a partition".to_owned(),
        |it| format!("partition '{}'", it.name),
    );
    let cause = match exception::class(syndrome) {
        exception::OWN_INSTRUCTION_ABORT => format!("its vector at {vector:#x} can't be fetched"),
        exception::OWN_DATA_ABORT => format!(
            "the first instruction of its vector at {vector:#x} can't access {address:#x}, which may \
             be its stack"
        ),
        _ => format!("the first instruction of its vector at {vector:#x} is an exception itself"),
    };
    format!(
        "board time stands still: {name} takes exception after exception on CPU {cpu} without \
         completing one instruction, since {cause} (ESR_EL1 {syndrome:#x}), and time passes by \
         instructions; correct its vectors or its stage 1, or run with --realtime, where its window \
         ends by the clock"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_at_el1_is_told_by_the_monitor() {
        let text = "\r\nCPU#0\r\n PC=0000000100000200 X00=0000000000000001 X01=0000000000000000\r\n\
                    PSTATE=600003c5 -ZC- EL1h    FPU disabled\r\n\r\nCPU#1\r\n PC=0000000040200a00 \
                    X00=0\r\nPSTATE=600003c9 -ZC- EL2h    FPU disabled\r\n\r\nCPU#2\r\n \
                    PC=0000000040000a00 X00=0\r\nPSTATE=600003c4 -ZC- EL1t\r\n";
        assert_eq!(places(text), [(0, 0x1_0000_0200)]);
    }

    #[test]
    fn the_sentence_names_partition_cause_and_remedy() {
        let choice = crate::catalog::choose("qemu-virt", "cluster").unwrap();
        let seen = Seen {
            cpu: 1,
            vector: 0x1_0000_0200,
            syndrome: 0x8600_0005,
            address: 0x1_0000_0200,
            stage2: 3 << 48 | 0x4030_0000,
        };
        let said = sentence(choice.system, &seen);
        assert!(said.contains("partition 'infotainment' takes exception after exception on CPU 1"));
        assert!(said.contains("its vector at 0x100000200 can't be fetched (ESR_EL1 0x86000005)"));
        assert!(said.contains("--realtime"));
        let data = Seen {
            syndrome: 0x9600_0045,
            address: 0x10,
            stage2: 0,
            ..seen
        };
        let said = sentence(choice.system, &data);
        assert!(said.contains("a partition takes") && said.contains("can't access 0x10"));
    }
}
