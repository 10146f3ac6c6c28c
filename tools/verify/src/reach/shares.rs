//! Memory that partitions share, as it follows from what is declared: the one exception from "no byte is two
//! partitions'".

use super::declared::{Channel, Declaration, Form, Port, Span};
use super::expected::PAGE;
use super::memory::{Memory, Rights};

/// Slots of a channel whose newest message counts.
const SAMPLING_SLOTS: u64 = 4;
/// What lies before a message, and what slots are multiples of.
const BEFORE_MESSAGE: u64 = 16;
const SLOT_UNIT: u64 = 64;

/// Memory that the ends of a channel share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// The channel's number.
    pub channel: usize,
    /// Where it lies.
    pub span: Span,
    /// As what type of memory.
    pub memory: Memory,
    /// Who sees it.
    pub ends: Vec<End>,
    /// The partition whose start scrubs it.
    pub scrubbed_by: usize,
}

/// How a partition sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// The partition's index.
    pub partition: usize,
    /// Where it sees it.
    pub ipa: u64,
    /// What it may do.
    pub rights: Rights,
}

/// The sizes of a channel's memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sizes {
    /// Messages for which there is room.
    pub slots: u32,
    /// Bytes from one to the next.
    pub slot: u64,
    /// Bytes that the source writes.
    pub written: u64,
    /// Bytes that the reader writes.
    pub taken: u64,
}

/// The sizes of a channel's memory; nothing if it has none.
#[must_use]
pub fn sizes(channel: &Channel) -> Sizes {
    let Some(memory) = &channel.memory else {
        return Sizes::default();
    };
    let bytes = u64::from(channel.message_bytes);
    let slot = (BEFORE_MESSAGE + bytes).next_multiple_of(SLOT_UNIT);
    let of = |slots: u64, taken| Sizes {
        slots: u32::try_from(slots).unwrap_or(u32::MAX),
        slot,
        written: (PAGE + slots.saturating_mul(slot)).next_multiple_of(PAGE),
        taken,
    };
    match memory.form {
        Form::Sampling => of(SAMPLING_SLOTS, 0),
        Form::Queuing(depth) => of(depth.into(), PAGE),
        Form::Shared => Sizes {
            written: bytes.next_multiple_of(PAGE),
            ..Sizes::default()
        },
    }
}

/// All memory that is shared.
#[must_use]
pub fn of(declared: &Declaration) -> Vec<Share> {
    let mut all = Vec::new();
    let mut next = behind_all(declared);
    for (number, channel) in declared.channels.iter().enumerate() {
        let Some(memory) = &channel.memory else {
            continue;
        };
        let Sizes { written, taken, .. } = sizes(channel);
        let base = memory.at.unwrap_or(next);
        if memory.at.is_none() {
            next += written + taken;
        }
        let share = |base, bytes, offset, writes: &dyn Fn(usize) -> bool| {
            let end = |(end, port): (usize, &Port)| End {
                partition: port.partition,
                ipa: port.window + offset,
                rights: if writes(end) {
                    Rights::READ_WRITE
                } else {
                    Rights::READ
                },
            };
            let ends: Vec<End> = ends(channel).map(end).collect();
            let writers = ends.iter().filter(|end| end.rights.write);
            Share {
                channel: number,
                span: Span { base, bytes },
                memory: if memory.is_cached {
                    Memory::WRITE_BACK
                } else {
                    Memory::NonCacheable
                },
                scrubbed_by: { writers }.next().map_or(usize::MAX, |end| end.partition),
                ends,
            }
        };
        let writes = |end: usize| end == 0 || memory.writers.contains(&(end - 1));
        all.push(share(base, written, 0, &writes));
        if taken > 0 {
            all.push(share(base + written, taken, written, &|end| end > 0));
        }
    }
    all
}

/// A channel's ends, the source first.
fn ends(channel: &Channel) -> impl Iterator<Item = (usize, &Port)> {
    std::iter::once(&channel.source)
        .chain(&channel.destinations)
        .enumerate()
}

/// Where what has no place of its own is put: behind all that has one.
fn behind_all(declared: &Declaration) -> u64 {
    let memory = declared.board.partition_memory;
    let regions = declared.partitions.iter().flat_map(|it| &it.regions);
    let regions = regions.map(super::declared::Region::physical);
    let regions = regions.filter(|it| memory.has(*it)).map(|it| it.end());
    let placed = declared.channels.iter().filter_map(|channel| {
        let Sizes { written, taken, .. } = sizes(channel);
        Some(channel.memory.as_ref()?.at? + written + taken)
    });
    let end = regions.chain(placed).max().unwrap_or(0);
    end.max(memory.base).next_multiple_of(PAGE)
}
