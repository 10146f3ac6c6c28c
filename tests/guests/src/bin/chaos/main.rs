//! The adversary of `tests/chaos`: does on each of its vCPUs what a script says that follows from the
//! run argument, life after life, and tells what it finds at its starts that shouldn't be there.
//!
//! It goes on after each of its own exceptions with the next step. Left out is what would keep it from
//! that: storing into its own code, vectors and recovery records, and taking the vectors away. A guest
//! that does so takes exception after exception without an instruction in between, which QEMU counts as
//! no time at all.

#![allow(
    clippy::cast_possible_truncation,
    reason = "numbers that are drawn small, on a 64-bit machine"
)]
#![no_std]
#![no_main]

#[path = "../../../../chaos/script.rs"]
#[allow(dead_code, reason = "the host words it")]
mod script;

mod access;
mod calls;
mod controller;
mod entry;
mod fresh;
mod memory;
mod recover;
mod registers;
mod tables;
mod timers;

use core::sync::atomic::{AtomicU64, Ordering};

use cortex_a::registers::{MPIDR_EL1, Readable};
use paratia_runtime::abi::OperatingMode;
use paratia_runtime::passport::ram;
use paratia_runtime::{Context, call, interrupt, println};

use script::{Action, Script, Step};

paratia_runtime::entry!(main);

/// Most vCPUs.
const VCPUS: usize = 4;

/// The script and where it is done, for vCPUs that come later.
static ARGUMENT: AtomicU64 = AtomicU64::new(0);
static RESTARTS: AtomicU64 = AtomicU64::new(0);
static COUNT: AtomicU64 = AtomicU64::new(1);
static RAM_END: AtomicU64 = AtomicU64::new(0);

fn main(context: Context) -> ! {
    let Some(script) = Script::of_argument(context.run_argument) else {
        loop {
            interrupt::wait();
        }
    };
    ARGUMENT.store(context.run_argument, Ordering::Relaxed);
    RESTARTS.store(context.restarts, Ordering::Relaxed);
    COUNT.store(vcpus(&context), Ordering::Relaxed);
    RAM_END.store(ram(context.passport).end, Ordering::Relaxed);
    println!("life {}, seed {}", context.restarts, script.seed);
    fresh::look(&context);
    let _ = call::set_mode(OperatingMode::Normal);
    tables::own();
    recover::set_vectors();
    entry::share();
    for vcpu in 1..COUNT.load(Ordering::Relaxed) {
        if script.turns_on(vcpu as u32) {
            calls::turn_on(vcpu);
        }
    }
    go_on()
}

/// How many vCPUs the partition has: the system's name ends in the number that drew it, and this is not
/// in it, so PSCI is asked which of them there are.
fn vcpus(_: &Context) -> u64 {
    const AFFINITY_INFO: u64 = 0xC400_0004;
    let exists = |vcpu: &u64| calls::hvc([AFFINITY_INFO, *vcpu, 0, 0, 0, 0, 0]).cast_signed() >= 0;
    (0..VCPUS as u64).take_while(exists).count() as u64
}

/// Does this vCPU's steps for ever. Every vCPU comes here with the MMU and the vectors on.
fn go_on() -> ! {
    let vcpu = MPIDR_EL1.get() & 7;
    let restarts = RESTARTS.load(Ordering::Relaxed);
    let count = COUNT.load(Ordering::Relaxed) as u32;
    let script = Script::of_argument(ARGUMENT.load(Ordering::Relaxed));
    loop {
        for step in script.iter().flat_map(|script| script.steps(count)) {
            fresh::check_not_stale();
            if u64::from(step.vcpu) == vcpu && step.is_in_life(restarts) {
                recover::attempt(perform, &step);
            }
        }
        // An empty script gets to its window's end, too.
        let _ = call::wait_for_window();
    }
}

extern "C" fn perform(step: &Step) {
    match step.action {
        Action::VendorCall
        | Action::OtherCall
        | Action::TurnOn
        | Action::TurnOff
        | Action::Suspend
        | Action::Restart
        | Action::HeartbeatFlood
        | Action::ConsoleFlood
        | Action::MessageFlood
        | Action::WaitForWindow
        | Action::ReportError
        | Action::SetMode => calls::perform(step),
        Action::Distributor
        | Action::CpuInterface
        | Action::InterfaceRegisters
        | Action::InterruptStorm
        | Action::SgiStorm
        | Action::TakeInterrupts => controller::perform(step),
        Action::VirtualTimer | Action::PhysicalTimer | Action::Sleep | Action::Spin => {
            timers::perform(step);
        }
        Action::StrayAccess
        | Action::StrayFetch
        | Action::OwnFault
        | Action::Undescribed
        | Action::Devices
        | Action::UartFlood => access::perform(step),
        Action::ReadRegisters | Action::WriteRegisters | Action::Monitors => {
            registers::perform(step);
        }
        Action::OwnTables | Action::Caches | Action::FillMemory => memory::perform(step),
    }
}
