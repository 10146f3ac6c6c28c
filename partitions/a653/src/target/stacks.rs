//! Stacks of processes: whole pages of the partition's RAM behind its image, with an unmapped one below each.

use core::ops::Range;

use paratia_runtime::abi::passport::Passport;
use paratia_runtime::{mmu, passport};

use crate::processes::{STACK_UNIT, stack_takes};

/// RAM that isn't given yet.
#[derive(Debug)]
pub(super) struct Stacks {
    free: Range<u64>,
}

/// A stack: its top, and the page that is unmapped below it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stack {
    pub(super) top: u64,
    guard: u64,
}

impl Stack {
    /// Nobody's.
    pub(super) const NONE: Self = Self { top: 0, guard: 0 };

    /// Whether an access there says that the stack has overflowed.
    pub(super) fn is_below(&self, address: u64) -> bool {
        (self.guard..self.guard + STACK_UNIT).contains(&address)
    }
}

impl Stacks {
    /// What lies behind the image, before the first message window, and where pages can be unmapped.
    pub(super) fn new(passport: &Passport) -> Self {
        let ram = passport::ram(passport);
        let image_end = mmu::image().end as u64;
        let windows = passport.ports().iter().map(|port| port.window);
        let windows = windows.filter(|window| (image_end..ram.end).contains(window));
        let end = windows.min().unwrap_or(ram.end);
        let end = end.min(mmu::end_of_pages() as u64) / STACK_UNIT * STACK_UNIT;
        Self {
            free: image_end..end.max(image_end),
        }
    }

    /// How many bytes can be given.
    pub(super) fn bytes(&self) -> u64 {
        self.free.end - self.free.start
    }

    /// A stack of at least so many bytes, which [`crate::processes::Processes`] has counted.
    pub(super) fn take(&mut self, bytes: u32) -> Stack {
        let guard = self.free.start;
        let top = guard + stack_takes(bytes);
        assert!(top <= self.free.end, "the table has counted this stack");
        self.free.start = top;
        mmu::unmap_page(usize::try_from(guard).expect("addresses have 64 bits"));
        Stack { top, guard }
    }
}
