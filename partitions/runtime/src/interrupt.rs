//! Interrupts, by the controller that the passport names: GICv3 or GICv2.
//!
//! After a reset no interrupt is enabled. [`enable`] turns the controller on and with it the virtual
//! timer's interrupt; a device's is turned on by [`enable_interrupt`]. From then on what masks them
//! are the priority mask, `PSTATE.I` and the device itself. Outside the partition's windows the
//! hypervisor holds them back.

#[cfg(target_os = "none")]
mod controller;
#[cfg(not(target_os = "none"))]
#[path = "interrupt/host.rs"]
mod controller;

pub use arm_gic::IntId;
use cortex_a::asm;

use controller::{Controller, mask};

#[cfg(target_os = "none")]
unsafe extern "Rust" {
    safe fn partition_interrupt(interrupt: IntId);
}

/// Turns the interrupt controller on, for this CPU and with all interrupts of one priority; enables
/// the virtual timer's, and lets interrupts through to the handler that [`crate::entry!`] named.
///
/// ```no_run
/// use paratia_runtime::interrupt;
///
/// interrupt::enable(); // from here on the handler runs
/// ```
pub fn enable() {
    let controller = Controller::of_passport();
    controller.set_up();
    controller.enable(controller.timer(), true);
    unmask();
}

/// Enables an interrupt: of a device, which from now on comes to this CPU, or one that CPUs send
/// each other. After [`enable`].
///
/// ```no_run
/// use paratia_runtime::interrupt::{self, IntId};
///
/// interrupt::enable();
/// interrupt::enable_interrupt(IntId::spi(7));
/// ```
pub fn enable_interrupt(interrupt: IntId) {
    Controller::of_passport().enable(interrupt, true);
}

/// As [`enable_interrupt`], for a device's that comes by an edge: once, and is not looked at again.
///
/// ```no_run
/// use paratia_runtime::interrupt::{self, IntId};
///
/// interrupt::enable();
/// interrupt::enable_edge(IntId::spi(8));
/// ```
pub fn enable_edge(interrupt: IntId) {
    let controller = Controller::of_passport();
    controller.set_edge(interrupt);
    controller.enable(interrupt, true);
}

/// Disables it; what comes meanwhile is pending when it is enabled again.
///
/// ```no_run
/// use paratia_runtime::interrupt::{self, IntId};
///
/// interrupt::disable_interrupt(IntId::spi(7));
/// ```
pub fn disable_interrupt(interrupt: IntId) {
    Controller::of_passport().enable(interrupt, false);
}

/// Holds interrupts back at the CPU (`PSTATE.I`).
///
/// ```no_run
/// use paratia_runtime::interrupt;
///
/// interrupt::disable();
/// ```
pub fn disable() {
    mask();
}

/// Lets interrupts through again at the CPU, after [`disable`].
///
/// ```no_run
/// use paratia_runtime::interrupt;
///
/// interrupt::disable();
/// interrupt::unmask();
/// ```
pub fn unmask() {
    controller::unmask();
}

/// The virtual timer's interrupt.
///
/// ```no_run
/// use paratia_runtime::interrupt::{self, IntId};
///
/// fn on_interrupt(interrupt: IntId) {
///     if interrupt == interrupt::timer() {
///         // the moment has come
///     }
/// }
/// ```
#[must_use]
pub fn timer() -> IntId {
    Controller::of_passport().timer()
}

/// Sleeps until an interrupt is pending, masked or not.
///
/// ```no_run
/// use paratia_runtime::interrupt;
///
/// interrupt::wait();
/// ```
pub fn wait() {
    asm::wfi();
}

/// Sleeps until `is_done`, which is looked at after each interrupt's handler, and with interrupts held back:
/// so none comes between a look and the sleep after it. Interrupts come through when this returns.
///
/// ```no_run
/// use core::sync::atomic::{AtomicBool, Ordering};
/// use paratia_runtime::interrupt;
///
/// static RUNG: AtomicBool = AtomicBool::new(false); // the handler sets it
///
/// interrupt::wait_until(|| RUNG.swap(false, Ordering::Relaxed));
/// ```
pub fn wait_until(mut is_done: impl FnMut() -> bool) {
    loop {
        mask();
        let done = is_done();
        if !done {
            wait();
        }
        unmask();
        if done {
            return;
        }
    }
}

/// The handler of a partition that named none.
///
/// ```no_run
/// use paratia_runtime::{entry, interrupt};
///
/// entry!(run, interrupts = interrupt::unexpected); // as `entry!(run)`
/// # fn run(_: paratia_runtime::Context) {}
/// # fn main() {}
/// ```
///
/// # Panics
/// Always.
pub fn unexpected(interrupt: IntId) {
    panic!("unexpected interrupt {interrupt:?}");
}

/// Acknowledges an interrupt that is pending, if one is, has it handled and ends it. The runtime's exception
/// vector calls this; a partition does that has vectors of its own, with interrupts masked.
#[cfg(target_os = "none")]
pub extern "C" fn handle() {
    Controller::of_passport().handle(partition_interrupt);
}
