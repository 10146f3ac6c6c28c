//! Boot: check everything, then enable. One numbered list on CPU 0; what the other CPUs do is in
//! [`crate::boot::others`].

use core::convert::Infallible;
use core::time::Duration;

use paratia_board_support::display::{Display as _, FrameBuffer, Picture};
use paratia_board_support::interrupt::{Controller, ListForm, VirtualInterface as _};
use paratia_board_support::refusal::{Reason, Refusal};
use paratia_board_support::{device_tree, display};
use paratia_config::System;
use paratia_config::each;
use paratia_config::system::RegionKind;
use sha2::block_api::compress256;

use crate::arch::{cpu as arch_cpu, sha2 as sha2_instructions, timer};
use crate::base::owned::Owned;
use crate::base::sha256;
use crate::boot::{entropy, others};
use crate::built::chosen;
use crate::built::chosen::{ANY, BOARD, BoardDisplay, CPU_COUNT, DebugUart, SYSTEM};
use crate::built::controllers::{BoardController, FORM, LIST_REGISTERS};
use crate::report::crash;
use crate::report::log;
use crate::state::cpu::{Loaded, PerCpu};
use crate::state::partition::{PARTITIONS, Partition};
use crate::state::shared;
use crate::windows::restart;

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
    let Some(place) = PerCpu::anchor(0) else {
        arch_cpu::park()
    };
    crash::clear();
    match boot_anchored(place, device_tree) {
        Ok(never) => match never {},
        Err(refusal) => crash::refuse(refusal),
    }
}

/// The steps that may be refused, each for a reason that is said; comes back only then.
fn boot_anchored(place: &'static mut PerCpu, device_tree: u64) -> Result<Infallible, Refusal> {
    // 2. The log opens, so that every refusal from here on is seen.
    // SAFETY: the board's facts name the UART, EL2's map has it, and nobody else uses it.
    let Some(mut uart) = (unsafe { DebugUart::new(BOARD.uart) }) else {
        arch_cpu::park()
    };
    let rate = uart.enable(BOARD.uart_kind);
    // SAFETY: the assembly comes here on CPU 0, once a boot.
    unsafe { log::open(uart) };
    // Asked only now, so that a refusal has a log to be said in.
    rate?;

    // 3. The board is the one that was configured.
    let frequency = timer::frequency().ok_or(Reason::NoClock)?;
    let [system, board] = chosen::names();
    defmt::info!(
        "boot system={=istr} board={=istr} cpus={=usize} frequency_hz={=u64}",
        system,
        board,
        CPU_COUNT,
        frequency.hertz()
    );
    check_board(device_tree)?;

    // 4. The interrupt controller, and this CPU's traps and stage 2.
    // SAFETY: the board's facts name the controller, EL2's map has it, and CPU 0 alone uses it so far.
    let distributor = unsafe { BoardController::initialise(BOARD) }?;
    // SAFETY: this is CPU 0, which starts the others in step 6, so nobody else has a reference to it yet.
    let distributor = unsafe { shared::set_distributor(distributor) };
    let parts = others::set_up_cpu(0)?;
    let (found, used) = (parts.guest.list_count(), LIST_REGISTERS);
    if found < used && FORM != ListForm::None {
        return Err(Reason::FewerLists.with(found as u64, used as u64, 0));
    }

    // 5. The images are the ones that were built; each goes to its partition's scrubbed memory.
    // SAFETY: this is CPU 0, which comes here once a boot; the first window begins after step 7, so no
    // partition runs.
    unsafe { log::connect() };
    if ANY.entropy {
        // SAFETY: this is CPU 0, the only one that is started, which has no guard; the board was checked in
        // step 3.
        unsafe { entropy::give(device_tree_bytes()) };
    }
    for partition in &PARTITIONS {
        // SAFETY: this is CPU 0, the only one that is started, which has no other guard; no partition runs
        // before step 7 is done.
        load(&mut *unsafe { partition.lock() })?;
    }
    set_up_display()?;

    // 6. The other CPUs.
    // SAFETY: this is CPU 0, which comes here once, before it starts the others and any window begins.
    unsafe { others::open_queues() };
    others::start_cpus(frequency)?;

    // 7. The epoch: all plans start there. It lies ahead, so that every CPU is at its first release when it
    // comes; and it is set last, for the other CPUs go on when they see it.
    let Some(plan) = others::plan(0, frequency) else {
        arch_cpu::park()
    };
    let frame_ticks = plan.frame_ticks();
    let epoch = timer::now().after(frequency.ticks(EPOCH_AHEAD));
    for partition in &PARTITIONS {
        // SAFETY: this is CPU 0 and has no other guard; the others wait for the epoch, which is set below, so
        // no partition runs.
        unsafe { partition.lock() }.begin(epoch, frame_ticks, frequency);
    }
    // SAFETY: this is CPU 0, in a step of boot, which the log calls none of.
    unsafe { log::set_epoch(epoch.0, frequency.ticks(UNFINISHED_LINE)) };
    defmt::info!("epoch ticks={=u64}", epoch.0);
    // SAFETY: this is CPU 0, in a step of boot, which the log calls none of.
    unsafe { log::flush() };
    shared::set_epoch(epoch);
    others::start_plan(place, 0, frequency, epoch, plan, distributor, parts)
}

/// Compares the device tree with the board's facts, where the board has one.
fn check_board(handed_over: u64) -> Result<(), Refusal> {
    let (Some(place), Some(tree)) = (BOARD.device_tree, device_tree_bytes()) else {
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
    let found = device_tree::check(tree, BOARD, CPU_COUNT)?;
    defmt::info!("{}", found);
    Ok(())
}

/// The memory in which the board's device tree lies, if one is handed over.
fn device_tree_bytes() -> Option<&'static [u8]> {
    let place = BOARD.device_tree?;
    let size_bytes = usize::try_from(place.size_bytes).unwrap_or(0);
    // SAFETY: the board's facts name this piece of RAM as the device tree's, EL2's map has it
    // read-only, and nobody writes it any more.
    Some(unsafe { core::slice::from_raw_parts(place.base.0 as *const u8, size_bytes) })
}

/// Verifies a partition's image and puts it into its scrubbed memory.
fn load(partition: &mut Partition) -> Result<(), Refusal> {
    let bytes = verify(partition)?;
    // SAFETY: step 5 calls this on CPU 0, and no partition runs before step 7 is done.
    unsafe { restart::load_at_boot(partition) };
    if let Some(first) = partition.facts.vcpus.first() {
        // SAFETY: step 5 calls this on CPU 0, the only CPU that is started, so nobody has a reference to the
        // vCPU.
        let first = unsafe { first.get() };
        restart::begin(first, &mut Loaded::nobodys(), partition);
    }
    defmt::info!(
        "image-verified partition={=usize} bytes={=usize}",
        partition.index,
        bytes
    );
    // SAFETY: step 5 calls this on CPU 0, and the log calls no step of boot.
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
        let digest = digest(content.bytes);
        if digest != content.sha256 {
            let values = start(&digest) << 32 | start(&content.sha256);
            return Err(Reason::Damaged.with(partition.index as u64, number as u64, values));
        }
    }
    Ok(bytes)
}

/// The SHA-256 of an image's bytes, by the CPU's own instructions if it has them.
fn digest(bytes: &[u8]) -> [u8; 32] {
    let has_instructions = sha2_instructions::is_there();
    sha256::digest(bytes, |state, blocks| {
        if has_instructions {
            // SAFETY: the CPU has just said so; traps are set, and FP isn't trapped by them; boot comes here,
            // before any guest.
            unsafe { sha2_instructions::compress(state, blocks) };
        } else {
            compress256(state, blocks);
        }
    })
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
    each! { region in regions => {
        if matches!(region.kind, RegionKind::FrameBuffer)
            && let Some(frame) = FrameBuffer::packed(region.pa, display.width, display.height)
        {
            return Some(Picture {
                frame,
                size_bytes: region.size_bytes,
            });
        }
    }}
    None
}

/// Tells the display where the picture is; the partition gets the frame buffer's pages only.
fn set_up_display() -> Result<(), Refusal> {
    let Some(picture) = &PICTURE else {
        return Ok(());
    };
    // SAFETY: step 5 calls this once, on CPU 0; the board's facts name the display's registers, and EL2's map
    // has them.
    unsafe { BoardDisplay::start(BOARD, DISPLAY_BUFFER.get(), picture) }
}
