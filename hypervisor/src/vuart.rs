//! A guest's UART: a PL011 (Arm DDI 0183) of which a program sees the registers, but that has no
//! line with a speed. What is sent is gone at once; what is received waits in the FIFO of 16.
//!
//! The SBSA's generic UART is the part of it without the speed. As programs exist that only ever
//! touch the data register, sending and receiving don't ask whether they were enabled. A receive
//! timeout takes no time: what lies in the FIFO is told at once, however little it is.

/// Depth of the receive FIFO.
const FIFO: usize = 16;

/// `UARTFR`: nothing received; FIFO full; nothing to send (always).
const RECEIVE_EMPTY: u32 = 1 << 4;
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
pub enum Effect {
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
}

/// A register.
struct Row {
    offset: u64,
    read: fn(&mut Uart) -> u32,
    write: fn(&mut Uart, u32) -> Effect,
}

/// A register that holds the bits of `$mask` of what is written.
macro_rules! stored {
    ($offset:literal, $field:ident, $mask:literal) => {
        Row {
            offset: $offset,
            read: |uart| uart.$field,
            write: |uart, value| {
                uart.$field = value & $mask;
                uart.level_changed();
                Effect::Nothing
            },
        }
    };
}

/// A register that can't be written.
const fn constant(offset: u64, read: fn(&mut Uart) -> u32) -> Row {
    Row {
        offset,
        read,
        write: |_, _| Effect::Nothing,
    }
}

/// The registers (DDI 0183, 3.2), those first that are used most.
const REGISTERS: &[Row] = &[
    Row {
        offset: 0x000,
        read: Uart::take,
        write: Uart::send,
    },
    constant(0x018, |uart| uart.flags()),
    Row {
        offset: 0x004,
        read: |uart| uart.status,
        write: |uart, _| {
            uart.status = 0;
            Effect::Nothing
        },
    },
    stored!(0x038, mask, 0x7FF),
    constant(0x03C, |uart| uart.raised),
    constant(0x040, |uart| uart.raised & uart.mask),
    Row {
        offset: 0x044,
        read: |_| 0,
        write: |uart, value| {
            uart.raised &= !value;
            Effect::Nothing
        },
    },
    stored!(0x030, control, 0xFF87),
    Row {
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
fn find(offset: u64, width: u32) -> Option<&'static Row> {
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
        }
    }

    /// The guest reads `width` bytes at `offset`; zero where nothing is. Reading the data register
    /// takes from the FIFO, so [`Uart::line`] may change.
    #[must_use]
    pub fn read(&mut self, offset: u64, width: u32) -> u64 {
        let value = find(offset, width).map_or(0, |row| (row.read)(self));
        let value = match width {
            1 => value & 0xFF,
            2 => value & 0xFFFF,
            _ => value,
        };
        value.into()
    }

    /// The guest writes `width` bytes of `value` at `offset`.
    pub fn write(&mut self, offset: u64, width: u32, value: u64) -> Effect {
        let value = match width {
            1 => value & 0xFF,
            2 => value & 0xFFFF,
            _ => value & 0xFFFF_FFFF,
        };
        match (find(offset, width), u32::try_from(value)) {
            (Some(row), Ok(value)) => (row.write)(self, value),
            _ => Effect::Nothing,
        }
    }

    /// The level of the interrupt, `UARTINTR`.
    #[must_use]
    pub const fn line(&self) -> bool {
        self.raised & self.mask != 0
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
        if let Some(place) = self.fifo.get_mut((self.first + self.count) % FIFO) {
            *place = data;
        }
        self.count += 1;
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
        self.first = (self.first + 1) % FIFO;
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

    fn send(&mut self, value: u32) -> Effect {
        self.raised |= TRANSMIT;
        let byte = value.to_le_bytes()[0];
        if self.control & LOOP_BACK != 0 {
            // An overrun is lost, as on the line.
            let _ = self.receive(byte);
            return Effect::Nothing;
        }
        Effect::Transmit(byte)
    }

    fn flags(&self) -> u32 {
        let empty = if self.count == 0 { RECEIVE_EMPTY } else { 0 };
        let full = if self.has_room() { 0 } else { RECEIVE_FULL };
        TRANSMIT_EMPTY | empty | full
    }

    /// Turning the FIFO on or off empties it.
    fn set_line_control(&mut self, value: u32) -> Effect {
        let value = value & 0xFF;
        if (self.line_control ^ value) & FIFO_ENABLE != 0 {
            self.count = 0;
            self.raised &= !(RECEIVE | RECEIVE_TIMEOUT);
        }
        self.line_control = value;
        Effect::Nothing
    }

    fn level_changed(&mut self) {
        if self.count < self.level() {
            self.raised &= !RECEIVE;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use proptest::prelude::*;

    use super::*;

    const DATA: u64 = 0x00;
    const FLAGS: u64 = 0x18;
    const LINE_CONTROL: u64 = 0x2C;
    const CONTROL: u64 = 0x30;
    const LEVELS: u64 = 0x34;
    const MASK: u64 = 0x38;
    const RAISED: u64 = 0x3C;
    const MASKED: u64 = 0x40;
    const CLEAR: u64 = 0x44;

    /// With its FIFO on, the interrupts in `mask` let through.
    fn uart(mask: u64) -> Uart {
        let mut uart = Uart::new();
        assert_eq!(uart.write(LINE_CONTROL, 4, 0x70), Effect::Nothing);
        assert_eq!(uart.write(MASK, 4, mask), Effect::Nothing);
        uart
    }

    #[test]
    fn after_reset_registers_read_as_the_manual_says() {
        let expected = [
            (0x00, 0),
            (0x04, 0),
            (0x18, 0x90),
            (0x20, 0),
            (0x24, 0),
            (0x28, 0),
            (0x2C, 0),
            (0x30, 0x300),
            (0x34, 0x12),
            (0x38, 0),
            (0x3C, 0),
            (0x40, 0),
            (0x44, 0),
            (0x48, 0),
            (0xFE0, 0x11),
            (0xFE4, 0x10),
            (0xFE8, 0x14),
            (0xFEC, 0),
            (0xFF0, 0x0D),
            (0xFF4, 0xF0),
            (0xFF8, 0x05),
            (0xFFC, 0xB1),
            (0x4C, 0),
            (0x1000, 0),
        ];
        for (offset, value) in expected {
            assert_eq!(Uart::new().read(offset, 4), value, "{offset:#x}");
        }
    }

    #[test]
    fn each_register_keeps_the_bits_that_it_has() {
        let expected = [
            (0x18, 0x90),
            (0x20, 0xFF),
            (0x24, 0xFFFF),
            (0x28, 0x3F),
            (0x2C, 0xFF),
            (0x30, 0xFF87),
            (0x34, 0x3F),
            (0x38, 0x7FF),
            (0x3C, 0),
            (0x48, 7),
            (0xFE0, 0x11),
        ];
        for (offset, value) in expected {
            let mut uart = Uart::new();
            let _ = uart.write(offset, 4, u64::MAX);
            assert_eq!(uart.read(offset, 4), value, "{offset:#x}");
            assert_eq!(uart.read(offset, 2), value & 0xFFFF);
            assert_eq!(uart.read(offset, 1), value & 0xFF);
            assert_eq!(uart.read(offset, 8), 0);
            assert_eq!(uart.read(offset + 1, 1), 0);
        }
    }

    #[test]
    fn what_is_sent_is_shown_at_once_and_told() {
        let mut uart = uart(TRANSMIT.into());
        assert!(!uart.line());
        assert_eq!(uart.write(DATA, 1, 0x41), Effect::Transmit(b'A'));
        assert_eq!(uart.read(FLAGS, 4), 0x90);
        assert!(uart.line());
        assert_eq!(uart.read(MASKED, 4), TRANSMIT.into());
        let _ = uart.write(CLEAR, 4, TRANSMIT.into());
        assert!(!uart.line());
    }

    #[test]
    fn one_byte_is_told_by_timeout_and_many_by_level() {
        let mut uart = uart(0x7FF);
        let _ = uart.write(LEVELS, 4, 0b001 << 3);
        for count in 1..=4_u8 {
            assert!(uart.receive(count) && uart.line());
            let level = u64::from(count >= 4) << 4;
            assert_eq!(uart.read(RAISED, 4), u64::from(RECEIVE_TIMEOUT) | level);
        }
        assert_eq!(uart.read(DATA, 4), 1);
        assert_eq!(uart.read(RAISED, 4), RECEIVE_TIMEOUT.into());
        assert_eq!([2, 3, 4].map(|_| uart.read(DATA, 4)), [2, 3, 4]);
        assert!(!uart.line());
        assert_eq!(uart.read(FLAGS, 4), 0x90);
        assert_eq!(uart.read(DATA, 4), 0);
    }

    #[test]
    fn the_fifo_is_16_deep_or_one() {
        let mut uart = uart(0);
        assert_eq!((0..20).filter(|byte| uart.receive(*byte)).count(), 16);
        assert_eq!(uart.read(FLAGS, 4), 0xC0);
        let _ = uart.write(LINE_CONTROL, 4, 0x60);
        assert_eq!(uart.read(FLAGS, 4), 0x90);
        assert_eq!((0..20).filter(|byte| uart.receive(*byte)).count(), 1);
        assert_eq!(uart.read(RAISED, 4), u64::from(RECEIVE | RECEIVE_TIMEOUT));
    }

    #[test]
    fn a_break_is_marked_and_told() {
        let mut uart = uart(BREAK.into());
        assert!(uart.receive_break() && uart.line());
        assert_eq!(uart.read(DATA, 4), 0x400);
        assert_eq!(uart.read(0x04, 4), 4);
        let _ = uart.write(0x04, 4, 0);
        assert_eq!(uart.read(0x04, 4), 0);
        let _ = uart.write(CLEAR, 4, BREAK.into());
        assert!(!uart.line());
    }

    #[test]
    fn looped_back_it_hears_itself() {
        let mut uart = uart(0);
        let _ = uart.write(CONTROL, 4, LOOP_BACK.into());
        assert_eq!(uart.write(DATA, 4, 0x55), Effect::Nothing);
        assert_eq!(uart.read(DATA, 4), 0x55);
    }

    #[derive(Clone, Debug)]
    enum Step {
        Receive(u8),
        Read(u64, u32),
        Write(u64, u32, u64),
    }

    fn step() -> impl Strategy<Value = Step> {
        let offset = prop_oneof![
            4 => Just(DATA),
            4 => (0..0x50_u64).prop_map(|offset| offset & !3),
            1 => any::<u64>(),
        ];
        let width = (0..4_u32).prop_map(|log| 1 << log);
        prop_oneof![
            3 => any::<u8>().prop_map(Step::Receive),
            2 => (offset.clone(), width.clone()).prop_map(|(offset, width)| Step::Read(offset, width)),
            2 => (offset, width, any::<u64>()).prop_map(|(o, w, value)| Step::Write(o, w, value)),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

        /// Bytes come out in the order in which they went in, none is lost or invented, and the
        /// line and the flags say so.
        #[test]
        fn bytes_keep_their_order(steps in proptest::collection::vec(step(), 0..200)) {
            let mut uart = uart(0);
            let mut expected = VecDeque::new();
            for step in steps {
                match step {
                    Step::Receive(byte) => {
                        let room = uart.has_room();
                        prop_assert_eq!(uart.receive(byte), room);
                        if room {
                            expected.push_back(byte);
                        }
                    }
                    Step::Read(DATA, width @ 1..=4) => {
                        let byte = expected.pop_front().unwrap_or(0);
                        prop_assert_eq!(uart.read(DATA, width), byte.into());
                    }
                    Step::Read(offset, width) => { let _ = uart.read(offset, width); }
                    Step::Write(offset, width, value) => {
                        // The line's loop and the FIFO's reset have their own tests.
                        if offset == CONTROL || offset == LINE_CONTROL {
                            continue;
                        }
                        let sent = uart.write(offset, width, value);
                        prop_assert_eq!(sent != Effect::Nothing, offset == DATA && width <= 4);
                    }
                }
                let flags = uart.read(FLAGS, 4);
                prop_assert_eq!(flags & 0x10 != 0, expected.is_empty());
                prop_assert_eq!(flags & 0x40 != 0, expected.len() == 16);
                prop_assert_eq!(uart.line(), uart.read(RAISED, 4) & uart.read(MASK, 4) != 0);
            }
        }

        #[test]
        fn whatever_a_guest_does_is_bounded(steps in proptest::collection::vec(step(), 0..300)) {
            let mut uart = Uart::new();
            for step in steps {
                match step {
                    Step::Receive(byte) => { let _ = uart.receive(byte); }
                    Step::Read(offset, width) => { let _ = uart.read(offset, width); }
                    Step::Write(offset, width, value) => { let _ = uart.write(offset, width, value); }
                }
            }
            prop_assert!(uart.count <= FIFO && uart.first < FIFO);
        }
    }

    #[test]
    fn it_is_small() {
        assert!(size_of::<Uart>() <= 96, "{}", size_of::<Uart>());
    }
}
