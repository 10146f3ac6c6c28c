//! Both ends of ports by ARINC 653's services, through the traits of `a653rs`: every return code, time-outs,
//! validity and overflow. `role=caller` begins, `role=peer` does its part in the window that follows. Each says
//! which answers aren't as the standard has them.

#![no_std]
#![no_main]

mod caller;
mod checks;
mod peer;

use core::sync::atomic::{AtomicBool, Ordering};

use a653rs::bindings::{
    ApexName, ApexProcessAttribute, ApexProcessP4, Deadline, INFINITE_TIME_VALUE, SystemAddress,
};
use a653rs::prelude::{Partition, StartContext};
use paratia_a653::Paratia;
use paratia_runtime::{Context, passport};

paratia_runtime::entry!(main, interrupts = paratia_a653::interrupted);

/// What the system declares of its ports.
const SAMPLE_BYTES: u32 = 64;
const ORDER_BYTES: u32 = 16;
const REPLY_BYTES: u32 = 8;
const DEPTH: u32 = 4;
const MILLISECOND: i64 = 1_000_000;

/// The partition.
struct Ports;

static IS_CALLER: AtomicBool = AtomicBool::new(false);

fn main(context: Context) -> ! {
    let is_caller = passport::argument(context.passport, "role") == Some("caller");
    IS_CALLER.store(is_caller, Ordering::Relaxed);
    paratia_a653::run(context, Ports)
}

impl Partition<Paratia> for Ports {
    fn cold_start(&self, _: &mut StartContext<Paratia>) {
        if IS_CALLER.load(Ordering::Relaxed) {
            caller::start();
        } else {
            peer::start();
        }
    }

    fn warm_start(&self, _: &mut StartContext<Paratia>) {
        unreachable!("every start is a cold one");
    }
}

/// A name as the services take it.
const fn name(text: &str) -> ApexName {
    let mut name = [0; 32];
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        name[at] = bytes[at];
        at += 1;
    }
    name
}

/// Creates an aperiodic process and starts it.
fn begin(called: &str, entry_point: SystemAddress, base_priority: i32) {
    let id = Paratia::create_process(&ApexProcessAttribute {
        period: INFINITE_TIME_VALUE,
        time_capacity: INFINITE_TIME_VALUE,
        entry_point,
        stack_size: 32_768,
        base_priority,
        deadline: Deadline::Soft,
        name: name(called),
    });
    Paratia::start(id.expect("a process")).expect("it is dormant");
}
