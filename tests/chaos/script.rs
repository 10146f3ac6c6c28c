//! What the attacker does, as numbers: shared by the guest, which does it, and by the host, which
//! words it.
//!
//! A run argument holds a seed and a mask: [`STEPS`] steps follow from the seed, and each of them from
//! its number alone, so that steps can be left out without changing the others. Each step belongs to one
//! vCPU, which does its own in their order, again and again. A run argument of 0 is the idle attacker.

use core::fmt;

/// Steps of a script.
pub const STEPS: u32 = 40;
/// Every step.
pub const ALL: u64 = (1 << STEPS) - 1;
/// Bits of a run argument that are the seed.
const SEED_BITS: u32 = 64 - STEPS;

/// A seed, and which of its steps are done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Script {
    /// 1 and up.
    pub seed: u32,
    /// Bit n for step n.
    pub kept: u64,
}

impl Script {
    /// The script that a run argument stands for; nothing for the idle attacker's.
    #[must_use]
    pub const fn of_argument(argument: u64) -> Option<Self> {
        if argument == 0 {
            return None;
        }
        Some(Self {
            seed: (argument & ((1 << SEED_BITS) - 1)) as u32,
            kept: argument >> SEED_BITS,
        })
    }

    /// The run argument that stands for it.
    #[must_use]
    pub const fn argument(self) -> u64 {
        self.kept << SEED_BITS | self.seed as u64 & ((1 << SEED_BITS) - 1)
    }

    /// Whether sibling `vcpu` is turned on at each start, before the first step: three of four are, so
    /// that scripts needn't come to their own `CPU_ON` first.
    #[must_use]
    pub fn turns_on(self, vcpu: u32) -> bool {
        Chance(u64::from(self.seed) << 8 | u64::from(vcpu)).below(4) > 0
    }

    /// The kept steps of a partition with `vcpus` vCPUs, in their order.
    pub fn steps(self, vcpus: u32) -> impl Iterator<Item = Step> {
        (0..STEPS)
            .filter(move |number| self.kept >> number & 1 == 1)
            .map(move |number| Step::draw(self.seed, number, vcpus))
    }
}

/// What a step does. Values `a` to `f` are the step's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Calls a function of the vendor's range: its number, and six arguments.
    VendorCall,
    /// Calls any function by any conduit.
    OtherCall,
    /// `CPU_ON`, of a good or a bad vCPU, at a good or a bad entry.
    TurnOn,
    /// `CPU_OFF`.
    TurnOff,
    /// `CPU_SUSPEND`.
    Suspend,
    /// The restart call, `SYSTEM_RESET` or `SYSTEM_OFF`.
    Restart,
    /// Heartbeats without end.
    HeartbeatFlood,
    /// Console text without end.
    ConsoleFlood,
    /// Bytes to the emulated UART without end.
    UartFlood,
    /// Messages without end, and reading without end.
    MessageFlood,
    /// Accesses to the distributor.
    Distributor,
    /// Accesses to the redistributors or the CPU interface.
    CpuInterface,
    /// Accesses to the CPU interface's system registers.
    InterfaceRegisters,
    /// Everything enabled and pending at the distributor.
    InterruptStorm,
    /// Interrupts to siblings and to itself without end.
    SgiStorm,
    /// Lets interrupts through for a while.
    TakeInterrupts,
    /// The virtual timer, at any time.
    VirtualTimer,
    /// The physical timer, at any time.
    PhysicalTimer,
    /// `WFI`, with a timer that ends it.
    Sleep,
    /// Gives the window back.
    WaitForWindow,
    /// Computes for a while, over window ends too.
    Spin,
    /// An access to an address that it may not have.
    StrayAccess,
    /// A jump to such an address.
    StrayFetch,
    /// An instruction that faults at its own EL1.
    OwnFault,
    /// Reads system registers by any encoding.
    ReadRegisters,
    /// Writes system registers that a guest may have.
    WriteRegisters,
    /// An access to a device that hardware doesn't describe.
    Undescribed,
    /// Translation tables full of anything.
    OwnTables,
    /// Cache and TLB maintenance, caches on and off.
    Caches,
    /// Performance monitors and debug registers.
    Monitors,
    /// Reports an error.
    ReportError,
    /// Enters an operating mode.
    SetMode,
    /// Fills memory.
    FillMemory,
    /// The emulated or the owned device, anywhere in its page.
    Devices,
}

impl Action {
    /// Each with its share of the steps.
    const SHARES: [(Self, u32); 34] = [
        (Self::VendorCall, 10),
        (Self::OtherCall, 8),
        (Self::TurnOn, 12),
        (Self::TurnOff, 3),
        (Self::Suspend, 5),
        (Self::Restart, 5),
        (Self::HeartbeatFlood, 4),
        (Self::ConsoleFlood, 5),
        (Self::UartFlood, 4),
        (Self::MessageFlood, 6),
        (Self::Distributor, 8),
        (Self::CpuInterface, 7),
        (Self::InterfaceRegisters, 7),
        (Self::InterruptStorm, 6),
        (Self::SgiStorm, 6),
        (Self::TakeInterrupts, 8),
        (Self::VirtualTimer, 8),
        (Self::PhysicalTimer, 8),
        (Self::Sleep, 7),
        (Self::WaitForWindow, 9),
        (Self::Spin, 9),
        (Self::StrayAccess, 3),
        (Self::StrayFetch, 2),
        (Self::OwnFault, 4),
        (Self::ReadRegisters, 4),
        (Self::WriteRegisters, 6),
        (Self::Undescribed, 2),
        (Self::OwnTables, 6),
        (Self::Caches, 7),
        (Self::Monitors, 4),
        (Self::ReportError, 3),
        (Self::SetMode, 5),
        (Self::FillMemory, 5),
        (Self::Devices, 6),
    ];

    /// An action by its share.
    fn draw(chance: &mut Chance) -> Self {
        let whole: u32 = Self::SHARES.iter().map(|(_, share)| share).sum();
        let mut place = chance.below(whole.into());
        for (action, share) in Self::SHARES {
            match place.checked_sub(share.into()) {
                Some(rest) => place = rest,
                None => return action,
            }
        }
        Self::Spin
    }
}

/// One thing that the attacker does.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// Its number in the script.
    pub number: u32,
    /// Whose it is.
    pub vcpu: u32,
    /// In which of the partition's lives it is done, by the number of restarts modulo 4.
    pub lives: u32,
    /// What it is.
    pub action: Action,
    /// With what: bounds, their neighbours, anything.
    pub values: [u64; 7],
    /// Even chance, for [`Step::below`].
    even: u64,
}

impl Step {
    /// Step `number` of a seed, in a partition with `vcpus` vCPUs.
    #[must_use]
    pub fn draw(seed: u32, number: u32, vcpus: u32) -> Self {
        let mut chance = Chance(u64::from(seed) << 32 | u64::from(number) << 8);
        chance.next();
        // The first vCPU has a larger share: it is on at the start.
        let vcpu = chance.below(u64::from(vcpus) + 1) as u32 % vcpus.max(1);
        let lives = match chance.below(3) {
            0 => 0xF,
            _ => 1 << chance.below(4) | 1 << chance.below(4),
        };
        let action = Action::draw(&mut chance);
        Self {
            number,
            vcpu,
            lives,
            action,
            values: core::array::from_fn(|_| chance.value()),
            even: chance.next(),
        }
    }

    /// Whether it is done in the life after so many restarts.
    #[must_use]
    pub const fn is_in_life(&self, restarts: u64) -> bool {
        self.lives >> (restarts % 4) & 1 == 1
    }

    /// Its choice `index` of less than `limit`, each as likely: which, how often, how long.
    #[must_use]
    pub fn below(&self, index: u64, limit: u64) -> u64 {
        Chance(self.even ^ index << 56).below(limit)
    }
}

impl fmt::Display for Step {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "step {:2}, vCPU {}: ", self.number, self.vcpu)?;
        let [a, b, ..] = self.values;
        match self.action {
            Action::VendorCall => write!(
                out,
                "call {:#x} with {:#x?}",
                vendor_call(self),
                &self.values[1..]
            )?,
            Action::OtherCall => {
                write!(
                    out,
                    "call {:#x} with {:#x?}",
                    other_call(self),
                    &self.values[2..5]
                )?;
            }
            Action::TurnOn => write!(out, "CPU_ON of {:#x} at {:?}", target(self), entry(self))?,
            Action::Restart => write!(out, "{:?}", Ending::of(self))?,
            Action::HeartbeatFlood => write!(out, "{} heartbeats", self.below(0, HEARTBEATS))?,
            Action::ConsoleFlood => write!(out, "{} writes to the console", self.below(0, WRITES))?,
            Action::UartFlood => write!(out, "{} bytes to the UART", self.below(0, WRITES))?,
            Action::MessageFlood => write!(out, "{} messages", self.below(0, MESSAGES))?,
            Action::Spin => write!(out, "spin for {} us", self.below(0, SPIN_US))?,
            Action::Sleep => write!(out, "WFI for at most {} us", self.below(0, SLEEP_US))?,
            action => write!(out, "{action:?} {a:#x} {b:#x}")?,
        }
        if self.lives != 0xF {
            write!(out, " (after restarts")?;
            for life in (0..4).filter(|life| self.is_in_life(*life)) {
                write!(out, " {life}")?;
            }
            write!(out, " modulo 4)")?;
        }
        Ok(())
    }
}

/// Most of each flood, and longest waits.
pub const HEARTBEATS: u64 = 400;
/// See [`HEARTBEATS`].
pub const WRITES: u64 = 300;
/// See [`HEARTBEATS`].
pub const MESSAGES: u64 = 200;
/// See [`HEARTBEATS`].
pub const SPIN_US: u64 = 4_000;
/// See [`HEARTBEATS`].
pub const SLEEP_US: u64 = 6_000;

/// First of Paratia's own calls.
const VENDOR: u64 = 0xC600_0000;
const RESTART: u64 = VENDOR + 8;
const SET_MODE: u64 = VENDOR + 5;

/// The function of a [`Action::VendorCall`]: two beyond the last, too. What ends a life or the partition
/// has steps of its own, so that it isn't every other step's end.
#[must_use]
pub fn vendor_call(step: &Step) -> u64 {
    match VENDOR + step.below(0, 12) {
        RESTART | SET_MODE => VENDOR,
        function => function,
    }
}

/// The function of a [`Action::OtherCall`]. `SYSTEM_OFF` and `SYSTEM_RESET` have a step of their own.
#[must_use]
pub fn other_call(step: &Step) -> u64 {
    const KNOWN: [u64; 10] = [
        0x8000_0000,
        0x8000_0001,
        0x8600_FF00,
        0x8600_FF01,
        0x8600_FF03,
        0xC500_0020,
        0xC500_0021,
        0x8000_3FFF,
        0x8600_FF02,
        0xC600_FFFF,
    ];
    let place = step.below(0, 40);
    match place {
        0..10 => KNOWN[place as usize],
        10..32 => {
            let psci = 0x8400_0000 + (place - 10);
            let wide = (step.values[1] & 1) << 30;
            // Those that end something have steps of their own.
            if matches!(place - 10, 2 | 8 | 9 | 0x12) {
                0x8400_000A
            } else {
                psci | wide
            }
        }
        _ => match step.values[1] {
            random if random & 0xFFFF_FFFF >= VENDOR && random & 0xFFFF_FFFF < VENDOR + 16 => {
                VENDOR
            }
            random if random & !(1 << 30) & !0x1F == 0x8400_0000 => VENDOR,
            random => random,
        },
    }
}

/// The vCPU that a [`Action::TurnOn`] names: mostly one that there may be.
#[must_use]
pub fn target(step: &Step) -> u64 {
    match step.below(1, 8) {
        0 => step.values[2],
        place => place % 4,
    }
}

/// Where a vCPU that is turned on, or comes back, begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Where it goes on with its steps.
    Good,
    /// Anywhere.
    Bad(u64),
}

/// The entry that a step names: mostly a good one.
#[must_use]
pub fn entry(step: &Step) -> Entry {
    match step.below(3, 8) {
        0 => Entry::Bad(step.values[4]),
        _ => Entry::Good,
    }
}

/// How a partition ends its own life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// By the restart call.
    Call,
    /// By `SYSTEM_RESET`.
    Reset,
    /// By `SYSTEM_OFF`.
    Off,
}

impl Ending {
    /// How a [`Action::Restart`] does.
    #[must_use]
    pub fn of(step: &Step) -> Self {
        match step.below(0, 8) {
            0 => Self::Off,
            1..4 => Self::Reset,
            _ => Self::Call,
        }
    }
}

/// What the attacker tells if it finds a promise broken: an application error whose first detail is
/// this and one of [`Finding`].
pub const FOUND: u64 = 0xF007_C0DE_0000_0000;

/// A promise that the attacker found broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Finding {
    /// It runs on in memory in which it hasn't begun.
    Stale = 1,
    /// A general register wasn't zero at a start.
    General = 2,
    /// A floating point register wasn't.
    Float = 3,
    /// A system register wasn't as after a reset.
    System = 4,
    /// Memory beyond the image wasn't zero at a start.
    Memory = 5,
    /// The interrupt controller wasn't as after a reset.
    Controller = 6,
    /// It was put to its start without what belongs there.
    Arguments = 7,
}

impl Finding {
    const ALL: [Self; 7] = [
        Self::Stale,
        Self::General,
        Self::Float,
        Self::System,
        Self::Memory,
        Self::Controller,
        Self::Arguments,
    ];

    /// The finding that an error's first detail stands for, if it stands for one.
    #[must_use]
    pub fn of_detail(detail: u64) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|finding| FOUND | *finding as u64 == detail)
    }
}

/// Chance that is the same every time: `SplitMix64`.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.0;
        word = (word ^ word >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ word >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ word >> 31
    }

    fn below(&mut self, limit: u64) -> u64 {
        (self.next() >> 16) % limit.max(1)
    }

    /// A bound, one beside a bound, or anything.
    fn value(&mut self) -> u64 {
        const BOUNDS: [u64; 20] = [
            0,
            1,
            2,
            4,
            8,
            32,
            40,
            512,
            1020,
            1 << 12,
            1 << 16,
            1 << 31,
            1 << 32,
            1 << 39,
            1 << 63,
            0x4000_0000,
            0x4200_0000,
            0x7000_0000,
            0x0800_0000,
            !0,
        ];
        match self.below(8) {
            0 => self.next(),
            1 => self.next() & 0xFFFF_FFFF,
            2 => self.next() & 0xFFFF,
            3 => self.next() & 0xFF,
            4 => 1 << self.below(64),
            _ => BOUNDS[self.below(20) as usize]
                .wrapping_add(self.below(3))
                .wrapping_sub(1),
        }
    }
}
