//! What the declarations of partitions' machines come to, as constants.

mod cpus;
mod doorbells;
mod interrupts;
mod places;
mod union;

pub use cpus::{affinity_of, cpu_of, most_windows, partition_of, share_cpu};
pub use doorbells::{
    MAX_KICKS, have_doorbells, kicks, most_destinations, port_interrupts, to_ring,
};
pub use interrupts::{
    Interrupts, Link, Links, Model, links, models, monitors_interrupt, private, shared,
};
pub use places::{Place, Places, places};
pub use union::Union;
