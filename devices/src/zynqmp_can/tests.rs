//! The driver against the model of the registers.

use embedded_can::nb::Can as _;
use embedded_can::{Error as _, ErrorKind, ExtendedId, Frame as _, Id, StandardId};

use super::model::{Access, Model, RECEIVE_UNDERFLOW, TRANSMITTED};
use super::*;

/// [`FIFO_FRAMES`].
const DEPTH: u8 = 64;
const TIMING: BitTiming = BitTiming::new(100_000_000, 500_000).unwrap();

fn standard(raw: u16) -> Id {
    StandardId::new(raw).unwrap().into()
}

fn started(accepted: &[Id]) -> (Model, ZynqmpCan<Model>) {
    let model = Model::new();
    let mut can = ZynqmpCan::behind(model.clone());
    can.start(TIMING, Mode::Normal, accepted).unwrap();
    model.0.borrow_mut().log.clear();
    (model, can)
}

fn frame(raw: u16, data: &[u8]) -> Frame {
    Frame::new(standard(raw), data).unwrap()
}

/// Which words of the receive FIFO were read, in order.
fn words_read(model: &Model) -> Vec<Register> {
    let state = model.0.borrow();
    let reads = state.log.iter().filter_map(|access| match access {
        Access::Read(register, _) if *register as usize >= Register::ReceiveId as usize => {
            Some(*register)
        }
        _ => None,
    });
    reads.collect()
}

const ONCE_EACH: [Register; 4] = [
    Register::ReceiveId,
    Register::ReceiveLength,
    Register::ReceiveFirst,
    Register::ReceiveSecond,
];

#[test]
fn a_frame_is_read_by_each_word_once_and_nothing_if_there_is_none() {
    let (model, mut can) = started(&[]);
    assert_eq!(can.receive(), Err(nb::Error::WouldBlock));
    assert_eq!(words_read(&model), []);
    let sent = frame(0x123, &[1, 2, 3]);
    model.hear(sent.words());
    assert_eq!(can.receive(), Ok(sent));
    assert_eq!(words_read(&model), ONCE_EACH);
    assert_eq!(can.receive(), Err(nb::Error::WouldBlock));
    assert_eq!(words_read(&model), ONCE_EACH);
    assert_eq!(model.0.borrow().interrupts & RECEIVE_UNDERFLOW, 0);
}

#[test]
fn frames_come_in_their_order_and_the_one_too_many_is_told_once() {
    let (model, mut can) = started(&[]);
    for raw in 0..=DEPTH {
        model.hear(frame(raw.into(), &[raw]).words());
    }
    let overflow = can.receive();
    assert_eq!(overflow, Err(nb::Error::Other(Error::Overflow)));
    assert_eq!(Error::Overflow.kind(), ErrorKind::Overrun);
    for raw in 0..DEPTH {
        assert_eq!(can.receive(), Ok(frame(raw.into(), &[raw])));
    }
    assert_eq!(can.receive(), Err(nb::Error::WouldBlock));
}

#[test]
fn a_length_beyond_8_is_8() {
    let (model, mut can) = started(&[]);
    model.hear([0x123 << 21, 15 << 28 | 0xFFFF, u32::MAX, u32::MAX]);
    assert_eq!(can.receive(), Ok(frame(0x123, &[0xFF; 8])));
}

#[test]
fn what_is_sent_is_on_the_bus_and_counted_by_nobody() {
    let (model, mut can) = started(&[]);
    assert_eq!(
        model.0.borrow().interrupts & TRANSMITTED,
        0,
        "enabling isn't sending"
    );
    let long: Id = ExtendedId::new(0x1234_5678).unwrap().into();
    for frame in [frame(1, &[]), Frame::new(long, &[9; 8]).unwrap()] {
        assert_eq!(can.transmit(&frame), Ok(None));
        assert_eq!(model.0.borrow().bus.last(), Some(&frame.words()));
    }
    let state = model.0.borrow();
    let looks = |access: &&Access| matches!(access, Access::Read(it, _) if *it == Register::InterruptStatus);
    // Once a frame, for BSOFF.
    assert_eq!(state.log.iter().filter(looks).count(), 2);
}

#[test]
fn a_full_fifo_and_a_lost_bus_are_told() {
    let (model, mut can) = started(&[]);
    model.0.borrow_mut().status |= SENDING_FULL;
    assert_eq!(can.transmit(&frame(1, &[])), Err(nb::Error::WouldBlock));
    model.0.borrow_mut().interrupts |= BUS_OFF;
    let lost = can.transmit(&frame(1, &[]));
    assert_eq!(lost, Err(nb::Error::Other(Error::BusOff)));
    assert!(model.0.borrow().bus.is_empty() && model.0.borrow().sending.is_empty());
}

#[test]
fn a_start_leaves_nothing_of_what_was_received() {
    let (model, mut can) = started(&[]);
    for raw in 0..70 {
        model.hear(frame(raw, &[]).words());
    }
    can.start(TIMING, Mode::Normal, &[]).unwrap();
    assert_eq!(can.receive(), Err(nb::Error::WouldBlock));
    model.hear(frame(7, &[7]).words());
    assert_eq!(can.receive(), Ok(frame(7, &[7])));
}

#[test]
fn only_what_is_accepted_comes() {
    let long: Id = ExtendedId::new(0x123 << 18).unwrap().into();
    let (model, mut can) = started(&[standard(0x100), long]);
    let frames = [0x100_u16, 0x101, 0x123].map(|raw| frame(raw, &[1]));
    let extended = Frame::new(long, &[2]).unwrap();
    for frame in frames.iter().chain([&extended]) {
        model.hear(frame.words());
    }
    assert_eq!(can.receive(), Ok(frames[0]));
    assert_eq!(can.receive(), Ok(extended), "not 0x123 with 11 bits");
    assert_eq!(can.receive(), Err(nb::Error::WouldBlock));
    let five = [standard(1); 5];
    let refused = can.start(TIMING, Mode::Normal, &five);
    assert_eq!(refused, Err(Error::TooManyFilters));
    model.hear(frames[0].words());
    assert_eq!(can.receive(), Ok(frames[0]), "nothing was changed");
}

#[test]
fn loopback_reaches_no_bus() {
    let (model, mut can) = started(&[]);
    can.start(TIMING, Mode::Loopback, &[]).unwrap();
    can.transmit(&frame(1, &[5])).unwrap();
    assert_eq!(can.receive(), Ok(frame(1, &[5])));
    assert!(model.0.borrow().bus.is_empty());
    assert_eq!(model.plain(Register::BaudRatePrescaler), 9);
}

#[test]
fn an_interrupt_is_asserted_for_frames_alone() {
    let (model, mut can) = started(&[]);
    can.interrupt_on_reception(true);
    let asserted = || model.0.borrow().interrupts & model.plain(Register::InterruptEnable) != 0;
    assert!(!asserted());
    model.hear(frame(1, &[]).words());
    model.hear(frame(2, &[]).words());
    can.receive().unwrap();
    assert!(asserted(), "there is another one");
    can.receive().unwrap();
    assert!(!asserted());
}

#[test]
fn a_controller_that_does_not_follow_is_told() {
    let model = Model::new();
    model.0.borrow_mut().stuck = true;
    let mut can = ZynqmpCan::behind(model);
    assert_eq!(can.start(TIMING, Mode::Snoop, &[]), Err(Error::Stuck));
}

#[test]
fn no_registers_lie_at_zero_or_askew() {
    // SAFETY: neither address is accepted, so nothing is accessed.
    assert!(unsafe { ZynqmpCan::new(0).is_none() && ZynqmpCan::new(0xFF06_0002).is_none() });
}
