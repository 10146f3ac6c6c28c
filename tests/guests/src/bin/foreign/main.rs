//! A system that knows nothing of Paratia, as small as can be: it looks at what it was started with,
//! says it on its PL011, and switches its machine off by PSCI.

#![no_std]
#![no_main]

mod console;
mod entry;

use core::arch::asm;
use core::panic::PanicInfo;
use core::slice;

use console::say;

/// `SYSTEM_OFF` (Arm DEN0022, 5.1.9).
const SYSTEM_OFF: u64 = 0x8400_0008;
/// A device tree's first word (Devicetree Specification 0.4, 5.2).
const MAGIC: u32 = 0xD00D_FEED;
/// In the tree's command line, before this system's name.
const NAME: &[u8] = b"name=";

/// Variables that nothing in the image gives a value.
static ZEROS: [u64; 4096] = [0; 4096];

/// Begins with the registers as they were at the entry, and where that was.
extern "C" fn main(tree: usize, x1: u64, x2: u64, x3: u64, entered: usize) -> ! {
    say(format_args!(
        "entered at {entered:#x}, x0 to x3 are {tree:#x} {x1} {x2} {x3}"
    ));
    say(format_args!("{}", state()));
    match name(tree) {
        Some(name) => say(format_args!("the tree's name for it is {name}")),
        None => say(format_args!("there is no tree with a name in it")),
    }
    let zeros = core::hint::black_box(&ZEROS).iter().all(|word| *word == 0);
    say(format_args!("variables are zero: {zeros}"));
    loop {
        // SAFETY: the machine is switched off, or else refuses.
        unsafe { asm!("hvc #0", inout("x0") SYSTEM_OFF => _, clobber_abi("C")) };
    }
}

/// Whether the CPU is in the state in which arm64 systems are started.
fn state() -> &'static str {
    let (level, control, masks): (u64, u64, u64);
    // SAFETY: reads registers.
    unsafe {
        asm!(
            "mrs {level}, CurrentEL", "mrs {control}, SCTLR_EL1", "mrs {masks}, DAIF",
            level = out(reg) level, control = out(reg) control, masks = out(reg) masks,
            options(nomem, nostack),
        );
    }
    // MMU and data cache.
    let are_off = control & 0b101 == 0;
    if level >> 2 == 1 && are_off && masks >> 6 == 0xF {
        "EL1, MMU and cache off, interrupts masked"
    } else {
        "it isn't in the state it should be in"
    }
}

/// The word behind [`NAME`] in the device tree.
fn name(tree: usize) -> Option<&'static str> {
    let start = core::ptr::with_exposed_provenance::<u32>(tree);
    if !tree.is_multiple_of(8) {
        return None;
    }
    // SAFETY: what `x0` names is memory of the partition's, or the test fails here.
    let (magic, bytes) = unsafe { (start.read(), start.add(1).read()) };
    if u32::from_be(magic) != MAGIC {
        return None;
    }
    let size = usize::try_from(u32::from_be(bytes)).ok()?;
    // SAFETY: a tree has this size, and nobody writes it.
    let bytes = unsafe { slice::from_raw_parts(start.cast::<u8>(), size) };
    let at = bytes
        .windows(NAME.len())
        .position(|window| window == NAME)?;
    let word = bytes[at + NAME.len()..].split(|byte| !byte.is_ascii_alphanumeric());
    str::from_utf8(word.into_iter().next()?).ok()
}

/// Stays silent; the test misses what isn't said.
#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    loop {
        core::hint::spin_loop();
    }
}
