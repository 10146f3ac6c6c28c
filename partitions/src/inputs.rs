//! What a test bench tells the partition: the word in its region for it (`paratia_instruments::inputs`).

use core::sync::atomic::{AtomicU64, Ordering};

use paratia_instruments::inputs::REGION;
use paratia_runtime::passport;

/// The word.
#[derive(Clone, Copy, Debug)]
pub struct Inputs(&'static AtomicU64);

impl Inputs {
    /// The partition's own; nothing if it isn't given any.
    #[must_use]
    pub fn find() -> Option<Self> {
        let regions = passport::own().regions();
        let region = regions.iter().find(|it| it.name.as_str() == REGION)?;
        let base = usize::try_from(region.base).ok()?;
        // SAFETY: the passport says that the partition has this memory, whole pages for nothing but this; who
        // writes there from outside of the board does so between two instructions.
        Some(Self(unsafe {
            &*core::ptr::with_exposed_provenance::<AtomicU64>(base)
        }))
    }

    /// What is told.
    #[must_use]
    pub fn word(self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// What is told, once: it says nothing after this.
    #[must_use]
    pub fn take(self) -> u64 {
        let word = self.word();
        if word != 0 {
            self.0.store(0, Ordering::Relaxed);
        }
        word
    }
}
