//! Every word by which a message finds its queue, and whom it interrupts, is compared with the declaration.

use paratia_tests::DEFAULT_BOARD;
use paratia_verify::image::Image;
use paratia_verify::reach::held::{Held, Record};

use crate::Built;
use crate::corruptions::{Chance, FACTS, Kind, PARTITIONS, Place, corrupt, kind, low, table, word};

/// Where queued messages lie and are counted.
fn queues(built: &Built, held: &Held<'_>) -> Kind {
    let mut places = Vec::new();
    let channels = built.declared.channels.iter().enumerate();
    for (number, channel) in channels.filter(|(_, it)| it.depth > 0 && it.memory.is_none()) {
        let row = held.row("queues::QUEUES", "MaybeQueue", number);
        let queue = Record {
            kind: "Queue",
            ..row.expect("a queue")
        };
        let (at, kind) = (held.field(queue, "messages").expect("messages"), "Messages");
        let messages = Record { at, kind };
        let name = format!("channel '{}'", channel.name);
        for field in ["sender", "receiver", "words", "depth", "slot_words"] {
            places.push(word(held, messages, field, &name));
        }
        let count = word(held, messages, "words", &name);
        places.push(Place {
            at: count.at + 8,
            ..count
        });
    }
    kind("queues", places)
}

/// Whom messages and events interrupt, and by what.
fn bells(built: &Built, held: &Held<'_>) -> Kind {
    let mut places = Vec::new();
    let channels = &built.declared.channels;
    let most = channels
        .iter()
        .map(|it| it.destinations.len())
        .max()
        .unwrap_or(0);
    for (number, channel) in channels
        .iter()
        .enumerate()
        .filter(|(_, it)| it.memory.is_none())
    {
        for (end, port) in channel
            .destinations
            .iter()
            .enumerate()
            .filter(|(_, it)| it.interrupt != 0)
        {
            let in_table = |table, row, kind, index, field| {
                let row = held.row(table, row, index).expect("a row");
                held.field(Record { kind, ..row }, field).expect("a field")
            };
            let place = number * most + end;
            let at = if channel.is_event() {
                let size = held.size("MaybeBell").expect("a size");
                in_table(
                    "events::SOURCES",
                    "MaybeEventSource",
                    "EventSource",
                    number,
                    "bells",
                ) + size * u64::try_from(end).expect("few")
            } else if channel.depth > 0 {
                in_table("queues::QUEUES", "MaybeQueue", "Queue", number, "bell")
            } else {
                in_table(
                    "channels::DESTINATIONS",
                    "MaybeDestination",
                    "Destination",
                    place,
                    "bell",
                )
            };
            let bell = Record { at, kind: "Bell" };
            let name = format!("port '{}'", port.name);
            places.push(word(held, bell, "doorbell", &name));
            places.push(word(held, bell, "port", &name));
            places.push(low(word(held, bell, "kick", &name), 0xFFFF_FFFF));
            let cpus = word(held, bell, "cpus", &name);
            places.push(Place {
                at: cpus.at + 8,
                name: name.clone(),
                ..cpus
            });
            places.push(cpus);
            if channel.is_event() {
                let (table, row) = ("events::DESTINATIONS", "MaybeEventDestination");
                let at = in_table(table, row, "EventDestination", place, "told");
                places.push(Place {
                    at,
                    bits: u64::MAX,
                    name,
                });
            }
        }
    }
    for (index, facts) in table(held, PARTITIONS, "PartitionFacts")
        .into_iter()
        .enumerate()
    {
        let name = format!("of partition '{}'", built.declared.partitions[index].name);
        places.push(word(held, facts, "doorbell", &name));
        // Whether there is one, then its number; that of none means nothing.
        places.push(low(word(held, facts, "kick", &name), 1));
    }
    for facts in table(held, FACTS, "Facts") {
        places.push(word(held, facts, "affinity", "CPU of partition"));
        places.push(low(
            word(held, facts, "private", "private interrupts"),
            0xFFFF,
        ));
    }
    kind("bells", places)
}

/// Each word once, and not some by chance: there are few.
#[test]
fn every_word_of_a_queue_or_a_bell_is_compared() {
    let mut chance = Chance(18);
    let mut count = 0;
    for system in ["cluster", "test-messages", "test-queues", "test-events"] {
        let built = Built::of(DEFAULT_BOARD, system);
        let image = Image::parse(&built.file).expect("an image");
        let held = Held::of(&image);
        for kind in [queues(&built, &held), bells(&built, &held)] {
            for place in kind.places {
                let one = Kind {
                    places: vec![place],
                    ..kind
                };
                corrupt(&built, &image, &one, &mut chance);
                count += 1;
            }
        }
    }
    assert!(count > 60, "{count}");
}
