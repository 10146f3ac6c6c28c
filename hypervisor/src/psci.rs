//! PSCI 1.1 for a partition of several vCPUs (Arm DEN0022): what a call asks for, and which vCPUs
//! are on. Numbers in, a decision out; carrying it out is the caller's.

/// Most vCPUs of a partition; vCPU n has affinity 0.0.0.n.
pub const MAX_VCPUS: usize = 8;

/// Error codes (DEN0022, 5.2.2), as they stand in `x0`.
pub mod error {
    /// No such function.
    pub const NOT_SUPPORTED: i64 = -1;
    /// A parameter is out of its range.
    pub const INVALID_PARAMETERS: i64 = -2;
    /// The vCPU is on.
    pub const ALREADY_ON: i64 = -4;
    /// The vCPU was turned on and hasn't begun.
    pub const ON_PENDING: i64 = -5;
    /// The entry point isn't in the partition's memory.
    pub const INVALID_ADDRESS: i64 = -9;
}

/// `PSCI_VERSION` 1.1.
const VERSION: i64 = 0x1_0001;
/// `MIGRATE_INFO_TYPE`: no Trusted OS that could be in the way.
const NO_TRUSTED_OS: i64 = 2;
/// The bit by which the 64-bit form of a function differs.
const SMC64: u32 = 1 << 30;
/// An MPIDR's affinity fields; everything else in a target has to be zero.
const AFFINITY_0: u64 = 0xFF;
/// `power_state`: `StateType` and the `StateID` in the original format, whose reserved bits are zero
/// (DEN0022, 5.4.2).
const POWER_DOWN: u64 = 1 << 16;
const POWER_STATE: u64 = 0x0301_FFFF;

/// A vCPU's power state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Power {
    /// It doesn't run until another turns it on.
    #[default]
    Off,
    /// It was turned on and has yet to begin at its entry point.
    OnPending,
    /// It runs.
    On,
}

/// Where a vCPU begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    /// The vCPU.
    pub vcpu: usize,
    /// Its first instruction, guest-physical; MMU off, EL1, everything masked.
    pub entry: u64,
    /// What it finds in `x0`.
    pub context: u64,
}

/// What follows from a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Decision {
    /// The caller goes on with this in `x0`.
    Answer(i64),
    /// Another vCPU is to begin; the caller goes on with zero in `x0`.
    TurnOn(Start),
    /// The caller is off and doesn't go on.
    TurnOff,
    /// The caller waits as in `WFI`, and goes on with zero in `x0`.
    Wait,
    /// The caller waits as in `WFI`, and then begins anew there.
    WaitAndStart(Start),
    /// A health event: the partition shuts itself down.
    SystemOff,
    /// A health event: the partition asks for its restart.
    SystemReset,
    /// Not a function of PSCI's that is offered; `x0` gets [`error::NOT_SUPPORTED`], and the call
    /// counts as refused.
    Unknown,
}

/// The power states of a partition's vCPUs.
#[derive(Clone, Debug)]
pub struct Psci {
    count: usize,
    power: [Power; MAX_VCPUS],
}

/// What a function does with its caller and its parameters.
type Function = fn(&mut Psci, usize, [u64; 3], &dyn Fn(u64) -> bool) -> Decision;

/// The functions, by their 32-bit ids, and whether a 64-bit form exists.
const FUNCTIONS: &[(u32, bool, Function)] = &[
    (0x8400_0000, false, |_, _, _, _| Decision::Answer(VERSION)),
    (0x8400_0001, true, Psci::suspend),
    (0x8400_0002, false, |psci, caller, _, _| {
        psci.turn_off(caller)
    }),
    (0x8400_0003, true, |psci, _, parameters, in_memory| {
        psci.turn_on(parameters, in_memory)
    }),
    (0x8400_0004, true, |psci, _, [target, level, _], _| {
        psci.affinity(target, level)
    }),
    (0x8400_0006, false, |_, _, _, _| {
        Decision::Answer(NO_TRUSTED_OS)
    }),
    (0x8400_0008, false, |_, _, _, _| Decision::SystemOff),
    (0x8400_0009, false, |_, _, _, _| Decision::SystemReset),
    (0x8400_000A, false, |_, _, [id, ..], _| features(id)),
];

/// The function with this id, in either form.
fn function(id: u32) -> Option<Function> {
    let row = FUNCTIONS
        .iter()
        .find(|(narrow, wide, _)| id == *narrow || *wide && id == *narrow | SMC64);
    row.map(|(_, _, function)| *function)
}

/// `PSCI_FEATURES`: no function has flags; of `CPU_SUSPEND` that means the original format and no
/// OS-initiated mode. `SMCCC_VERSION` is asked for in this way, too (DEN0028, 7.2).
fn features(id: u64) -> Decision {
    const SMCCC_VERSION: u32 = 0x8000_0000;
    match u32::try_from(id & 0xFFFF_FFFF) {
        Ok(id) if id == SMCCC_VERSION || function(id).is_some() => Decision::Answer(0),
        _ => Decision::Answer(error::NOT_SUPPORTED),
    }
}

impl Psci {
    /// `count` vCPUs (no more than [`MAX_VCPUS`]), of which only the first is on.
    #[must_use]
    pub const fn new(count: usize) -> Self {
        let mut power = [Power::Off; MAX_VCPUS];
        power[0] = Power::On;
        Self {
            count: if count < MAX_VCPUS { count } else { MAX_VCPUS },
            power,
        }
    }

    /// A vCPU's state; off if there is no such one.
    #[must_use]
    pub fn power(&self, vcpu: usize) -> Power {
        self.power.get(vcpu).copied().unwrap_or_default()
    }

    /// The vCPU begins at its entry point: the caller of [`Decision::TurnOn`] has seen to it.
    pub fn begun(&mut self, vcpu: usize) {
        if let Some(power) = self.power.get_mut(vcpu)
            && *power == Power::OnPending
        {
            *power = Power::On;
        }
    }

    /// The call `id` of vCPU `caller` with parameters `x1`-`x3`. `in_memory` says whether an address
    /// is one at which the partition may execute.
    pub fn call(
        &mut self,
        caller: usize,
        id: u32,
        parameters: [u64; 3],
        in_memory: &dyn Fn(u64) -> bool,
    ) -> Decision {
        let Some(function) = function(id) else {
            return Decision::Unknown;
        };
        let wide = id & SMC64 != 0;
        // The 32-bit form's parameters are w1-w3 (DEN0028, 3.1).
        let parameters = parameters.map(|x| if wide { x } else { x & 0xFFFF_FFFF });
        function(self, caller, parameters, in_memory)
    }

    fn target(&self, affinity: u64) -> Option<usize> {
        let vcpu = usize::try_from(affinity & AFFINITY_0).ok()?;
        (affinity & !AFFINITY_0 == 0 && vcpu < self.count).then_some(vcpu)
    }

    fn turn_on(
        &mut self,
        [target, entry, context]: [u64; 3],
        in_memory: &dyn Fn(u64) -> bool,
    ) -> Decision {
        let Some(vcpu) = self.target(target) else {
            return Decision::Answer(error::INVALID_PARAMETERS);
        };
        match self.power(vcpu) {
            Power::On => return Decision::Answer(error::ALREADY_ON),
            Power::OnPending => return Decision::Answer(error::ON_PENDING),
            Power::Off => {}
        }
        if !is_entry(entry, in_memory) {
            return Decision::Answer(error::INVALID_ADDRESS);
        }
        if let Some(power) = self.power.get_mut(vcpu) {
            *power = Power::OnPending;
        }
        Decision::TurnOn(Start {
            vcpu,
            entry,
            context,
        })
    }

    fn turn_off(&mut self, caller: usize) -> Decision {
        if let Some(power) = self.power.get_mut(caller) {
            *power = Power::Off;
        }
        Decision::TurnOff
    }

    /// A standby state is a `WFI`; of a power-down state the guest only sees that it begins anew.
    fn suspend(
        &mut self,
        caller: usize,
        [state, entry, context]: [u64; 3],
        in_memory: &dyn Fn(u64) -> bool,
    ) -> Decision {
        if state & !POWER_STATE != 0 {
            return Decision::Answer(error::INVALID_PARAMETERS);
        }
        if state & POWER_DOWN == 0 {
            return Decision::Wait;
        }
        if !is_entry(entry, in_memory) {
            return Decision::Answer(error::INVALID_ADDRESS);
        }
        Decision::WaitAndStart(Start {
            vcpu: caller,
            entry,
            context,
        })
    }

    /// `AFFINITY_INFO`: on 0, off 1, on pending 2 (DEN0022, 5.7). All vCPUs are in one group of each
    /// level, which is on, for the caller is.
    fn affinity(&self, target: u64, level: u64) -> Decision {
        let power = match (level, self.target(target)) {
            (0, Some(vcpu)) => self.power(vcpu),
            (1..=3, _) if target & !AFFINITY_0 == 0 => Power::On,
            _ => return Decision::Answer(error::INVALID_PARAMETERS),
        };
        Decision::Answer(match power {
            Power::On => 0,
            Power::Off => 1,
            Power::OnPending => 2,
        })
    }
}

/// Instructions are words.
fn is_entry(entry: u64, in_memory: &dyn Fn(u64) -> bool) -> bool {
    entry.is_multiple_of(4) && in_memory(entry)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RAM: core::ops::Range<u64> = 0x4000_0000..0x4800_0000;
    const CPU_ON: u32 = 0xC400_0003;
    const AFFINITY_INFO: u32 = 0xC400_0004;

    fn call(psci: &mut Psci, caller: usize, id: u32, parameters: [u64; 3]) -> Decision {
        psci.call(caller, id, parameters, &|address| RAM.contains(&address))
    }

    fn answer(psci: &mut Psci, id: u32, parameters: [u64; 3]) -> i64 {
        match call(psci, 0, id, parameters) {
            Decision::Answer(answer) => answer,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_vcpu_is_turned_on_begins_and_turns_itself_off() {
        let mut psci = Psci::new(2);
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
            Decision::TurnOn(start)
        );
        assert_eq!(state(&mut psci), 2);
        assert_eq!(answer(&mut psci, CPU_ON, parameters), error::ON_PENDING);
        psci.begun(1);
        assert_eq!(state(&mut psci), 0);
        assert_eq!(answer(&mut psci, CPU_ON, parameters), error::ALREADY_ON);
        assert_eq!(call(&mut psci, 1, 0x8400_0002, [0; 3]), Decision::TurnOff);
        assert_eq!(state(&mut psci), 1);
        assert_eq!(
            call(&mut psci, 0, CPU_ON, parameters),
            Decision::TurnOn(start)
        );
    }

    #[test]
    fn what_cannot_be_turned_on_is_refused() {
        let mut psci = Psci::new(2);
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
        let mut psci = Psci::new(2);
        let parameters = [1 << 32 | 1, 5 << 32 | RAM.start, u64::MAX];
        let start = Start {
            vcpu: 1,
            entry: RAM.start,
            context: 0xFFFF_FFFF,
        };
        assert_eq!(
            call(&mut psci, 0, 0x8400_0003, parameters),
            Decision::TurnOn(start)
        );
    }

    #[test]
    fn suspending_is_waiting() {
        let mut psci = Psci::new(1);
        let mut suspend = |state, entry| call(&mut psci, 0, 0xC400_0001, [state, entry, 9]);
        assert_eq!(suspend(0, 0), Decision::Wait);
        let start = Start {
            vcpu: 0,
            entry: RAM.start,
            context: 9,
        };
        assert_eq!(suspend(1 << 16, RAM.start), Decision::WaitAndStart(start));
        assert_eq!(
            suspend(1 << 16, 0),
            Decision::Answer(error::INVALID_ADDRESS)
        );
        assert_eq!(
            suspend(1 << 17, 0),
            Decision::Answer(error::INVALID_PARAMETERS)
        );
        assert_eq!(
            suspend(1 << 32, 0),
            Decision::Answer(error::INVALID_PARAMETERS)
        );
    }

    #[test]
    fn features_and_calls_agree() {
        let mut psci = Psci::new(2);
        let ids = (0..0x40).flat_map(|n| [0x8400_0000 + n, 0xC400_0000 + n]);
        let offered = ids.filter(|id| {
            let has = answer(&mut psci, 0x8400_000A, [(*id).into(), 0, 0]) == 0;
            let known = call(&mut Psci::new(2), 0, *id, [0; 3]) != Decision::Unknown;
            assert_eq!(has, known, "{id:#x}");
            has
        });
        assert_eq!(offered.count(), 12);
        assert_eq!(answer(&mut psci, 0x8400_000A, [0x8000_0000, 0, 0]), 0);
        assert_eq!(answer(&mut psci, 0x8400_0000, [0; 3]), 0x1_0001);
        assert_eq!(answer(&mut psci, 0x8400_0006, [0; 3]), 2);
        assert_eq!(call(&mut psci, 0, 0x8400_0008, [0; 3]), Decision::SystemOff);
        assert_eq!(
            call(&mut psci, 0, 0x8400_0009, [0; 3]),
            Decision::SystemReset
        );
    }

    #[test]
    fn affinity_levels_above_a_vcpu_are_on_while_one_is() {
        let mut psci = Psci::new(2);
        assert_eq!(answer(&mut psci, AFFINITY_INFO, [0, 1, 0]), 0);
        assert_eq!(answer(&mut psci, AFFINITY_INFO, [0, 3, 0]), 0);
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
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Any calls of any vCPUs: only off ones are turned on, and only with an entry in memory.
        #[test]
        fn any_calls_keep_the_states_right(
            calls in proptest::collection::vec(
                (0..4_usize, 0..12_u32, any::<bool>(), (0..6_u64, entry(), any::<u64>())),
                0..200,
            ),
        ) {
            let mut psci = Psci::new(4);
            let mut on = [true, false, false, false];
            for (caller, number, wide, (target, entry, context)) in calls {
                if !on[caller] {
                    continue;
                }
                let id = 0x8400_0000 + number + if wide { SMC64 } else { 0 };
                match call(&mut psci, caller, id, [target, entry, context]) {
                    Decision::TurnOn(start) => {
                        prop_assert!(!on[start.vcpu] && RAM.contains(&start.entry));
                        on[start.vcpu] = true;
                        psci.begun(start.vcpu);
                    }
                    Decision::TurnOff => on[caller] = false,
                    Decision::WaitAndStart(start) => prop_assert!(RAM.contains(&start.entry)),
                    _ => {}
                }
                for (vcpu, on) in on.iter().enumerate() {
                    prop_assert_eq!(psci.power(vcpu) == Power::On, *on);
                }
            }
        }
    }
}
