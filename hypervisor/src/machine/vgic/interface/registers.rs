//! The registers that the guest finds at `GICC_*` (IHI 0048, 4.4), as the virtual CPU interface has
//! them (`GICV_*`, chapter 5): rows of a table.

use super::{CpuInterface, Done, LEAST_POINTS};
use crate::machine::vgic::PRIORITY_BITS;

/// Two pages: `GICC_DIR` is the first register of the second.
pub const BYTES: u64 = 0x2000;

/// The bits of `GICC_CTLR` that there are.
const CONTROL: u32 = 0x21F;
/// `GICC_IIDR`: product `P`, GICv2, revision 0, Arm's programmers' model.
const IMPLEMENTER: u32 = 0x5002_043B;

/// A register, 32 bits.
struct InterfaceRegister {
    offset: u64,
    read: fn(&mut CpuInterface) -> u32,
    write: fn(&mut CpuInterface, u32) -> Done,
}

const fn only_read(offset: u64, read: fn(&mut CpuInterface) -> u32) -> InterfaceRegister {
    InterfaceRegister {
        offset,
        read,
        write: |_, _| Done::Nothing,
    }
}

const fn only_written(offset: u64, write: fn(&mut CpuInterface, u32) -> Done) -> InterfaceRegister {
    InterfaceRegister {
        offset,
        read: |_| 0,
        write,
    }
}

/// The registers, those first that are used at every interrupt. What isn't here is reserved, or
/// for a Security state that doesn't exist.
const REGISTERS: &[InterfaceRegister] = &[
    only_read(0x000C, |interface| interface.acknowledge(false)),
    only_written(0x0010, CpuInterface::end),
    only_written(0x1000, CpuInterface::deactivate),
    InterfaceRegister {
        offset: 0x0000,
        read: |interface| interface.control,
        write: |interface, value| {
            interface.control = value & CONTROL;
            Done::Nothing
        },
    },
    InterfaceRegister {
        offset: 0x0004,
        read: |interface| interface.mask.into(),
        write: |interface, value| {
            interface.mask = low(value) & PRIORITY_BITS;
            Done::Nothing
        },
    },
    InterfaceRegister {
        offset: 0x0008,
        read: |interface| interface.points[0].into(),
        write: |interface, value| {
            interface.points[0] = (low(value) & 7).max(LEAST_POINTS[0]);
            Done::Nothing
        },
    },
    only_read(0x0014, |interface| interface.running().into()),
    only_read(0x0018, |interface| interface.highest_pending(false)),
    InterfaceRegister {
        offset: 0x001C,
        read: |interface| interface.points[1].into(),
        write: |interface, value| {
            interface.points[1] = (low(value) & 7).max(LEAST_POINTS[1]);
            Done::Nothing
        },
    },
    only_read(0x0020, |interface| interface.acknowledge(true)),
    only_written(0x0024, CpuInterface::end),
    only_read(0x0028, |interface| interface.highest_pending(true)),
    InterfaceRegister {
        offset: 0x00D0,
        read: |interface| interface.levels,
        write: |interface, value| {
            interface.levels = value;
            Done::Nothing
        },
    },
    only_read(0x00FC, |_| IMPLEMENTER),
];

impl CpuInterface {
    /// The guest reads `width` bytes at `offset`. Registers are words; any other access reads as
    /// zero.
    #[must_use]
    pub fn read(&mut self, offset: u64, width: u32) -> u64 {
        find(offset, width).map_or(0, |row| (row.read)(self).into())
    }

    /// The guest writes `width` bytes of `value` at `offset`.
    pub fn write(&mut self, offset: u64, width: u32, value: u64) -> Done {
        match (find(offset, width), u32::try_from(value & 0xFFFF_FFFF)) {
            (Some(row), Ok(value)) => (row.write)(self, value),
            _ => Done::Nothing,
        }
    }
}

fn find(offset: u64, width: u32) -> Option<&'static InterfaceRegister> {
    let row = REGISTERS.iter().find(|row| row.offset == offset);
    row.filter(|_| width == 4)
}

/// The lowest byte.
const fn low(value: u32) -> u8 {
    value.to_le_bytes()[0]
}
