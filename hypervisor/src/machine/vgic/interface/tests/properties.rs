//! Random programs and list registers: every answer is the naive model's.

use proptest::prelude::*;

use super::model::Model;
use crate::machine::vgic::interface::{CpuInterface, LISTS};
use crate::machine::vgic::{Done, ListRegister};

#[derive(Clone, Debug)]
enum Step {
    Control(u32),
    Mask(u8),
    Point {
        alias: bool,
        value: u8,
    },
    Load {
        place: usize,
        register: ListRegister,
    },
    Acknowledge {
        alias: bool,
    },
    /// What was taken last, or first.
    End {
        alias: bool,
        last: bool,
    },
    EndOfNone {
        value: u64,
    },
    Deactivate {
        taken: usize,
        other: u64,
    },
}

prop_compose! {
    /// One that the hypervisor may load: an SGI has a source, a linked one asks for no notice.
    fn any_register()(
        intid in prop_oneof![0..4_u32, 27..35_u32], source in 0..3_u8, pending: bool,
        active in proptest::bool::weighted(0.2), priority in 0..32_u8, group1: bool,
        linked in proptest::option::weighted(0.3, 32..40_u32), notify: bool,
    ) -> ListRegister {
        let physical = linked.filter(|_| intid >= 16);
        ListRegister {
            intid,
            source: if intid < 16 { source } else { 0 },
            pending,
            active,
            priority: priority << 3,
            group1,
            physical,
            notify_end: notify && physical.is_none(),
        }
    }
}

fn step() -> impl Strategy<Value = Step> {
    let id = prop_oneof![0..4_u64, 27..35_u64, 1019..1024_u64, 1024..1028_u64];
    prop_oneof![
        2 => (any::<u32>(), 0..8_u32).prop_map(|(bits, on)| Step::Control(bits & 0x21C | on & 3)),
        1 => any::<u8>().prop_map(Step::Mask),
        1 => Just(Step::Mask(0xFF)),
        1 => (any::<bool>(), 0..8_u8).prop_map(|(alias, value)| Step::Point { alias, value }),
        6 => (0..LISTS, any_register()).prop_map(|(place, register)| Step::Load { place, register }),
        6 => any::<bool>().prop_map(|alias| Step::Acknowledge { alias }),
        4 => (any::<bool>(), any::<bool>()).prop_map(|(alias, last)| Step::End { alias, last }),
        1 => id.clone().prop_map(|value| Step::EndOfNone { value }),
        2 => (0..4_usize, id).prop_map(|(taken, other)| Step::Deactivate { taken, other }),
    ]
}

/// Both, and what their program remembers.
struct Pair {
    interface: CpuInterface,
    model: Model,
    taken: Vec<u64>,
}

impl Pair {
    fn apply(&mut self, step: &Step) {
        match *step {
            Step::Control(value) => {
                let on = |bit: u32| value >> bit & 1 != 0;
                self.write(0x00, value.into());
                self.model.enabled = [on(0), on(1)];
                self.model.acknowledge_all = on(2);
                self.model.fast = on(3);
                self.model.common_point = on(4);
                self.model.split = on(9);
            }
            Step::Mask(value) => {
                self.write(0x04, value.into());
                self.model.mask = value / 8 * 8;
            }
            Step::Point { alias, value } => {
                self.write(if alias { 0x1C } else { 0x08 }, value.into());
                self.model.points[usize::from(alias)] = value.max(if alias { 3 } else { 2 });
            }
            Step::Load { place, register } => {
                // No interrupt is in two list registers, and none is both pending and active there.
                let register = ListRegister {
                    pending: register.pending && !register.active,
                    ..register
                };
                let mut list = self.interface.list;
                list[place] = register;
                let ids: std::collections::HashSet<_> = list.iter().map(|lr| lr.intid).collect();
                let empty = list.iter().filter(|lr| **lr == ListRegister::EMPTY).count();
                if ids.len() + empty.saturating_sub(1) == LISTS {
                    self.interface.list = list;
                    self.model.entries = list.to_vec();
                }
            }
            Step::Acknowledge { alias } => {
                let taken = self.interface.read(if alias { 0x20 } else { 0x0C }, 4);
                assert_eq!(taken, self.model.acknowledge(alias));
                if taken & 0x3FF < 1020 {
                    self.taken.push(taken);
                }
            }
            Step::End { alias, last } => {
                let value = if last || self.taken.is_empty() {
                    self.taken.pop()
                } else {
                    Some(self.taken.remove(0))
                };
                if let Some(value) = value {
                    self.end(if alias { 0x24 } else { 0x10 }, value);
                }
            }
            Step::EndOfNone { value } => self.end(0x10, value),
            Step::Deactivate { taken, other } => {
                let value = self.taken.get(taken).copied().unwrap_or(other);
                let done = self.interface.write(0x1000, 4, value);
                assert_eq!(done, self.model.deactivate(value));
            }
        }
    }

    fn write(&mut self, offset: u64, value: u64) {
        assert_eq!(self.interface.write(offset, 4, value), Done::Nothing);
    }

    fn end(&mut self, offset: u64, value: u64) {
        let done = self.interface.write(offset, 4, value);
        assert_eq!(done, self.model.end(value));
    }

    fn compare(&mut self) {
        let seen = (self.interface.signal(), self.interface.fast_signal());
        assert_eq!(seen, self.model.signals());
        assert_eq!(self.interface.read(0x14, 4), self.model.running_priority());
        for (offset, alias) in [(0x18, false), (0x28, true)] {
            let highest = self.interface.read(offset, 4);
            assert_eq!(highest, self.model.highest_pending(alias));
        }
        assert_eq!(self.interface.list[..], self.model.entries[..]);
        let levels = u32::try_from(self.interface.read(0xD0, 4)).expect("a word");
        assert_eq!(levels.count_ones() as usize, self.model.running.len());
    }
}

proptest! {
    #![proptest_config(crate::properties::cases(4_000))]

    #[test]
    fn every_answer_is_the_architecture_s(steps in proptest::collection::vec(step(), 1..150)) {
        let interface = CpuInterface::new();
        let model = Model {
            entries: interface.list.to_vec(),
            points: [2, 3],
            ..Model::default()
        };
        let mut pair = Pair { interface, model, taken: Vec::new() };
        pair.apply(&Step::Control(0b111));
        pair.apply(&Step::Mask(0xFF));
        for step in &steps {
            pair.apply(step);
            pair.compare();
        }
        prop_assert_eq!(pair.interface.take_unlisted_ends(), pair.model.ends);
        prop_assert_eq!(pair.interface.take_unlisted_ends(), 0);
    }

    #[test]
    fn any_access_at_all_does_no_harm(
        accesses in proptest::collection::vec((0..0x1100_u64, 0..9_u32, any::<u64>(), any::<bool>()), 1..200)
    ) {
        let mut interface = CpuInterface::new();
        for (offset, width, value, write) in accesses {
            if write {
                let _ = interface.write(offset & !3, width, value);
            } else {
                prop_assert!(interface.read(offset, width) <= 0xFFFF_FFFF);
                prop_assert!(width == 4 && offset % 4 == 0 || interface.read(offset, width) == 0);
            }
            prop_assert!(!interface.signal(), "there is nothing to signal");
        }
    }
}
