//! What happened in a run, on one axis of time: the log's events and the consoles, who ran when on which CPU
//! beside who was to, and every exit of every guest.
//!
//! [`Recorder`] hears a run, [`Tracer`] looks at it from QEMU, and [`Timeline`] is what both have, with the plan.
//! [`Format`] writes it for others' tools. What is known by whom, and how well, says `docs/trace.md`.

pub mod btf;
pub mod causes;
pub mod ctf;
mod format;
pub mod notes;
pub mod perfetto;
mod points;
mod recorder;
mod slots;
pub mod timeline;
mod tracer;

pub use format::Format;
pub use recorder::{Moment, Recorder};
pub use timeline::{Basis, Exit, Interrupt, Timeline, Window};
pub use tracer::Tracer;
