//! When whose vCPUs run, as it was drawn.

use core::time::Duration;

use super::{ATTACKER, Drawn, MAX_WINDOWS, READER, SLEEPER, VICTIMS, WITNESSES};
use super::{MAX_CPUS, Span};
use crate::board::Board;
use crate::each;
use crate::system::Window;

impl<B: Board, const SEED: u64> Drawn<B, SEED> {
    /// The windows of a CPU, and how many there are.
    const fn windows(cpu: usize) -> ([Window; MAX_WINDOWS], usize) {
        let shape = Self::SHAPE;
        let mut all = [Window::us("", 0, 0); MAX_WINDOWS];
        let mut count = 0;
        if shape.is_beside[cpu] {
            all[count] = window(VICTIMS[cpu], shape.victims[cpu]);
            count += 1;
        }
        each! { index below shape.attacks[cpu].len() => {
            if let Some((vcpu, span)) = shape.attacks[cpu][index] {
                all[count] = window(ATTACKER, span).of_vcpu(vcpu as u32);
                count += 1;
            }
        }}
        if shape.is_own[cpu] {
            return (all, count);
        }
        all[count] = window(WITNESSES[cpu], shape.witnesses[cpu]);
        count += 1;
        if shape.has_channels && cpu == shape.reader_cpu() {
            all[count] = window(READER, shape.reader);
            count += 1;
        }
        if !shape.is_beside[cpu] {
            all[count] = window(VICTIMS[cpu], shape.victims[cpu]);
            count += 1;
        }
        if cpu == 0 && shape.cpus > 1 {
            all[count] = window(SLEEPER, shape.sleeper);
            count += 1;
        }
        (all, count)
    }

    const WINDOWS: &'static [[Window; MAX_WINDOWS]; MAX_CPUS] = &[
        Self::windows_of(0),
        Self::windows_of(1),
        Self::windows_of(2),
        Self::windows_of(3),
    ];

    const fn windows_of(cpu: usize) -> [Window; MAX_WINDOWS] {
        let cpu = if cpu < Self::SHAPE.cpus { cpu } else { 0 };
        Self::windows(cpu).0
    }

    const fn plan(cpu: usize) -> &'static [Window] {
        if cpu < Self::SHAPE.cpus {
            Self::WINDOWS[cpu].split_at(Self::windows(cpu).1).0
        } else {
            &[]
        }
    }

    /// The windows of each CPU.
    pub(super) const PLANS: &'static [&'static [Window]; MAX_CPUS] =
        &[Self::plan(0), Self::plan(1), Self::plan(2), Self::plan(3)];
}

const fn window(partition: &'static str, span: Span) -> Window {
    Window {
        partition,
        vcpu: 0,
        start: Duration::from_nanos(span.start_ns),
        length: Duration::from_nanos(span.length_ns),
    }
}
