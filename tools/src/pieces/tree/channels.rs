//! The nodes of channels with memory of their own: reserved memory, and what lies there.

use paratia_config::address::PAGE_BYTES;
use paratia_config::system::ChannelKind;
use vm_fdt::{Error, FdtWriter};

use super::{begin, compatible};

/// The first one's phandle; the others' follow.
const FIRST_CHANNEL: u32 = 3;

/// A channel with memory of its own, at one of its ends. What lies there says `hypervisor/abi/src/direct.rs`.
#[derive(Clone, Debug)]
pub struct Channel<'a> {
    /// The port's name.
    pub port: &'a str,
    /// `sampling`, `queuing` or `shared`.
    pub form: &'static str,
    /// Where it begins, and its size.
    pub memory: (u64, u64),
    /// Whether the partition may write there.
    pub is_writable: bool,
    /// Slots, and bytes from one to the next.
    pub slots: (u32, u64),
    /// The page that the one reader writes.
    pub reader_page: Option<u64>,
}

impl<'a> Channel<'a> {
    /// All of it that the partition sees, the reader's page included.
    fn whole(&self) -> (u64, u64) {
        let (base, size) = self.memory;
        (
            base,
            self.reader_page
                .map_or(size, |page| page + PAGE_BYTES - base),
        )
    }

    /// A channel at one of its ends, if it has memory of its own.
    pub(super) fn of(channel: &'a paratia_config::Channel, end: usize) -> Option<Self> {
        let port = channel.end(end);
        let bytes = channel.written_bytes();
        channel.kind.memory()?;
        Some(Self {
            port: port.port,
            form: match channel.kind {
                ChannelKind::DirectSampling { .. } => "sampling",
                ChannelKind::DirectQueuing { .. } => "queuing",
                _ => "shared",
            },
            memory: (port.window.0, bytes),
            is_writable: channel.is_written_at(end),
            slots: (channel.slots(), channel.slot_bytes()),
            reader_page: (channel.reader_bytes() > 0).then_some(port.window.0 + bytes),
        })
    }
}

/// Adds the nodes, if there is a channel.
pub(super) fn add(tree: &mut FdtWriter, channels: &[Channel<'_>]) -> Result<(), Error> {
    if channels.is_empty() {
        return Ok(());
    }
    reserved_memory(tree, channels)?;
    nodes(tree, channels)
}

/// The memory of channels, which isn't the guest's to use (`reserved-memory/reserved-memory.yaml`).
fn reserved_memory(tree: &mut FdtWriter, channels: &[Channel<'_>]) -> Result<(), Error> {
    let node = begin(tree, "reserved-memory", 2)?;
    tree.property_null("ranges")?;
    for (channel, phandle) in channels.iter().zip(FIRST_CHANNEL..) {
        let (base, size) = channel.whole();
        let memory = tree.begin_node(&format!("channel@{base:x}"))?;
        tree.property_array_u64("reg", &[base, size])?;
        tree.property_null("no-map")?;
        tree.property_phandle(phandle)?;
        tree.end_node(memory)?;
    }
    tree.end_node(node)
}

/// What lies in the memory of channels: nodes of our own (`docs/linux.md`).
fn nodes(tree: &mut FdtWriter, channels: &[Channel<'_>]) -> Result<(), Error> {
    let node = begin(tree, "channels", 2)?;
    tree.property_null("ranges")?;
    for (channel, phandle) in channels.iter().zip(FIRST_CHANNEL..) {
        let (base, size) = channel.memory;
        let one = tree.begin_node(&format!("channel@{base:x}"))?;
        compatible(tree, &["paratia,channel-1"])?;
        tree.property_array_u64("reg", &[base, size])?;
        tree.property_u32("memory-region", phandle)?;
        tree.property_string("label", channel.port)?;
        tree.property_string("paratia,form", channel.form)?;
        if channel.is_writable {
            tree.property_null("paratia,writable")?;
        }
        if channel.slots.0 > 0 {
            tree.property_u32("paratia,slots", channel.slots.0)?;
            tree.property_u64("paratia,slot-bytes", channel.slots.1)?;
        }
        if let Some(page) = channel.reader_page {
            tree.property_u64("paratia,reader-page", page)?;
        }
        tree.end_node(one)?;
    }
    tree.end_node(node)
}
