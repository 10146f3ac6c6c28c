//! Two vCPUs on two CPUs: attention comes late, and meanwhile the other goes on with what its list
//! registers say. Then an edge may come twice where it would have merged with one before, but none
//! is lost, none comes without a cause, and nothing is in two hands.

use proptest::prelude::*;

use super::super::{Frame, Interrupts, Model, VcpuSet};
use super::machine::{Machine, SHARED};

const INTERRUPTS: Interrupts = Interrupts {
    shared: &SHARED,
    links: &[],
};

const D: Frame = Frame::Distributor;
/// The interrupts that take part: eight shared edges.
const FIRST: u32 = 64;
const COUNT: usize = 8;

#[derive(Clone, Debug)]
enum Step {
    Pulse(usize),
    Enable(usize, bool),
    Route(usize, u64),
    Acknowledge(usize),
    End(usize),
    Attend(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let vcpu = 0..2_usize;
    prop_oneof![
        4 => (0..COUNT).prop_map(Step::Pulse),
        1 => (0..COUNT, any::<bool>()).prop_map(|(id, on)| Step::Enable(id, on)),
        1 => (0..COUNT, 0..2_u64).prop_map(|(id, to)| Step::Route(id, to)),
        5 => vcpu.clone().prop_map(Step::Acknowledge),
        4 => vcpu.clone().prop_map(Step::End),
        3 => vcpu.prop_map(Step::Attend),
    ]
}

/// What is known of each interrupt.
#[derive(Clone, Debug, Default)]
struct Count {
    causes: usize,
    taken: usize,
    /// Nothing was taken since the last cause.
    owed: bool,
    held: bool,
}

struct Race {
    machine: Machine,
    late: VcpuSet,
    counts: [Count; COUNT],
}

impl Race {
    fn new(list_registers: usize, priorities: u64) -> Self {
        let mut machine = Machine::new(Model::V3, list_registers, &INTERRUPTS);
        for (offset, value) in [(0, 2), (0xC10, 0xAAAA), (0x108, 0xFF)] {
            let _ = machine.gic.write(D, 0, offset, 4, value);
        }
        // The order of ends tells what ended as long as priorities stay as they were at the taking.
        for offset in [0x440, 0x444] {
            let four = priorities >> ((offset & 4) * 8) & 0x7878_7878;
            let _ = machine.gic.write(D, 0, offset, 4, four);
        }
        Self {
            machine,
            late: VcpuSet::NONE,
            counts: Default::default(),
        }
    }

    fn write(&mut self, offset: u64, width: u32, value: u64) {
        let effect = self.machine.gic.write(D, 0, offset, width, value);
        self.late = self.late.union(effect.attention);
    }

    fn index(id: u32) -> usize {
        usize::try_from(id - FIRST).expect("only these are enabled")
    }

    fn step(&mut self, step: &Step) {
        match *step {
            Step::Pulse(index) => {
                let id = FIRST + u32::try_from(index).unwrap_or(0);
                self.late = self.late.union(self.machine.gic.pulse(0, id));
                self.counts[index].causes += 1;
                self.counts[index].owed = true;
            }
            Step::Enable(index, on) => self.write(if on { 0x108 } else { 0x188 }, 4, 1 << index),
            Step::Route(index, to) => self.write(0x6200 + 8 * index as u64, 8, to),
            Step::Acknowledge(vcpu) => {
                if let Some(id) = self.machine.acknowledge(vcpu) {
                    let count = &mut self.counts[Self::index(id)];
                    assert!(!count.held, "{id} is in two hands");
                    count.held = true;
                    count.taken += 1;
                    count.owed = false;
                    assert!(count.taken <= count.causes, "{id} came without a cause");
                }
            }
            Step::End(vcpu) => {
                if let Some(id) = self.machine.end(vcpu) {
                    self.counts[Self::index(id)].held = false;
                }
            }
            Step::Attend(vcpu) => {
                if self.late.contains(vcpu) {
                    self.late = self.late.without(VcpuSet::of(vcpu));
                    self.machine.attend(vcpu);
                }
            }
        }
    }

    fn finish(&mut self) {
        for index in 0..COUNT {
            self.step(&Step::Enable(index, true));
        }
        for _ in 0..4 * COUNT {
            for vcpu in 0..2 {
                self.step(&Step::Attend(vcpu));
                self.step(&Step::End(vcpu));
                self.step(&Step::Acknowledge(vcpu));
            }
        }
        for (index, count) in self.counts.iter().enumerate() {
            assert!(!count.owed, "{index} was lost: {count:?}");
            assert!(!count.held);
        }
    }
}

proptest! {
    #![proptest_config(crate::properties::cases(4000))]

    #[test]
    fn late_attention_loses_nothing_and_invents_nothing(
        steps in proptest::collection::vec(step(), 1..200),
        list_registers in 1..=4_usize,
        priorities: u64,
    ) {
        let mut race = Race::new(list_registers, priorities);
        for step in &steps {
            race.step(step);
        }
        race.finish();
    }
}
