//! Rules on events: channels without a message.

use super::context::Context;
use super::ends::{each_end, of};
use super::report::Report;
use crate::each;
use crate::system::ChannelKind;

pub(super) const fn event_rate(context: &Context, report: &mut Report) {
    each! { channel in context.system.channels => {
        if matches!(channel.kind, ChannelKind::Event { per_window: 0 }) {
            report.add(
                of(channel)
                    .str("an event that its source may signal 0 times in a window")
                    .str(", allowed are 1 to 65535; change the rate"),
            );
        }
    }}
}

pub(super) const fn event_without_message(context: &Context, report: &mut Report) {
    each! { channel in context.system.channels => {
        if channel.kind.is_event() && channel.message_bytes != 0 {
            report.add(
                of(channel)
                    .str("an event with messages of ")
                    .number(channel.message_bytes as u64)
                    .str(" bytes, which nobody would carry; declare 0 bytes, or another kind"),
            );
        }
    }}
    each_end! { end in context => {
        if end.channel.kind.is_event() && end.port.window.0 != 0 {
            report.add(
                end.describe()
                    .str(" has a window at ")
                    .hex(end.port.window.0)
                    .str(", but an event has no message; declare the window at 0"),
            );
        }
    }}
}

pub(super) const fn event_interrupts(context: &Context, report: &mut Report) {
    each! { channel in context.system.channels => {
        if channel.kind.is_event() {
            each! { port in channel.destinations => {
                if port.interrupt.is_none() {
                    report.add(
                        of(channel)
                            .str("port ")
                            .name(port.port)
                            .str(" of partition ")
                            .name(port.partition)
                            .str(" has no interrupt, by which alone an event comes; give it one"),
                    );
                }
            }}
        }
    }}
}
