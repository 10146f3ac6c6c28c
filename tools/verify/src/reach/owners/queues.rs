//! Where queued messages lie, and where a queue's ends count: each channel's in words and counts of its own.

use super::Look;
use crate::reach::declared::Span;
use crate::reach::finding::{About, Finding};
use crate::reach::held::Record;

const WORDS: &str = "queues::WORDS";
const WORD_BYTES: u64 = 8;

/// The counts of a queue's ends: the field that refers to them, their table, their type.
const COUNTS: [(&str, &str, &str); 2] = [
    ("sender", "queues::SENDERS", "SenderCounts"),
    ("receiver", "queues::RECEIVERS", "ReceiverCounts"),
];

/// Something of a queue's, and which channel's.
type Taken = (Span, usize);

impl Look<'_> {
    /// Every queue has as many slots as declared, each with room for a message and its length, in words that no
    /// other queue has, and counts that no other has; all of them in the tables that are for it.
    pub(super) fn queues(&mut self) -> Result<(), Finding> {
        let mut taken: Vec<Taken> = Vec::new();
        for (number, channel) in self.declared.channels.iter().enumerate() {
            if channel.depth == 0 || channel.memory.is_some() {
                continue;
            }
            let held = self.held;
            let queue = self.queue(number)?;
            let messages = Record {
                at: held.field(queue, "messages")?,
                kind: "Messages",
            };
            let place = format!(
                "queue of channel '{}', at {}",
                channel.name,
                held.place(queue.at)
            );
            let slot_words = 1 + u64::from(channel.message_bytes).div_ceil(WORD_BYTES);
            let found = (
                held.word(messages, "depth")?,
                held.word(messages, "slot_words")?,
            );
            let wanted = (u64::from(channel.depth), slot_words);
            if found != wanted {
                let fact = format!(
                    "it has {} slots of {} words, but {} of {} are declared",
                    found.0, found.1, wanted.0, wanted.1
                );
                self.complain(About::Channels, place.clone(), fact);
            }
            let (base, count) = held.slice(messages, "words")?;
            if count != wanted.0 * wanted.1 {
                let fact = format!("it has {count} words, but {} hold it", wanted.0 * wanted.1);
                self.complain(About::Channels, place.clone(), fact);
            }
            let words = held.symbol(WORDS)?;
            let all = Span {
                base: words.address,
                bytes: words.size_bytes,
            };
            let own = Span {
                base,
                bytes: count.saturating_mul(WORD_BYTES),
            };
            self.own(&mut taken, number, &place, own, all);
            for (field, table, kind) in COUNTS {
                let table = held.symbol(table)?;
                let all = Span {
                    base: table.address,
                    bytes: table.size_bytes,
                };
                let bytes = held.size(kind)?;
                let base = held.word(messages, field)?;
                if base.wrapping_sub(all.base).checked_rem(bytes) != Some(0) {
                    let fact = format!("its {field} counts in the middle of {}", held.place(base));
                    self.complain(About::Channels, place.clone(), fact);
                }
                self.own(&mut taken, number, &place, Span { base, bytes }, all);
            }
        }
        Ok(())
    }

    /// Takes something for a queue: it lies in what is for queues, and is no other's.
    fn own(&mut self, taken: &mut Vec<Taken>, number: usize, place: &str, own: Span, all: Span) {
        let shown = self.held.place(own.base);
        if own.bytes > all.bytes || !all.has(own) {
            let fact = format!(
                "it has {} bytes at {shown}, which aren't a queue's",
                own.bytes
            );
            self.complain(About::Channels, place.to_owned(), fact);
        }
        if let Some((_, other)) = taken.iter().find(|(span, _)| span.meets(own)) {
            let other = &self.declared.channels[*other].name;
            let fact = format!("{shown} is also of the queue of channel '{other}'");
            self.complain(About::Channels, place.to_owned(), fact);
        }
        taken.push((own, number));
    }
}
