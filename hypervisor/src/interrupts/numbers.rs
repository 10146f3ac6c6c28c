//! Numbers and priorities of the interrupts that the hypervisor knows by itself.

/// The guest's physical timer (PPI 14), which is emulated.
pub const PHYSICAL_TIMER: u32 = 30;
/// The hypervisor's timer (PPI 10).
pub const HYPERVISOR_TIMER: u32 = 26;
/// The virtual interface's maintenance interrupt (PPI 9).
pub const MAINTENANCE: u32 = 25;
/// Those below are software-generated, by which vCPUs of one partition call each other.
pub const FIRST_PRIVATE_PERIPHERAL: u32 = 16;
/// Priority of the hypervisor's own interrupts, above all of a guest's.
pub const OWN_PRIORITY: u8 = 0x80;
/// Priority of guests' interrupts.
pub const GUEST_PRIORITY: u8 = 0xA0;
/// Lets only the hypervisor's own interrupts through.
pub const MASK_GUEST: u8 = 0x90;
/// Lets all through but what is [`HELD_BACK`].
pub const MASK_NONE: u8 = 0xF0;
/// Priority of kicks outside of their partition's windows, where the controller can't disable them.
pub const HELD_BACK: u8 = 0xF8;
