//! Where fields lie in the image's constants: for `cargo paratia verify`, which reads them out of the linked
//! file. Each is an absolute symbol, `layout.Type.field` in bytes, so that nothing of it is in memory and no
//! type has to be laid out otherwise than the compiler does it.

use core::arch::global_asm;

use paratia_config::MemoryRange;
use paratia_config::machines::{Interrupts, Link, Place, Places};
use paratia_config::ports::PortPlace;
use paratia_config::system::{Partition, Region, Schedule, Window};

use crate::base::image::{BuiltImage, Content, Piece};
use crate::policy::queue::{MessageQueue, ReceiverCounts, SenderCounts};
use crate::state::channels::{Bell, Destination};
use crate::state::constants::{Facts, PartitionFacts};
use crate::state::events::{EventDestination, EventSource};
use crate::state::ports::PortCalls;
use crate::state::queues::Queue;
use crate::state::vcpu::Vcpu;

/// Symbols for some fields of some types, and for the types' sizes.
macro_rules! tell {
    ($($kind:ident { $($field:ident),* })*) => { $(
        global_asm!(
            concat!(".globl layout.", stringify!($kind), ".size"),
            concat!(".set layout.", stringify!($kind), ".size, {size}"),
            $(
                concat!(".globl layout.", stringify!($kind), ".", stringify!($field)),
                concat!(".set layout.", stringify!($kind), ".", stringify!($field), ", {", stringify!($field), "}"),
            )*
            size = const size_of::<$kind>(),
            $($field = const core::mem::offset_of!($kind, $field),)*
        );
    )* };
}

type MaybeBell = Option<Bell>;
type MaybeDestination = Option<Destination>;
type MaybeEventDestination = Option<EventDestination>;
type MaybeEventSource = Option<EventSource>;
type MaybePortPlace = Option<PortPlace>;
type MaybeQueue = Option<Queue>;
type Messages = MessageQueue<'static>;

tell! {
    Bell { doorbell, port, kick, cpus }
    BuiltImage { pieces }
    Content { name, bytes, sha256 }
    Destination { link, bell }
    EventDestination { counts, told, doorbell }
    EventSource { counts, most, bells }
    Facts { stage2, of_partition, affinity, private }
    Interrupts { links }
    Link { guest, physical }
    MaybeBell { }
    MaybeDestination { }
    MaybeEventDestination { }
    MaybeEventSource { }
    MaybePortPlace { }
    MaybeQueue { }
    MemoryRange { base, size_bytes }
    Messages { sender, receiver, words, depth, slot_words }
    Partition { regions }
    PartitionFacts { declaration, image, interrupts, places, ports, calls, shared_memory, doorbell, kick, affinities }
    Piece { to, content }
    Place { base, bytes }
    Places { distributor, redistributors, cpu_interface, uart, clock, watchdog }
    PortCalls { window, most, write, read, send, receive, beyond }
    PortPlace { channel, direction, window, refresh, depth, interrupt }
    Queue { messages, bell }
    ReceiverCounts { }
    Region { ipa, pa, size_bytes, kind }
    Schedule { major_frame, guard, plans }
    SenderCounts { }
    Vcpu { facts, ports }
    Window { vcpu, start, length }
}
