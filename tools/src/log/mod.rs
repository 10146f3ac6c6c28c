//! The board's serial output, from bytes to typed events.
//!
//! Console text and the hypervisor's log share one UART: text is plain lines with their speaker's
//! name in front, and each `defmt` frame is fenced by zero bytes, which text never contains.
//! [`stream`] takes the two apart, [`decode`] turns frames into messages, [`event`] messages into
//! values.

pub mod decode;
pub mod event;
pub mod jsonl;
pub mod statistics;
pub mod stream;
pub mod value;

pub use decode::Decoder;
pub use event::Event;
pub use statistics::Statistics;
pub use stream::{Piece, Splitter};
pub use value::Value;
