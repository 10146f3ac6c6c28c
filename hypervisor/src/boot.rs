//! Boot: check everything, then enable. One numbered list on CPU 0; what the other CPUs do is in
//! [`crate::bring_up`].

use core::convert::Infallible;
use core::time::Duration;

use paratia_board_support::display::{Display as _, FrameBuffer, Picture};
use paratia_board_support::interrupt::{Controller, ListForm, VirtualInterface as _};
use paratia_board_support::refusal::{Reason, Refusal};
use paratia_board_support::{device_tree, display};
use paratia_config::System;
use paratia_config::system::RegionKind;
use sha2::{Digest, Sha256};

use crate::arch::{cpu as arch_cpu, timer};
use crate::controller::{FORM, Kind, LIST_REGISTERS};
use crate::cpu::{Cpu, Loaded};
use crate::owned::Owned;
use crate::partition::{PARTITIONS, Partition};
use crate::selected::{BOARD, BoardDisplay, CPU_COUNT, DebugUart, SYSTEM};
use crate::{bring_up, crash, log, restart, selected, state};

/// How long a line without an end waits to be shown.
const UNFINISHED_LINE: Duration = Duration::from_millis(50);
/// From the last step of boot to the epoch: time for every CPU to reach its first release.
const EPOCH_AHEAD: Duration = Duration::from_micros(500);

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
    let [system, board] = selected::names();
    defmt::info!(
        "boot system={=istr} board={=istr} cpus={=usize} frequency_hz={=u64}",
        system,
        board,
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

    // 5. The images are the ones that were built; each goes to its partition's scrubbed memory.
    // SAFETY: CPU 0, once; no partition runs.
    unsafe { log::connect() };
    for partition in &PARTITIONS {
        // SAFETY: CPU 0 at boot; no partition runs.
        load(&mut *unsafe { partition.lock() })?;
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
    let frame_ticks = plan.frame_ticks();
    let epoch = timer::now().after(frequency.ticks(EPOCH_AHEAD));
    for partition in &PARTITIONS {
        // SAFETY: CPU 0 at boot; no partition runs.
        unsafe { partition.lock() }.begin(epoch, frame_ticks, frequency);
    }
    // SAFETY: CPU 0.
    unsafe { log::set_epoch(epoch.0, frequency.ticks(UNFINISHED_LINE)) };
    defmt::info!("epoch ticks={=u64}", epoch.0);
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
    defmt::info!("{}", found);
    Ok(())
}

/// Verifies a partition's image and puts it into its scrubbed memory.
fn load(partition: &mut Partition) -> Result<(), Refusal> {
    let bytes = verify(partition)?;
    // SAFETY: CPU 0 at boot; no partition runs.
    unsafe { restart::load_at_boot(partition) };
    if let Some(first) = partition.facts.vcpus.first() {
        // SAFETY: as above.
        let first = unsafe { first.get() };
        restart::begin(first, &mut Loaded::nobodys(), partition);
    }
    defmt::info!(
        "image-verified partition={=usize} bytes={=usize}",
        partition.index,
        bytes
    );
    // SAFETY: CPU 0, outside of the log.
    unsafe { log::flush() };
    Ok(())
}

/// Verifies the pieces of a partition's image and returns how many bytes they have. Bytes that several
/// pieces share are verified with the first of them.
fn verify(partition: &Partition) -> Result<usize, Refusal> {
    let mut bytes = 0_usize;
    for (number, piece) in partition.facts.image.pieces.iter().enumerate() {
        let content = piece.content;
        bytes = bytes.wrapping_add(content.bytes.len());
        if !piece.is_first {
            continue;
        }
        let digest = Sha256::digest(content.bytes).into();
        if digest != content.sha256 {
            let values = start(&digest) << 32 | start(&content.sha256);
            return Err(Reason::Damaged.with(partition.index as u64, number as u64, values));
        }
    }
    Ok(bytes)
}

/// The first four bytes of a digest.
fn start([a, b, c, d, ..]: &[u8; 32]) -> u64 {
    u32::from_be_bytes([*a, *b, *c, *d]).into()
}

/// The picture that the display shows, if there is one.
const PICTURE: Option<Picture> = picture(SYSTEM);

const fn picture(system: &System) -> Option<Picture> {
    let Some(display) = &system.display else {
        return None;
    };
    let Some(partition) = system.partition_index(display.partition) else {
        return None;
    };
    let regions = system.partitions[partition].regions;
    let mut index = 0;
    while index < regions.len() {
        let region = &regions[index];
        if matches!(region.kind, RegionKind::FrameBuffer)
            && let Some(frame) = FrameBuffer::packed(region.pa, display.width, display.height)
        {
            return Some(Picture {
                frame,
                size_bytes: region.size_bytes,
            });
        }
        index += 1;
    }
    None
}

/// Tells the display where the picture is; the partition gets the frame buffer's pages only.
fn set_up_display() -> Result<(), Refusal> {
    let Some(picture) = &PICTURE else {
        return Ok(());
    };
    // SAFETY: called once; the board's facts name the display's registers, and EL2's map has them.
    unsafe { BoardDisplay::start(BOARD, DISPLAY_BUFFER.get(), picture) }
}
