//! Memory for what the hypervisor reads and writes: whole pages of words that are touched by volatile accesses
//! alone.

use core::cell::UnsafeCell;

/// Words in a page.
pub const WORDS: usize = 512;
/// Pages.
pub const PAGES: usize = 8;

#[repr(C, align(4096))]
struct Pages(UnsafeCell<[[u64; WORDS]; PAGES]>);

// SAFETY: every access is a volatile one of an aligned word by its address; nobody has a reference to one.
unsafe impl Sync for Pages {}

static SCRATCH: Pages = Pages(UnsafeCell::new([[0; WORDS]; PAGES]));

/// The address of a page, which is also its guest-physical one.
pub fn page(index: usize) -> u64 {
    SCRATCH.0.get().addr() as u64 + (index % PAGES * WORDS * 8) as u64
}

/// Reads a word.
pub fn read(page_index: usize, word: usize) -> u64 {
    let address = page(page_index) as usize + word % WORDS * 8;
    // SAFETY: an aligned word of `SCRATCH`, to which there is no reference.
    unsafe { core::ptr::with_exposed_provenance::<u64>(address).read_volatile() }
}

/// Writes a word.
pub fn write(page_index: usize, word: usize, value: u64) {
    let address = page(page_index) as usize + word % WORDS * 8;
    // SAFETY: an aligned word of `SCRATCH`, to which there is no reference.
    unsafe { core::ptr::with_exposed_provenance_mut::<u64>(address).write_volatile(value) };
}

/// Writes words to the beginning of a page, and says where they are.
pub fn put(page_index: usize, words: &[u64]) -> u64 {
    for (index, word) in words.iter().enumerate() {
        write(page_index, index, *word);
    }
    page(page_index)
}
