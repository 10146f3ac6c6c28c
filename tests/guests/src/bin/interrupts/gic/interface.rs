//! The CPU interface, by system registers or, in GICv2, in memory (IHI 0048, 4.4).

use super::{Gic, read, system, write};

const CONTROL: usize = 0x00;
const MASK: usize = 0x04;
const BINARY_POINT: usize = 0x08;
const ACKNOWLEDGE: usize = 0x0C;
const END: usize = 0x10;
const RUNNING: usize = 0x14;
const HIGHEST_PENDING: usize = 0x18;
const DEACTIVATE: usize = 0x1000;
/// `GICC_CTLR`: Group 0 enabled; `EOImode`.
const ENABLE: u32 = 1 << 0;
const SPLIT_END: u32 = 1 << 9;
/// `GICD_SGIR`, and its filters for all others and for the sender itself.
const SEND: usize = 0xF00;
const ALL_OTHERS: u32 = 1 << 24;
const SELF: u32 = 2 << 24;

impl Gic {
    fn is_in_memory(self) -> bool {
        self.version() == 2
    }

    fn change_control(self, bit: u32, on: bool) {
        let rest = read(self.other + CONTROL) & !bit;
        write(self.other + CONTROL, if on { rest | bit } else { rest });
    }

    /// The CPU interface signals its group, or nothing.
    pub fn set_interface(self, on: bool) {
        if self.is_in_memory() {
            self.change_control(ENABLE, on);
        } else {
            system::set_interface(on);
        }
    }

    /// Lets through what has a higher priority (a lower number).
    pub fn set_mask(self, priority: u8) {
        if self.is_in_memory() {
            write(self.other + MASK, priority.into());
        } else {
            system::set_mask(priority);
        }
    }

    /// In GICv3 the number for Group 1, which leaves one bit more than GICv2's for Group 0.
    pub fn set_binary_point(self, point: u8) {
        if self.is_in_memory() {
            write(self.other + BINARY_POINT, u32::from(point - 1));
        } else {
            system::set_binary_point(point);
        }
    }

    /// An end drops the priority only.
    pub fn set_split_end(self, on: bool) {
        if self.is_in_memory() {
            self.change_control(SPLIT_END, on);
        } else {
            system::set_split_end(on);
        }
    }

    /// Takes the interrupt that is signalled, and gives what is to be written at its end.
    pub fn acknowledge(self) -> u32 {
        if self.is_in_memory() {
            read(self.other + ACKNOWLEDGE)
        } else {
            system::acknowledge()
        }
    }

    /// The id in what [`Gic::acknowledge`] gave.
    pub fn id(self, taken: u32) -> u32 {
        taken & 0x3FF
    }

    pub fn end(self, taken: u32) {
        if self.is_in_memory() {
            write(self.other + END, taken);
        } else {
            system::end(taken);
        }
    }

    pub fn deactivate(self, taken: u32) {
        if self.is_in_memory() {
            write(self.other + DEACTIVATE, taken);
        } else {
            system::deactivate(taken);
        }
    }

    pub fn running(self) -> u32 {
        if self.is_in_memory() {
            read(self.other + RUNNING)
        } else {
            system::running()
        }
    }

    pub fn highest_pending(self) -> u32 {
        if self.is_in_memory() {
            self.id(read(self.other + HIGHEST_PENDING))
        } else {
            system::highest_pending()
        }
    }

    /// Sends the software-generated interrupt `id` to this CPU.
    pub fn send_to_self(self, id: u32) {
        if self.is_in_memory() {
            write(self.distributor + SEND, SELF | id);
        } else {
            system::send(id, false);
        }
    }

    /// ... or to all others.
    pub fn send_to_others(self, id: u32) {
        if self.is_in_memory() {
            write(self.distributor + SEND, ALL_OTHERS | id);
        } else {
            system::send(id, true);
        }
    }
}
