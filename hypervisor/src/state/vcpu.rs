//! A vCPU at run time: its context and its counters.
//!
//! # Who may touch it when
//! The CPU that its windows are on, and no other, whatever its siblings do: they change what the
//! partition shares, under its lock, and the vCPU's own CPU does the rest in the vCPU's next window. Two
//! exceptions touch it while no plan runs: CPU 0 at boot, before it starts the others, and CPU 0 in the
//! safe state, after all have stopped.
//!
//! That CPU writes the state
//! - in an exit of the vCPU: what it decides about it;
//! - in a switch from it: all that is in the registers goes to its context, if it is
//!   [loaded](crate::state::cpu::Loaded);
//! - in [`Vcpu::begin`], between two windows: all of it, as after a reset.

use defmt::Format;
use paratia_abi::ExitCause;
use paratia_config::each;

use crate::arch::context::Context;
use crate::arch::cpu::HypervisorControl;
use crate::arch::memory;
use crate::base::owned::Owned;
use crate::base::total;
use crate::built::chosen::{
    CPU_OF, IS_SOFTWARE, LAYOUT, PARTITION_OF, SOME_SOFTWARE, SYSTEM, VCPU_COUNT,
};
use crate::built::controllers::LIST_REGISTERS;
use crate::machine::physical_timer::PhysicalTimer;
use crate::machine::set_way::SetWay;
use crate::machine::vgic::{CpuInterface, Maintenance};
use crate::policy::records::Told;
use crate::policy::reload::Reload;
use crate::state::constants::{FACTS, Facts};
use crate::state::cpu::Loaded;
use crate::state::granted;
use crate::state::ports::{self, Ports};
use crate::state::stolen::StolenTime;

/// A vCPU's state. The context comes first: the assembly hands its address around.
#[repr(C)]
pub struct Vcpu {
    /// Its registers, while it is switched out; while it runs, those that an exit has stored.
    pub context: Context,
    /// What is constant about it.
    pub facts: &'static Facts,
    /// Its partition's ports, if it is that one's only vCPU; none otherwise.
    pub ports: &'static Ports,
    /// Its number within the partition, from 0.
    pub number: usize,
    /// Whether it gave the rest of its window back and wants its next start in `x1`.
    pub waits_for_window: bool,
    /// List registers that hold one of its interrupts as the controller knows, bit n for the n-th.
    pub listed: u32,
    /// Whether what comes goes by way of the controller, even if nothing is listed.
    detours: bool,
    /// Whether it is its partition's only one, with a CPU interface of the hardware's.
    pub is_lone: bool,
    /// The interrupts in list registers, by the register; of those in `listed` only.
    pub listed_ids: [u32; LIST_REGISTERS],
    /// Those of `listed` whose interrupt has a physical one behind it that the guest's end doesn't end.
    pub noticed: u32,
    /// What the first of them was given last, if nothing else was listed since and others share the
    /// partition: the interrupt, and the list register's value.
    pub first_listed: (u32, u64),
    /// Its GICv2 CPU interface in software, where the board lends none that it wants.
    software: Option<CpuInterface>,
    /// When its list registers have to tell the hypervisor of what the guest does.
    maintenance: Maintenance,
    /// Private physical interrupts that it has in hand and hasn't ended, bit n for interrupt n: between its
    /// windows they are inactive at the CPU, for others to take theirs.
    pub active_private: u32,
    /// Which of its partition's shared physical interrupts are routed to its CPU and enabled in this window,
    /// bit n for the n-th link.
    pub connected: u32,
    /// Calls refused in this window.
    pub refused_in_window: u32,
    /// What it had told in its window of what it can repeat at will.
    pub told: Told,
    /// How many may be refused in a window.
    pub refused_limit: u32,
    /// Its physical timer.
    pub physical_timer: PhysicalTimer,
    /// Its maintenance of caches by set and way.
    pub set_way: SetWay,
    /// What it is confined by and what it is signalled, as [`Self::control`] has set it last.
    pub control: HypervisorControl,
    /// The time that it didn't have.
    pub stolen: StolenTime,
    /// Of a partition's first: how far the work is that is done in its windows before the next start.
    pub reload: Reload,
    /// Totals since boot.
    pub counts: Counts,
    /// Exits that went back to it in the same window, by their cause; calls with a short answer not.
    pub exits: [Exits; ExitCause::ALL.len()],
}

/// Totals since boot. No such number overflows in the life of a board.
#[derive(Clone, Copy, Debug, Format)]
pub struct Counts {
    /// Windows in which it ran.
    pub windows: u64,
    /// Ticks in which it ran.
    pub used_ticks: u64,
    /// Ticks that it gave back by waiting.
    pub idle_ticks: u64,
    /// Calls after which its window was over, those with a short answer not. All others are among its exits:
    /// no call is counted twice. What is logged in the end is the sum.
    pub calls: u64,
    /// Calls with a short answer: constants and refusals of calls that don't exist.
    pub short_calls: u64,
    /// Calls that were refused.
    pub refused_calls: u64,
    /// Interrupts while it ran, by the short way or the long one.
    pub interrupts: u64,
    /// Latest start of a window after its tick.
    pub jitter_worst: u64,
}

impl Counts {
    const NONE: Self = Self {
        windows: 0,
        used_ticks: 0,
        idle_ticks: 0,
        calls: 0,
        short_calls: 0,
        refused_calls: 0,
        interrupts: 0,
        jitter_worst: 0,
    };
}

/// Exits for one cause.
#[derive(Clone, Copy, Debug, Format)]
pub struct Exits {
    /// How many.
    pub count: u64,
    /// Ticks that they took at EL2, waiting not counted.
    pub ticks: u64,
    /// The longest of them in ticks.
    pub worst: u64,
}

impl Exits {
    const NONE: Self = Self {
        count: 0,
        ticks: 0,
        worst: 0,
    };
}

/// Every vCPU's state, by its index.
pub static VCPUS: [Owned<Vcpu>; VCPU_COUNT] = {
    let mut all = [const { Owned::new(Vcpu::new(0)) }; VCPU_COUNT];
    each! { index from 1, below VCPU_COUNT => {
        all[index] = Owned::new(Vcpu::new(index));
    }}
    all
};

impl Vcpu {
    const fn new(index: usize) -> Self {
        let partition = PARTITION_OF[index];
        let declaration = &SYSTEM.partitions[partition];
        let is_lone = declaration.machine.vcpus == 1 && !IS_SOFTWARE[partition];
        let mut context = Context::ZERO;
        context.stack = LAYOUT.stack(CPU_OF[index]).end().0;
        Self {
            context,
            facts: &FACTS[index],
            ports: if declaration.machine.vcpus == 1 {
                &ports::CALLED[partition]
            } else {
                &ports::NONE
            },
            number: index - SYSTEM.first_vcpu(partition),
            waits_for_window: false,
            listed: 0,
            detours: !is_lone,
            is_lone,
            noticed: 0,
            software: None,
            first_listed: (0, 0),
            listed_ids: [0; LIST_REGISTERS],
            maintenance: Maintenance::empty(),
            active_private: 0,
            connected: 0,
            refused_in_window: 0,
            told: Told::NONE,
            refused_limit: declaration.refused_calls_per_window,
            physical_timer: PhysicalTimer::RESET,
            set_way: SetWay::Idle,
            control: HypervisorControl::PLAIN,
            stolen: StolenTime::NONE,
            reload: Reload::new(),
            counts: Counts::NONE,
            exits: [Exits::NONE; ExitCause::ALL.len()],
        }
    }

    /// Puts it to its first instruction, at `entry` with `arguments` in `x0` and up: in its partition's
    /// life with this number. It is between two windows, so nothing of it is listed, connected or
    /// granted in a CPU; what `loaded`, this CPU's registers, may still hold of it is forgotten.
    #[inline(never)]
    pub fn begin(&mut self, loaded: &mut Loaded, life: u64, entry: u64, arguments: [u64; 4]) {
        loaded.forget(self);
        self.context.reset(self.number, entry, arguments);
        self.software = (SOME_SOFTWARE && self.facts.is_software).then(CpuInterface::new);
        self.waits_for_window = false;
        self.active_private = 0;
        self.first_listed = (0, 0);
        self.stolen.begin(life);
        self.physical_timer = PhysicalTimer::RESET;
        self.set_way = SetWay::Idle;
        self.control = HypervisorControl::PLAIN;
        granted::reset(self);
    }

    /// Its CPU interface, if that is emulated.
    #[inline]
    #[must_use]
    pub fn software(&self) -> Option<&CpuInterface> {
        self.software.as_ref().filter(|_| SOME_SOFTWARE)
    }

    /// The same, to be changed.
    #[inline]
    #[must_use]
    pub fn software_mut(&mut self) -> Option<&mut CpuInterface> {
        self.software.as_mut().filter(|_| SOME_SOFTWARE)
    }

    /// Whether its CPU interface is emulated.
    #[inline]
    #[must_use]
    pub fn is_software(&self) -> bool {
        self.software().is_some()
    }

    /// The value of the general register that an instruction names; number 31 is XZR.
    #[inline]
    #[must_use]
    pub fn general(&self, register: u8) -> u64 {
        let register = self.context.x.get(usize::from(register));
        register.copied().unwrap_or(0)
    }

    /// Writes the general register that an instruction names; number 31 is XZR.
    #[inline]
    pub fn set_general(&mut self, register: u8, value: u64) {
        if let Some(place) = self.context.x.get_mut(usize::from(register)) {
            *place = value;
        }
    }

    /// Interrupt `id` is in list register `index`, as the controller knows.
    #[inline]
    pub fn set_listed(&mut self, index: usize, id: u32) {
        if let Some(place) = self.listed_ids.get_mut(index) {
            *place = id;
            self.listed |= 1 << index;
        }
    }

    /// Counts an exit of `ticks`.
    #[inline]
    pub fn count_exit(&mut self, cause: ExitCause, ticks: u64) {
        let exits = memory::by_itself(&mut self.exits[cause as usize]);
        total::add(&mut exits.count, 1);
        total::add(&mut exits.ticks, ticks);
        // Nearly always it isn't, and then nothing is stored.
        if ticks > exits.worst {
            exits.worst = ticks;
        }
    }

    /// Counts an exit after which it doesn't go on in its window.
    #[inline]
    pub fn count_last(&mut self, cause: ExitCause) {
        if cause == ExitCause::Call {
            total::add(&mut self.counts.calls, 1);
        }
    }

    /// Its totals, with all of its calls in them.
    #[must_use]
    pub fn totals(&self) -> Counts {
        let mut counts = self.counts;
        total::add(
            &mut counts.calls,
            self.exits[ExitCause::Call as usize].count,
        );
        counts
    }

    /// Whether it has nothing in list registers but what went straight there, and nothing waits for
    /// room: see [`crate::interrupts::shortcut`].
    #[inline]
    #[must_use]
    pub fn rests(&self) -> bool {
        self.listed == 0 && !self.detours
    }

    /// What its list registers have to tell.
    #[inline]
    pub fn maintenance(&self) -> Maintenance {
        self.maintenance
    }

    /// Sets what its list registers have to tell.
    #[inline]
    pub fn set_maintenance(&mut self, maintenance: Maintenance) {
        self.maintenance = maintenance;
        self.detours = !self.is_lone || !maintenance.is_empty();
    }

    /// Sets the CPU's control of it, with what its CPU interface signals.
    pub fn control(&mut self) {
        let signals = self.software().map_or([false; 2], |interface| {
            [interface.signal(), interface.fast_signal()]
        });
        self.control = HypervisorControl::of(self.set_way != SetWay::Idle, signals);
        self.control.set();
    }
}
