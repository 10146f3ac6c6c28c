//! PSCI's calls one by one, and in any order.

use paratia_config::system::RegionKind;
use paratia_config::{Ipa, Pa};
use proptest::prelude::*;

use super::*;

const RAM: core::ops::Range<u64> = 0x4000_0000..0x4800_0000;
const CPU_ON: u32 = 0xC400_0003;
const AFFINITY_INFO: u32 = 0xC400_0004;

const REGIONS: &[Region] = &[Region {
    name: "ram",
    ipa: Ipa(RAM.start),
    pa: Pa(0),
    size_bytes: RAM.end - RAM.start,
    kind: RegionKind::Ram,
}];

fn call(psci: &mut Psci, caller: usize, id: u32, parameters: [u64; 3]) -> PowerDecision {
    psci.call(caller, id, parameters)
}

fn answer(psci: &mut Psci, id: u32, parameters: [u64; 3]) -> i64 {
    match call(psci, 0, id, parameters) {
        PowerDecision::Answer(answer) => answer,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_vcpu_is_turned_on_begins_and_turns_itself_off() {
    let mut psci = Psci::new(2, REGIONS);
    let state = |psci: &mut Psci| answer(psci, AFFINITY_INFO, [1, 0, 0]);
    assert_eq!(state(&mut psci), 1);
    let start = Start {
        vcpu: 1,
        entry: 0x4020_0000,
        context: 7,
    };
    let parameters = [1, 0x4020_0000, 7];
    assert_eq!(
        call(&mut psci, 0, CPU_ON, parameters),
        PowerDecision::TurnOn(start)
    );
    assert_eq!(state(&mut psci), 2);
    assert_eq!(answer(&mut psci, CPU_ON, parameters), error::ON_PENDING);
    psci.begun(1);
    assert_eq!(state(&mut psci), 0);
    assert_eq!(answer(&mut psci, CPU_ON, parameters), error::ALREADY_ON);
    assert_eq!(
        call(&mut psci, 1, 0x8400_0002, [0; 3]),
        PowerDecision::TurnOff
    );
    assert_eq!(state(&mut psci), 1);
    assert_eq!(
        call(&mut psci, 0, CPU_ON, parameters),
        PowerDecision::TurnOn(start)
    );
}

#[test]
fn what_cannot_be_turned_on_is_refused() {
    let mut psci = Psci::new(2, REGIONS);
    for target in [2, 8, 0x100, 0x1_0000, 1 << 32, u64::MAX] {
        let refused = answer(&mut psci, CPU_ON, [target, RAM.start, 0]);
        assert_eq!(refused, error::INVALID_PARAMETERS, "{target:#x}");
    }
    for entry in [0, RAM.start + 2, RAM.end, u64::MAX] {
        let refused = answer(&mut psci, CPU_ON, [1, entry, 0]);
        assert_eq!(refused, error::INVALID_ADDRESS, "{entry:#x}");
    }
    assert_eq!(
        answer(&mut psci, CPU_ON, [0, RAM.start, 0]),
        error::ALREADY_ON
    );
    assert_eq!(psci.power(1), Power::Off);
}

#[test]
fn the_32_bit_form_takes_words() {
    let mut psci = Psci::new(2, REGIONS);
    let parameters = [1 << 32 | 1, 5 << 32 | RAM.start, u64::MAX];
    let start = Start {
        vcpu: 1,
        entry: RAM.start,
        context: 0xFFFF_FFFF,
    };
    assert_eq!(
        call(&mut psci, 0, 0x8400_0003, parameters),
        PowerDecision::TurnOn(start)
    );
}

/// DEN0022, 5.2.2: what a guest compares with.
#[test]
fn errors_have_the_numbers_of_the_specification() {
    let mut psci = Psci::new(2, REGIONS);
    assert_eq!(error::NOT_SUPPORTED, -1);
    assert_eq!(answer(&mut psci, CPU_ON, [2, RAM.start, 0]), -2);
    assert_eq!(answer(&mut psci, CPU_ON, [0, RAM.start, 0]), -4);
    assert_eq!(answer(&mut psci, CPU_ON, [1, RAM.end, 0]), -9);
    let _ = call(&mut psci, 0, CPU_ON, [1, RAM.start, 0]);
    assert_eq!(answer(&mut psci, CPU_ON, [1, RAM.start, 0]), -5);
}

#[test]
fn after_a_reset_only_the_first_is_on() {
    let mut psci = Psci::new(2, REGIONS);
    let _ = call(&mut psci, 0, CPU_ON, [1, RAM.start, 0]);
    psci.begun(1);
    let _ = call(&mut psci, 0, 0x8400_0002, [0; 3]);
    assert_eq!([0, 1].map(|vcpu| psci.power(vcpu)), [Power::Off, Power::On]);
    psci.reset();
    assert_eq!([0, 1].map(|vcpu| psci.power(vcpu)), [Power::On, Power::Off]);
}

#[test]
fn suspending_is_waiting() {
    let mut psci = Psci::new(1, REGIONS);
    let mut suspend = |state, entry| call(&mut psci, 0, 0xC400_0001, [state, entry, 9]);
    assert_eq!(suspend(0, 0), PowerDecision::Wait);
    let start = Start {
        vcpu: 0,
        entry: RAM.start,
        context: 9,
    };
    assert_eq!(
        suspend(1 << 16, RAM.start),
        PowerDecision::WaitAndStart(start)
    );
    assert_eq!(
        suspend(1 << 16, 0),
        PowerDecision::Answer(error::INVALID_ADDRESS)
    );
    assert_eq!(
        suspend(1 << 17, 0),
        PowerDecision::Answer(error::INVALID_PARAMETERS)
    );
    assert_eq!(
        suspend(1 << 32, 0),
        PowerDecision::Answer(error::INVALID_PARAMETERS)
    );
}

#[test]
fn features_and_calls_agree() {
    let mut psci = Psci::new(2, REGIONS);
    let ids = (0..0x40).flat_map(|n| [0x8400_0000 + n, 0xC400_0000 + n]);
    let offered = ids.filter(|id| {
        let has = answer(&mut psci, 0x8400_000A, [(*id).into(), 0, 0]) == 0;
        let known = call(&mut Psci::new(2, REGIONS), 0, *id, [0; 3]) != PowerDecision::Unknown;
        assert_eq!(has, known, "{id:#x}");
        has
    });
    assert_eq!(offered.count(), 12);
    assert_eq!(answer(&mut psci, 0x8400_000A, [0x8000_0000, 0, 0]), 0);
    assert_eq!(answer(&mut psci, 0x8400_0000, [0; 3]), 0x1_0001);
    assert_eq!(answer(&mut psci, 0x8400_0006, [0; 3]), 2);
    assert_eq!(
        call(&mut psci, 0, 0x8400_0008, [0; 3]),
        PowerDecision::SystemOff
    );
    assert_eq!(
        call(&mut psci, 0, 0x8400_0009, [0; 3]),
        PowerDecision::SystemReset
    );
}

#[test]
fn affinity_levels_above_a_vcpu_are_on_while_one_is() {
    let mut psci = Psci::new(2, REGIONS);
    assert_eq!(answer(&mut psci, AFFINITY_INFO, [0, 1, 0]), 0);
    assert_eq!(answer(&mut psci, AFFINITY_INFO, [0, 3, 0]), 0);
    assert_eq!(
        answer(&mut psci, AFFINITY_INFO, [0xFF, 1, 0]),
        0,
        "in the group"
    );
    assert_eq!(
        answer(&mut psci, AFFINITY_INFO, [0x100, 1, 0]),
        error::INVALID_PARAMETERS,
        "there is no other group"
    );
    assert_eq!(
        answer(&mut psci, AFFINITY_INFO, [0, 4, 0]),
        error::INVALID_PARAMETERS
    );
    assert_eq!(
        answer(&mut psci, AFFINITY_INFO, [2, 0, 0]),
        error::INVALID_PARAMETERS
    );
}

fn entry() -> impl Strategy<Value = u64> {
    prop_oneof![Just(0), Just(RAM.start), any::<u64>()]
}

proptest! {
    #![proptest_config(crate::properties::cases(256))]

    /// Any calls of any vCPUs: only off ones are turned on, and only with an entry in memory.
    #[test]
    fn any_calls_keep_the_states_right(
        calls in proptest::collection::vec(
            (0..4_usize, 0..12_u32, any::<bool>(), (0..6_u64, entry(), any::<u64>())),
            0..200,
        ),
    ) {
        let mut psci = Psci::new(4, REGIONS);
        let mut on = [true, false, false, false];
        for (caller, number, wide, (target, entry, context)) in calls {
            if !on[caller] {
                continue;
            }
            let id = 0x8400_0000 + number + if wide { SMC64 } else { 0 };
            match call(&mut psci, caller, id, [target, entry, context]) {
                PowerDecision::TurnOn(start) => {
                    prop_assert!(!on[start.vcpu] && RAM.contains(&start.entry));
                    on[start.vcpu] = true;
                    psci.begun(start.vcpu);
                }
                PowerDecision::TurnOff => on[caller] = false,
                PowerDecision::WaitAndStart(start) => prop_assert!(RAM.contains(&start.entry)),
                _ => {}
            }
            for (vcpu, on) in on.iter().enumerate() {
                prop_assert_eq!(psci.power(vcpu) == Power::On, *on);
            }
        }
    }
}
