//! The interrupt controllers of BCM2836 and BCM2837, which have no GIC, driven so that they look
//! like one.
//!
//! The local controller (Broadcom's QA7, "ARM Quad A7 core", rev. 3.4) routes each CPU's timers and
//! mailboxes to it. The devices' interrupts are collected by the controller of BCM2835 (BCM2835 ARM
//! Peripherals, 7), and go to one CPU all together. Neither knows priorities, nor interrupts that
//! are active; both are played by masking: what is active, disabled or not urgent enough for the
//! priority mask is off at the hardware, so that nothing of it is ever signalled.
//!
//! | id | what it is | hardware |
//! |---|---|---|
//! | 0 to 15 | from CPU to CPU | bits of mailbox 0 |
//! | 26, 27, 29, 30 | timers (`CNTHP`, `CNTV`, `CNTPS`, `CNTPNS`) | bits 2, 3, 0, 1 |
//! | 32 to 95 | devices: 32 more than in BCM2835's table | pending 1 and 2 |
//!
//! # What CPUs share
//! All partitions that own a device with an interrupt have all their windows on one CPU (the rule
//! `device_interrupts_on_one_cpu`), so that only that CPU changes what concerns devices, and nobody
//! waits for anybody:
//!
//! | word | after boot written by | how |
//! |---|---|---|
//! | enabling and disabling registers, the devices' route, and what the state keeps of devices | the CPU that has the devices | at will |
//! | a CPU's timer and mailbox controls, and what the state keeps of it | that CPU | at will |
//! | a CPU's mailbox, to set | any CPU | a one sets its bit, a zero changes nothing |
//! | a CPU's mailbox, to clear | that CPU | as above |

mod cpu_interface;
mod distributor;
mod private;
mod registers;
mod state;

use paratia_config::board::{BoardFacts, InterruptController};

pub use cpu_interface::CpuInterface;
pub use distributor::Distributor;
pub use private::PrivateInterrupts;

use crate::interrupt::{self, ListForm, Parts};
use crate::refusal::{Reason, Refusal};
use registers::Controllers;
use state::State;

/// The two controllers as a kind of interrupt controller.
#[derive(Debug)]
pub struct Bcm2836;

/// What the hardware doesn't keep. The chip has one pair of controllers.
static STATE: State = State::new();

/// A CPU that has no virtual interface.
#[derive(Debug)]
pub struct NoVirtualInterface;

impl interrupt::Controller for Bcm2836 {
    type Distributor = Distributor;
    type PrivateInterrupts = PrivateInterrupts;
    type CpuInterface = CpuInterface;
    type VirtualInterface = NoVirtualInterface;

    unsafe fn initialise(board: &BoardFacts) -> Result<Distributor, Refusal> {
        // SAFETY: the caller's promise, passed on.
        let controllers = unsafe { locate(board) }?;
        Ok(Distributor::initialise(controllers, &STATE))
    }

    unsafe fn initialise_cpu(board: &BoardFacts, cpu: usize) -> Result<Parts<Self>, Refusal> {
        // SAFETY: the caller's promise, passed on.
        let controllers = unsafe { locate(board) }?;
        Ok(Parts {
            private: PrivateInterrupts::initialise(controllers, &STATE, cpu),
            interface: CpuInterface::new(controllers, &STATE, cpu),
            guest: NoVirtualInterface,
        })
    }
}

/// The controllers' registers.
///
/// # Safety
///
/// As for [`interrupt::Controller::initialise`].
unsafe fn locate(board: &BoardFacts) -> Result<Controllers, Refusal> {
    let InterruptController::Bcm2836 { local, devices } = board.interrupt_controller else {
        return Err(Reason::ControllerKind.into());
    };
    // SAFETY: the caller's promise, passed on.
    unsafe { Controllers::locate(local, devices) }
}

impl interrupt::VirtualInterface for NoVirtualInterface {
    const FORM: ListForm = ListForm::None;

    type State = ();

    const RESET: () = ();

    fn list_count(&self) -> usize {
        0
    }

    fn read_list(&self, _: usize) -> u64 {
        0
    }

    fn write_list(&mut self, _: usize, _: u64) {}

    fn empty_lists(&self) -> u64 {
        0
    }

    fn enable(&mut self, _: u64) {}

    fn close(&mut self) -> u64 {
        0
    }

    fn take_unlisted_ends(&mut self) -> u64 {
        0
    }

    fn save(&self) {}

    fn load(&mut self, (): &()) {}
}
