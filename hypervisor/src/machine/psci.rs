//! PSCI 1.1 for a partition of several vCPUs (Arm DEN0022): what a call asks for, and which vCPUs
//! are on. Numbers in, a decision out; carrying it out is the caller's.

use paratia_abi::call;
use paratia_config::each;
pub use paratia_config::machine::MAX_VCPUS;
use paratia_config::system::Region;

use crate::machine::vgic::{VcpuSet, low};

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

/// A vCPU's power state, as `AFFINITY_INFO` tells it (DEN0022, 5.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Power {
    /// It runs.
    On = 0,
    /// It doesn't run until another turns it on.
    Off = 1,
    /// It was turned on and has yet to begin at its entry point.
    OnPending = 2,
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

/// What follows from a call, for whoever carries it out: the guest is where it was, and `x0` isn't written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum PowerDecision {
    /// The caller goes on with this in `x0`.
    Answer(i64),
    /// Another vCPU is to begin; the caller goes on with zero in `x0`.
    TurnOn(Start),
    /// The caller is off and doesn't go on.
    TurnOff,
    /// The caller waits as in `WFI`, and goes on with zero in `x0`.
    Wait,
    /// The caller waits as in `WFI`, and then begins anew there, in a window of its own.
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
    regions: &'static [Region],
    on: VcpuSet,
    /// Those that were turned on and have yet to begin.
    pending: VcpuSet,
}

/// What a function does with its caller and its parameters.
type Function = fn(&mut Psci, usize, [u64; 3]) -> Result<PowerDecision, i64>;

/// The 32-bit id of the first function.
const FIRST: u32 = call::PSCI_VERSION;

/// The functions, by the place of their 32-bit ids, and whether a 64-bit form exists.
const FUNCTIONS: [Option<(bool, Function)>; 11] = [
    Some((false, |_, _, _| Ok(PowerDecision::Answer(VERSION)))),
    Some((true, Psci::suspend)),
    Some((false, |psci, caller, _| psci.turn_off(caller))),
    Some((true, |psci, _, parameters| psci.turn_on(parameters))),
    Some((true, |psci, _, [target, level, _]| {
        psci.affinity(target, level)
    })),
    None,
    Some((false, |_, _, _| Ok(PowerDecision::Answer(NO_TRUSTED_OS)))),
    None,
    Some((false, |_, _, _| Ok(PowerDecision::SystemOff))),
    Some((false, |_, _, _| Ok(PowerDecision::SystemReset))),
    Some((false, |_, _, [id, ..]| features(low(id)))),
];

// They are those of the table of calls.
const _: () = {
    let mut id = FIRST;
    each! { function in &FUNCTIONS => {
        assert!(function.is_some() == call::way(id).is_some());
        id += 1;
    }}
};

/// The function with this id, in either form.
fn function(id: u32) -> Option<Function> {
    let place = (id & !SMC64).wrapping_sub(FIRST) as usize;
    let (has_wide, function) = (*FUNCTIONS.get(place)?)?;
    (has_wide || id & SMC64 == 0).then_some(function)
}

/// `PSCI_FEATURES`: no function has flags; of `CPU_SUSPEND` that means the original format and no
/// OS-initiated mode. `SMCCC_VERSION` is asked for in this way, too (DEN0028).
fn features(id: u32) -> Result<PowerDecision, i64> {
    let is_known = id == call::SMCCC_VERSION || function(id).is_some();
    let success = is_known.then_some(PowerDecision::Answer(0));
    success.ok_or(error::NOT_SUPPORTED)
}

impl Psci {
    /// `count` vCPUs (no more than [`MAX_VCPUS`]), of which only the first is on. `regions` are their
    /// partition's: where they may execute.
    #[must_use]
    pub const fn new(count: usize, regions: &'static [Region]) -> Self {
        Self {
            count: if count < MAX_VCPUS { count } else { MAX_VCPUS },
            regions,
            on: VcpuSet::of(0),
            pending: VcpuSet::NONE,
        }
    }

    /// Only the first is on, as at first.
    pub fn reset(&mut self) {
        *self = Self::new(self.count, self.regions);
    }

    /// A vCPU's state; off if there is no such one.
    #[must_use]
    pub fn power(&self, vcpu: usize) -> Power {
        if self.on.contains(vcpu) {
            Power::On
        } else if self.pending.contains(vcpu) {
            Power::OnPending
        } else {
            Power::Off
        }
    }

    /// Those that are on.
    pub fn on(&self) -> VcpuSet {
        self.on
    }

    /// The vCPU begins at its entry point: the caller of [`PowerDecision::TurnOn`] has seen to it.
    pub fn begun(&mut self, vcpu: usize) {
        let begins = self.pending.intersection(VcpuSet::of(vcpu));
        self.pending = self.pending.without(begins);
        self.on = self.on.union(begins);
    }

    /// The call `id` of vCPU `caller` with parameters `x1`-`x3`.
    pub fn call(&mut self, caller: usize, id: u32, parameters: [u64; 3]) -> PowerDecision {
        let wide = id & SMC64 != 0;
        // The 32-bit form's parameters are w1-w3 (DEN0028, SMC32).
        let parameters = parameters.map(|x| if wide { x } else { x & 0xFFFF_FFFF });
        let decision = function(id).map(|function| function(self, caller, parameters));
        let decision = decision.unwrap_or(Ok(PowerDecision::Unknown));
        decision.unwrap_or_else(PowerDecision::Answer)
    }

    fn target(&self, affinity: u64) -> Option<usize> {
        let vcpu = usize::try_from(affinity & AFFINITY_0).ok()?;
        (affinity & !AFFINITY_0 == 0 && vcpu < self.count).then_some(vcpu)
    }

    fn turn_on(&mut self, [target, entry, context]: [u64; 3]) -> Result<PowerDecision, i64> {
        let vcpu = self.target(target).ok_or(error::INVALID_PARAMETERS)?;
        match self.power(vcpu) {
            Power::On => return Err(error::ALREADY_ON),
            Power::OnPending => return Err(error::ON_PENDING),
            Power::Off => {}
        }
        let start = self.start(vcpu, entry, context)?;
        self.pending = self.pending.union(VcpuSet::of(vcpu));
        Ok(PowerDecision::TurnOn(start))
    }

    fn turn_off(&mut self, caller: usize) -> Result<PowerDecision, i64> {
        self.on = self.on.without(VcpuSet::of(caller));
        Ok(PowerDecision::TurnOff)
    }

    /// A standby state is a `WFI`; of a power-down state the guest only sees that it begins anew.
    fn suspend(&mut self, caller: usize, parameters: [u64; 3]) -> Result<PowerDecision, i64> {
        let [state, entry, context] = parameters;
        if state & !POWER_STATE != 0 {
            return Err(error::INVALID_PARAMETERS);
        }
        if state & POWER_DOWN == 0 {
            return Ok(PowerDecision::Wait);
        }
        self.start(caller, entry, context)
            .map(PowerDecision::WaitAndStart)
    }

    /// `AFFINITY_INFO`. All vCPUs are in one group of each level, which is on, for the caller is.
    fn affinity(&self, target: u64, level: u64) -> Result<PowerDecision, i64> {
        let power = match (level, self.target(target)) {
            (0, Some(vcpu)) => self.power(vcpu),
            (1..=3, _) if target & !AFFINITY_0 == 0 => Power::On,
            _ => return Err(error::INVALID_PARAMETERS),
        };
        Ok(PowerDecision::Answer(power as i64))
    }

    /// A start at `entry`, if there are instructions, which are words.
    fn start(&self, vcpu: usize, entry: u64, context: u64) -> Result<Start, i64> {
        let mut regions = self.regions.iter();
        let start = Start {
            vcpu,
            entry,
            context,
        };
        let is_entry = entry.is_multiple_of(4) && regions.any(|it| it.is_executable(entry));
        is_entry.then_some(start).ok_or(error::INVALID_ADDRESS)
    }
}

#[cfg(test)]
mod tests;
