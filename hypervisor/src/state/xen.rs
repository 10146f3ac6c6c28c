//! What a guest of Xen's has beside a partition: its event channels, and the pages by which it and the
//! hypervisor speak. In a system without one this is nothing at all.

use paratia_config::Partition;
use paratia_config::address::PAGE_BYTES;
use paratia_config::xen::{self, CONSOLE_PAGE};

use crate::built::chosen::ANY;
use crate::machine::xen::events::Events;
use crate::machine::xen::memory::{Own, Page};

/// A guest of Xen's, under its partition's lock.
pub struct Guest {
    /// Its memory.
    pub own: Own,
    /// The page of its console's ring.
    pub console: Page,
    /// Its event channels.
    pub events: Events<{ ANY.most_vcpus }>,
}

/// A partition's, if it is one; no room in a system in which none is.
pub type Place = [Option<Guest>; ANY.xen as usize];

/// That of a partition as it is declared.
#[must_use]
pub const fn place(declaration: &'static Partition) -> Place {
    let mut place = [const { None }; ANY.xen as usize];
    let own = Own::new(declaration.regions);
    if let Some(first) = place.first_mut()
        && let Some(region) = xen::region(declaration)
        && let Some(console) = own.page(region.ipa.0 + CONSOLE_PAGE * PAGE_BYTES)
    {
        *first = Some(Guest {
            own,
            console,
            events: Events::new(),
        });
    }
    place
}
