//! The CPUs: what each sets up for itself, how CPU 0 starts the others, and how a plan begins.
//!
//! What each CPU runs once lies in `.text.once`, the room that the vectors' alignment leaves before them.

use core::convert::Infallible;
use core::hint::black_box;
use core::time::Duration;

use heapless::spsc::Producer;
use paratia_board_support::cpu_start;
use paratia_board_support::interrupt::{Controller, Parts, VirtualInterface as _};
use paratia_board_support::refusal::{Reason, Refusal};
use paratia_config::board::CpuStart;
use paratia_config::directory::Directory;
use paratia_config::each;

use crate::arch::{cpu as arch_cpu, memory, timer};
use crate::base::owned::Owned;
use crate::base::time::{Frequency, Ticks};
use crate::boot::start;
use crate::built::chosen::{
    BOARD, CPU_COUNT, PARTITION_COUNT, SOME_SOFTWARE, SYSTEM, VTCR_EL2, run_stop_after_us, schedule,
};
use crate::built::controllers::{BoardController, Distributor};
use crate::interrupts::{connection, physical};
use crate::policy::latency::Path;
use crate::policy::schedule::{Cursor, Plan, Slot};
use crate::report::log;
use crate::state::cpu::{Cpu, CpuPlan, Loaded, PerCpu, VcpuPlace};
use crate::state::event::{CpuQueue, Event, PartitionQueue, Record};
use crate::state::partition::PARTITIONS;
use crate::state::shared;
use crate::state::vcpu::VCPUS;
use crate::way::vectors;
use crate::windows::window;

/// How long the other CPUs may take to come up.
const START_LIMIT: Duration = Duration::from_millis(START_LIMIT_MS);
const START_LIMIT_MS: u64 = 500;

static CPU_QUEUES: [Owned<CpuQueue>; CPU_COUNT] =
    [const { Owned::new(CpuQueue::new()) }; CPU_COUNT];
static PARTITION_QUEUES: [Owned<PartitionQueue>; PARTITION_COUNT] =
    [const { Owned::new(PartitionQueue::new()) }; PARTITION_COUNT];
/// The plan of each CPU, in ticks of the counter, whose frequency is known at boot only.
static PLANS: [Owned<CpuPlan>; CPU_COUNT] = [const { Owned::new(Plan::NONE) }; CPU_COUNT];
/// Whose the windows of each CPU are; as the schedule itself, not spread over the instructions.
static WHOSE: [[Option<VcpuPlace>; MOST_WINDOWS]; CPU_COUNT] = {
    let mut all = [const { [const { None }; MOST_WINDOWS] }; CPU_COUNT];
    let directory = Directory::new(SYSTEM);
    let plans = SYSTEM.schedule.plans;
    each! { cpu, plan in plans => {
        each! { slot, window in plan => {
            all[cpu][slot] = match directory.vcpu_of(window) {
                Some(vcpu) => Some(&VCPUS[vcpu]),
                None => None,
            };
        }}
    }}
    all
};
const MOST_WINDOWS: usize = SYSTEM.schedule.most_windows();

static SENDERS: [Owned<Option<Producer<'static, Record>>>; CPU_COUNT] =
    [const { Owned::new(None) }; CPU_COUNT];

/// Opens every CPU's and every partition's way to the log.
///
/// # Safety
/// The caller is on CPU 0, before any other CPU is started and any partition runs, and calls this once.
pub unsafe fn open_queues() {
    let ends = PARTITIONS.iter().zip(&log::PARTITION_RECORDS);
    for (queue, (partition, receiver)) in PARTITION_QUEUES.iter().zip(ends) {
        // SAFETY: the caller promises to be on the only CPU that is started, so nobody else has a reference to
        // any of these, and to call this once, so each queue is split once.
        let (queue, mut partition, receiver) =
            unsafe { (queue.get(), partition.lock(), receiver.get()) };
        let (sending, receiving) = queue.split();
        partition.records.connect(sending);
        *receiver = Some(receiving);
    }
    let ends = SENDERS.iter().zip(&log::CPU_RECORDS);
    for (queue, (sender, receiver)) in CPU_QUEUES.iter().zip(ends) {
        // SAFETY: the caller promises to be on the only CPU that is started, so nobody else has a reference to
        // any of these, and to call this once, so each queue is split once.
        let (queue, sender, receiver) = unsafe { (queue.get(), sender.get(), receiver.get()) };
        let (sending, receiving) = queue.split();
        (*sender, *receiver) = (Some(sending), Some(receiving));
    }
}

/// Starts the other CPUs that the system needs, and waits until they are ready.
///
/// # Errors
/// One can't be started, or doesn't report in time.
pub fn start_cpus(frequency: Frequency) -> Result<(), Refusal> {
    shared::count_cpu_up();
    // Those that nobody needs stay off under PSCI; out of a spin table they come to be parked.
    let started = match BOARD.cpu_start {
        CpuStart::PsciSmc => CPU_COUNT,
        CpuStart::SpinTable { .. } => BOARD.cpus.len(),
    };
    for cpu in 1..started {
        // SAFETY: the board's facts are those of this board, and the entry is made for it.
        unsafe { cpu_start::start(BOARD, cpu, start::secondary_start(), cpu as u64) }?;
    }
    let limit = timer::now().after(frequency.ticks(START_LIMIT));
    while shared::cpus_up() < CPU_COUNT {
        if timer::now().reached(limit) {
            let up = shared::cpus_up() as u64;
            return Err(Reason::CpusMissing.with(up, CPU_COUNT as u64, START_LIMIT_MS));
        }
        timer::yield_processor();
    }
    Ok(())
}

/// A CPU's own part of boot: traps, stage 2 control, private interrupts, CPU interface.
///
/// # Errors
/// The interrupt controller isn't as the board's facts say.
#[unsafe(link_section = ".text.once")]
pub fn set_up_cpu(index: usize) -> Result<Parts<BoardController>, Refusal> {
    arch_cpu::enable_traps();
    arch_cpu::set_stage2_control(VTCR_EL2 | arch_cpu::physical_address_range() << 16);
    memory::forget_all_guests();
    // SAFETY: the board's facts name the controller, EL2's map has it, and each CPU takes its own
    // part once.
    let mut parts = unsafe { BoardController::initialise_cpu(BOARD, index) }?;
    physical::set_up(&mut parts.private);
    if SOME_SOFTWARE {
        parts.guest.hide_registers();
    }
    Ok(parts)
}

/// Boot of another CPU, from the assembly: MMU on, on its stack. One that can't go on stays silent;
/// CPU 0 misses it and refuses.
#[unsafe(link_section = ".text.once")]
pub extern "C" fn boot_secondary(index: u64) -> ! {
    let _ = go_along(index);
    arch_cpu::park()
}

/// [`boot_secondary`]; nothing if it can't go on.
#[unsafe(link_section = ".text.once")]
fn go_along(index: u64) -> Option<Infallible> {
    let index = usize::try_from(index).ok()?;
    let place = PerCpu::anchor(index)?;
    let frequency = timer::frequency()?;
    let distributor = shared::distributor()?;
    let parts = set_up_cpu(index).ok()?;
    let plan = plan(index, frequency)?;
    shared::count_cpu_up();
    let epoch = loop {
        match shared::epoch() {
            Some(epoch) => break epoch,
            None => timer::yield_processor(),
        }
    };
    start_plan(place, index, frequency, epoch, plan, distributor, parts)
}

/// A CPU's plan in ticks, which takes its time: before the epoch is chosen. Nothing for a CPU without.
pub fn plan(index: usize, frequency: Frequency) -> Option<&'static CpuPlan> {
    // SAFETY: boot calls this once on each CPU, with the CPU's own index, so it has the only reference.
    let plan = unsafe { PLANS.get(index)?.get() };
    plan.fill(schedule(), index, frequency, black_box(&WHOSE).get(index)?);
    Some(plan)
}

/// Begins this CPU's plan at the epoch; comes back never.
pub fn start_plan(
    place: &'static mut PerCpu,
    index: usize,
    frequency: Frequency,
    epoch: Ticks,
    plan: &'static CpuPlan,
    distributor: &'static Distributor,
    parts: Parts<BoardController>,
) -> ! {
    // SAFETY: boot calls this once on each CPU, with its own index. CPU 0 has put the sender there before it
    // started this one, and doesn't touch it any more.
    let Some(records) = unsafe { SENDERS[index].get() }.take() else {
        arch_cpu::park()
    };
    timer::start();
    timer::set_guest_epoch(epoch);
    let stop_after_us = run_stop_after_us();
    if stop_after_us > 0 {
        shared::stop_from(
            epoch.after_at_most(frequency.ticks(Duration::from_micros(stop_after_us))),
        );
    }
    let cpu = place.cpu.insert(Cpu {
        index,
        epoch,
        cursor: Cursor::new(plan, epoch),
        slot: Slot::NONE,
        running_since: epoch,
        window_start: epoch,
        loaded: Loaded::nobodys(),
        has_ras: arch_cpu::has_ras(),
        path: Path::NONE,
        overruns: 0,
        records,
        records_dropped: 0,
        distributor,
        interface: parts.interface,
        private: parts.private,
        virtual_interface: parts.guest,
    });
    cpu.report(timer::now(), Event::CpuStarted { cpu: index });
    // Nothing was listed yet.
    let _ = connection::mask_guest(cpu);
    cpu.path.begin(timer::now());
    let next = window::choose_next(cpu);
    vectors::enter_first(next)
}
