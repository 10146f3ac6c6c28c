//! ARINC 653's processes, through the traits of `a653rs`: the run argument says which test. Each says what
//! happens and when; what has to be said is the test's.

#![no_std]
#![no_main]

mod codes;
mod common;
mod errors;
mod modes;
mod priorities;
mod registers;
mod times;

use core::sync::atomic::{AtomicU64, Ordering};

use a653rs::prelude::{Partition, StartContext};
use paratia_a653::Paratia;
use paratia_runtime::Context;

paratia_runtime::entry!(main, interrupts = paratia_a653::interrupted);

/// The partition; its cases by their run arguments.
struct Processes;

static CASE: AtomicU64 = AtomicU64::new(0);

fn main(context: Context) -> ! {
    CASE.store(context.run_argument, Ordering::Relaxed);
    paratia_a653::run(context, Processes)
}

impl Partition<Paratia> for Processes {
    fn cold_start(&self, _: &mut StartContext<Paratia>) {
        match CASE.load(Ordering::Relaxed) {
            0 => times::start(),
            1 => priorities::start(),
            2 => errors::start_with_handler(),
            3 => errors::start_without(),
            4 => errors::start_faults(),
            5 => modes::start(),
            6 => codes::start(),
            _ => registers::start(),
        }
    }

    fn warm_start(&self, _: &mut StartContext<Paratia>) {
        unreachable!("every start is a cold one");
    }
}
