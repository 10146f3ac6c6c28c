//! Where each partition sees its emulated devices.

use super::{Model, models};
use crate::address::Ipa;
use crate::board::BoardFacts;
use crate::each;
use crate::machine::{CLOCK_BYTES, UART_BYTES, VirtualGic, VirtualMachine, WATCHDOG_FRAME_BYTES};
use crate::system::System;

/// The registers of an emulated device: none where a partition doesn't have it.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The guest-physical address of the first.
    pub base: u64,
    /// Bytes of all.
    pub bytes: u64,
}

impl Place {
    const NONE: Self = Self { base: 0, bytes: 0 };

    const fn new(base: Ipa, bytes: u64) -> Self {
        Self {
            base: base.0,
            bytes,
        }
    }

    /// The registers of a device that a machine may have.
    const fn of(base: Option<Ipa>, bytes: u64) -> Self {
        match base {
            Some(base) => Self::new(base, bytes),
            None => Self::NONE,
        }
    }
}

/// Where a partition sees its emulated devices.
#[derive(Clone, Copy, Debug)]
pub struct Places {
    /// The interrupt controller's distributor.
    pub distributor: Place,
    /// Its redistributors.
    pub redistributors: Place,
    /// Its CPU interface, where the board lends none.
    pub cpu_interface: Place,
    /// The UART.
    pub uart: Place,
    /// The clock.
    pub clock: Place,
    /// The watchdog's two frames.
    pub watchdog: Place,
}

impl Places {
    /// Those of a declared machine that sees a controller of `model`, with a CPU interface in software
    /// or the board's.
    #[must_use]
    pub const fn of(
        machine: &VirtualMachine,
        board: &BoardFacts,
        model: Model,
        is_software: bool,
    ) -> Self {
        let gic = &machine.gic;
        Self {
            distributor: Place::new(gic.distributor, gic.distributor_bytes(board)),
            redistributors: match model {
                Model::V3 => Place::new(gic.redistributors, machine.redistributors_bytes()),
                Model::V2 => Place::NONE,
            },
            cpu_interface: if is_software {
                Place::new(gic.cpu_interface, VirtualGic::CPU_INTERFACE_BYTES)
            } else {
                Place::NONE
            },
            uart: Place::of(machine.uart, UART_BYTES),
            clock: Place::of(machine.clock, CLOCK_BYTES),
            watchdog: Place::of(machine.watchdog, 2 * WATCHDOG_FRAME_BYTES),
        }
    }
}

/// Every partition's, of which these have a CPU interface in software.
#[must_use]
pub const fn places<const N: usize>(
    system: &System,
    board: &BoardFacts,
    are_software: &[bool; N],
) -> [Places; N] {
    const NONE: Places = Places {
        distributor: Place::NONE,
        redistributors: Place::NONE,
        cpu_interface: Place::NONE,
        uart: Place::NONE,
        clock: Place::NONE,
        watchdog: Place::NONE,
    };
    let models: [Model; N] = models(system, board);
    let mut all = [NONE; N];
    each! { index below N => {
        let machine = &system.partitions[index].machine;
        all[index] = Places::of(machine, board, models[index], are_software[index]);
    }}
    all
}
