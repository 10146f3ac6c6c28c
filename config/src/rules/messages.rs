//! Rules on messages and on the windows in partitions' memory through which they go.

use super::context::Context;
use super::ends::{each_end, each_pair, of};
use super::report::Report;
use crate::each;
use crate::system::MAX_MESSAGE_BYTES;

pub(super) const fn message_size(context: &Context, report: &mut Report) {
    each! { channel in context.system.channels => {
        let bytes = channel.message_bytes;
        if !channel.kind.is_copied() {
            continue;
        }
        if bytes == 0 || bytes > MAX_MESSAGE_BYTES || !bytes.is_multiple_of(8) {
            report.add(
                of(channel)
                    .str("messages of ")
                    .number(bytes as u64)
                    .str(" bytes, allowed are multiples of 8 from 8 to ")
                    .number(MAX_MESSAGE_BYTES as u64)
                    .str(if bytes > MAX_MESSAGE_BYTES {
                        "; change the size, or make the channel direct"
                    } else {
                        "; change the size"
                    }),
            );
        }
    }}
}

pub(super) const fn message_window_aligned(context: &Context, report: &mut Report) {
    each_end! { end in context => {
        if end.channel.kind.is_copied() && !end.port.window.0.is_multiple_of(8) {
            let message = end.describe_window().str(" doesn't lie on a multiple of 8");
            report.add(message.str("; align it"));
        }
    }}
}

pub(super) const fn message_window_in_ram(context: &Context, report: &mut Report) {
    each_end! { end in context => {
        if let Some((_, partition)) = end.partition
            && end.channel.kind.is_copied()
        {
            let bytes = end.channel.message_bytes as u64;
            if partition.ram_at(end.port.window, bytes).is_none() {
                let message = end
                    .describe_window()
                    .str(" lies outside the partition's RAM");
                report.add(message.str("; move it within one RAM region"));
            }
        }
    }}
}

pub(super) const fn message_windows_apart(context: &Context, report: &mut Report) {
    each_pair! { one, other in context => {
        let are_copied = one.channel.kind.is_copied() && other.channel.kind.is_copied();
        if are_copied && one.window().overlaps(&other.window()) {
            let message = one.describe_window().str(" overlaps that of port ");
            report.add(
                message
                    .name(other.port.port)
                    .str(" ")
                    .range(other.port.window.0, other.channel.message_bytes as u64)
                    .str("; move one"),
            );
        }
    }}
}
