//! What this crate's tests on the host share: passports with ports, whose windows are in this process.

use std::boxed::Box;
use std::vec;

use paratia_abi::passport::{Name, Passport, PortRecord};

/// A depth of 0: a sampling port.
pub const SAMPLING: u32 = 0;
/// A depth of some: a queuing port.
pub const QUEUE: u32 = 4;
/// Stands for an event, which has no depth but eight signals a window.
pub const EVENT: u32 = u32::MAX;

/// The passport of a partition `it` with these ports: name, direction, depth, bytes of a message.
pub fn own_ports(ports: &[(&str, u32, u32, u32)]) -> &'static Passport {
    // SAFETY: zeroes are a passport's "none" in every field, and all bit patterns are valid.
    let mut passport: Passport = unsafe { core::mem::zeroed() };
    passport.name = Name::new("it");
    passport.port_count = ports.len().try_into().unwrap();
    for (at, (name, direction, depth, message_bytes)) in ports.iter().enumerate() {
        let words = (*message_bytes).div_ceil(8) as usize;
        let window = Box::leak(vec![u64::MAX; words].into_boxed_slice());
        passport.ports[at] = PortRecord {
            name: Name::new(name),
            window: window.as_mut_ptr().expose_provenance() as u64,
            message_bytes: *message_bytes,
            direction: *direction,
            refresh_ns: 0,
        };
        if *depth == EVENT {
            passport.port_signals[at] = 8;
        } else {
            passport.port_depths[at] = *depth;
        }
    }
    Box::leak(Box::new(passport))
}

/// The words of a port's window.
pub fn window(passport: &Passport, port: u64) -> &'static mut [u64] {
    let record = &passport.ports()[usize::try_from(port).unwrap()];
    let words = record.message_bytes.div_ceil(8) as usize;
    let base = core::ptr::with_exposed_provenance_mut(record.window.try_into().unwrap());
    // SAFETY: `own_ports` has leaked so many words there; a test uses one slice at a time.
    unsafe { core::slice::from_raw_parts_mut(base, words) }
}
