//! The UART register by register, and against a queue.

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
    assert_eq!(uart.write(LINE_CONTROL, 4, 0x70), UartEffect::Nothing);
    assert_eq!(uart.write(MASK, 4, mask), UartEffect::Nothing);
    uart
}

#[test]
fn without_room_the_transmit_fifo_is_full() {
    const TRANSMIT: u64 = 1 << 5;
    let mut uart = uart(TRANSMIT);
    assert_eq!(uart.write(0x00, 4, 65), UartEffect::Transmit(65));
    assert!(uart.line(), "it was sent at once");
    uart.set_room(false);
    assert_eq!((uart.read(FLAGS, 4), uart.line()), (0x30, false));
    uart.set_room(true);
    assert_eq!((uart.read(FLAGS, 4), uart.line()), (0x90, true));
    let _ = uart.write(CLEAR, 4, TRANSMIT);
    uart.set_room(true);
    assert!(!uart.line(), "room that stays is no news");
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
        let next = uart.read(offset + 4, 4);
        assert_eq!(uart.read(offset, 8), next << 32 | value, "{offset:#x}");
        assert_eq!(uart.read(offset + 1, 1), 0);
    }
}

#[test]
fn eight_bytes_are_two_registers() {
    let mut uart = uart(0);
    assert_eq!(
        uart.write(DATA, 8, 0x1_0000_0041),
        UartEffect::Transmit(b'A')
    );
    assert_eq!(uart.write(0x24, 8, 0x2A_0000_1234), UartEffect::Nothing);
    assert_eq!((uart.read(0x24, 4), uart.read(0x28, 4)), (0x1234, 0x2A));
    assert!(uart.receive_break() && uart.receive(7));
    // The status is that of what was read just before.
    assert_eq!(uart.read(DATA, 8), 4 << 32 | 0x400);
    assert_eq!(uart.read(DATA, 8), 7);
    assert_eq!(uart.read(0xFFC, 8), 0xB1);
    assert_eq!(uart.read(u64::MAX - 3, 8), 0);
}

/// `UARTIFLS.RXIFLSEL`: an eighth, a quarter, a half, three quarters, seven eighths of 16 (DDI 0183, 3.3.9).
#[test]
fn the_receive_interrupt_comes_at_the_level_and_goes_below_it() {
    for (select, level) in [(0, 2), (1, 4), (2, 8), (3, 12), (4, 14)] {
        let mut uart = uart(RECEIVE.into());
        // The level of the other FIFO, in the bits below, is no matter.
        let _ = uart.write(LEVELS, 4, select << 3 | 0b100);
        let received = (1..=16).map(|byte| uart.receive(byte) && uart.line());
        let expected = (1..=16).map(|count| count >= level);
        assert!(
            received.collect::<Vec<_>>().into_iter().eq(expected),
            "{level}"
        );
        let left = (0..16).map(|_| {
            let _ = uart.read(DATA, 4);
            uart.line()
        });
        let expected = (0..16).rev().map(|count| count >= level);
        assert!(left.collect::<Vec<_>>().into_iter().eq(expected), "{level}");
    }
}

#[test]
fn another_level_takes_the_receive_interrupt_back() {
    let mut uart = uart(RECEIVE.into());
    let _ = uart.write(LEVELS, 4, 0);
    assert!(uart.receive(1) && uart.receive(2) && uart.line());
    let _ = uart.write(LEVELS, 4, 1 << 3);
    assert!(!uart.line(), "two are less than a quarter");
    // Without a FIFO, the level says nothing: there is one place.
    let _ = uart.write(LINE_CONTROL, 4, 0);
    assert!(uart.receive(3) && uart.line());
}

#[test]
fn what_is_sent_is_shown_at_once_and_told() {
    let mut uart = uart(TRANSMIT.into());
    assert!(!uart.line());
    assert_eq!(uart.write(DATA, 1, 0x41), UartEffect::Transmit(b'A'));
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

/// Only turning it on or off empties the FIFO (DDI 0183, 3.3.7), and then nothing of it is told.
#[test]
fn the_fifo_stays_as_it_is_until_it_is_turned_on_or_off() {
    let mut uart = uart(0x7FF);
    let _ = uart.write(LEVELS, 4, 0);
    assert!(uart.receive(1) && uart.receive(2));
    let told = u64::from(RECEIVE | RECEIVE_TIMEOUT);
    let _ = uart.write(LINE_CONTROL, 4, 0x1F);
    let _ = uart.write(LEVELS, 4, 0);
    assert_eq!((uart.read(RAISED, 4), uart.read(FLAGS, 4)), (told, 0x80));
    let _ = uart.write(DATA, 4, 0);
    let _ = uart.write(LINE_CONTROL, 4, 0x0F);
    assert_eq!(uart.read(RAISED, 4), TRANSMIT.into());
    assert_eq!(uart.read(FLAGS, 4), 0x90);
}

#[test]
fn only_what_is_raised_and_let_through_is_shown_masked() {
    let mut uart = uart(RECEIVE.into());
    let _ = uart.write(DATA, 4, 0x41);
    assert_eq!(uart.read(RAISED, 4), TRANSMIT.into());
    assert_eq!(uart.read(MASKED, 4), 0);
    assert!(!uart.line());
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
    assert_eq!(uart.write(DATA, 4, 0x55), UartEffect::Nothing);
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
    #![proptest_config(crate::properties::cases(2000))]

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
                Step::Read(DATA, width) => {
                    let byte = expected.pop_front().unwrap_or(0);
                    prop_assert_eq!(uart.read(DATA, width), byte.into());
                }
                Step::Read(offset, width) => { let _ = uart.read(offset, width); }
                Step::Write(offset, width, value) => {
                    // The line's loop and the FIFO's reset have their own tests.
                    let second = offset.saturating_add(4);
                    if [CONTROL, LINE_CONTROL].iter().any(|it| *it == offset || *it == second) {
                        continue;
                    }
                    let sent = uart.write(offset, width, value);
                    prop_assert_eq!(sent != UartEffect::Nothing, offset == DATA);
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
