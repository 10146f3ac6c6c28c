//! Random guests and devices: what the CPUs take, and what the registers say, is what the naive
//! model says, with 1 to 4 list registers.

use proptest::prelude::*;

use super::super::{Effect, Frame, Interrupts, Model, Request, VcpuSet};
use super::machine::{Machine, SHARED};
use super::reference::Reference;

const INTERRUPTS: Interrupts = Interrupts {
    shared: &SHARED,
    links: &[],
};

const BIT_REGISTERS: [u64; 7] = [0x080, 0x100, 0x180, 0x200, 0x280, 0x300, 0x380];

/// What happens.
#[derive(Clone, Debug)]
enum Step {
    WriteBits {
        vcpu: usize,
        register: u64,
        word: u64,
        value: u32,
    },
    Priority {
        vcpu: usize,
        id: u32,
        value: u8,
    },
    Configure {
        vcpu: usize,
        id: u32,
        edge: bool,
    },
    Route {
        id: u32,
        to: u64,
    },
    Groups {
        group0: bool,
        group1: bool,
    },
    Line {
        vcpu: usize,
        id: u32,
        high: bool,
    },
    Pulse {
        vcpu: usize,
        id: u32,
    },
    Send {
        from: usize,
        sgi: u64,
        targets: u64,
        others: bool,
    },
    /// As a pulse, straight into a list register if that can be.
    Put {
        id: u32,
    },
    Acknowledge {
        vcpu: usize,
    },
    End {
        vcpu: usize,
    },
    WindowEnds {
        vcpu: usize,
    },
}

/// Few interrupts, so that they meet.
fn some_id() -> impl Strategy<Value = u32> {
    prop_oneof![0..4_u32, 16..19_u32, 32..38_u32, 64..66_u32]
}

fn step() -> impl Strategy<Value = Step> {
    let vcpu = 0..2_usize;
    let word = prop_oneof![Just(0_u64), Just(1), Just(2)];
    let bits = prop_oneof![
        Just(0x3F_u32),
        Just(0xFFFF_FFFF),
        any::<u32>(),
        (0..6_u32).prop_map(|b| 1 << b)
    ];
    let register = proptest::sample::select(&BIT_REGISTERS[..]);
    prop_oneof![
        4 => (vcpu.clone(), register, word, bits).prop_map(|(vcpu, register, word, value)|
            Step::WriteBits { vcpu, register, word, value }),
        2 => (vcpu.clone(), some_id(), any::<u8>()).prop_map(|(vcpu, id, value)|
            Step::Priority { vcpu, id, value }),
        1 => (vcpu.clone(), some_id(), any::<bool>()).prop_map(|(vcpu, id, edge)|
            Step::Configure { vcpu, id, edge }),
        1 => (32..38_u32, 0..3_u64).prop_map(|(id, to)| Step::Route { id, to }),
        1 => (any::<bool>(), proptest::bool::weighted(0.8)).prop_map(|(group0, group1)|
            Step::Groups { group0, group1 }),
        3 => (vcpu.clone(), some_id(), any::<bool>()).prop_map(|(vcpu, id, high)|
            Step::Line { vcpu, id, high }),
        2 => (vcpu.clone(), some_id()).prop_map(|(vcpu, id)| Step::Pulse { vcpu, id }),
        2 => (vcpu.clone(), 0..4_u64, 0..8_u64, any::<bool>()).prop_map(|(from, sgi, targets, others)|
            Step::Send { from, sgi, targets, others }),
        6 => vcpu.clone().prop_map(|vcpu| Step::Acknowledge { vcpu }),
        5 => vcpu.clone().prop_map(|vcpu| Step::End { vcpu }),
        1 => vcpu.prop_map(|vcpu| Step::WindowEnds { vcpu }),
    ]
}

/// What happens to the only vCPU that runs, with interrupts that go straight to it.
fn step_of_one() -> impl Strategy<Value = Step> {
    let of_one = |mut step: Step| {
        match &mut step {
            Step::WriteBits { vcpu, .. }
            | Step::Priority { vcpu, .. }
            | Step::Configure { vcpu, .. }
            | Step::Line { vcpu, .. }
            | Step::Pulse { vcpu, .. }
            | Step::Acknowledge { vcpu }
            | Step::End { vcpu }
            | Step::WindowEnds { vcpu } => *vcpu = 0,
            Step::Send { from, targets, .. } => (*from, *targets) = (0, *targets & 1),
            Step::Route { .. } | Step::Groups { .. } | Step::Put { .. } => {}
        }
        step
    };
    prop_oneof![
        3 => step().prop_map(of_one),
        2 => some_id().prop_map(|id| Step::Put { id }),
    ]
}

/// A controller at work: everything enabled, in groups and priorities of the guest's.
fn begin(list_registers: usize) -> (Machine, Reference) {
    let exists = (0..64).map(|n| SHARED[n / 32] >> (n % 32) & 1 != 0);
    let mut machine = Machine::new(Model::V3, list_registers, &INTERRUPTS);
    let mut reference = Reference::new(2, &exists.collect::<Vec<_>>());
    let on = [
        Step::Groups {
            group0: true,
            group1: true,
        },
        Step::WriteBits {
            vcpu: 0,
            register: 0x100,
            word: 0,
            value: u32::MAX,
        },
        Step::WriteBits {
            vcpu: 1,
            register: 0x100,
            word: 0,
            value: u32::MAX,
        },
        Step::WriteBits {
            vcpu: 0,
            register: 0x100,
            word: 1,
            value: u32::MAX,
        },
        Step::WriteBits {
            vcpu: 1,
            register: 0x100,
            word: 2,
            value: u32::MAX,
        },
    ];
    for step in on {
        apply(&mut machine, &mut reference, &step, false);
    }
    (machine, reference)
}

/// Where a register for interrupt word `word` is.
fn register(vcpu: usize, register: u64, word: u64) -> (Frame, u64) {
    match word {
        0 => (
            Frame::Redistributors,
            vcpu as u64 * 0x2_0000 + 0x1_0000 + register,
        ),
        _ => (Frame::Distributor, register + 4 * word),
    }
}

fn apply(machine: &mut Machine, reference: &mut Reference, step: &Step, lazy: bool) {
    match *step {
        Step::WriteBits {
            vcpu,
            register: offset,
            word,
            value,
        } => {
            // What is in hand isn't made active or inactive behind the CPU's back: it has no answer
            // that the architecture tells.
            let id = |bit: u32| u32::try_from(word).unwrap_or(0) * 32 + bit;
            let value = (0..32)
                .filter(|bit| value >> bit & 1 != 0)
                .filter(|bit| offset < 0x300 || !reference.is_in_hand(vcpu, id(*bit)))
                .fold(0_u32, |value, bit| value | 1 << bit);
            let (frame, place) = register(vcpu, offset, word);
            machine.exit(vcpu, lazy, |gic| {
                gic.write(frame, vcpu, place, 4, u64::from(value))
            });
            for bit in 0..32 {
                reference.write_bit(vcpu, offset, id(bit), value >> bit & 1 != 0);
            }
        }
        Step::Priority { vcpu, id, value } => {
            if reference.is_in_hand(vcpu, id) {
                return;
            }
            let (frame, place) = register(vcpu, 0x400 + u64::from(id), 0);
            let (frame, place) = if id < 32 {
                (frame, place)
            } else {
                (Frame::Distributor, 0x400 + u64::from(id))
            };
            machine.exit(vcpu, lazy, |gic| {
                gic.write(frame, vcpu, place, 1, value.into())
            });
            let record = reference.record(vcpu, id);
            if record.exists {
                record.priority = value & 0xF8;
            }
        }
        Step::Configure { vcpu, id, edge } => {
            let (frame, place) = register(
                vcpu,
                0xC00 + u64::from(id / 16) * 4,
                u64::from(id / 32).min(1),
            );
            let place = if id < 32 {
                place
            } else {
                0xC00 + u64::from(id / 16) * 4
            };
            let shift = id % 16 * 2 + 1;
            machine.exit(vcpu, lazy, |gic| {
                let before = gic.read(frame, vcpu, place, 4).value & !(1 << shift);
                gic.write(frame, vcpu, place, 4, before | u64::from(edge) << shift)
            });
            let record = reference.record(vcpu, id);
            if record.exists && id >= 16 {
                record.level_triggered = !edge;
            }
        }
        Step::Route { id, to } => {
            let place = 0x6000 + 8 * u64::from(id);
            machine.exit(0, lazy, |gic| {
                gic.write(Frame::Distributor, 0, place, 8, to)
            });
            if reference.record(0, id).exists {
                reference.record(0, id).route = to;
            }
        }
        Step::Groups { group0, group1 } => {
            let value = u64::from(group0) | u64::from(group1) << 1;
            machine.exit(0, lazy, |gic| gic.write(Frame::Distributor, 0, 0, 4, value));
            (reference.group0, reference.group1) = (group0, group1);
        }
        Step::Line { vcpu, id, high } => {
            machine.exit(vcpu, lazy, |gic| Effect::only(gic.set_line(vcpu, id, high)));
            reference.set_input(vcpu, id, high);
        }
        Step::Pulse { vcpu, id } => {
            machine.exit(vcpu, lazy, |gic| Effect::only(gic.pulse(vcpu, id)));
            reference.pulse(vcpu, id);
        }
        Step::Put { id } => {
            if !machine.place(0, id) {
                machine.exit(0, false, |gic| Effect::only(gic.pulse(0, id)));
            }
            reference.pulse(0, id);
        }
        Step::Send {
            from,
            sgi,
            targets,
            others,
        } => {
            let value = sgi << 24 | targets | u64::from(others) << 40;
            machine.exit(from, lazy, |gic| {
                Effect::only(gic.send(from, Request::Group1, value))
            });
            for cpu in 0..2 {
                let meant = if others {
                    cpu != from
                } else {
                    targets >> cpu & 1 != 0
                };
                let id = u32::try_from(sgi).unwrap_or(0);
                if meant && reference.record(cpu, id).group1 {
                    reference.pulse(cpu, id);
                }
            }
        }
        Step::Acknowledge { vcpu } => {
            assert_eq!(
                machine.acknowledge(vcpu),
                reference.acknowledge(vcpu),
                "taken by {vcpu}"
            );
        }
        Step::End { vcpu } => assert_eq!(machine.end(vcpu), reference.end(vcpu)),
        Step::WindowEnds { vcpu } => machine.attend(vcpu),
    }
}

/// Every bit of state, read by the guest, is the naive model's.
fn compare(machine: &mut Machine, reference: &mut Reference) {
    for vcpu in 0..2 {
        let others = machine.collect(vcpu);
        assert_eq!(others, VcpuSet::NONE);
    }
    for vcpu in 0..2 {
        for offset in BIT_REGISTERS {
            for word in 0..3 {
                let (frame, place) = register(vcpu, offset, word);
                let value = machine.gic.read(frame, vcpu, place, 4).value;
                for bit in 0..32 {
                    let id = u32::try_from(word).unwrap_or(0) * 32 + bit;
                    assert_eq!(
                        value >> bit & 1 != 0,
                        reference.bit(vcpu, offset, id),
                        "register {offset:#x} of {vcpu}, interrupt {id}"
                    );
                }
            }
        }
    }
    for vcpu in 0..2 {
        machine.fill(vcpu);
    }
}

/// Both take and end all that is left, and take the same.
fn drain(machine: &mut Machine, reference: &mut Reference) {
    for id in 0..96 {
        for vcpu in 0..2 {
            apply(
                machine,
                reference,
                &Step::Line {
                    vcpu,
                    id,
                    high: false,
                },
                false,
            );
        }
    }
    for vcpu in 0..2 {
        for _ in 0..1000 {
            let taken = reference.acknowledge(vcpu);
            assert_eq!(machine.acknowledge(vcpu), taken);
            if taken.is_none() {
                let ended = reference.end(vcpu);
                assert_eq!(machine.end(vcpu), ended);
                if ended.is_none() {
                    break;
                }
            }
        }
        assert_eq!(reference.acknowledge(vcpu), None);
    }
}

proptest! {
    #![proptest_config(crate::properties::cases(4000))]

    #[test]
    fn what_is_taken_and_read_is_what_the_architecture_says(
        steps in proptest::collection::vec(step(), 1..120),
        list_registers in 1..=4_usize,
        lazy: bool,
    ) {
        let (mut machine, mut reference) = begin(list_registers);
        for step in &steps {
            apply(&mut machine, &mut reference, step, lazy);
        }
        compare(&mut machine, &mut reference);
        drain(&mut machine, &mut reference);
        compare(&mut machine, &mut reference);
    }

    #[test]
    fn what_goes_straight_into_a_list_register_is_as_what_goes_by_the_controller(
        steps in proptest::collection::vec(step_of_one(), 1..120),
        list_registers in 1..=4_usize,
    ) {
        let (mut machine, mut reference) = begin(list_registers);
        for step in &steps {
            apply(&mut machine, &mut reference, step, false);
        }
        compare(&mut machine, &mut reference);
        drain(&mut machine, &mut reference);
        compare(&mut machine, &mut reference);
    }
}
