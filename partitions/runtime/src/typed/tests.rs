//! Typed ports against a hypervisor that answers as the real one.

use std::string::ToString as _;

use paratia_abi::call::{
    RECEIVE_QUEUING_MESSAGE, SAMPLING_PORT_READ, SAMPLING_PORT_WRITE, SEND_QUEUING_MESSAGE,
};
use paratia_abi::passport::{PORT_DESTINATION, PORT_SOURCE, Passport};
use paratia_abi::status;

use super::*;
use crate::host::fake;
use crate::queue::ReturnCode;
use crate::testing::{QUEUE, SAMPLING, own_ports, window};
use crate::time::Ticks;

/// Six bytes: a message of odd length, as words go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
struct Wheel {
    pulses: u16,
    millimetres: [u16; 2],
}

const WHEEL: Wheel = Wheel {
    pulses: 7,
    millimetres: [1, 2],
};

fn ports() -> &'static Passport {
    own_ports(&[
        ("out", PORT_SOURCE, SAMPLING, 8),
        ("in", PORT_DESTINATION, SAMPLING, 16),
        ("send", PORT_SOURCE, QUEUE, 8),
        ("receive", PORT_DESTINATION, QUEUE, 8),
    ])
}

/// A hypervisor that gives one message of `length` bytes with these words, and takes what is sent.
fn answers(passport: &'static Passport, length: u64, message: [u64; 2]) {
    fake::install(move |function, [port, sent, _]| match function {
        SAMPLING_PORT_WRITE | SEND_QUEUING_MESSAGE => {
            assert_eq!(sent, size_of::<Wheel>() as u64);
            // What the window has is what travels, whole words.
            assert_eq!(
                window(passport, port)[0].to_ne_bytes()[..6],
                *WHEEL.as_bytes()
            );
            assert_eq!(window(passport, port)[0].to_ne_bytes()[6..], [0, 0]);
            (status::SUCCESS, [3, 0, 0])
        }
        SAMPLING_PORT_READ | RECEIVE_QUEUING_MESSAGE if length == 0 => (status::EMPTY, [0; 3]),
        SAMPLING_PORT_READ | RECEIVE_QUEUING_MESSAGE => {
            let window = window(passport, port);
            for (place, word) in window.iter_mut().zip(message) {
                *place = word;
            }
            (status::SUCCESS, [length, 1, 5])
        }
        _ => (status::NOT_SUPPORTED, [0; 3]),
    });
}

#[test]
fn values_travel_whole_and_alone() {
    let passport = ports();
    answers(passport, 6, [0xFFFF_0002_0001_0007, 0]);
    let mut out = SamplingSource::<Wheel>::find(passport, "out").unwrap();
    window(passport, 0).fill(u64::MAX);
    assert_eq!(out.write(&WHEEL), Ok(()));
    let mut send = QueuingSender::<Wheel>::find(passport, "send").unwrap();
    window(passport, 2).fill(u64::MAX);
    assert_eq!(send.send(&WHEEL), Ok(3));

    let mut input = SamplingDestination::<Wheel>::find(passport, "in").unwrap();
    let sample = Sample {
        message: WHEEL,
        valid: true,
        age: Ticks(5),
    };
    assert_eq!(input.read(), Ok(sample));
    let mut receive = QueuingReceiver::<Wheel>::find(passport, "receive").unwrap();
    let received = Received {
        message: WHEEL,
        refused: 1,
        waiting: 5,
    };
    assert_eq!(receive.receive(), Ok(received));
}

#[test]
fn a_message_of_another_size_is_no_value() {
    let passport = ports();
    for found in [1, 5, 7, 8] {
        answers(passport, found as u64, [0; 2]);
        let other = Err(NoMessage::OtherSize { expected: 6, found });
        let mut input = SamplingDestination::<Wheel>::find(passport, "in").unwrap();
        assert_eq!(input.read().map(|_| ()), other);
        let mut receive = QueuingReceiver::<Wheel>::find(passport, "receive").unwrap();
        assert_eq!(receive.receive().map(|_| ()), other);
    }
}

#[test]
fn nothing_is_no_value() {
    let passport = ports();
    answers(passport, 0, [0; 2]);
    let mut input = SamplingDestination::<Wheel>::find(passport, "in").unwrap();
    assert_eq!(input.read(), Err(NoMessage::None));
    let mut receive = QueuingReceiver::<Wheel>::find(passport, "receive").unwrap();
    assert_eq!(receive.receive(), Err(NoMessage::None));
}

#[test]
fn a_full_queue_is_told() {
    let passport = ports();
    fake::install(|_, _| (status::BUSY, [4, 1, 0]));
    let mut send = QueuingSender::<Wheel>::find(passport, "send").unwrap();
    assert_eq!(send.send(&WHEEL), Err(ReturnCode::NotAvailable));
}

#[test]
fn a_type_that_is_too_large_is_told_with_its_size() {
    let passport = ports();
    let why = SamplingSource::<[u8; 9]>::find(passport, "out").unwrap_err();
    let expected = "the sampling source port 'out' takes fewer bytes than the program's messages have, 9; \
                    enlarge its channel's `message_bytes`, or take another type. 'it' has: ";
    assert!(why.to_string().starts_with(expected), "{why}");
    assert!(QueuingReceiver::<[u64; 2]>::find(passport, "receive").is_err());
    assert!(SamplingDestination::<[u64; 2]>::find(passport, "in").is_ok());
    assert!(QueuingSender::<u64>::find(passport, "out").is_err());
}
