//! A system's plan as data: for `--json`, and for the page that `--html` writes.
//!
//! Addresses are numbers, times nanoseconds, sizes bytes.

use paratia::catalog::Choice;
use paratia_config::system::{ChannelKind, Criticality};
use paratia_config::tables::{self, channel_memory};
use serde::Serialize;

use super::views;

/// Version of the document: it grows whenever a field gets another meaning or goes away.
const VERSION: u32 = 1;

/// A system's plan.
#[derive(Debug, Serialize)]
pub(super) struct Document {
    version: u32,
    pub(super) system: &'static str,
    pub(super) board: &'static str,
    pub(super) summary: &'static str,
    pub(super) ram: Vec<Memory>,
    pub(super) hypervisor: Memory,
    pub(super) partitions: Vec<Partition>,
    pub(super) channels: Vec<Channel>,
    pub(super) schedule: Schedule,
}

/// A range of physical memory.
#[derive(Debug, Serialize)]
pub(super) struct Memory {
    pub(super) base: u64,
    pub(super) size_bytes: u64,
}

/// A partition, and what it sees.
#[derive(Debug, Serialize)]
pub(super) struct Partition {
    pub(super) name: &'static str,
    pub(super) critical: bool,
    pub(super) vcpus: u32,
    pub(super) mappings: Vec<Mapping>,
}

/// What is mapped for a partition.
#[derive(Debug, Serialize)]
pub(super) struct Mapping {
    pub(super) what: String,
    pub(super) ipa: u64,
    pub(super) pa: u64,
    pub(super) size_bytes: u64,
    pub(super) rights: &'static str,
}

/// A channel with its ends.
#[derive(Debug, Serialize)]
pub(super) struct Channel {
    pub(super) name: &'static str,
    /// `sampling`, `queuing` or `shared-memory`.
    pub(super) kind: &'static str,
    /// `copied` by the hypervisor, or `direct` through memory that the ends share.
    pub(super) transport: &'static str,
    /// That memory, if it is direct.
    pub(super) memory: Option<Memory>,
    pub(super) message_bytes: u32,
    pub(super) from: End,
    pub(super) to: Vec<End>,
}

/// An end of a channel.
#[derive(Debug, Serialize)]
pub(super) struct End {
    pub(super) partition: &'static str,
    pub(super) port: &'static str,
    pub(super) window: u64,
    /// Whether it writes.
    pub(super) writes: bool,
    pub(super) interrupt: Option<u32>,
}

/// When each partition runs.
#[derive(Debug, Serialize)]
pub(super) struct Schedule {
    pub(super) major_frame_ns: u64,
    pub(super) guard_ns: u64,
    /// The windows of each CPU, CPU 0 first.
    pub(super) cpus: Vec<Vec<Window>>,
}

/// A window.
#[derive(Debug, Serialize)]
pub(super) struct Window {
    pub(super) partition: &'static str,
    pub(super) vcpu: u32,
    pub(super) start_ns: u64,
    /// Guard included.
    pub(super) length_ns: u64,
}

impl Document {
    /// A system's plan.
    pub(super) fn of(choice: &Choice) -> Self {
        let (system, board) = (choice.system, choice.board);
        let memory = |range: &paratia_config::MemoryRange| Memory {
            base: range.base.0,
            size_bytes: range.size_bytes,
        };
        let partitions = system.partitions.iter().enumerate();
        let nanoseconds =
            |time: std::time::Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let windows = |plan: &&[paratia_config::Window]| {
            let windows = plan.iter().map(|it| Window {
                partition: it.partition,
                vcpu: it.vcpu,
                start_ns: nanoseconds(it.start),
                length_ns: nanoseconds(it.length),
            });
            windows.collect()
        };
        Self {
            version: VERSION,
            system: choice.name,
            board: board.name,
            summary: system.summary,
            ram: board.ram.iter().map(memory).collect(),
            hypervisor: memory(&board.hypervisor_memory),
            partitions: partitions
                .map(|(index, it)| partition(choice, index, it))
                .collect(),
            channels: (system.channels.iter().enumerate())
                .map(|(index, it)| channel(choice, index, it))
                .collect(),
            schedule: Schedule {
                major_frame_ns: nanoseconds(system.schedule.major_frame),
                guard_ns: nanoseconds(system.schedule.guard),
                cpus: system.schedule.plans.iter().map(windows).collect(),
            },
        }
    }
}

fn partition(choice: &Choice, index: usize, declared: &paratia_config::Partition) -> Partition {
    let mappings = tables::stage2_of(choice.system, choice.board, index);
    let mappings = mappings.as_slice().iter().map(|it| Mapping {
        what: views::what(choice, declared, it.input),
        ipa: it.input,
        pa: it.output,
        size_bytes: it.size_bytes,
        rights: it.attributes.stage2_rights(),
    });
    let mut mappings: Vec<Mapping> = mappings.collect();
    mappings.sort_by_key(|it| it.ipa);
    Partition {
        name: declared.name,
        critical: declared.criticality == Criticality::Critical,
        vcpus: declared.machine.vcpus,
        mappings,
    }
}

fn channel(choice: &Choice, index: usize, declared: &paratia_config::Channel) -> Channel {
    let end = |index: usize| {
        let port = declared.end(index);
        End {
            partition: port.partition,
            port: port.port,
            window: port.window.0,
            writes: declared.is_written_at(index),
            interrupt: port.interrupt,
        }
    };
    let memory = channel_memory::of(choice.system, choice.board, index);
    Channel {
        name: declared.name,
        kind: match declared.kind {
            ChannelKind::Sampling { .. } | ChannelKind::DirectSampling { .. } => "sampling",
            ChannelKind::Queuing { .. } | ChannelKind::DirectQueuing { .. } => "queuing",
            ChannelKind::SharedMemory { .. } => "shared-memory",
            ChannelKind::Event { .. } => "event",
        },
        transport: if declared.kind.is_copied() {
            "copied"
        } else if declared.kind.is_event() {
            "called"
        } else {
            "direct"
        },
        memory: (memory.size_bytes > 0).then_some(Memory {
            base: memory.base.0,
            size_bytes: memory.size_bytes,
        }),
        message_bytes: declared.message_bytes,
        from: end(0),
        to: (1..=declared.destinations.len()).map(end).collect(),
    }
}

#[cfg(test)]
mod tests {
    use paratia::catalog;

    use super::*;

    #[test]
    fn a_plan_is_read_back_as_it_was_declared() {
        for name in ["cluster", "test-messages", "bench-partitions-128"] {
            let choice = catalog::choose("qemu-virt", name).unwrap();
            let text = serde_json::to_string(&Document::of(&choice)).unwrap();
            let read: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(read["version"], VERSION);
            assert_eq!(read["system"], name);
            let system = choice.system;
            assert_eq!(
                read["partitions"].as_array().unwrap().len(),
                system.partitions.len()
            );
            for (cpu, plan) in system.schedule.plans.iter().enumerate() {
                let windows = read["schedule"]["cpus"][cpu].as_array().unwrap();
                assert_eq!(windows.len(), plan.len());
                for (read, declared) in windows.iter().zip(*plan) {
                    assert_eq!(read["partition"], declared.partition);
                    assert_eq!(
                        u128::from(read["start_ns"].as_u64().unwrap()),
                        declared.start.as_nanos()
                    );
                }
            }
            for (index, partition) in system.partitions.iter().enumerate() {
                let mappings = read["partitions"][index]["mappings"].as_array().unwrap();
                let passport = mappings.iter().find(|it| it["what"] == "passport").unwrap();
                assert_eq!(passport["ipa"], partition.passport.0);
                assert_eq!(passport["rights"], "r--");
            }
        }
    }
}
