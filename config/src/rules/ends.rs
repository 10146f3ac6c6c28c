//! The ends of all channels, one by one and in pairs.

use super::each::each;
use super::report::Message;
use crate::address::{MemoryRange, Pa};
use crate::system::{Channel, Port, System, same_text};

/// An end of a channel.
pub(super) struct End<'a> {
    /// The channel.
    pub(super) channel: &'a Channel,
    /// Its place in the system's list.
    pub(super) place: usize,
    /// The port.
    pub(super) port: &'a Port,
}

impl End<'_> {
    /// The memory of its message window, as the partition sees it.
    pub(super) const fn window(&self) -> MemoryRange {
        let base = Pa(self.port.window.0);
        MemoryRange::new(base, self.channel.message_bytes as u64)
    }

    /// Names channel, port and partition.
    pub(super) const fn describe(&self) -> Message {
        self.add_to(of(self.channel))
    }

    /// Names channel, port and partition, and the message window's place.
    pub(super) const fn describe_window(&self) -> Message {
        self.describe()
            .str(", message window ")
            .range(self.port.window.0, self.channel.message_bytes as u64)
    }

    /// Adds port and partition to a message.
    pub(super) const fn add_to(&self, message: Message) -> Message {
        message
            .str("port ")
            .name(self.port.port)
            .str(" of partition ")
            .name(self.port.partition)
    }
}

/// The `index`th of all ends of channels.
pub(super) const fn end<'a>(system: &'a System, mut index: usize) -> Option<End<'a>> {
    each! { place, channel in system.channels => {
        if index <= channel.destinations.len() {
            let port = channel.end(index);
            return Some(End { channel, place, port });
        }
        index -= channel.destinations.len() + 1;
    }}
    None
}

/// The `index`th pair of ends that are at the same partition.
pub(super) const fn pair_at_one_partition(
    system: &System,
    mut index: usize,
) -> Option<(End<'_>, End<'_>)> {
    let mut first = 0;
    while let Some(one) = end(system, first) {
        let mut second = first + 1;
        while let Some(other) = end(system, second) {
            if same_text(one.port.partition, other.port.partition) {
                if index == 0 {
                    return Some((one, other));
                }
                index -= 1;
            }
            second += 1;
        }
        first += 1;
    }
    None
}

/// The start of a message about a channel.
pub(super) const fn of(channel: &Channel) -> Message {
    Message::new().str("channel ").name(channel.name).str(": ")
}
