//! Every answer of the sampling ports' services, by what the hypervisor answers.

use paratia_abi::call::{SAMPLING_PORT_READ, SAMPLING_PORT_WRITE};
use paratia_abi::status::{EMPTY, INVALID_PARAMETERS, NOT_FOUND, SUCCESS};

use super::*;
use crate::host::fake;
use crate::testing::{QUEUE, SAMPLING, own_ports};

fn ports() -> &'static Passport {
    own_ports(&[
        ("write", PORT_SOURCE, SAMPLING, 16),
        ("read", PORT_DESTINATION, SAMPLING, 16),
        ("other", PORT_SOURCE, QUEUE, 16),
    ])
}

fn answer(call: u32, status: i64, values: [u64; 3]) {
    fake::install(move |function, _| {
        assert_eq!(function, call);
        (status, values)
    });
}

#[test]
fn a_port_is_found_by_its_kind_and_direction_alone() {
    let passport = ports();
    assert!(SourcePort::find(passport, "write").is_ok());
    assert!(DestinationPort::find(passport, "read").is_ok());
    for name in ["read", "other", "wrote"] {
        assert!(SourcePort::find(passport, name).is_err(), "{name}");
    }
    for name in ["write", "other"] {
        assert!(DestinationPort::find(passport, name).is_err(), "{name}");
    }
}

#[test]
fn write_has_each_of_its_answers() {
    let mut port = SourcePort::find(ports(), "write").unwrap();
    fake::install(|function, _| panic!("call {function:#x}"));
    assert_eq!(port.write(&[0; 17]), Err(Refusal::InvalidParameters));
    for (status, expected) in [
        (SUCCESS, Ok(())),
        (INVALID_PARAMETERS, Err(Refusal::InvalidParameters)),
        (NOT_FOUND, Err(Refusal::NotFound)),
        (-99, Err(Refusal::Other(-99))),
    ] {
        answer(SAMPLING_PORT_WRITE, status, [0; 3]);
        for length in [0, 1, 16] {
            assert_eq!(port.write(&[0; 16][..length]), expected, "{status}");
        }
    }
}

#[test]
fn read_has_each_of_its_answers() {
    let mut port = DestinationPort::find(ports(), "read").unwrap();
    let mut buffer = [0; 16];
    for valid in [0, 1] {
        answer(SAMPLING_PORT_READ, SUCCESS, [8, valid, 5]);
        let received = Received {
            length: 8,
            valid: valid == 1,
            age: Ticks(5),
        };
        assert_eq!(port.read(&mut buffer), Some(received));
    }
    // As much as fits, and never more than the port's.
    answer(SAMPLING_PORT_READ, SUCCESS, [u64::MAX, 1, 0]);
    assert_eq!(port.read(&mut [0; 3]).map(|it| it.length), Some(3));
    assert_eq!(port.read(&mut [0; 64]).map(|it| it.length), Some(16));
    for status in [EMPTY, NOT_FOUND] {
        answer(SAMPLING_PORT_READ, status, [0; 3]);
        assert_eq!(port.read(&mut buffer), None);
    }
}
