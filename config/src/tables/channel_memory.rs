//! Memory that partitions share, as numbers: where each channel's own lies, how its ends see it, and whose
//! start scrubs it.
//!
//! It consists of one part that the source writes and its readers read, and in a queuing channel a page
//! behind it that the reader writes and the source reads. Nobody else reaches either; nobody executes there.

use paratia_abi::direct::{HEADER_BYTES, SAMPLING_SLOTS, SLOT_ALIGNMENT, SlotHeader};
use paratia_abi::passport::MAX_PORTS;

use super::attributes::Attributes;
use crate::address::{Ipa, MemoryRange, PAGE_BYTES, Pa};
use crate::board::BoardFacts;
use crate::each;
use crate::same::same_text;
use crate::system::{Channel, ChannelKind, MAX_QUEUED_MESSAGES, Place, System, Writers};

/// Most parts of channels' memory that a partition sees: two at each port.
pub const MAX_VIEWS: usize = 2 * MAX_PORTS;

/// How a partition sees a part of a channel's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// Index of the channel.
    pub channel: usize,
    /// Where the partition sees it.
    pub ipa: Ipa,
    /// Where it lies.
    pub physical: MemoryRange,
    /// Whether the partition writes it.
    pub is_writable: bool,
    /// Whether it is cached.
    pub is_cached: bool,
    /// Whether the partition's start scrubs it.
    pub is_scrubbed: bool,
}

impl View {
    /// Nothing.
    pub const EMPTY: Self = Self {
        channel: 0,
        ipa: Ipa(0),
        physical: MemoryRange::new(Pa(0), 0),
        is_writable: false,
        is_cached: false,
        is_scrubbed: false,
    };

    /// The attributes of its translation in the partition's stage 2.
    #[must_use]
    pub const fn attributes(&self) -> Attributes {
        Attributes::stage2_shared(self.is_writable, self.is_cached)
    }
}

/// What a partition sees of channels' memory; what isn't used is [`View::EMPTY`].
pub type Views = [View; MAX_VIEWS];

/// How a partition sees the memory of the channels that it is an end of.
#[must_use]
pub const fn views(system: &System, board: &BoardFacts, partition: &str) -> Views {
    let mut views = [View::EMPTY; MAX_VIEWS];
    let mut count = 0;
    each! { index, channel in system.channels => {
        if channel.kind.memory().is_none() {
            continue;
        }
        let mut end = 0;
        while end <= channel.destinations.len() {
            // More ports than it may have another rule refuses.
            if same_text(channel.end(end).partition, partition) && count + 2 <= MAX_VIEWS {
                let base = place(system, board, index);
                views[count] = channel.written_view(index, base, end);
                views[count + 1] = channel.reader_view(index, base, end);
                count += 2;
            }
            end += 1;
        }
    }}
    views
}

/// The memory that a start of each of the first `N` partitions scrubs beside its regions; empty where there
/// is no more.
#[must_use]
pub const fn scrubbed<const N: usize>(
    system: &System,
    board: &BoardFacts,
) -> [[MemoryRange; MAX_PORTS]; N] {
    let mut all = [[View::EMPTY.physical; MAX_PORTS]; N];
    each! { partition below N => {
        let views = views(system, board, system.partitions[partition].name);
        let mut count = 0;
        each! { view in &views => {
            // One of the two parts at each port.
            if view.is_scrubbed {
                all[partition][count] = view.physical;
                count += 1;
            }
        }}
    }}
    all
}

/// The physical memory of a channel, both parts; empty if it has none of its own.
#[must_use]
pub const fn of(system: &System, board: &BoardFacts, channel: usize) -> MemoryRange {
    let bytes = system.channels[channel].memory_bytes();
    if bytes == 0 {
        return View::EMPTY.physical;
    }
    MemoryRange::new(place(system, board, channel), bytes)
}

/// Where a channel's memory begins.
const fn place(system: &System, board: &BoardFacts, channel: usize) -> Pa {
    match system.channels[channel].kind.memory() {
        Some(memory) => match memory.place {
            Place::At(place) => place,
            Place::Automatic => {
                let mut bytes: u64 = 0;
                each! { index below channel => {
                    if is_automatic(&system.channels[index]) {
                        bytes = bytes.saturating_add(system.channels[index].memory_bytes());
                    }
                }}
                Pa(behind_all(system, board).saturating_add(bytes))
            }
        },
        None => Pa(0),
    }
}

const fn is_automatic(channel: &Channel) -> bool {
    match channel.kind.memory() {
        Some(memory) => matches!(memory.place, Place::Automatic),
        None => false,
    }
}

/// The end of what is declared to lie in the memory for partitions.
const fn behind_all(system: &System, board: &BoardFacts) -> u64 {
    let memory = &board.partition_memory;
    let mut end = memory.base.0;
    each! { partition in system.partitions => {
        each! { region in partition.regions => {
            if memory.contains(&region.physical()) && region.physical().end().0 > end {
                end = region.physical().end().0;
            }
        }}
    }}
    each! { channel in system.channels => {
        if let Some(memory) = channel.kind.memory()
            && let Place::At(place) = memory.place
            && place.0.saturating_add(channel.memory_bytes()) > end
        {
            end = place.0.saturating_add(channel.memory_bytes());
        }
    }}
    end.saturating_add(PAGE_BYTES - 1) & !(PAGE_BYTES - 1)
}

impl Channel {
    /// Bytes of memory of its own; 0 if it has none.
    #[must_use]
    pub const fn memory_bytes(&self) -> u64 {
        self.written_bytes() + self.reader_bytes()
    }

    /// Bytes of it that the source writes.
    #[must_use]
    pub const fn written_bytes(&self) -> u64 {
        match self.kind {
            ChannelKind::DirectSampling { .. } | ChannelKind::DirectQueuing { .. } => {
                let slots = self.slots() as u64 * self.slot_bytes();
                (HEADER_BYTES as u64 + slots).next_multiple_of(PAGE_BYTES)
            }
            ChannelKind::SharedMemory { .. } => {
                (self.message_bytes as u64).next_multiple_of(PAGE_BYTES)
            }
            ChannelKind::Sampling { .. }
            | ChannelKind::Queuing { .. }
            | ChannelKind::Event { .. } => 0,
        }
    }

    /// Bytes of it that the one reader writes.
    #[must_use]
    pub const fn reader_bytes(&self) -> u64 {
        match self.kind {
            ChannelKind::DirectQueuing { .. } => PAGE_BYTES,
            _ => 0,
        }
    }

    /// Messages for which its memory has room.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, reason = "there are four")]
    pub const fn slots(&self) -> u32 {
        match self.kind {
            ChannelKind::DirectSampling { .. } => SAMPLING_SLOTS as u32,
            // A rule refuses more.
            ChannelKind::DirectQueuing { depth, .. } if depth <= MAX_QUEUED_MESSAGES => depth,
            ChannelKind::DirectQueuing { .. } => MAX_QUEUED_MESSAGES,
            _ => 0,
        }
    }

    /// Bytes from one slot in its memory to the next.
    #[must_use]
    pub const fn slot_bytes(&self) -> u64 {
        let bytes = size_of::<SlotHeader>() as u64 + self.message_bytes as u64;
        match self.kind {
            ChannelKind::DirectSampling { .. } | ChannelKind::DirectQueuing { .. } => {
                bytes.next_multiple_of(SLOT_ALIGNMENT as u64)
            }
            _ => 0,
        }
    }

    /// Whether the partition at an end writes what the source writes.
    #[must_use]
    pub const fn is_written_at(&self, end: usize) -> bool {
        if let ChannelKind::SharedMemory {
            writers: Writers::Several(names),
            ..
        } = self.kind
        {
            each! { name in names => {
                if same_text(name, self.end(end).partition) {
                    return true;
                }
            }}
        }
        end == 0
    }

    const fn is_cached(&self) -> bool {
        match self.kind.memory() {
            Some(memory) => memory.is_cached,
            None => false,
        }
    }

    /// How one of its ends sees what the source writes.
    const fn written_view(&self, channel: usize, base: Pa, end: usize) -> View {
        View {
            channel,
            ipa: self.end(end).window,
            physical: MemoryRange::new(base, self.written_bytes()),
            is_writable: self.is_written_at(end),
            is_cached: self.is_cached(),
            is_scrubbed: end == 0,
        }
    }

    /// How one of its ends sees the page that the reader writes; empty if there is none.
    const fn reader_view(&self, channel: usize, base: Pa, end: usize) -> View {
        let bytes = self.reader_bytes();
        let written = self.written_bytes();
        View {
            channel,
            ipa: Ipa(self.end(end).window.0.saturating_add(written)),
            physical: MemoryRange::new(Pa(base.0.saturating_add(written)), bytes),
            is_writable: end != 0,
            is_cached: self.is_cached(),
            is_scrubbed: end != 0 && bytes > 0,
        }
    }
}
