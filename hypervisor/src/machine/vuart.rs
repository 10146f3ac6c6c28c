//! A guest's UART: a PL011 (Arm DDI 0183) of which a program sees the registers, but that has no
//! line with a speed. What is sent is gone at once; what is received waits in the FIFO of 16.
//!
//! The SBSA's generic UART is the part of it without the speed. As programs exist that only ever
//! touch the data register, sending and receiving don't ask whether they were enabled. When whatever
//! takes what is sent has no more room, the transmit FIFO is full. A receive
//! timeout takes no time: what lies in the FIFO is told at once, however little it is.

use crate::base::bits::low_bytes;
use crate::machine::vgic::low;

/// Depth of the receive FIFO.
const FIFO: usize = 16;

/// `UARTFR`: nothing received; no room to send; FIFO full; nothing to send.
const RECEIVE_EMPTY: u32 = 1 << 4;
const TRANSMIT_FULL: u32 = 1 << 5;
const RECEIVE_FULL: u32 = 1 << 6;
const TRANSMIT_EMPTY: u32 = 1 << 7;
/// `UARTLCR_H.FEN`.
const FIFO_ENABLE: u32 = 1 << 4;
/// `UARTCR.LBE`: what is sent is received.
const LOOP_BACK: u32 = 1 << 7;
/// `UARTCR` after reset: transmitter and receiver enabled, the UART not.
const CONTROL_RESET: u32 = 0x300;
/// Interrupts, as they stand in `UARTIMSC` and its kin.
const RECEIVE: u32 = 1 << 4;
const TRANSMIT: u32 = 1 << 5;
const RECEIVE_TIMEOUT: u32 = 1 << 6;
const BREAK: u32 = 1 << 9;
/// A break in `UARTDR`, and in `UARTRSR`, which shows the upper bits of the last one read.
const DATA_BREAK: u16 = 1 << 10;

/// What a write asks of the caller, who then also looks at [`Uart::line`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum UartEffect {
    /// Nothing.
    Nothing,
    /// The byte is to be shown.
    Transmit(u8),
}

/// A UART.
#[derive(Clone, Debug)]
pub struct Uart {
    fifo: [u16; FIFO],
    first: usize,
    count: usize,
    status: u32,
    low_power: u32,
    divisor: u32,
    fraction: u32,
    line_control: u32,
    control: u32,
    levels: u32,
    mask: u32,
    raised: u32,
    dma: u32,
    /// What is sent finds no room.
    is_blocked: bool,
}

/// A register.
struct UartRegister {
    offset: u64,
    read: fn(&mut Uart) -> u32,
    write: fn(&mut Uart, u32) -> UartEffect,
}

/// A register that holds the bits of `$mask` of what is written.
macro_rules! stored {
    ($offset:literal, $field:ident, $mask:literal) => {
        UartRegister {
            offset: $offset,
            read: |uart| uart.$field,
            write: |uart, value| {
                uart.$field = value & $mask;
                uart.level_changed();
                UartEffect::Nothing
            },
        }
    };
}

/// A register that can't be written.
const fn constant(offset: u64, read: fn(&mut Uart) -> u32) -> UartRegister {
    UartRegister {
        offset,
        read,
        write: |_, _| UartEffect::Nothing,
    }
}

/// The registers (DDI 0183, 3.2), those first that are used most.
const REGISTERS: &[UartRegister] = &[
    UartRegister {
        offset: 0x000,
        read: Uart::take,
        write: Uart::send,
    },
    constant(0x018, |uart| uart.flags()),
    UartRegister {
        offset: 0x004,
        read: |uart| uart.status,
        write: |uart, _| {
            uart.status = 0;
            UartEffect::Nothing
        },
    },
    stored!(0x038, mask, 0x7FF),
    constant(0x03C, |uart| uart.raised),
    constant(0x040, |uart| uart.raised & uart.mask),
    UartRegister {
        offset: 0x044,
        read: |_| 0,
        write: |uart, value| {
            uart.raised &= !value;
            UartEffect::Nothing
        },
    },
    stored!(0x030, control, 0xFF87),
    UartRegister {
        offset: 0x02C,
        read: |uart| uart.line_control,
        write: Uart::set_line_control,
    },
    stored!(0x024, divisor, 0xFFFF),
    stored!(0x028, fraction, 0x3F),
    stored!(0x034, levels, 0x3F),
    stored!(0x020, low_power, 0xFF),
    stored!(0x048, dma, 0x7),
    // Part 0x011 by Arm, revision 1: the one whose FIFO is 16 deep; then the PrimeCell's mark.
    constant(0xFE0, |_| 0x11),
    constant(0xFE4, |_| 0x10),
    constant(0xFE8, |_| 0x14),
    constant(0xFEC, |_| 0x00),
    constant(0xFF0, |_| 0x0D),
    constant(0xFF4, |_| 0xF0),
    constant(0xFF8, |_| 0x05),
    constant(0xFFC, |_| 0xB1),
];

/// The register at `offset`. Registers are words; a narrower access is to their lower part, of
/// which only bytes and halfwords at the register's own address exist.
fn find(offset: u64, width: u32) -> Option<&'static UartRegister> {
    let row = REGISTERS.iter().find(|row| row.offset == offset)?;
    matches!(width, 1 | 2 | 4).then_some(row)
}

impl Default for Uart {
    fn default() -> Self {
        Self::new()
    }
}

impl Uart {
    /// After reset.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            fifo: [0; FIFO],
            first: 0,
            count: 0,
            status: 0,
            low_power: 0,
            divisor: 0,
            fraction: 0,
            line_control: 0,
            control: CONTROL_RESET,
            levels: 0x12,
            mask: 0,
            raised: 0,
            dma: 0,
            is_blocked: false,
        }
    }

    /// The guest reads `width` bytes at `offset`; zero where nothing is. Reading the data register
    /// takes from the FIFO, so [`Uart::line`] may change.
    ///
    /// The bus of a PL011 is a word wide: eight bytes are the two registers one after the other, as on
    /// QEMU's machines.
    #[must_use]
    pub fn read(&mut self, offset: u64, width: u32) -> u64 {
        let lower = self.read_word(offset, width.min(4));
        if width < 8 {
            return lower.into();
        }
        let upper = self.read_word(offset.saturating_add(4), 4);
        u64::from(upper) << 32 | u64::from(lower)
    }

    fn read_word(&mut self, offset: u64, width: u32) -> u32 {
        let value = find(offset, width).map_or(0, |row| (row.read)(self));
        value & low(low_bytes(width))
    }

    /// The guest writes `width` bytes of `value` at `offset`.
    pub fn write(&mut self, offset: u64, width: u32, value: u64) -> UartEffect {
        let effect = self.write_word(offset, width.min(4), low(value));
        if width == 8 {
            // The register that sends isn't the second of two.
            let _ = self.write_word(offset.saturating_add(4), 4, low(value >> 32));
        }
        effect
    }

    fn write_word(&mut self, offset: u64, width: u32, value: u32) -> UartEffect {
        match find(offset, width) {
            Some(row) => (row.write)(self, value & low(low_bytes(width))),
            None => UartEffect::Nothing,
        }
    }

    /// The level of the interrupt, `UARTINTR`.
    #[must_use]
    pub const fn line(&self) -> bool {
        self.raised & self.mask != 0
    }

    /// Tells whether what is sent next will find room. That there is room again raises the transmit
    /// interrupt, so [`Uart::line`] may change.
    pub fn set_room(&mut self, room: bool) {
        if room && self.is_blocked {
            self.raised |= TRANSMIT;
        }
        if !room {
            self.raised &= !TRANSMIT;
        }
        self.is_blocked = !room;
    }

    /// Whether [`Uart::receive`] would take a byte.
    #[must_use]
    pub const fn has_room(&self) -> bool {
        self.count < self.depth()
    }

    /// A byte comes; whether there was room. Without, the caller keeps it: this line has flow
    /// control.
    #[must_use]
    pub fn receive(&mut self, byte: u8) -> bool {
        self.put(byte.into())
    }

    /// A break comes, by which Linux knows that a request to the kernel follows. Whether there was
    /// room.
    #[must_use]
    pub fn receive_break(&mut self) -> bool {
        let taken = self.put(DATA_BREAK);
        if taken {
            self.raised |= BREAK;
        }
        taken
    }

    const fn depth(&self) -> usize {
        if self.line_control & FIFO_ENABLE != 0 {
            FIFO
        } else {
            1
        }
    }

    /// How much in the FIFO raises the receive interrupt (`UARTIFLS`, DDI 0183, 3.3.9).
    const fn level(&self) -> usize {
        match (self.depth(), self.levels >> 3 & 7) {
            (1, _) => 1,
            (_, 0) => FIFO / 8,
            (_, 1) => FIFO / 4,
            (_, 2) => FIFO / 2,
            (_, 3) => FIFO / 4 * 3,
            _ => FIFO / 8 * 7,
        }
    }

    fn put(&mut self, data: u16) -> bool {
        if !self.has_room() {
            return false;
        }
        if let Some(place) = self
            .fifo
            .get_mut(self.first.wrapping_add(self.count) % FIFO)
        {
            *place = data;
        }
        self.count = self.count.wrapping_add(1);
        self.raised |= RECEIVE_TIMEOUT;
        if self.count >= self.level() {
            self.raised |= RECEIVE;
        }
        true
    }

    fn take(&mut self) -> u32 {
        if self.count == 0 {
            return 0;
        }
        let data = self.fifo.get(self.first).copied().unwrap_or(0);
        self.first = self.first.wrapping_add(1) % FIFO;
        self.count -= 1;
        self.status = u32::from(data >> 8);
        if self.count == 0 {
            self.raised &= !RECEIVE_TIMEOUT;
        }
        if self.count < self.level() {
            self.raised &= !RECEIVE;
        }
        data.into()
    }

    fn send(&mut self, value: u32) -> UartEffect {
        self.raised |= TRANSMIT;
        let byte = value.to_le_bytes()[0];
        if self.control & LOOP_BACK != 0 {
            // An overrun is lost, as on the line.
            let _ = self.receive(byte);
            return UartEffect::Nothing;
        }
        UartEffect::Transmit(byte)
    }

    fn flags(&self) -> u32 {
        let empty = if self.count == 0 { RECEIVE_EMPTY } else { 0 };
        let full = if self.has_room() { 0 } else { RECEIVE_FULL };
        let transmit = if self.is_blocked {
            TRANSMIT_FULL
        } else {
            TRANSMIT_EMPTY
        };
        transmit | empty | full
    }

    /// Turning the FIFO on or off empties it.
    fn set_line_control(&mut self, value: u32) -> UartEffect {
        let value = value & 0xFF;
        if (self.line_control ^ value) & FIFO_ENABLE != 0 {
            self.count = 0;
            self.raised &= !(RECEIVE | RECEIVE_TIMEOUT);
        }
        self.line_control = value;
        UartEffect::Nothing
    }

    fn level_changed(&mut self) {
        if self.count < self.level() {
            self.raised &= !RECEIVE;
        }
    }
}

#[cfg(test)]
mod tests;
