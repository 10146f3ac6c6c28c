//! Systems of any number of partitions, to see what depends on it: one that measures, and neighbours
//! that are all alike.

use core::marker::PhantomData;
use core::time::Duration;

use super::{PLAIN, ram};
use crate::address::mib;
use crate::board::Board;
use crate::each;
use crate::layout::MAX_PARTITIONS;
use crate::system::{Image, Partition, Region, Schedule, System, Trace, Window};

/// The one that measures, and how long its window is.
const BENCH: &str = "bench";
const BENCH_US: u64 = 80_000;
/// How long each neighbour's window is: all of them fit into the rest of 100 ms.
const NEIGHBOUR_US: u64 = 150;
/// What every partition has.
const MEMORY_BYTES: u64 = mib(2);

const NAME_BYTES: usize = "neighbour-000".len();
static NAMES: [[u8; NAME_BYTES]; MAX_PARTITIONS] = {
    let mut names = [*b"neighbour-000"; MAX_PARTITIONS];
    each! { index below MAX_PARTITIONS => {
        let mut rest = index;
        let mut place = NAME_BYTES;
        while rest > 0 {
            place -= 1;
            names[index][place] = b"0123456789"[rest % 10];
            rest /= 10;
        }
    }}
    names
};

const fn name(index: usize) -> &'static str {
    if index == 0 {
        return BENCH;
    }
    match core::str::from_utf8(&NAMES[index]) {
        Ok(name) => name,
        Err(_) => "",
    }
}

/// `N` partitions on the board `B`.
pub struct Many<B, const N: usize>(PhantomData<B>);

impl<B: Board, const N: usize> Many<B, N> {
    const REGIONS: &'static [[Region; 1]; N] = &{
        let base = B::FACTS.partition_memory.base;
        let mut regions = [[ram(base, MEMORY_BYTES)]; N];
        each! { index below N => {
            regions[index] = [ram(base.offset(index as u64 * MEMORY_BYTES), MEMORY_BYTES)];
        }}
        regions
    };

    const PARTITIONS: [Partition; N] = {
        let mut partitions = [Partition {
            image: Image::Program(BENCH),
            refused_calls_per_window: u32::MAX,
            ..PLAIN
        }; N];
        each! { index below N => {
            partitions[index].name = name(index);
            partitions[index].regions = &Self::REGIONS[index];
            if index > 0 {
                partitions[index].arguments = "role=neighbour";
            }
        }}
        partitions
    };

    const WINDOWS: [Window; N] = {
        let mut windows = [Window::us(BENCH, 0, BENCH_US); N];
        each! { index from 1, below N => {
            let start = BENCH_US + (index as u64 - 1) * NEIGHBOUR_US;
            windows[index] = Window::us(name(index), start, NEIGHBOUR_US);
        }}
        windows
    };

    /// The declaration, under this name.
    #[must_use]
    pub const fn system(name: &'static str, summary: &'static str) -> System {
        System {
            name,
            summary,
            partitions: &Self::PARTITIONS,
            schedule: Schedule {
                major_frame: Duration::from_millis(100),
                guard: Duration::from_micros(50),
                plans: &[&Self::WINDOWS],
            },
            channels: &[],
            display: None,
            trace: Trace::Events,
        }
    }
}
