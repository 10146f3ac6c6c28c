//! Every return code of the queuing ports' services (ARINC 653 P1-3, 3.6.2.2), by what the hypervisor answers.
//! Those that time brings are tested on the emulated board (`queue-ends`).

use paratia_abi::call::{
    CLEAR_QUEUING_PORT, QUEUING_PORT_STATUS, RECEIVE_QUEUING_MESSAGE, SEND_QUEUING_MESSAGE,
};
use paratia_abi::passport::PORT_DESTINATION;
use paratia_abi::status::{BUSY, EMPTY, INVALID_PARAMETERS, NOT_FOUND, SUCCESS};

use super::*;
use crate::host::fake;
use crate::testing::{QUEUE, SAMPLING, own_ports};

const BYTES: u32 = 16;

fn ports() -> &'static Passport {
    own_ports(&[
        ("send", PORT_SOURCE, QUEUE, BYTES),
        ("receive", PORT_DESTINATION, QUEUE, BYTES),
        ("other", PORT_SOURCE, SAMPLING, BYTES),
    ])
}

/// A hypervisor that answers one call so, and no other.
fn answer(call: u32, status: i64, values: [u64; 3]) {
    fake::install(move |function, _| {
        assert_eq!(function, call);
        (status, values)
    });
}

#[test]
fn codes_have_their_numbers() {
    let codes = [
        (ReturnCode::NoError, 0),
        (ReturnCode::NotAvailable, 2),
        (ReturnCode::InvalidParam, 3),
        (ReturnCode::InvalidConfig, 4),
        (ReturnCode::TimedOut, 6),
    ];
    for (code, number) in codes {
        assert_eq!(code as u32, number);
    }
}

#[test]
fn create_finds_a_port_of_its_kind_and_direction_alone() {
    let passport = ports();
    assert!(QueuingSource::find(passport, "send").is_ok());
    assert!(QueuingDestination::find(passport, "receive").is_ok());
    for name in ["receive", "other", "sent", ""] {
        assert!(QueuingSource::find(passport, name).is_err(), "{name}");
    }
    for name in ["send", "other", "received"] {
        assert!(QueuingDestination::find(passport, name).is_err(), "{name}");
    }
}

#[test]
fn send_has_each_of_its_codes() {
    let mut port = QueuingSource::find(ports(), "send").unwrap();
    // Refused before any call is made.
    fake::install(|function, _| panic!("call {function:#x}"));
    assert_eq!(port.send(&[]), Err(ReturnCode::InvalidParam));
    assert_eq!(port.send(&[0; 17]), Err(ReturnCode::InvalidConfig));
    for (status, expected) in [
        (SUCCESS, Ok(3)),
        (BUSY, Err(ReturnCode::NotAvailable)),
        (INVALID_PARAMETERS, Err(ReturnCode::InvalidParam)),
        (NOT_FOUND, Err(ReturnCode::InvalidParam)),
        (-99, Err(ReturnCode::InvalidParam)),
    ] {
        answer(SEND_QUEUING_MESSAGE, status, [3, 0, 0]);
        for length in [1, 16] {
            assert_eq!(port.send(&[0; 16][..length]), expected, "{status}");
        }
    }
}

#[test]
fn receive_has_each_of_its_codes() {
    let mut port = QueuingDestination::find(ports(), "receive").unwrap();
    fake::install(|function, _| panic!("call {function:#x}"));
    let small = port.receive(&mut [0; 15]);
    assert_eq!(small, Err(ReturnCode::InvalidParam));

    let mut buffer = [0; 16];
    answer(RECEIVE_QUEUING_MESSAGE, SUCCESS, [8, 0, 2]);
    let received = port.receive(&mut buffer).unwrap();
    assert_eq!(received.return_code(), ReturnCode::NoError);
    assert_eq!((received.length, received.waiting), (8, 2));
    // Refusals that are told without a message are told again with the next one.
    answer(RECEIVE_QUEUING_MESSAGE, EMPTY, [0, 2, 0]);
    let none = port.receive(&mut buffer);
    assert_eq!(none, Err(ReturnCode::NotAvailable));
    answer(RECEIVE_QUEUING_MESSAGE, SUCCESS, [8, 1, 0]);
    let received = port.receive(&mut buffer).unwrap();
    assert_eq!(received.return_code(), ReturnCode::InvalidConfig);
    assert_eq!(received.refused, 3);
    for status in [NOT_FOUND, INVALID_PARAMETERS, -99] {
        answer(RECEIVE_QUEUING_MESSAGE, status, [0; 3]);
        let refused = port.receive(&mut buffer);
        assert_eq!(refused, Err(ReturnCode::InvalidParam), "{status}");
    }
}

#[test]
fn status_and_clear_have_each_of_their_codes() {
    let passport = ports();
    let source = QueuingSource::find(passport, "send").unwrap();
    let mut destination = QueuingDestination::find(passport, "receive").unwrap();
    answer(QUEUING_PORT_STATUS, SUCCESS, [1, 2, 3]);
    let standing = QueueStatus {
        waiting: 1,
        refused: 2,
        sent: 3,
    };
    assert_eq!(source.status(), Ok(standing));
    assert_eq!(destination.status(), Ok(standing));
    answer(CLEAR_QUEUING_PORT, SUCCESS, [4, 0, 0]);
    assert_eq!(destination.clear(), Ok(4));
    for status in [NOT_FOUND, INVALID_PARAMETERS] {
        answer(QUEUING_PORT_STATUS, status, [0; 3]);
        assert_eq!(source.status(), Err(ReturnCode::InvalidParam));
        answer(CLEAR_QUEUING_PORT, status, [0; 3]);
        assert_eq!(destination.clear(), Err(ReturnCode::InvalidParam));
    }
}
