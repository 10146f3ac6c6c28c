//! The table of rules: what each demands, and the order in which they are applied.

use super::context::Context;
use super::report::Report;
use super::{
    address_space, board, channel_memory, channels, devices, display, events, health, image,
    interrupts, longest_path, machine, memory, messages, names, partitions, pieces, schedule,
    solo5, windows,
};

/// A rule, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name: that of its function.
    pub name: &'static str,
    /// What it demands, in one line.
    pub summary: &'static str,
}

/// Makes the table of rules, and the function that applies each in turn.
macro_rules! rules {
    ($(#[doc = $summary:literal] $file:ident::$rule:ident,)+) => {
        /// Every rule, in the order in which they are applied.
        pub const RULES: &[Rule] = &[$(Rule {
            name: stringify!($rule),
            summary: $summary.trim_ascii(),
        }),+];

        /// Applies each rule in turn, until the report is full.
        pub(super) const fn apply_all(context: &Context, report: &mut Report) {
            $(
                if report.is_full() {
                    return;
                }
                report.begin(stringify!($rule));
                $file::$rule(context, report);
            )+
        }
    };
}

rules! {
    /// The board has 1 to 4 CPUs.
    board::board_cpus,
    /// The hypervisor's and the partitions' memory are RAM of the board.
    board::board_memory_in_ram,
    /// The partitions' memory overlaps neither the hypervisor's nor the device tree.
    board::board_memory_apart,
    /// The image lies on a page, with 2 MiB in the hypervisor's memory, off the device tree.
    board::image_base_placed,
    /// Memory and registers of the hypervisor are whole pages.
    board::board_whole_pages,
    /// Registers of the hypervisor overlap neither each other nor its memory.
    board::board_registers_apart,
    /// Memory and registers of the hypervisor are within reach of its own map.
    board::board_in_reach,
    /// The interrupt controller's registers have the size that its kind has.
    board::interrupt_controller_room,
    /// A spin table has a slot for each CPU, off the partitions' memory.
    board::spin_table_holds_slots,
    /// The place for a frame buffer is whole pages, off what is the hypervisor's.
    board::frame_buffer_placed,
    /// A VideoCore's mailbox is the hypervisor's.
    board::mailbox_in_hypervisors_page,

    /// Names are 1 to 24 bytes of a-z, 0-9 and '-'.
    names::names_plain,
    /// No partition has the hypervisor's name.
    names::partition_name_its_own,
    /// No two partitions have the same name.
    names::partition_names_unique,
    /// No two regions or devices of a partition have the same name.
    names::region_names_unique,
    /// No two channels have the same name.
    names::channel_names_unique,

    /// A system has 1 to 128 partitions.
    partitions::partition_count,
    /// A partition's first instruction lies in its first region, on a multiple of 4.
    partitions::entry_in_first_region,
    /// A partition's arguments are at most 256 bytes, none of them zero.
    partitions::arguments_fit,
    /// A system's summary is one line of 1 to 100 bytes; so is a board's.
    partitions::summary_is_a_line,

    /// Regions and devices of a partition fit in its passport.
    address_space::region_count,
    /// A partition's first region is RAM.
    address_space::first_region_is_ram,
    /// Regions are whole pages, and not empty.
    memory::region_whole_pages,
    /// Regions lie in RAM that the board has.
    memory::region_in_ram,
    /// Regions keep off the hypervisor's memory.
    memory::region_off_hypervisor,
    /// Regions lie in the part of RAM that is for partitions.
    memory::region_in_partition_memory,
    /// Regions keep off registers of devices.
    memory::region_off_devices,
    /// Regions share no physical memory, not even within a partition.
    memory::regions_apart,
    /// Physical addresses are within reach of the hypervisor's own map.
    memory::region_in_reach,
    /// Guest-physical addresses have at most 39 bits.
    address_space::ipa_in_reach,
    /// What a partition sees at guest-physical addresses doesn't overlap.
    address_space::ipa_apart,
    /// A passport lies on a page of its own.
    address_space::passport_on_page,

    /// Devices exist on the board.
    devices::device_exists,
    /// A device belongs to one partition.
    devices::device_owned_once,
    /// A device that writes memory by itself is never given to a partition.
    devices::device_no_bus_master,
    /// A device whose pages reach more than itself is in the hands of a partition that is trusted with it.
    devices::device_reach_trusted,
    /// Devices of the hypervisor are never given to a partition.
    devices::device_not_hypervisors,
    /// Devices are seen as whole pages.
    devices::device_whole_pages,
    /// Devices of two partitions share no page of registers.
    devices::device_registers_apart,
    /// An interrupt belongs to one partition.
    interrupts::interrupt_owned_once,
    /// Interrupts of devices are shared peripheral interrupts that the controller has.
    interrupts::interrupt_exists,
    /// Interrupts of a partition fit in its passport.
    interrupts::interrupt_count,
    /// Where all devices' interrupts go to one CPU, their owners run on it.
    interrupts::device_interrupts_on_one_cpu,

    /// A partition has 1 to 8 vCPUs.
    machine::vcpu_count,
    /// At most 16 partitions have several vCPUs or a port with an interrupt.
    machine::kick_count,
    /// A partition's interrupt controller has 1 to 8 blocks of shared interrupts.
    machine::shared_blocks,
    /// A partition has a GICv3 only on a board that has one.
    machine::gic_version_on_board,
    /// A guest of Xen's has one region of kind Xen, of three pages.
    machine::xen_pages,
    /// A watchdog is the heartbeat that its partition owes, due once in each period of a second or more.
    machine::watchdog_is_heartbeat,
    /// A unikernel has one vCPU, a tender before it, and memory from 0 on.
    solo5::unikernel_placed,
    /// A unikernel's devices have a region or ports behind them.
    solo5::unikernel_devices_backed,
    /// Emulated devices lie on pages of their own.
    machine::machine_whole_pages,
    /// A GICv3's registers lie on multiples of 64 KiB.
    machine::gic_frames_aligned,

    /// The major frame is longer than nothing.
    schedule::frame_not_empty,
    /// The guard covers the hypervisor's longest path.
    longest_path::guard_covers_longest_path,
    /// Every plan has a CPU of the board.
    schedule::plan_has_cpu,
    /// Windows belong to partitions that exist.
    windows::window_partition_exists,
    /// Windows lie within the major frame.
    windows::window_in_frame,
    /// Windows of a plan are in the order of time.
    windows::windows_ordered,
    /// Windows of a plan don't overlap.
    windows::windows_apart,
    /// Windows leave time to run beside the guard at their end.
    windows::window_outlasts_guard,
    /// Windows are for vCPUs that their partition has.
    machine::window_vcpu_exists,
    /// A vCPU runs on one CPU.
    schedule::vcpu_on_one_cpu,
    /// Every critical partition has a window.
    schedule::critical_scheduled,
    /// Every other partition has a window, too.
    schedule::partition_scheduled,
    /// So has every vCPU of a partition that has several.
    schedule::vcpu_scheduled,
    /// Windows of a partition fit in its passport.
    windows::window_count,
    /// Windows of a plan fit in the hypervisor's table.
    windows::plan_window_count,

    /// Both ends of a channel are at partitions that exist.
    channels::channel_ends_exist,
    /// A channel ends at each partition at most once.
    channels::channel_ends_differ,
    /// A channel has a reader.
    channels::channel_has_reader,
    /// A port is the end of one channel; so whatever is read has one writer.
    channels::port_has_one_channel,
    /// Ports of a partition fit in its passport.
    channels::port_count,
    /// Only a reader's port has an interrupt.
    channels::port_interrupt_at_reader,
    /// A port's interrupt is a shared one of its partition's controller.
    channels::port_interrupt_exists,
    /// A port's interrupt is none of its partition's devices.
    channels::port_interrupt_not_a_devices,
    /// Ports of a partition have interrupts of their own.
    channels::port_interrupts_differ,
    /// Copied messages are 8 to 512 bytes, in steps of 8.
    messages::message_size,
    /// Message windows lie on multiples of 8.
    messages::message_window_aligned,
    /// Message windows lie in their partition's RAM.
    messages::message_window_in_ram,
    /// Message windows of a partition don't overlap.
    messages::message_windows_apart,
    /// Direct messages are 8 to 65536 bytes, in steps of 8.
    channel_memory::direct_message_size,
    /// Shared memory is whole pages, and not empty.
    channel_memory::shared_memory_whole_pages,
    /// Each end sees a channel's memory at whole pages.
    channel_memory::channel_memory_seen_on_page,
    /// Channels' memory lies in the part of RAM that is for partitions.
    channel_memory::channel_memory_placed,
    /// Channels' memory shares no byte with a region, or with another channel's.
    channel_memory::channel_memory_apart,
    /// A port has no interrupt where messages come without the hypervisor.
    channel_memory::channel_memory_rings_nobody,
    /// Where Linux is an end of a channel with memory, nobody caches that.
    channel_memory::channel_memory_coherent,
    /// Who writes shared memory beside its source is one of its destinations.
    channel_memory::writers_are_destinations,
    /// Where several write, a partition that isn't critical can't change what a critical one has written.
    channel_memory::critical_memory_written_by_critical,
    /// Messages queue for one reader.
    channels::queue_has_one_reader,
    /// A queue holds 1 to 256 messages.
    channels::queue_depth,
    /// An event may be signalled in a window once at least.
    events::event_rate,
    /// An event has no message, so that its ports have no window.
    events::event_without_message,
    /// Each destination of an event has an interrupt.
    events::event_interrupts,
    /// Messages stay valid until the writer has its next window.
    channels::refresh_covers_frame,

    /// A fault after which the guest can't go on isn't ignored.
    health::fault_not_ignored,
    /// A partition on which nothing depends doesn't stop the whole system.
    health::best_effort_stops_nothing,
    /// Restarts within the period can be counted.
    health::restarts_countable,
    /// Restarts are limited within a period in which there can be one.
    health::restart_period_covers_frame,
    /// A critical partition owes heartbeats.
    health::critical_owes_heartbeat,
    /// A heartbeat that a critical partition misses has a consequence.
    health::critical_hang_has_verdict,
    /// A critical partition is loaded anew within the period in which its restarts are limited.
    health::critical_restart_in_time,
    /// Heartbeats are due every whole number of major frames.
    health::heartbeat_period_in_frames,
    /// A heartbeat's deadline lies in its period.
    health::heartbeat_deadline_in_period,
    /// A heartbeat's deadline leaves time to run in the partition's first window.
    health::heartbeat_deadline_reachable,
    /// A partition gets at least a major frame to enter normal mode.
    health::heartbeat_start_covers_frame,

    /// The display's partition exists.
    display::display_partition_exists,
    /// A system with a display needs a board that has one.
    display::display_on_board,
    /// The picture has pixels.
    display::display_not_empty,
    /// The display's partition has one frame buffer.
    display::display_has_one_frame_buffer,
    /// The picture fits in the frame buffer.
    display::display_fits,
    /// A frame buffer lies where the display shows it.
    display::frame_buffer_in_place,
    /// A frame buffer belongs to the display's partition.
    display::frame_buffer_is_shown,

    /// Programs of partitions are built.
    image::image_exists,
    /// A kernel lies on 2 MiB; other binaries and device trees lie on whole pages.
    pieces::image_aligned,
    /// The pieces of an image fit in its partition's RAM, and aren't empty.
    pieces::image_fits,
    /// The pieces of an image don't overlap.
    pieces::image_pieces_apart,
    /// A program is entered where it starts.
    pieces::program_entered_at_start,
    /// A partition's first instruction lies in its image.
    pieces::image_entered,
    /// Message windows keep off the image.
    pieces::image_off_messages,
    /// A kernel's command line is one line of at most 2047 bytes.
    pieces::command_line_fits,
    /// Constants and variables lie within reach of the hypervisor's instructions.
    image::variables_in_reach,
    /// Translation tables, stacks and all before the images fit in the hypervisor's memory.
    image::tables_fit,
    /// All images together fit in the hypervisor's memory.
    image::images_fit,
}
