//! Boot: check everything, then enable. One numbered list on CPU 0; what the other CPUs do is in
//! [`crate::bring_up`].

use core::convert::Infallible;
use core::ptr;
use core::time::Duration;

use paratia_abi::StartCondition;
use paratia_board_support::display::{Display as _, FrameBuffer, Picture};
use paratia_board_support::interrupt::{Controller, ListForm, VirtualInterface as _};
use paratia_board_support::refusal::{Reason, Refusal};
use paratia_board_support::{device_tree, display};
use paratia_config::system::{Display, RegionKind};
use sha2::{Digest, Sha256};

use crate::arch::{cpu as arch_cpu, timer};
use crate::controller::{FORM, Kind, LIST_REGISTERS};
use crate::cpu::Cpu;
use crate::life::Phase;
use crate::owned::Owned;
use crate::partition::{ConsoleQueue, InputQueue, PARTITIONS};
use crate::selected::{
    BOARD, BoardDisplay, CPU_COUNT, DebugUart, HAS_UART, IMAGES, PARTITION_COUNT, SYSTEM,
};
use crate::vcpu::VCPUS;
use crate::{bring_up, crash, log, restart, state};

/// How long a line without an end waits to be shown.
const UNFINISHED_LINE: Duration = Duration::from_millis(50);
/// From the last step of boot to the epoch: time for every CPU to reach its first release.
const EPOCH_AHEAD: Duration = Duration::from_micros(500);

static CONSOLE_QUEUES: [Owned<ConsoleQueue>; PARTITION_COUNT] =
    [const { Owned::new(ConsoleQueue::new()) }; PARTITION_COUNT];

static INPUT_QUEUES: [Owned<InputQueue>; PARTITION_COUNT] =
    [const { Owned::new(InputQueue::new()) }; PARTITION_COUNT];

static DISPLAY_BUFFER: Owned<<BoardDisplay as display::Display>::Buffer> =
    Owned::new(BoardDisplay::BUFFER);

/// Boot of CPU 0, from the assembly: MMU on, on its stack. `device_tree` is what the firmware
/// handed over, 0 if nothing.
pub extern "C" fn boot(device_tree: u64) -> ! {
    // 1. This CPU gets its state, so that a fault from here on leaves a record.
    let Some(cpu) = Cpu::anchor(0) else {
        arch_cpu::park()
    };
    crash::clear();
    match boot_anchored(cpu, device_tree) {
        Ok(never) => match never {},
        Err(refusal) => crash::refuse(refusal),
    }
}

/// The steps that may be refused.
fn boot_anchored(cpu: &'static mut Cpu, device_tree: u64) -> Result<Infallible, Refusal> {
    // 2. The log opens, so that every refusal from here on is seen.
    // SAFETY: the board's facts name the UART, EL2's map has it, and nobody else uses it.
    let Some(mut uart) = (unsafe { DebugUart::new(BOARD.uart) }) else {
        arch_cpu::park()
    };
    let rate = uart.enable(BOARD.uart_kind);
    // SAFETY: CPU 0, once.
    unsafe { log::open(uart) };
    rate?;

    // 3. The board is the one that was configured.
    let frequency = timer::frequency().ok_or(Reason::NoClock)?;
    defmt::info!(
        "boot system={=str} board={=str} cpus={=usize} frequency_hz={=u64}",
        SYSTEM.name,
        BOARD.name,
        CPU_COUNT,
        frequency.hertz()
    );
    check_board(device_tree)?;

    // 4. The interrupt controller, and this CPU's traps and stage 2.
    // SAFETY: the board's facts name it, EL2's map has it, and nobody else uses it.
    let distributor = unsafe { Kind::initialise(BOARD) }?;
    // SAFETY: CPU 0, before any other is started.
    unsafe { state::set_distributor(distributor) };
    let parts = bring_up::set_up_cpu(0)?;
    let (found, used) = (parts.guest.list_count(), LIST_REGISTERS);
    if found < used && FORM != ListForm::None {
        return Err(Reason::FewerLists.with(found as u64, used as u64, 0));
    }

    // 5. The vCPUs get their places. The images are the ones that were built; each goes to its
    // partition's scrubbed memory.
    for (index, vcpu) in VCPUS.iter().enumerate() {
        // SAFETY: CPU 0 at boot; no partition runs.
        unsafe { vcpu.get() }.set_up(index);
    }
    for (index, lock) in PARTITIONS.iter().enumerate() {
        if SYSTEM.partitions[index].machine.vcpus > 1 {
            lock.share();
        }
        // SAFETY: as above.
        unsafe { lock.lock() }.set_up(index);
        load(index)?;
    }
    set_up_display()?;

    // 6. The other CPUs.
    // SAFETY: CPU 0, before any other is started.
    unsafe { bring_up::open_queues() };
    bring_up::start_cpus(frequency)?;

    // 7. The epoch: all plans start there.
    let Some(plan) = bring_up::plan(0, frequency) else {
        arch_cpu::park()
    };
    let epoch = timer::now().after(frequency.ticks(EPOCH_AHEAD));
    for partition in &PARTITIONS {
        // SAFETY: CPU 0 at boot; no partition runs.
        unsafe { partition.lock() }.begin(epoch, frequency);
    }
    // SAFETY: CPU 0.
    unsafe { log::set_epoch(epoch.0, frequency.ticks(UNFINISHED_LINE)) };
    defmt::info!(
        "epoch ticks={=u64} frequency_hz={=u64}",
        epoch.0,
        frequency.hertz()
    );
    // SAFETY: CPU 0, outside of the log.
    unsafe { log::flush() };
    state::set_epoch(epoch);
    bring_up::start_plan(cpu, 0, frequency, epoch, plan, parts)
}

/// Compares the device tree with the board's facts, where the board has one.
fn check_board(handed_over: u64) -> Result<(), Refusal> {
    let Some(place) = BOARD.device_tree else {
        defmt::info!(
            "board-unchecked \"no device tree is handed over, so RAM, CPUs, interrupt controller and \
             UART are taken as configured\""
        );
        return Ok(());
    };
    // An ELF image is started without an address: the tree then lies at its place by convention.
    if handed_over != 0 && handed_over != place.base.0 {
        return Err(Reason::TreeElsewhere.with(handed_over, place.base.0, 0));
    }
    let size_bytes = usize::try_from(place.size_bytes).unwrap_or(0);
    // SAFETY: the board's facts name this piece of RAM as the device tree's, EL2's map has it
    // read-only, and nobody writes it any more.
    let tree = unsafe { core::slice::from_raw_parts(place.base.0 as *const u8, size_bytes) };
    let found = device_tree::check(tree, BOARD, CPU_COUNT)?;
    defmt::info!(
        "board-checked nodes={=usize} ram_bytes={=u64} cpus={=usize} register_ranges={=usize}",
        found.nodes,
        found.ram_bytes,
        found.cpus,
        found.register_ranges
    );
    Ok(())
}

/// Verifies an image and puts it into its partition's scrubbed memory.
fn load(index: usize) -> Result<(), Refusal> {
    let bytes = verify(index)?;
    // SAFETY: CPU 0 at boot; no partition runs.
    let mut partition = unsafe { PARTITIONS[index].lock() };
    // SAFETY: as above.
    unsafe { restart::load_at_boot(&partition) };
    // SAFETY: as above.
    let first = unsafe { VCPUS[SYSTEM.first_vcpu(index)].get() };
    restart::prepare(first, &partition, StartCondition::NormalStart);
    partition.life.set_phase(Phase::Running);
    // SAFETY: each queue is split once, here; the sender belongs to the partition.
    let (sender, receiver) = unsafe { CONSOLE_QUEUES[index].get() }.split();
    partition.console = Some(sender);
    // SAFETY: CPU 0.
    unsafe { log::take_console(index, receiver) };
    if HAS_UART && partition.declaration().machine.uart.is_some() {
        // SAFETY: as for the console, with the ends exchanged.
        let (sender, receiver) = unsafe { INPUT_QUEUES[index].get() }.split();
        partition.input = Some(receiver);
        // SAFETY: CPU 0.
        unsafe { log::take_input(index, sender) };
    }
    defmt::info!(
        "image-verified partition={=usize} bytes={=usize}",
        index,
        bytes
    );
    // SAFETY: CPU 0, outside of the log.
    unsafe { log::flush() };
    Ok(())
}

/// Verifies the pieces of a partition's image and returns how many bytes they have. What an earlier
/// partition has a piece of, too, has been verified with that one.
fn verify(index: usize) -> Result<usize, Refusal> {
    let mut bytes = 0;
    for (number, piece) in IMAGES[index].pieces.iter().enumerate() {
        let content = piece.content;
        bytes += content.bytes.len();
        let mut earlier = IMAGES[..index].iter().flat_map(|image| image.pieces);
        if earlier.any(|other| ptr::eq(other.content, content)) {
            continue;
        }
        let digest: [u8; 32] = Sha256::digest(content.bytes).into();
        if digest != content.sha256 {
            let values = start(&digest) << 32 | start(&content.sha256);
            return Err(Reason::Damaged.with(index as u64, number as u64, values));
        }
    }
    Ok(bytes)
}

/// The first four bytes of a digest.
fn start([a, b, c, d, ..]: &[u8; 32]) -> u64 {
    u32::from_be_bytes([*a, *b, *c, *d]).into()
}

/// Tells the display where the picture is; the partition gets the frame buffer's pages only.
fn set_up_display() -> Result<(), Refusal> {
    let Some(Display {
        width,
        height,
        partition,
    }) = SYSTEM.display
    else {
        return Ok(());
    };
    let region = SYSTEM.partition_index(partition).and_then(|index| {
        let regions = SYSTEM.partitions[index].regions;
        regions
            .iter()
            .find(|region| region.kind == RegionKind::FrameBuffer)
    });
    let Some(region) = region else { return Ok(()) };
    let Some(frame) = FrameBuffer::packed(region.pa, width, height) else {
        return Ok(());
    };
    let picture = Picture {
        frame,
        size_bytes: region.size_bytes,
    };
    // SAFETY: the board's facts name the display's registers, EL2's map has them and every static at
    // its physical address, and nobody else uses either.
    unsafe { BoardDisplay::start(BOARD, DISPLAY_BUFFER.get(), &picture) }
}
