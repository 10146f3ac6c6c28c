//! What is behind a unikernel's devices.

use paratia_runtime::Context;
use paratia_runtime::direct::{DirectQueuingDestination, DirectQueuingSource};
use paratia_tender::boot::{BLOCK, NET};
use paratia_tender::page::{self, name};

/// What a handle stands for.
pub enum Device {
    /// Nothing.
    None,
    /// Memory of the partition's.
    Block {
        /// Where it begins.
        base: u64,
        /// How many bytes it has.
        capacity: u64,
    },
    /// Two direct queues.
    Net {
        /// What the unikernel sends.
        out: DirectQueuingSource,
        /// What it receives.
        into: DirectQueuingDestination,
        /// Most bytes of a frame.
        frame_bytes: u64,
    },
}

impl Device {
    /// What the tool says.
    pub fn of(context: &Context, told: &page::Device) -> Self {
        match told.kind {
            BLOCK => Self::Block {
                base: told.base,
                capacity: told.size_bytes,
            },
            NET => {
                let (out, into) = (name(&told.out), name(&told.into));
                let port = "the tool has found the port";
                Self::Net {
                    out: DirectQueuingSource::find(context, out).expect(port),
                    into: DirectQueuingDestination::find(context, into).expect(port),
                    frame_bytes: told.frame_bytes.into(),
                }
            }
            _ => Self::None,
        }
    }

    /// Whether a frame waits there.
    pub fn is_ready(&self) -> bool {
        matches!(self, Self::Net { into, .. } if into.waiting() > 0)
    }
}
