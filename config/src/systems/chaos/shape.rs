//! What chance decides about a system: a number draws it, the same in the compiler and on the host.

#![allow(
    clippy::cast_possible_truncation,
    reason = "small numbers of a drawing that the compiler makes on 64-bit machines"
)]

use crate::address::mib;
use crate::each;

/// Most CPUs and most of the attacker's vCPUs that are drawn.
pub const MAX_CPUS: usize = 4;
/// See [`MAX_CPUS`].
pub const MAX_VCPUS: usize = 4;

const MICROSECOND: u64 = 1_000;
/// A victim's window where it is alone in its time, from one to the next.
const VICTIM_NS: u64 = 400 * MICROSECOND;
/// What is left of a frame for the log.
const LOG_NS: u64 = 600 * MICROSECOND;

/// A piece of time within the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its start.
    pub start_ns: u64,
    /// Its length, guard included.
    pub length_ns: u64,
}

impl Span {
    const NONE: Self = Self {
        start_ns: 0,
        length_ns: 0,
    };

    const fn end_ns(self) -> u64 {
        self.start_ns + self.length_ns
    }
}

/// What follows from the attacker's faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Every kind of fault restarts it.
    Restart,
    /// What can be ignored is, the rest restarts it.
    Ignore,
    /// A stray access halts it; a console that overflows restarts it.
    Halt,
}

/// A system, as far as chance decides it.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// CPUs with a plan, 1 to [`MAX_CPUS`].
    pub cpus: usize,
    /// The attacker's vCPUs, 1 to [`MAX_VCPUS`].
    pub vcpus: usize,
    /// The attacker's windows on each CPU: which vCPU's, and when.
    pub attacks: [[Option<(usize, Span)>; 2 * MAX_VCPUS]; MAX_CPUS],
    /// Each CPU's witness.
    pub witnesses: [Span; MAX_CPUS],
    /// Each CPU's victim.
    pub victims: [Span; MAX_CPUS],
    /// Which victims run beside the attacker rather than alone.
    pub is_beside: [bool; MAX_CPUS],
    /// Which CPUs are the attacker's own, with neither victim nor witness.
    pub is_own: [bool; MAX_CPUS],
    /// Who reads the attacker's messages, on the last CPU that isn't its own.
    pub reader: Span,
    /// Who keeps CPU 0 from the log while other CPUs' victims are measured.
    pub sleeper: Span,
    /// The major frame.
    pub frame_ns: u64,
    /// The attacker's RAM; scrubbing most of these takes several windows.
    pub attacker_bytes: u64,
    /// Whether its interrupt controller is a GICv2.
    pub has_gic_v2: bool,
    /// Blocks of shared interrupts in it.
    pub shared_blocks: u32,
    /// Whether it has a UART.
    pub has_uart: bool,
    /// Whether it is told its stolen time.
    pub has_stolen_time: bool,
    /// Whether it was granted performance monitors and debug registers.
    pub has_monitors: bool,
    /// Whether it owns a device of the board.
    pub has_device: bool,
    /// Whether stray accesses and forbidden instructions are health events.
    pub is_strict: bool,
    /// Whether it owes heartbeats.
    pub owes_heartbeat: bool,
    /// Whether it exchanges messages with a reader.
    pub has_channels: bool,
    /// What follows from its faults.
    pub policy: Policy,
    /// How many refused calls in a window are no health event.
    pub refused_calls: u32,
}

impl Shape {
    /// The shape that a number draws.
    ///
    /// The numbers of CPUs and vCPUs go round, so that few numbers have all of them.
    #[must_use]
    pub const fn draw(seed: u64) -> Self {
        let mut chance = Chance(seed);
        let cpus = 1 + (seed as usize) % MAX_CPUS;
        let vcpus = 1 + (seed as usize / MAX_CPUS + seed as usize * 3) % MAX_VCPUS;
        let mut shape = Self {
            cpus,
            vcpus,
            attacks: [[None; 2 * MAX_VCPUS]; MAX_CPUS],
            witnesses: [Span::NONE; MAX_CPUS],
            victims: [Span::NONE; MAX_CPUS],
            is_beside: [false; MAX_CPUS],
            is_own: [false; MAX_CPUS],
            reader: Span::NONE,
            sleeper: Span::NONE,
            frame_ns: 0,
            attacker_bytes: mib([2, 4, 12][chance.below(3)]),
            has_gic_v2: chance.below(3) == 0,
            shared_blocks: [1, 2, 8][chance.below(3)],
            has_uart: chance.below(3) > 0,
            has_stolen_time: chance.is_so(),
            has_monitors: chance.below(3) == 0,
            has_device: chance.is_so(),
            is_strict: chance.is_so(),
            owes_heartbeat: chance.below(3) > 0,
            has_channels: chance.below(3) > 0,
            policy: [Policy::Restart, Policy::Ignore, Policy::Halt][chance.below(3)],
            refused_calls: [0, 20, u32::MAX][chance.below(3)],
        };
        shape.draw_windows(&mut chance);
        shape
    }

    const fn draw_windows(&mut self, chance: &mut Chance) {
        let mut on = [0; MAX_VCPUS];
        let mut own = Chance(chance.next());
        let mut vcpu = 0;
        while vcpu < self.vcpus {
            on[vcpu] = chance.below(self.cpus);
            // CPU 0 is nobody's own: it writes the log.
            self.is_own[on[vcpu]] = on[vcpu] > 0 && own.below(2) == 0;
            vcpu += 1;
        }
        let mut end = 0;
        each! { cpu below self.cpus => {
            let cpu_end = self.draw_attack(chance, cpu, on);
            end = if cpu_end > end { cpu_end } else { end };
        }}
        // By turns, CPU 0 first; it sleeps through the turns of the others.
        let first = end + MICROSECOND;
        let mut at = first;
        each! { cpu below self.cpus => {
            if !self.is_beside[cpu] && !self.is_own[cpu] {
                self.victims[cpu] = chance.span(at, VICTIM_NS - 70 * MICROSECOND, 50);
            }
            at += VICTIM_NS;
        }}
        self.sleeper = Span {
            start_ns: first + VICTIM_NS,
            length_ns: at - first - VICTIM_NS,
        };
        // Whole microseconds, so that a frame is a whole number of ticks on every board.
        let end = at + LOG_NS + chance.below(97) as u64 * MICROSECOND;
        self.frame_ns = end - end % MICROSECOND;
    }

    /// The CPU that the reader is on.
    #[must_use]
    pub const fn reader_cpu(&self) -> usize {
        let mut cpu = self.cpus - 1;
        while self.is_own[cpu] {
            cpu -= 1;
        }
        cpu
    }

    /// CPUs that aren't the attacker's own.
    #[must_use]
    pub const fn shared_cpus(&self) -> usize {
        let mut count = 0;
        each! { cpu below self.cpus => {
            count += !self.is_own[cpu] as usize;
        }}
        count
    }

    /// One CPU's share of the attacker's time; when it ends.
    const fn draw_attack(
        &mut self,
        chance: &mut Chance,
        cpu: usize,
        on: [usize; MAX_VCPUS],
    ) -> u64 {
        let mut at = chance.below(120_000) as u64;
        if cpu > 0 && !self.is_own[cpu] && chance.is_so() {
            self.is_beside[cpu] = true;
            self.victims[cpu] = chance.span(at, 300 * MICROSECOND, 100);
            at = self.victims[cpu].end_ns();
        }
        let mut count = 0;
        let mut round = 0;
        // A vCPU that is alone on its CPU has two windows.
        let rounds = if self.vcpus <= 2 { 2 } else { 1 };
        while round < rounds {
            let mut vcpu = 0;
            while vcpu < self.vcpus {
                if on[vcpu] == cpu {
                    at += chance.below(3) as u64 * chance.below(40_000) as u64;
                    let span = chance.span(at, 150 * MICROSECOND, 600);
                    self.attacks[cpu][count] = Some((vcpu, span));
                    count += 1;
                    at = span.end_ns();
                }
                vcpu += 1;
            }
            round += 1;
        }
        if self.is_own[cpu] {
            return at;
        }
        self.witnesses[cpu] = chance.span(at, 220 * MICROSECOND, 100);
        at = self.witnesses[cpu].end_ns();
        if self.has_channels && cpu == self.reader_cpu() {
            self.reader = chance.span(at, 120 * MICROSECOND, 60);
            at = self.reader.end_ns();
        }
        at
    }
}

/// Chance that is the same every time: `SplitMix64`.
struct Chance(u64);

impl Chance {
    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.0;
        word = (word ^ word >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ word >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ word >> 31
    }

    const fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 16) as usize % limit
    }

    const fn is_so(&mut self) -> bool {
        self.below(2) == 1
    }

    /// From `start_ns` on, at least so long, and up to so many microseconds longer: by nanoseconds.
    const fn span(&mut self, start_ns: u64, least_ns: u64, more_us: usize) -> Span {
        Span {
            start_ns,
            length_ns: least_ns + self.below(more_us * MICROSECOND as usize) as u64,
        }
    }
}
