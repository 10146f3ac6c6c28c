use proptest::prelude::*;

use super::*;

const ID: u32 = 0x0A0B_0C0D;
const P4: P04 = P04 { data_id: ID };
const IDS: [u8; 16] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];

const fn p1(mode: DataIdMode) -> P01 {
    P01 {
        data_id: 0x123,
        mode,
    }
}

/// A message of `payload` behind a header with this counter.
fn protected<P: Profile>(profile: P, counter: u32, payload: &[u8]) -> Vec<u8> {
    let mut message = vec![0; P::HEADER_BYTES];
    message.extend_from_slice(payload);
    let mut protector = Protector {
        counter,
        ..Protector::new(profile)
    };
    protector.protect(&mut message).unwrap();
    message
}

/// The header of `length` bytes that are all zero but for it.
fn header<P: Profile>(profile: P, counter: u32, offset: usize, length: usize) -> Vec<u8> {
    let mut message = vec![0; length];
    let mut protector = Protector {
        counter,
        ..Protector::new(profile).at(offset)
    };
    protector.protect(&mut message).unwrap();
    message[offset..][..P::HEADER_BYTES].to_vec()
}

/// The values were computed by another implementation, the Python package `autosar-e2e` 1.0.0; those of
/// profiles 4 to 7 are the specification's own examples, too.
#[test]
fn an_independent_implementation_computes_the_same() {
    let both = p1(DataIdMode::Both);
    assert_eq!(header(both, 0, 0, 8), [0xCC, 0x00]);
    assert_eq!(header(both, 1, 0, 8), [0x91, 0x01]);
    assert_eq!(header(both, 2, 0, 8), [0x76, 0x02]);
    assert_eq!(header(P11::both(0x123), 0, 0, 8), [0xCC, 0x00]);
    let nibble = P11::nibble(0x123);
    assert_eq!(header(nibble, 0, 0, 8), [0x2A, 0x10]);
    assert_eq!(header(nibble, 1, 0, 8), [0x77, 0x11]);
    assert_eq!(header(nibble, 2, 0, 8), [0x90, 0x12]);
    assert_eq!(header(p1(DataIdMode::Nibble), 0, 0, 8), [0x2A, 0x10]);
    let p2 = P02 { data_ids: IDS };
    assert_eq!(header(p2, 0, 0, 8), [0x0E, 0x00]);
    assert_eq!(header(p2, 1, 0, 8), [0x1B, 0x01]);
    assert_eq!(header(p2, 2, 0, 8), [0x98, 0x02]);
    assert_eq!(
        header(P4, 0, 0, 16),
        [
            0, 0x10, 0, 0, 0x0A, 0x0B, 0x0C, 0x0D, 0x86, 0x2B, 0x05, 0x56
        ]
    );
    assert_eq!(header(P4, 0, 8, 24)[8..], [0x69, 0xD7, 0x50, 0x2E]);
    let p5 = P05 { data_id: 0x1234 };
    assert_eq!(header(p5, 0, 0, 8), [0x1C, 0xCA, 0]);
    assert_eq!(header(p5, 0, 8, 16), [0x28, 0x91, 0]);
    let p6 = P06 { data_id: 0x1234 };
    assert_eq!(header(p6, 0, 0, 8), [0xB1, 0x55, 0, 8, 0]);
    assert_eq!(header(p6, 0, 8, 16), [0x4E, 0xB7, 0, 0x10, 0]);
    let p7 = P07 { data_id: ID };
    let start = header(p7, 0, 0, 24);
    assert_eq!(start[..8], [0x1F, 0xB2, 0xE7, 0x37, 0xFC, 0xED, 0xBC, 0xD9]);
    assert_eq!(
        start[8..],
        [0, 0, 0, 24, 0, 0, 0, 0, 0x0A, 0x0B, 0x0C, 0x0D]
    );
    let shifted = header(p7, 0, 8, 32);
    assert_eq!(
        shifted[..8],
        [0x17, 0xF7, 0xC8, 0x17, 0x32, 0x38, 0x65, 0xA8]
    );
}

/// Runs a statement for a profile of each kind.
macro_rules! each_profile {
    (|$profile:ident| $body:block) => {
        each_profile!(@ |$profile| $body,
            p1(DataIdMode::Both), p1(DataIdMode::Alternating), p1(DataIdMode::Low),
            p1(DataIdMode::Nibble), P11::both(0x123), P11::nibble(0x123),
            P02 { data_ids: IDS }, P4, P05 { data_id: 0x1234 }, P06 { data_id: 0x1234 },
            P07 { data_id: ID })
    };
    (@ |$profile:ident| $body:block, $($value:expr),*) => {
        $({
            let $profile = $value;
            $body
        })*
    };
}

#[test]
fn the_first_message_is_ok_and_so_is_the_counter_wrapping() {
    each_profile!(|profile| {
        let mut protector = Protector::new(profile);
        let mut checker = Checker::new(profile, 1);
        for _ in 0..70_000 {
            let mut message = [7; 24];
            protector.protect(&mut message).unwrap();
            assert_eq!(checker.check(Some(&message)), Status::Ok);
        }
    });
    let mut protector = Protector {
        counter: u32::MAX,
        ..Protector::new(P07 { data_id: ID })
    };
    let mut message = [0; 24];
    protector.protect(&mut message).unwrap();
    assert_eq!((protector.counter, &message[12..16]), (0, &[0xFF; 4][..]));
}

#[test]
fn each_status_has_its_cause_in_each_profile() {
    each_profile!(|profile| {
        let mut checker = Checker::new(profile, 3);
        let mut receive = |counter| checker.check(Some(&protected(profile, counter, b"data")));
        assert_eq!(receive(0), Status::Ok);
        assert_eq!(receive(0), Status::Repeated);
        assert_eq!(receive(3), Status::OkSomeLost);
        assert_eq!(receive(7), Status::WrongSequence, "three are missing");
        assert_eq!(receive(8), Status::Ok, "and then it follows");
        assert_eq!(receive(7), Status::WrongSequence, "an old one");
        assert_eq!(checker.check(None), Status::NoNewData);
        let again = protected(profile, 8, b"data");
        assert_eq!(checker.check(Some(&again)), Status::Ok);
        assert_eq!(checker.check(Some(&[])), Status::Error);
        let after = protected(profile, 9, b"data");
        assert_eq!(
            checker.check(Some(&after)),
            Status::Ok,
            "an error moves nothing"
        );
    });
}

#[test]
fn losses_are_counted_over_the_last_counter() {
    each_profile!(|profile| {
        fn last<P: Profile>(_: &P) -> u32 {
            P::LAST_COUNTER
        }
        let mut checker = Checker::new(profile, 3);
        let last = last(&profile);
        let mut receive = |counter| checker.check(Some(&protected(profile, counter, b"data")));
        assert_eq!(receive(last), Status::Repeated, "as before the first");
        assert_eq!(receive(2), Status::OkSomeLost);
        let _ = receive(last);
        assert_eq!(receive(3), Status::WrongSequence);
    });
}

#[test]
fn a_counter_that_no_sender_has_is_an_error() {
    // 15 fits into profile 1's half byte; a sender goes from 14 to 0.
    let mut checker = Checker::new(p1(DataIdMode::Both), 15);
    let forged = protected(p1(DataIdMode::Both), 15, b"data");
    assert_eq!(checker.check(Some(&forged)), Status::Error);
}

#[test]
fn the_half_byte_beside_a_small_counter_is_the_senders() {
    let mut message = [0, 0xA0, 1, 2];
    let mut protector = Protector::new(p1(DataIdMode::Both));
    protector.protect(&mut message).unwrap();
    assert_eq!(message[1], 0xA0);
    let mut checker = Checker::new(p1(DataIdMode::Both), 1);
    assert_eq!(checker.check(Some(&message)), Status::Ok);
    message[1] ^= 0x10;
    assert_eq!(checker.check(Some(&message)), Status::Error, "and covered");
}

#[test]
fn another_messages_id_is_an_error() {
    let message = protected(P4, 0, b"data");
    let other = P04 { data_id: ID + 1 };
    assert_eq!(Checker::new(other, 1).check(Some(&message)), Status::Error);
    for mode in [
        DataIdMode::Both,
        DataIdMode::Alternating,
        DataIdMode::Low,
        DataIdMode::Nibble,
    ] {
        let message = protected(p1(mode), 0, b"data");
        let other = P01 {
            data_id: 0x122,
            mode,
        };
        assert_eq!(Checker::new(other, 1).check(Some(&message)), Status::Error);
    }
}

#[test]
fn the_high_byte_is_covered_by_every_other_message() {
    let same_low = P01 {
        data_id: 0x223,
        mode: DataIdMode::Alternating,
    };
    let mut checker = Checker::new(same_low, 1);
    let alternating = p1(DataIdMode::Alternating);
    let mut receive = |counter| checker.check(Some(&protected(alternating, counter, b"data")));
    assert_eq!(receive(0), Status::Ok, "only the low byte is");
    assert_eq!(receive(1), Status::Error);
}

#[test]
fn data_ids_that_confuse_messages_are_refused() {
    use DataIdMode::{Alternating, Both, Low, Nibble};
    let refused = |mode: DataIdMode, ids: &[u16]| mode.accepts(ids).unwrap_err();
    let bad = |id, rule| BadDataId { id, rule };
    for mode in [Both, Alternating, Low, Nibble] {
        assert_eq!(mode.accepts(&[0x123, 0x456]), Ok(()));
        assert_eq!(refused(mode, &[0x123, 0]), bad(0, DataIdRule::NotZero));
        let twice = [0x123, 0x456, 0x123];
        assert_eq!(refused(mode, &twice), bad(0x123, DataIdRule::Distinct));
    }
    assert_eq!(
        refused(Low, &[0x100]),
        bad(0x100, DataIdRule::LowByteNotZero)
    );
    assert_eq!(Both.accepts(&[0x100]), Ok(()));
    assert_eq!(
        refused(Nibble, &[0x1000]),
        bad(0x1000, DataIdRule::TwelveBits)
    );
    assert_eq!(Nibble.accepts(&[0xFFF]), Ok(()));
    let same_low = [0x123, 0x223];
    assert_eq!(Both.accepts(&same_low), Ok(()));
    assert_eq!(Nibble.accepts(&same_low), Ok(()));
    assert_eq!(refused(Low, &same_low), bad(0x223, DataIdRule::Distinct));
    assert_eq!(
        refused(Alternating, &same_low),
        bad(0x223, DataIdRule::Distinct)
    );
    let same_high = [0x123, 0x124];
    assert_eq!(Low.accepts(&same_high), Ok(()));
    assert_eq!(
        refused(Alternating, &same_high),
        bad(0x124, DataIdRule::Distinct)
    );
}

#[test]
fn a_wrong_length_is_an_error_even_with_a_right_checksum() {
    let longer = protected(P4, 0, b"datas");
    // The checksum of a shorter message with the longer one's field: made by the same profile, with a
    // byte before the header that the receiver doesn't get.
    let mut message = vec![0; 17];
    let mut protector = Protector::new(P06 { data_id: 0x1234 });
    protector.protect(&mut message).unwrap();
    let mut checker = Checker::new(P06 { data_id: 0x1234 }, 1);
    assert_eq!(checker.check(Some(&message[..16])), Status::Error);
    assert_eq!(
        Checker::new(P4, 1).check(Some(&longer[..16])),
        Status::Error
    );
    let crc = checksum(&[&[0, 17, 0, 0, 0x0A, 0x0B, 0x0C, 0x0D], b"data"]);
    let forged = [&[0, 17, 0, 0, 0x0A, 0x0B, 0x0C, 0x0D][..], &crc, b"data"].concat();
    assert_eq!(Checker::new(P4, 1).check(Some(&forged)), Status::Error);
    let crc = checksum(&[&[0, 16, 0, 0, 0x0A, 0x0B, 0x0C, 0x0D], b"data"]);
    let genuine = [&[0, 16, 0, 0, 0x0A, 0x0B, 0x0C, 0x0D][..], &crc, b"data"].concat();
    assert_eq!(Checker::new(P4, 1).check(Some(&genuine)), Status::Ok);
}

/// Profile 4's checksum, computed beside the profile.
fn checksum(pieces: &[&[u8]]) -> [u8; 4] {
    let crc = crc::Crc::<u32>::new(&crc::CRC_32_AUTOSAR);
    crc.checksum(&pieces.concat()).to_be_bytes()
}

#[test]
fn lengths_that_the_profile_cannot_protect_are_refused() {
    let mut protector = Protector::new(P4);
    let bad = |found| BadLength {
        found,
        least: 12,
        most: 65_535,
    };
    assert_eq!(protector.protect(&mut [0; 11]), Err(bad(11)));
    assert_eq!(protector.protect(&mut vec![0; 65_536]), Err(bad(65_536)));
    assert_eq!(protector.protect(&mut vec![0; 65_535]), Ok(()));
    assert_eq!(protector.counter, 1);
    each_profile!(|profile| {
        fn bounds<P: Profile>(_: &P) -> (usize, usize) {
            (P::HEADER_BYTES + 3, P::LONGEST_BYTES)
        }
        let (least, most) = bounds(&profile);
        for found in [least - 1, most + 1] {
            let refused = BadLength { found, least, most };
            let mut message = vec![9; found];
            let mut protector = Protector::new(profile).at(3);
            assert_eq!(protector.protect(&mut message), Err(refused));
            assert!(message.iter().all(|&byte| byte == 9), "nothing is written");
            let checked = Checker::new(profile, 1).at(3).check(Some(&message));
            assert_eq!(checked, Status::Error);
        }
        for length in [least, most] {
            let mut message = vec![9; length];
            assert_eq!(Protector::new(profile).at(3).protect(&mut message), Ok(()));
            let checked = Checker::new(profile, 1).at(3).check(Some(&message));
            assert_eq!(checked, Status::Ok);
        }
    });
}

#[test]
fn every_single_and_double_bit_flip_is_an_error() {
    // Exhaustive for the message that the demo sends: 48 bytes, 73 536 pairs.
    let payload: Vec<u8> = (0..36).map(|byte: u8| byte.wrapping_mul(73)).collect();
    let message = protected(P4, 41, &payload);
    let bits = message.len() * 8;
    for first in 0..bits {
        for second in first..bits {
            let mut broken = message.clone();
            broken[first / 8] ^= 1 << (first % 8);
            if second != first {
                broken[second / 8] ^= 1 << (second % 8);
            }
            assert_eq!(Checker::new(P4, 1).check(Some(&broken)), Status::Error);
        }
    }
}

#[test]
fn every_single_bit_flip_is_an_error_in_each_profile() {
    each_profile!(|profile| {
        let message = protected(profile, 5, b"all of it");
        for bit in 0..message.len() * 8 {
            let mut broken = message.clone();
            broken[bit / 8] ^= 1 << (bit % 8);
            let checked = Checker::new(profile, 15).check(Some(&broken));
            assert_eq!(checked, Status::Error, "bit {bit} of {profile:?}");
        }
    });
}

proptest! {
    #[test]
    fn bit_flips_are_errors(
        payload in prop::collection::vec(any::<u8>(), 0..100),
        counter: u16,
        first in any::<prop::sample::Index>(),
        second in any::<prop::sample::Index>(),
    ) {
        let mut message = protected(P4, counter.into(), &payload);
        let bits = message.len() * 8;
        let (first, second) = (first.index(bits), second.index(bits));
        message[first / 8] ^= 1 << (first % 8);
        if second != first {
            message[second / 8] ^= 1 << (second % 8);
        }
        prop_assert_eq!(Checker::new(P4, 1).check(Some(&message)), Status::Error);
    }

    #[test]
    fn every_other_length_is_an_error(
        payload in prop::collection::vec(any::<u8>(), 0..60),
        counter: u16,
        extra in prop::collection::vec(any::<u8>(), 1..20),
    ) {
        let message = protected(P4, counter.into(), &payload);
        for length in 0..message.len() {
            prop_assert_eq!(Checker::new(P4, 1).check(Some(&message[..length])), Status::Error);
        }
        let longer = [message, extra].concat();
        prop_assert_eq!(Checker::new(P4, 1).check(Some(&longer)), Status::Error);
    }

    #[test]
    fn a_message_survives_at_any_offset(
        payload in prop::collection::vec(any::<u8>(), 24..30),
        offset in 0_usize..5,
    ) {
        each_profile!(|profile| {
            let mut message = payload.clone();
            prop_assert!(Protector::new(profile).at(offset).protect(&mut message).is_ok());
            let mut checker = Checker::new(profile, 1).at(offset);
            prop_assert_eq!(checker.check(Some(&message)), Status::Ok);
            prop_assert_eq!(&message[..offset], &payload[..offset]);
        });
    }
}

mod supervision {
    use super::*;

    const DEMANDS: Demands = Demands {
        init: Demand {
            window: 2,
            least_ok: 2,
            most_errors: 0,
        },
        valid: Demand {
            window: 4,
            least_ok: 1,
            most_errors: 1,
        },
        invalid: Demand {
            window: 3,
            least_ok: 3,
            most_errors: 0,
        },
        forgets_when_invalid: false,
    };

    fn states(demands: Demands, statuses: &[Status]) -> Vec<State> {
        let mut supervision = Supervision::<4>::new(demands).unwrap();
        assert_eq!(supervision.state(), State::NoData);
        let states = statuses.iter().map(|&status| {
            let state = supervision.observe(status);
            assert_eq!(supervision.state(), state);
            state
        });
        states.collect()
    }

    #[test]
    fn nothing_is_known_before_something_genuine_came() {
        use State::{Init, NoData};
        use Status::{Error, NoNewData, Repeated};
        assert_eq!(states(DEMANDS, &[Error, NoNewData, Error]), [NoData; 3]);
        assert_eq!(states(DEMANDS, &[NoNewData, Repeated]), [NoData, Init]);
    }

    #[test]
    fn a_channel_is_valid_after_as_many_good_messages_as_were_asked_for() {
        use State::{Init, Invalid, Valid};
        use Status::{Error, Ok, OkSomeLost, WrongSequence};
        assert_eq!(states(DEMANDS, &[Ok, OkSomeLost]), [Init, Valid]);
        let late = [Ok, WrongSequence, Ok, Ok];
        assert_eq!(states(DEMANDS, &late), [Init, Init, Init, Valid]);
        assert_eq!(states(DEMANDS, &[Ok, Error]), [Init, Invalid]);
    }

    #[test]
    fn one_error_is_an_incident_and_two_in_a_window_are_a_broken_channel() {
        use State::{Invalid, Valid};
        use Status::{Error, Ok};
        let then = |rest: &[Status]| {
            let all = [&[Ok, Ok][..], rest].concat();
            states(DEMANDS, &all)[2..].to_vec()
        };
        assert_eq!(then(&[Error, Ok, Ok, Ok, Error]), [Valid; 5]);
        assert_eq!(
            then(&[Error, Ok, Ok, Error]),
            [Valid, Valid, Valid, Invalid]
        );
    }

    #[test]
    fn silence_and_repetition_break_a_channel_too() {
        use State::{Invalid, Valid};
        use Status::{NoNewData, Ok, Repeated};
        for status in [NoNewData, Repeated] {
            let all = [Ok, Ok, status, status, status, status];
            let states = states(DEMANDS, &all);
            assert_eq!(states[2..], [Valid, Valid, Valid, Invalid]);
        }
    }

    #[test]
    fn a_broken_channel_has_to_prove_itself() {
        use State::{Invalid, Valid};
        use Status::{Error, Ok};
        let all = [Ok, Ok, Error, Error, Ok, Ok, Ok];
        let states = states(DEMANDS, &all);
        assert_eq!(
            states[1..],
            [Valid, Valid, Invalid, Invalid, Invalid, Valid]
        );
    }

    #[test]
    fn what_was_before_the_break_can_be_forgotten() {
        let lenient = |forgets_when_invalid| Demands {
            invalid: Demand {
                window: 4,
                least_ok: 3,
                most_errors: 2,
            },
            forgets_when_invalid,
            ..DEMANDS
        };
        use Status::{Error, Ok};
        let all = [Ok, Ok, Error, Error, Ok];
        assert_eq!(
            states(lenient(false), &all)[3..],
            [State::Invalid, State::Invalid]
        );
        let more = [Ok, Ok, Ok, Error, Error, Ok];
        assert_eq!(states(lenient(false), &more)[5], State::Invalid);
        let all = [Ok, Ok, Error, Error, Ok, Ok, Ok];
        assert_eq!(states(lenient(true), &all)[6], State::Valid);
    }

    #[test]
    fn a_longer_window_begins_with_what_the_shorter_one_had() {
        // The first good message of three is no longer in the window of two when the state becomes
        // valid, so it is none of the four that count from then on.
        let demands = Demands {
            valid: Demand {
                window: 4,
                least_ok: 3,
                most_errors: 4,
            },
            ..DEMANDS
        };
        use Status::{Ok, Repeated};
        let states = states(demands, &[Ok, Ok, Repeated]);
        assert_eq!(states, [State::Init, State::Valid, State::Invalid]);
    }

    #[test]
    fn demands_that_nothing_can_fulfil_are_refused() {
        let with = |window, least_ok| Demand {
            window,
            least_ok,
            most_errors: 0,
        };
        for demand in [with(0, 0), with(5, 1), with(2, 3)] {
            let refused = Err(ImpossibleDemand(demand));
            let init = Demands {
                init: demand,
                ..DEMANDS
            };
            let valid = Demands {
                valid: demand,
                ..DEMANDS
            };
            let invalid = Demands {
                invalid: demand,
                ..DEMANDS
            };
            for demands in [init, valid, invalid] {
                assert_eq!(Supervision::<4>::new(demands).map(|_| ()), refused);
            }
        }
    }

    /// The same said plainly: all statuses are kept, and those that the window has are counted.
    fn model(demands: Demands, statuses: &[Status]) -> Vec<State> {
        let mut state = State::NoData;
        let mut from = 0;
        let mut states = Vec::new();
        for index in 0..statuses.len() {
            let demand = match state {
                State::NoData | State::Init => demands.init,
                State::Valid => demands.valid,
                State::Invalid => demands.invalid,
            };
            from = from.max((index + 1).saturating_sub(demand.window));
            let seen = &statuses[from..=index];
            let good = seen.iter().filter(|status| status.is_usable()).count();
            let bad = seen
                .iter()
                .filter(|&&status| status == Status::Error)
                .count();
            let kept = good >= demand.least_ok && bad <= demand.most_errors;
            let before = state;
            state = match state {
                State::NoData => match statuses[index] {
                    Status::Error | Status::NoNewData => State::NoData,
                    _ => State::Init,
                },
                _ if kept => State::Valid,
                State::Init if bad <= demand.most_errors => State::Init,
                _ => State::Invalid,
            };
            if before != State::Invalid && state == State::Invalid && demands.forgets_when_invalid {
                from = index + 1;
            }
            states.push(state);
        }
        states
    }

    fn demand() -> impl Strategy<Value = Demand> {
        (1_usize..=4).prop_flat_map(|window| {
            (0..=window, 0..=window).prop_map(move |(least_ok, most_errors)| Demand {
                window,
                least_ok,
                most_errors,
            })
        })
    }

    fn status() -> impl Strategy<Value = Status> {
        prop_oneof![
            Just(Status::Ok),
            Just(Status::OkSomeLost),
            Just(Status::NoNewData),
            Just(Status::Repeated),
            Just(Status::WrongSequence),
            Just(Status::Error),
        ]
    }

    proptest! {
        #[test]
        fn it_is_its_model(
            (init, valid, invalid) in (demand(), demand(), demand()),
            forgets_when_invalid: bool,
            statuses in prop::collection::vec(status(), 1..40),
        ) {
            let demands = Demands { init, valid, invalid, forgets_when_invalid };
            let seen = states(demands, &statuses);
            prop_assert_eq!(seen, model(demands, &statuses));
        }
    }
}
